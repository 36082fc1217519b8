# SPDX-License-Identifier: GPL-3.0-or-later
"""Parallel enrolments through all workers and routes: one row, one exposure, one telemetry event,
and the same answer for every caller."""

import collections

import pytest

from enrols import alternative, enroll, put, rows, running
from lookups import admin, new_id, register
from stack import servers_of
from test_concurrency import at_once
from telemetry_stack import TelemetryStack


@pytest.fixture(scope="module", params=servers_of(__name__))
def telemetry(request):
    t = TelemetryStack(request.param, ASSAY_WORKERS=8)
    yield t
    t.stop()


@pytest.fixture
def stack(telemetry):
    return telemetry.stack


@pytest.fixture
def exp(stack):
    return running(stack, "red", "blue", "green")


def assigned(telemetry, exp):
    """The groups of all lines that tell of an assignment in the experiment."""
    return [e["edata"]["group"] for e in telemetry.events()
            if e["eid"] == "AUDIT" and e["edata"]["segmentation"] == exp]


def by_all(stack, exp, subject):
    answer = stack.call("POST", "/v1/enroll", json=subject, timeout=300)
    assert answer.status_code == 200, answer.text
    mine, = [o for o in answer.json()["experiments"] if o["experiment"] == exp]
    return mine["alternative"], mine["new"]


def by_one(stack, exp, subject):
    answer = stack.call("POST", f"/v1/experiment/{exp}/enroll", json=subject, timeout=300)
    assert answer.status_code == 200, answer.text
    return answer.json()["alternative"], answer.json()["new"]


def by_device(stack, exp, subject):
    """A user registers with many devices."""
    user = subject.get("user_id")
    did = subject["device_id"] if user is None else new_id("d")
    mine, = [a["data"]["alternative"] for a in register(stack, did, "enrols", user=user)["actions"]
             if a["data"]["id"] == exp]
    return mine, False


def agree(telemetry, exp, answers, exposures=1):
    """All answers are one, and so is everything that was left behind."""
    name, = {a for a, _ in answers}
    assert sum(new for _, new in answers) <= 1
    assert len(rows(telemetry.stack, "enrolment", exp)) == 1
    assert len(rows(telemetry.stack, "exposure", exp)) == exposures
    assert assigned(telemetry, exp) == [name]


@pytest.mark.parametrize("kind", ["user_id", "device_id", "session_id"])
def test_50_parallel_first_enrolments_are_one(telemetry, stack, exp, kind):
    subject = {kind: new_id()}
    answers = at_once([lambda: by_one(stack, exp, subject)] * 50)
    agree(telemetry, exp, answers, 0 if kind == "session_id" else 1)
    assert sum(new for _, new in answers) == 1


@pytest.mark.parametrize("kind", ["user_id", "device_id"])
def test_500_parallel_enrolments_through_all_routes_are_one(telemetry, stack, exp, kind):
    subject, doors = {kind: new_id()}, (by_one, by_all, by_device, by_one)
    calls = [lambda door=doors[n % 4]: door(stack, exp, subject) for n in range(100)]
    agree(telemetry, exp, at_once(calls * 5))


def test_of_many_forced_alternatives_at_once_the_first_stays(telemetry, stack, exp):
    subject = {"user_id": new_id()}
    names = ["red", "blue", "green"]
    answers = at_once([lambda n=n: by_one(stack, exp, {**subject, "force": names[n % 3]})
                       for n in range(48)])
    agree(telemetry, exp, answers)


def test_of_many_parallel_moves_by_hand_every_alternative_is_an_exposure(telemetry, stack, exp):
    user, names = new_id(), ["red", "blue", "green"]
    answers = at_once([lambda n=n: put(stack, exp, user, names[n % 3]) for n in range(48)])
    assert [a["alternative"] for a in answers] == [names[n % 3] for n in range(48)]
    assert sum(a["new"] for a in answers) == 1
    row, = rows(stack, "enrolment", exp)
    assert sorted(r[2] for r in rows(stack, "exposure", exp)) == [2, 3, 4]
    assert alternative(stack, exp, user)["alternative"] == names[row[2] - 2]
    assert collections.Counter(assigned(telemetry, exp)) == {n: 16 for n in names}


def test_an_experiment_created_by_many_at_once_has_all_alternatives(stack):
    exp = new_id("exp")
    answers = at_once([lambda n=n: enroll(stack, exp, f"{exp}-{n}", alternatives=[f"a{n}", "b"])
                       for n in range(45)])
    assert {(a["alternative"], a["reason"], a["enrolled"]) for a in answers} == \
        {("control", "DEFAULT", False)}
    (made,), = stack.sql("select alternatives from experiment where id = %s", exp)
    names = [a["name"] for a in made]
    assert sorted(names) == sorted(["control", "b"] + [f"a{n}" for n in range(45)])
    assert sorted(a["id"] for a in made) == list(range(1, 48))
    assert rows(stack, "enrolment", exp) == []


def test_an_alternative_that_many_name_at_once_is_there_for_each_of_them(stack):
    exp = running(stack)
    for n in range(8):
        name = f"a{n}"
        answers = at_once([lambda: enroll(stack, exp, new_id(), alternatives=[name], force=name)]
                          * 16)
        assert {a["alternative"] for a in answers} == {name}


def test_while_alternatives_are_added_all_answers_agree_with_the_row(telemetry, stack):
    """Whoever is added takes all draws; some workers have yet to hear of it, and the cache holds
    what was true before."""
    exp, given = running(stack), [{"name": "control", "weight": 0}]
    for n in range(12):
        given = [dict(a, weight=0) for a in given] + [{"name": f"a{n}", "weight": 1}]
        user = new_id()
        for _ in range(4):
            assert alternative(stack, exp, user)["enrolled"] is False
        admin(stack, "PATCH", exp, {"alternatives": given})
        answers = at_once([lambda: by_one(stack, exp, {"user_id": user})] * 16)
        assert len({a for a, _ in answers}) == 1
        assert alternative(stack, exp, user)["alternative"] == answers[0][0]
        assert sum(new for _, new in answers) == 1
    assert len(rows(stack, "enrolment", exp)) == len(rows(stack, "exposure", exp)) == 12
    assert len(assigned(telemetry, exp)) == 12


def test_many_experiments_in_opposite_orders_end_without_a_deadlock(stack):
    exps = [running(stack, "red") for _ in range(12)]
    for _ in range(4):
        subject = {"user_id": new_id()}
        calls = [lambda way=way: stack.call("POST", "/v1/enroll", json={
            **subject, "experiments": exps[::way]}) for way in (1, -1) * 8]
        answers = at_once(calls)
        assert {a.status_code for a in answers} == {200}
        got = [{o["experiment"]: o["alternative"] for o in a.json()["experiments"]}
               for a in answers]
        assert all(g == got[0] and len(g) == 12 for g in got)


def test_enrolments_and_erasures_at_once_leave_all_or_nothing(stack):
    """A row and its exposure, or neither; what is enrolled again is drawn alike."""
    exp = running(stack, "red", "blue")
    for _ in range(12):
        user = new_id()

        def erase():
            answer = stack.call("DELETE", f"/v1/user/{user}")
            assert answer.status_code == 200, answer.text
            return answer.json()["deleted"]
        done = at_once([erase, lambda: by_one(stack, exp, {"user_id": user})] * 6)
        assert len({a for a, _ in done[1::2]}) == 1
        assert sum(d["enrollments"] for d in done[::2]) + len(rows(stack, "enrolment", exp)) == \
            sum(new for _, new in done[1::2])
        assert {r[0] for r in rows(stack, "enrolment", exp)} == \
            {r[0] for r in rows(stack, "exposure", exp)}
        erase()
        assert rows(stack, "enrolment", exp) == rows(stack, "exposure", exp) == []
