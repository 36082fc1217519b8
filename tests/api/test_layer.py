# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers: a subject in one experiment of a layer is in no other."""

import concurrent.futures
import hashlib

import pytest

from enrols import enroll, running, somebody
from layers import assign, members, new_layer, read, release
from lookups import a_second_later, admin, body, new_id, submit
from shapes import assert_problem


def slot_of(stack, layer, subject):
    """The slot as anybody can compute it who knows the salt."""
    (salt,), = stack.sql("select salt from layer where id = %s", layer)
    h = int.from_bytes(hashlib.sha256(f"{salt}:{subject}".encode()).digest()[:8], "big")
    return int((h >> 11) / 2**53 * 10000)


def explained(stack, exp, **subject):
    """The layer's gate of an explanation."""
    answer = stack.call("GET", f"/v1/experiment/{exp}/explain", params=subject)
    assert answer.status_code == 200, answer.text
    gate, = [g for g in answer.json()["gates"] if g["gate"] == "layer"]
    return gate


@pytest.mark.smoke
def test_a_layer_is_made_once_and_shows_no_salt(stack):
    layer = new_id("layer")[:40]
    request = {"id": layer, "unit": "device", "description": "the start page"}
    made = stack.call("POST", "/v1/layer", key="admin", json=request)
    assert (made.status_code, made.headers["Location"]) == (201, f"/v1/layer/{layer}")
    assert made.json() == {**request, "slots": 10000, "free": 10000, "members": []}
    assert read(stack, layer) == made.json()
    assert_problem(stack.call("POST", "/v1/layer", key="admin", json=request), 409, "/id")


def test_a_repeated_order_for_a_layer_makes_one(stack):
    order = {"json": {"id": new_id("layer")[:40], "unit": "user"}, "key": "admin",
             "headers": {"Idempotency-Key": new_id()}}
    first, second = (stack.call("POST", "/v1/layer", **order) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())


@pytest.mark.parametrize("wrong, pointers", [
    ({}, ["/id", "/unit"]), ({"id": "list", "unit": "user"}, ["/id"]),
    ({"id": "a b", "unit": "user"}, ["/id"]), ({"id": 5, "unit": "u"}, ["/id", "/unit"]),
    ({"id": "a", "unit": "User"}, ["/unit"]), ({"id": "a", "unit": None}, ["/unit"]),
    ({"id": "a", "unit": "user", "description": 5}, ["/description"])])
def test_an_invalid_layer_is_refused_with_its_place(stack, wrong, pointers):
    assert_problem(stack.call("POST", "/v1/layer", key="admin", json=wrong), 422, *pointers)


def test_layers_are_listed_by_id_page_by_page(stack):
    mine = [new_layer(stack) for _ in range(3)]
    seen, query = [], "?limit=2"
    while query:
        page = stack.call("GET", "/v1/layer" + query)
        seen += [o["id"] for o in page.json()["layers"]]
        query = page.links["next"]["url"] if "next" in page.links else None
    assert seen == sorted(seen) and set(mine) <= set(seen)
    assert_problem(stack.call("GET", "/v1/layer", params={"limit": 0}), 422, "limit")


@pytest.mark.parametrize("method, path", [
    ("POST", "/v1/layer"), ("DELETE", "/v1/layer/x"), ("PUT", "/v1/layer/x/experiment/y"),
    ("DELETE", "/v1/layer/x/experiment/y")])
def test_only_admins_change_layers(stack, method, path):
    assert stack.call(method, path, json={}).status_code == 403


def test_of_two_experiments_nobody_is_in_both_and_shares_are_right(stack):
    layer = new_layer(stack)
    exps = [running(stack, "red", layer={"id": layer, "size": size}) for size in (5000, 3000)]
    a_second_later()

    def is_in(user):
        answer = stack.call("POST", "/v1/enroll", json={"user_id": user, "experiments": exps})
        assert answer.status_code == 200, answer.text
        return [o["enrolled"] for o in answer.json()["experiments"]]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(is_in, (somebody() for _ in range(2000))))
    assert [True, True] not in found
    # 5 standard deviations around 1,000, 600, 400
    for who, share in (([True, False], .5), ([False, True], .3), ([False, False], .2)):
        margin = 5 * (2000 * share * (1 - share)) ** .5
        assert abs(found.count(who) - 2000 * share) < margin, who


def test_explain_shows_the_slot_that_decides(stack):
    layer = new_layer(stack)
    exp = running(stack, "red", layer={"id": layer, "slots": [[0, 4999]]})
    a_second_later()
    for user in [somebody() for _ in range(20)]:
        slot = slot_of(stack, layer, user)
        gate = explained(stack, exp, user_id=user)
        assert (gate["layer"], gate["slot"]) == (layer, slot)
        assert gate["applies"] == (slot > 4999)
        wanted = "ASSIGNED" if slot <= 4999 else "EXCLUDED_BY_LAYER"
        assert enroll(stack, exp, user)["reason"] == wanted


@pytest.mark.parametrize("unit", ["user", "device", "session"])
def test_a_layer_is_for_subjects_of_its_kind_alone(stack, unit):
    layer = new_layer(stack, unit)
    exp = running(stack, "red", layer=layer)
    a_second_later()
    for kind in ("user", "device", "session"):
        seen = enroll(stack, exp, {f"{kind}_id": new_id(kind)})
        assert seen["reason"] == ("ASSIGNED" if kind == unit else "EXCLUDED_BY_LAYER")


def test_the_first_free_slots_are_given_and_freed_ones_are_given_again(stack):
    layer = new_layer(stack)
    low, high, new = (submit(stack, "layers") for _ in range(3))
    assign(stack, layer, low, slots=[[0, 999]])
    assign(stack, layer, high, slots=[[1500, 1999]])
    answer = assign(stack, layer, new, size=1000).json()
    assert answer["free"] == 10000 - 2500
    assert members(stack, layer)[new] == [[1000, 1499], [2000, 2499]]
    assert release(stack, layer, low).json()["free"] == 10000 - 1500
    assign(stack, layer, new, size=1000)
    assert members(stack, layer) == {new: [[0, 999]], high: [[1500, 1999]]}
    release(stack, layer, low, status=404)


def test_a_deleted_experiment_leaves_its_slots_at_once(stack):
    layer, exp = new_layer(stack), submit(stack, "layers")
    assign(stack, layer, exp, size=10000)
    admin(stack, "DELETE", exp)
    assert read(stack, layer)["free"] == 10000
    assign(stack, layer, submit(stack, "layers"), slots=[[0, 9999]])


def test_an_experiment_is_in_one_layer_at_most(stack):
    first, second, exp = new_layer(stack), new_layer(stack), submit(stack, "layers")
    assign(stack, first, exp, size=10)
    assign(stack, second, exp, size=20)
    assert members(stack, first) == {}
    assert members(stack, second) == {exp: [[0, 19]]}
    release(stack, first, exp, status=404)


def test_a_layer_in_use_is_not_deleted(stack):
    layer, exp = new_layer(stack), submit(stack, "layers")
    assign(stack, layer, exp, size=10)
    refused = assert_problem(stack.call("DELETE", f"/v1/layer/{layer}", key="admin"), 409)
    assert exp in refused["detail"]
    release(stack, layer, exp)
    assert stack.call("DELETE", f"/v1/layer/{layer}", key="admin").json() == \
        {"id": layer, "deleted": True}
    for method, key in (("GET", "server"), ("DELETE", "admin")):
        assert_problem(stack.call(method, f"/v1/layer/{layer}", key=key), 404)


@pytest.mark.parametrize("wish, status, pointer", [
    ({}, 422, ""), ({"size": 1, "slots": [[0, 1]]}, 422, ""), ({"size": 0}, 422, "/size"),
    ({"slots": [[5, 4]]}, 422, "/slots/0"), ({"slots": [[0, 1], [1, 2]]}, 422, "/slots/1"),
    ({"slots": [[0, 10000]]}, 422, "/slots/0"), ({"size": 9001}, 409, "/size"),
    ({"slots": [[0, 5], [9000, 9000]]}, 409, "/slots/1")])
def test_slots_that_are_not_free_are_refused_with_their_place(stack, wish, status,
                                                                        pointer):
    layer, holder, exp = new_layer(stack), submit(stack, "layers"), submit(stack, "layers")
    assign(stack, layer, holder, slots=[[9000, 9999]])
    refused = assert_problem(assign(stack, layer, exp, status=status, **wish), status, pointer)
    assert status == 422 or holder in refused["errors"][0]["detail"]
    assert members(stack, layer) == {holder: [[9000, 9999]]}


def test_unknown_layers_and_experiments_are_not_found(stack):
    layer, exp = new_layer(stack), submit(stack, "layers")
    assert_problem(assign(stack, new_id()[:40], exp, 404, size=1), 404)
    assert_problem(assign(stack, layer, new_id()[:40], 404, size=1), 404)
    assert_problem(release(stack, new_id()[:40], exp, 404), 404)


def test_other_slots_are_in_effect_within_a_second(stack):
    layer = new_layer(stack)
    exp, user = running(stack, "red", layer=layer), somebody()
    slot = slot_of(stack, layer, user)
    elsewhere = [[slot + 1, 9999]] if slot < 9999 else [[0, 0]]
    assign(stack, layer, exp, slots=elsewhere)
    a_second_later()
    assert enroll(stack, exp, user)["reason"] == "EXCLUDED_BY_LAYER"
    assign(stack, layer, exp, slots=[[slot, slot]])
    a_second_later()
    assert enroll(stack, exp, user)["reason"] == "ASSIGNED"


def assert_apart(stack, layer):
    """No two members of the layer have a slot in common."""
    taken = [s for slots in members(stack, layer).values() for a, b in slots
             for s in range(a, b + 1)]
    assert len(taken) == len(set(taken))
    assert read(stack, layer)["free"] == 10000 - len(taken)


def overlapping(i):
    return [[i * 37, i * 37 + 1999], [9000, 9000 + i]]


def race(answers):
    """The outcomes of 50 calls at once."""
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        return list(pool.map(answers, range(50)))


def test_of_50_assignments_at_once_those_that_overlap_lose(stack):
    layer, exps = new_layer(stack), [submit(stack, "layers") for _ in range(50)]

    def put(i):
        return stack.call("PUT", f"/v1/layer/{layer}/experiment/{exps[i]}", key="admin",
                          json={"slots": overlapping(i)}, timeout=300).status_code

    codes = race(put)
    assert set(codes) == {200, 409}
    assert_apart(stack, layer)
    assert {exps[i] for i in range(50) if codes[i] == 200} == set(members(stack, layer))


def test_of_50_sizes_at_once_all_that_fit_are_given(stack):
    layer, exps = new_layer(stack), [submit(stack, "layers") for _ in range(50)]

    def put(i):
        return stack.call("PUT", f"/v1/layer/{layer}/experiment/{exps[i]}", key="admin",
                          json={"size": 250}, timeout=300).status_code

    codes = race(put)
    assert (codes.count(200), codes.count(409)) == (40, 10)
    assert_apart(stack, layer)


@pytest.mark.parametrize("once", [False, True])
def test_of_50_definitions_at_once_those_that_overlap_are_not_made(stack, once):
    layer = new_layer(stack)
    requests = [body("layers", layer={"id": layer, "slots": overlapping(i)}) for i in range(50)]

    def create(i):
        return stack.call("POST", "/v1/experiment/create", key="admin", timeout=300,
                          headers={"Idempotency-Key": new_id()} if once else {},
                          json={"request": requests[i]}).status_code

    codes = race(create)
    assert set(codes) == {200, 409}
    assert_apart(stack, layer)
    made = {r["expId"] for r, code in zip(requests, codes) if code == 200}
    assert made == set(members(stack, layer))
    stored = stack.sql("select id from experiment where id = any (%s)",
                       [r["expId"] for r in requests])
    assert made == {row[0] for row in stored}
