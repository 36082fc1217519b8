# SPDX-License-Identifier: GPL-3.0-or-later
"""An exposure is recorded only of what was shown: pages show an alternative from a cache first, and
say which one it was when they enrol."""

import pytest

from enrols import alternative, change, enroll, put, rows, running, somebody
from flags import evaluate
from shapes import assert_problem


def drawn(stack, exp, user):
    """What the draw gives, without an enrolment."""
    return evaluate(stack, exp, {"targetingKey": user}, query="?enroll=false")["variant"]


def other(name):
    return "b" if name == "control" else "control"


def enroll_many(stack, user, status=200, **more):
    answer = stack.call("POST", "/v1/enroll", key="client", json={"user_id": user, **more})
    assert answer.status_code == status, answer.text
    return {e["experiment"]: e for e in answer.json()["experiments"]} if status == 200 else answer


def test_what_was_shown_is_enrolled(stack):
    exp, user = running(stack, "b"), somebody()
    shown = drawn(stack, exp, user)
    said = enroll(stack, exp, user, key="client", shown=shown)
    assert (said["alternative"], said["reason"], said["enrolled"]) == (shown, "ASSIGNED", True)
    assert len(rows(stack, "exposure", exp)) == 1


@pytest.mark.parametrize("shown", [None, "gone", ""])
def test_what_was_not_shown_is_not_enrolled_and_is_answered(stack, shown):
    exp, user = running(stack, "b"), somebody()
    draw = drawn(stack, exp, user)
    said = enroll(stack, exp, user, shown=other(draw) if shown is None else shown)
    assert said == {"experiment": exp, "alternative": draw, "payload": None,
                    "reason": "NOT_ENROLLED", "enrolled": False, "new": False}
    assert rows(stack, "enrolment", exp) == rows(stack, "exposure", exp) == []
    assert enroll(stack, exp, user, shown=draw)["enrolled"] is True


def test_an_enrolment_stays_whatever_was_shown(stack):
    exp, user = running(stack, "b"), somebody()
    put(stack, exp, user, "b")
    said = enroll(stack, exp, user, shown="control")
    assert (said["alternative"], said["reason"], said["enrolled"]) == ("b", "FORCED", True)


def test_a_removed_alternative_that_a_cache_shows_enrols_nobody(stack):
    exp, user = running(stack, "b", "c"), somebody()
    put(stack, exp, user, "c")
    change(stack, exp, "control", "b")
    assert enroll(stack, exp, user, shown="c")["reason"] == "NOT_ENROLLED"
    assert alternative(stack, exp, user)["enrolled"] is False


def test_of_several_those_are_enrolled_that_were_shown_as_drawn(stack):
    right, wrong, unseen = (running(stack, "b") for _ in range(3))
    user = somebody()
    shown = {right: drawn(stack, right, user), wrong: other(drawn(stack, wrong, user)),
             "no-experiment": "x"}
    said = enroll_many(stack, user, experiments=[right, wrong, unseen], shown=shown)
    assert {e: said[e]["enrolled"] for e in said} == {right: True, wrong: False, unseen: False}
    assert said[wrong]["alternative"] == other(shown[wrong])
    assert [len(rows(stack, "enrolment", e)) for e in (right, wrong, unseen)] == [1, 0, 0]


def test_of_all_those_are_enrolled_that_were_shown(stack):
    seen, unseen = running(stack, "b"), running(stack, "b")
    user = somebody()
    said = enroll_many(stack, user, shown={seen: drawn(stack, seen, user)})
    assert said[seen]["enrolled"] is True and said[unseen]["enrolled"] is False
    assert [len(rows(stack, "enrolment", e)) for e in (seen, unseen)] == [1, 0]
    assert all(e["enrolled"] is False for e in enroll_many(stack, somebody(), shown={}).values())


@pytest.mark.parametrize("shown", [None, 5, True, ["b"], {"a": "b"}])
def test_what_was_shown_of_one_is_a_name(stack, shown):
    exp, user = running(stack, "b"), somebody()
    answer = stack.call("POST", f"/v1/experiment/{exp}/enroll",
                        json={"user_id": user, "shown": shown})
    assert_problem(answer, 422, "/shown")
    assert rows(stack, "enrolment", exp) == []


@pytest.mark.parametrize("shown", [None, 5, "b", ["b"], {"a": 5}, {"a": None}, {"a": {"b": "c"}}])
def test_what_was_shown_of_several_are_names_by_experiment(stack, shown):
    for more in ({}, {"experiments": []}):
        assert_problem(enroll_many(stack, somebody(), status=422, shown=shown, **more), 422,
                       "/shown")
