# SPDX-License-Identifier: GPL-3.0-or-later
"""Alternatives that are added, weighted, renamed, disabled and removed while subjects are enrolled:
only subjects of a removed alternative are moved."""

import collections
import concurrent.futures
import hashlib
import json

import pytest

from enrols import alternative, change, enroll, put, rows, running, set_state, somebody
from load import Client
from lookups import a_second_later, admin, new_id


def enrolled(stack, exp, count, kind="user_id", threads=8):
    """Enrols so many at once; who got what."""
    names = [new_id() for _ in range(count)]

    def some(first):
        client = Client(stack)
        sent = [client.send("POST", f"/v1/experiment/{exp}/enroll", {kind: name})
                for name in names[first::threads]]
        assert all(a.good for a in sent), [a for a in sent if not a.good][:3]
        return [json.loads(a.text)["alternative"] for a in sent]
    got = {}
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for first, answers in enumerate(pool.map(some, range(threads))):
            got.update(zip(names[first::threads], answers))
    return got


def stored(stack, exp):
    """Subject: number of the alternative."""
    return {r[0]: r[2] for r in rows(stack, "enrolment", exp)}


def numbers(stack, exp):
    given, = stack.sql("select alternatives from experiment where id = %s", exp)
    return {a["name"]: a["id"] for a in given[0]}


def test_of_10000_sessions_one_in_a_hundred_gets_what_has_that_weight(stack):
    exp = running(stack, {"name": "control", "weight": 99}, {"name": "v2", "weight": 1})
    got = collections.Counter(enrolled(stack, exp, 10000, "session_id").values())
    assert 51 <= got["v2"] <= 149
    assert set(got) == {"control", "v2"}
    made = collections.Counter(stored(stack, exp).values())
    assert (made[2], sum(made.values())) == (got["v2"], 10000)


def test_without_a_weight_everywhere_all_are_equally_likely(stack):
    exp = running(stack, {"name": "control", "weight": 98}, {"name": "a", "weight": 1}, "b")
    assert admin(stack, "GET", exp)["weighting"] == "off"
    got = collections.Counter(enrolled(stack, exp, 600).values())
    # 200 each; 4 standard deviations of 11.5
    assert set(got) == {"control", "a", "b"} and min(got.values()) > 154


def test_a_stored_weight_is_not_changed_by_an_enrolment(stack):
    exp = running(stack, {"name": "control", "weight": 1}, {"name": "red", "weight": 0})
    for weight in (50, 99):
        answer = enroll(stack, exp, somebody(), alternatives={"red": weight, "control": 0})
        assert answer["alternative"] == "control"
    given = admin(stack, "GET", exp)["alternatives"]
    assert [(a["name"], a["weight"]) for a in given] == [("control", 1), ("red", 0)]


def weights(stack, exp):
    return {a["name"]: a["weight"] for a in admin(stack, "GET", exp)["alternatives"]}


def test_alternatives_that_are_named_with_weights_get_them_and_others_get_1(stack):
    exp = new_id("mentioned")
    enroll(stack, exp, somebody(), alternatives={"v2": 99, "v3": None})
    assert weights(stack, exp) == {"control": 1, "v2": 99, "v3": 1}
    assert admin(stack, "GET", exp)["weighting"] == "on"
    enroll(stack, exp, somebody(), alternatives={"v2": 5, "v4": 7, "control": 50})
    enroll(stack, exp, somebody(), alternatives=["v5"])
    assert weights(stack, exp) == {"control": 1, "v2": 99, "v3": 1, "v4": 7, "v5": 1}
    set_state(stack, exp, "enabled")
    a_second_later()
    got = collections.Counter(enrolled(stack, exp, 300).values())
    assert got["v2"] > 230
    # It is for everybody, so look-ups of other tests would find it.
    assert stack.call("POST", f"/v1/experiment/{exp}/stop", key="admin", json={}).ok


def test_weights_that_are_named_later_are_stored_where_there_are_none(stack):
    exp = new_id("mentioned")
    enroll(stack, exp, somebody(), alternatives=["red", "blue"])
    assert weights(stack, exp) == {"control": None, "red": None, "blue": None}
    enroll(stack, exp, somebody(), alternatives={"red": 4})
    assert weights(stack, exp) == {"control": 1, "red": 4, "blue": None}
    enroll(stack, exp, somebody(), alternatives={"red": 9, "blue": 0})
    assert weights(stack, exp) == {"control": 1, "red": 4, "blue": 0}
    splits = [r[2] for r in sorted(rows(stack, "allocation", exp), key=lambda r: r[1])]
    assert splits[-1] == {"1": 0.2, "2": 0.8, "3": 0}


def test_an_added_alternative_moves_nobody_and_is_drawn_from_then_on(stack):
    exp = running(stack, "red")
    before = enrolled(stack, exp, 500)
    held = stored(stack, exp)
    enroll(stack, exp, somebody(), alternatives=["blue"])
    a_second_later()
    assert numbers(stack, exp) == {"control": 1, "red": 2, "blue": 3}
    for user in list(before)[:40]:
        assert enroll(stack, exp, user)["alternative"] == before[user]
    assert "blue" in enrolled(stack, exp, 60).values()
    after = stored(stack, exp)
    assert {s: after[s] for s in held} == held


def test_changed_weights_move_nobody_and_the_shares_are_kept_by_number(stack):
    exp = running(stack, {"name": "control", "weight": 1}, {"name": "red", "weight": 0})
    old = enrolled(stack, exp, 20)
    change(stack, exp, {"name": "control", "weight": 1}, {"name": "red", "weight": 3})
    for user in old:
        assert enroll(stack, exp, user)["alternative"] == "control"
    new = enrolled(stack, exp, 40)
    assert "red" in new.values()
    splits = {r[1]: r[2] for r in rows(stack, "allocation", exp)}
    assert splits == {1: {"1": 1, "2": 0}, 2: {"1": 0.25, "2": 0.75}}
    drawn_by = {r[0]: r[3] for r in rows(stack, "enrolment", exp)}
    assert {drawn_by["u:" + u] for u in old} == {1}
    assert {drawn_by["u:" + u] for u in new} == {2}


def test_a_renamed_one_keeps_who_is_in_it_and_its_payload_is_the_new_one(stack):
    exp, user = running(stack, "red", "blue"), somebody()
    put(stack, exp, user, "red")
    change(stack, exp, "control", {"name": "red", "rename": "rot", "payload": 7}, "blue")
    seen = enroll(stack, exp, user)
    assert (seen["alternative"], seen["payload"], seen["new"]) == ("rot", 7, False)
    assert alternative(stack, exp, user)["alternative"] == "rot"
    assert numbers(stack, exp) == {"control": 1, "rot": 2, "blue": 3}
    listed = stack.call("GET", f"/v1/user/{user}/experiments").json()["experiments"]
    assert [o["alternative"] for o in listed] == ["rot"]
    assert len(rows(stack, "exposure", exp)) == 1


def test_swapped_names_move_nobody(stack):
    exp, first, second = running(stack, "a", "b"), somebody(), somebody()
    put(stack, exp, first, "a")
    put(stack, exp, second, "b")
    change(stack, exp, "control", {"name": "a", "rename": "b"}, {"name": "b", "rename": "a"})
    assert enroll(stack, exp, first)["alternative"] == "b"
    assert enroll(stack, exp, second)["alternative"] == "a"


def test_a_renamed_default_stays_the_default(stack):
    exp = running(stack, "red", "blue", default="red")
    result = change(stack, exp, "control", {"name": "red", "rename": "rot"}, "blue")
    assert result["default"] == "rot"
    set_state(stack, exp, "default")
    a_second_later()
    assert alternative(stack, exp, somebody())["alternative"] == "rot"


@pytest.mark.parametrize("alternatives, pointer", [
    ([{"name": "control"}, {"name": "green", "rename": "red"}], "/request/alternatives/1/name"),
    ([{"name": "control", "rename": "red"}], "/request/alternatives/0/rename"),
    ([{"name": "red", "rename": ""}], "/request/alternatives/0/rename"),
    ([{"name": "red", "rename": 7}], "/request/alternatives/0/rename"),
    ([{"name": "red", "rename": "blue"}, {"name": "blue"}], "/request/alternatives/1/name"),
])
def test_a_bad_rename_is_refused_and_changes_nothing(stack, alternatives, pointer):
    exp = running(stack, "red", "blue")
    answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                        json={"request": {"alternatives": alternatives}})
    assert answer.status_code == 400, answer.text
    assert pointer in answer.json()["params"]["errorMsg"], answer.text
    assert numbers(stack, exp) == {"control": 1, "red": 2, "blue": 3}


def test_a_disabled_alternative_keeps_its_subjects_and_gets_no_new_ones(stack):
    exp = running(stack, "red")
    old = enrolled(stack, exp, 30)
    change(stack, exp, "control", {"name": "red", "enabled": False})
    for user, name in old.items():
        assert enroll(stack, exp, user)["alternative"] == name
    assert set(old.values()) == {"control", "red"}
    assert set(enrolled(stack, exp, 30).values()) == {"control"}


def test_subjects_of_a_removed_alternative_are_assigned_again_once(stack):
    exp, user = running(stack, "red", "blue"), somebody()
    first = enroll(stack, exp, user, force="red")
    change(stack, exp, "control", "blue")
    looked = alternative(stack, exp, user)
    assert (looked["alternative"], looked["enrolled"]) == ("control", False)
    again = enroll(stack, exp, user)
    assert again["alternative"] in ("control", "blue")
    assert (again["reason"], again["enrolled"], again["new"]) == ("ASSIGNED", True, True)
    for _ in range(10):
        kept = enroll(stack, exp, user)
        assert (kept["alternative"], kept["reason"]) == (again["alternative"], "ENROLLED")
    shown = [(r[2], r[4]) for r in rows(stack, "exposure", exp)]
    assert sorted(shown) == sorted([(2, True), (numbers(stack, exp)[again["alternative"]], False)])
    row, = rows(stack, "enrolment", exp)
    assert (first["alternative"], row[4]) == ("red", "drawn")
    assert f'{exp}: number 2, assigned again' in stack.log()


def test_reassigned_subjects_follow_the_remaining_weights_and_nobody_else_moves(stack):
    exp = running(stack, "b", "c")
    before = enrolled(stack, exp, 150)
    removed = [user for user, name in before.items() if name == "c"]
    told = change(stack, exp, "control", "b")
    assert [w for w in told["warnings"] if f"{len(removed)} enrolled subjects" in w
            and "assigned again" in w]
    again = {user: enroll(stack, exp, user)["alternative"] for user in before}
    assert {u: again[u] for u in before if before[u] != "c"} == \
        {u: name for u, name in before.items() if name != "c"}
    spread = collections.Counter(again[user] for user in removed)
    # Of about 50: 5 standard deviations of 3.5
    assert min(spread["control"], spread["b"]) >= len(removed) / 2 - 18 > 0
    assert {u: enroll(stack, exp, u)["alternative"] for u in removed} == \
        {u: again[u] for u in removed}
    salt, = stack.sql("select salt from experiment where id = %s", exp)[0]
    for user in removed:
        digest = hashlib.sha256(f"{salt}:redraw:3:{user}".encode()).digest()
        u = (int.from_bytes(digest[:8], "big") >> 11) / 2 ** 53
        assert again[user] == ("control" if u < 0.5 else "b")
    assert "warnings" not in change(stack, exp, "control", "b")


def test_a_restored_alternative_keeps_subjects_that_made_no_request_meanwhile(stack):
    exp, gone, kept = running(stack, "red", "blue"), somebody(), somebody()
    put(stack, exp, gone, "red")
    put(stack, exp, kept, "red")
    change(stack, exp, "control", "blue")
    moved = enroll(stack, exp, gone)["alternative"]
    change(stack, exp, "control", "blue", "red")
    assert numbers(stack, exp) == {"control": 1, "blue": 3, "red": 2}
    assert enroll(stack, exp, gone)["alternative"] == moved
    assert enroll(stack, exp, kept)["alternative"] == "red"


def test_changing_weights_with_enrolled_subjects_is_a_warning(stack):
    exp = running(stack, "red", "blue")
    assert "warnings" not in admin(stack, "PATCH", exp, {"alternatives": [
        {"name": "control", "weight": 1}, {"name": "red", "weight": 1}]})
    a_second_later()
    enroll(stack, exp, somebody())
    assert "warnings" not in admin(stack, "PATCH", exp, {"name": "another"})
    told = admin(stack, "PATCH", exp, {"alternatives": [
        {"name": "control", "weight": 1}, {"name": "red", "weight": 3}]})
    assert "enrolled subjects keep" in told["warnings"][0]
