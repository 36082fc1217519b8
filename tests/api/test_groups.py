# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups: assigned once, stable while definitions change, and logged by one event."""

import collections
import hashlib
import random

import pytest

from enrols import rows, running
from lookups import a_second_later, new_id
from segmentations import change, group, make, members, name_of, place
from shapes import assert_problem
from test_concurrency import at_once

SEED = 20261123


# One web server is enough: what is looked at are rows, and lines of telemetry.
@pytest.fixture
def stack(telemetry):
    return telemetry.stack


def take_out(stack, seg, user):
    answer = stack.call("DELETE", f"/v1/segmentation/{seg}/member/{user}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def of_group(seg, name, **test):
    return {"group": {"segmentation": seg, **(test or {"eq": name})}}


def test_a_group_is_drawn_once_and_logged_once(telemetry, stack, user):
    seg = make(stack)
    assert (group(stack, seg, user)["group"], members(stack, seg)) == (None, [])
    drawn = group(stack, seg, user, assign=True)["group"]
    assert [group(stack, seg, user, assign=True)["group"] for _ in range(10)] == [drawn] * 10
    assert members(stack, seg) == [("u:" + user, drawn["id"], "drawn")]
    event, = telemetry.events_of(seg)
    assert (event["group"], event["groupId"]) == (drawn["name"], drawn["id"])
    assert event["by"] in [row[0] for row in stack.sql("select id from assay.api_key")]


def test_nobody_is_drawn_into_an_empty_segmentation(telemetry, stack, user):
    seg = make(stack, groups=())
    answer = stack.call("GET", f"/v1/segmentation/{seg}/group",
                        params={"user_id": user, "assign": "true"})
    assert answer.status_code == 409 and "empty" in answer.json()["detail"]
    assert members(stack, seg) == [] and telemetry.events_of(seg) == []


def test_members_of_a_replaced_group_are_assigned_again_once(telemetry, stack, user):
    seg = make(stack)
    group(stack, seg, user, assign=True)
    change(stack, seg, groups=[{"id": 3, "name": "three"}, {"id": 4, "name": "four"}])
    a_second_later()
    assert group(stack, seg, user)["group"] is None
    drawn = group(stack, seg, user, assign=True)
    assert drawn["new"] and drawn["group"]["id"] in (3, 4)
    assert [group(stack, seg, user)["group"] for _ in range(5)] == [drawn["group"]] * 5
    assert len(telemetry.events_of(seg)) == 2


def test_those_whose_group_is_removed_are_drawn_independently(stack):
    seg = make(stack, groups=("zero", "one", "two"))
    users = [new_id("user") for _ in range(90)]
    before = {u: name_of(stack, seg, u, True) for u in users}
    removed = [u for u in users if before[u] == "two"]
    answer = change(stack, seg, groups=[{"id": 0, "name": "zero"}, {"id": 1, "name": "one"}])
    assert [w for w in answer["warnings"] if w.startswith(f"{len(removed)} users")]
    a_second_later()
    again = {u: name_of(stack, seg, u, True) for u in users}
    assert all(again[u] == before[u] for u in users if u not in removed)
    assert {again[u] for u in removed} == {"zero", "one"}
    salt, = stack.sql("select salt from segmentation where id = %s", seg)[0]
    for user in removed:
        digest = hashlib.sha256(f"{salt}:redraw:2:{user}".encode()).digest()
        u = (int.from_bytes(digest[:8], "big") >> 11) / 2 ** 53
        assert again[user] == ("zero" if u < 0.5 else "one")


def test_renaming_and_adding_groups_moves_nobody(telemetry, stack, user):
    seg = make(stack)
    before = group(stack, seg, user, assign=True)["group"]["id"]
    change(stack, seg, groups=[{"id": 0, "name": "null"}, {"id": 1, "name": "eins"},
                               {"id": 2, "name": "zwei"}])
    a_second_later()
    after = group(stack, seg, user, assign=True)
    assert after["group"] == {"id": before, "name": ["null", "eins"][before]}
    assert (after["new"], len(telemetry.events_of(seg))) == (False, 1)
    names = {name_of(stack, seg, new_id("u"), assign=True) for _ in range(40)}
    assert names == {"null", "eins", "zwei"}


@pytest.mark.parametrize("kind, drawn_again", [("random", True), ("manual", False)])
def test_an_unknown_stored_group_is_none_and_logged(telemetry, stack, user, kind, drawn_again):
    seg = make(stack, kind)
    stack.sql("insert into assay.membership (subject_id, segmentation, slot, group_nr, source, "
              "assigned_at) select 'u:' || %s, nr, 0, 99, 'drawn', '2026-01-01Z' from "
              "assay.segmentation where id = %s", user, seg)
    assert group(stack, seg, user)["group"] is None
    assert f'detail="{seg}: 99"' in stack.log() and "group_gone" in stack.log()
    first = group(stack, seg, user, assign=True)
    assert (first["group"] is not None, first["new"]) == (drawn_again, drawn_again)
    assert group(stack, seg, user, assign=True) == dict(first, new=False)


def test_twenty_parallel_first_reads_are_one_assignment(telemetry, stack):
    seg, user = make(stack, groups=[str(n) for n in range(10)]), new_id("u")
    answers = at_once([lambda: group(stack, seg, user, assign=True)] * 20)
    assert len({a["group"]["id"] for a in answers}) == 1
    assert sum(a["new"] for a in answers) == 1
    assert len(members(stack, seg)) == 1 and len(telemetry.events_of(seg)) == 1


def test_a_read_while_groups_change_gets_a_group_of_one_version(telemetry, stack):
    seg, users = make(stack), [new_id("u") for _ in range(5)]
    versions = [[{"id": 2 * n, "name": f"a{n}"}, {"id": 2 * n + 1, "name": f"b{n}"}]
                for n in range(1, 8)]
    names = {"zero", "one"} | {g["name"] for v in versions for g in v}

    def write():
        return [change(stack, seg, groups=v)["id"] for v in versions]

    def read():
        return [name_of(stack, seg, user, assign=True) for _ in range(8) for user in users]
    _, *read_names = at_once([write, read, read, read])
    assert {n for found in read_names for n in found} <= names
    a_second_later()
    last = {name_of(stack, seg, user, assign=True) for user in users}
    assert last <= {"a7", "b7"}
    assert len(members(stack, seg)) == len(users)


def test_the_json_form_reads_texts_as_ids(stack):
    seg = make(stack, "manual", [{"id": "70", "name": "a"}, {"name": "b"}])
    shown = stack.call("GET", f"/v1/segmentation/{seg}").json()
    assert [g["id"] for g in shown["groups"]] == [70, 71]


def test_an_unknown_member_is_refused_by_name(stack):
    answer = make(stack, "manual", status=422, more={"x": 1}, scheme=1)
    assert [e["pointer"] for e in answer["errors"]] == ["/more", "/scheme"]
    assert "`scheme` is not known" in answer["errors"][1]["detail"]


@pytest.mark.parametrize("wrong, pointer", [
    ({"id": None}, "/id"), ({"id": "a b"}, "/id"), ({"id": "export.csv"}, "/id"),
    ({"type": "experiment"}, "/type"), ({"groups": [{"id": -1, "name": "a"}]}, "/groups/0/id"),
    ({"groups": [{"name": "a"}, {"name": "a"}]}, "/groups/1"), ({"overlap": True}, "/overlap")])
def test_an_invalid_segmentation_is_refused_with_its_place(stack, wrong, pointer):
    body = {"id": new_id("s")[:40], "type": "random", "name": "n", "groups": [], **wrong}
    answer = stack.call("POST", "/v1/segmentation", key="admin", json=body)
    assert answer.status_code == 422
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]


def test_an_inactive_segmentation_is_ignored_by_rules_and_reads(stack, user):
    base = make(stack, "manual")
    rule = make(stack, "rule", [{"name": "in", "rule": of_group(base, "one")}])
    without = make(stack, "rule", [{"name": "out", "rule": {"not": of_group(base, "one")}}])
    place(stack, base, user, "one")
    assert name_of(stack, rule, user) == "in"
    change(stack, base, active=False)
    a_second_later()
    assert [name_of(stack, s, user) for s in (base, rule, without)] == [None, None, "out"]
    change(stack, base, active=True)
    a_second_later()
    assert [name_of(stack, s, user) for s in (base, rule, without)] == ["one", "in", None]


def test_an_unused_segmentation_is_deleted_once(stack):
    seg = make(stack)
    codes = [stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code
             for _ in range(2)]
    assert codes == [200, 404]


def test_a_cohort_is_linked_to_a_group_by_a_rule(stack, user):
    cohort = make(stack, "manual", ("A", "B"))
    linked = make(stack, "rule", [{"id": 10, "name": "ten", "rule": of_group(cohort, "A")},
                                  {"id": 20, "name": "twenty", "rule": of_group(cohort, "B")}])
    assert group(stack, linked, user)["group"] is None
    for name, number in (("A", 10), ("B", 20)):
        place(stack, cohort, user, name)
        assert group(stack, linked, user)["group"]["id"] == number
    change(stack, cohort, 409, groups=[{"id": 0, "name": "A"}])
    change(stack, linked, groups=[{"id": 10, "name": "ten", "rule": of_group(cohort, "A")}])
    change(stack, cohort, groups=[{"id": 0, "name": "A"}])
    a_second_later()
    assert group(stack, linked, user)["group"] is None
    take_out(stack, cohort, user)
    assert group(stack, linked, user)["group"] is None


def test_the_type_stays_and_members_need_a_group(stack, user):
    seg = make(stack)
    change(stack, seg, 409, type="manual")
    for value in (None, "two", 5, {}):
        place(stack, seg, user, value, 422)
    rule = make(stack, "rule", [{"name": "a", "rule": {"kind": {"eq": "user"}}}])
    place(stack, rule, user, "a", 409)
    place(stack, new_id()[:40], user, "a", 404)
    assert members(stack, seg) == []


NONE = "-"


def move(stack, seg, user, r):
    """One random move; the step that it says it made, or None, and the group it saw."""
    kind = r.choice(["draw", "put", "put", "delete"])
    if kind == "draw":
        answer = group(stack, seg, user, assign=True)
        return (NONE, answer["group"]["name"]) if answer["new"] else None
    if kind == "delete":
        before = take_out(stack, seg, user)["previous"]
        return (before, NONE) if before else None
    answer = place(stack, seg, user, r.choice(["a", "b", "c"]))
    before, after = answer["previous"] or NONE, answer["group"]["name"]
    assert answer["new"] == (before != after), answer
    return (before, after) if answer["new"] else None


def test_parallel_moves_are_serialized(telemetry, stack):
    """Every answer names a step from one group to another, or none. Whatever the order was, the
    steps of a user must form one way from no group to where the user is now."""
    print(f"seed {SEED}")
    seg, users = make(stack, groups=("a", "b", "c")), [new_id("u") for _ in range(3)]

    def run(seed):
        r = random.Random(seed)
        return [(user, move(stack, seg, user, r)) for _ in range(60) for user in users]
    steps = [s for found in at_once([lambda n=n: run(SEED + n) for n in range(4)]) for s in found]
    stored = collections.Counter(m[0] for m in members(stack, seg))
    assert all(n == 1 for n in stored.values())
    for user in users:
        now = name_of(stack, seg, user) or NONE
        balance = collections.Counter({NONE: 1})
        balance.subtract({now: 1})
        for who, step in steps:
            if who == user and step:
                balance.subtract({step[0]: 1})
                balance.update({step[1]: 1})
        assert not any(balance.values()), (user, now, balance)
    made = sum(step is not None and step[1] != NONE for _, step in steps)
    assert len(telemetry.events_of(seg)) == made


@pytest.mark.parametrize("group", [True, False, None, 1.5, 0, 99, 4294967297, [], {}, "none"])
def test_a_value_that_names_no_alternative_puts_nobody_into_an_experiment(stack, user, group):
    exp = running(stack, "red")
    answer = stack.call("PUT", f"/v1/segmentation/{exp}/member/{user}", json={"group": group})
    assert_problem(answer, 422, "/group")
    assert rows(stack, "enrolment", exp) == []
