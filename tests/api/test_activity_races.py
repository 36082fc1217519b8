# SPDX-License-Identifier: GPL-3.0-or-later
"""Parallel hits, visits, confirmations and erasures: no hit is lost or counted twice, nothing
deadlocks, and the tables are consistent."""

import random

import pytest

from activity_model import Model, expected, stored
from enrols import enroll, put, running
from goals import confirm, conversions, goal, hit, merge, participants, session, text_of
from lookups import new_id
from test_concurrency import CALLERS, at_once


def day(n):
    """An instant after every enrolment that these tests date back."""
    return f"2013-01-01T00:{n // 60:02d}:{n % 60:02d}Z"


def date_back(stack, subjects):
    stack.sql("update enrolment set enrolled_at = '2012-01-01' where subject_id = any (%s)",
              [text_of(who) for who in subjects])


def enrolled(stack, who, experiments, arm="red"):
    for exp in experiments:
        put(stack, exp, who, arm)
    return who


def answered(answers):
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers
                                                       if a.status_code != 200]


def test_parallel_hits_views_and_counts_lose_nothing(stack):
    """Batches name the same subjects in all orders; results are asked for, so that they are kept
    and have to be made stale."""
    experiments, page, dice = [running(stack, "red") for _ in range(3)], new_id("page"), \
        random.Random(7)
    names = [goal(stack), goal(stack), goal(stack, page=page), goal(stack, page=page)]
    users = [enrolled(stack, {"user_id": new_id()}, experiments) for _ in range(6)]
    date_back(stack, users)
    model = Model(set(experiments))
    for who in users:
        for exp in experiments:
            model.enrol(text_of(who), exp, "red", "set")
    calls = []
    for _ in range(CALLERS):
        who, name, count = dice.choice(users), dice.choice(names), dice.randint(1, 9)
        model.hit(text_of(who), name, count)
        calls.append(lambda who=who, name=name, count=count: stack.call(
            "POST", f"/v1/goal/{name}", json={**who, "count": count}))
    for _ in range(CALLERS // 2):
        batch = [{**who, "name": page, "timestamp": day(dice.randrange(300))}
                 for who in dice.sample(users, 4) for _ in range(5)]
        for view in batch:
            model.view(f"u:{view['user_id']}", view["timestamp"], names[2:], True)
        calls.append(lambda batch=batch: stack.call("POST", "/v1/page", json=batch))
    calls += [lambda exp=exp: stack.call("GET", f"/v1/experiment/{exp}/results")
              for exp in experiments for _ in range(5)]
    dice.shuffle(calls)
    answered(at_once(calls))
    assert stored(stack, experiments) == expected(model)


def test_an_event_sent_many_times_at_once_counts_once(stack):
    name, exp = goal(stack), running(stack)
    who = enrolled(stack, {"user_id": new_id()}, [exp], "control")
    answers = at_once([lambda: hit(stack, name, who, event_id="e")] * CALLERS)
    assert sorted(a["duplicate"] for a in answers) == [False] + [True] * (CALLERS - 1)
    assert conversions(stack, exp) == {("control", name): {1: 1}}


def test_hits_around_a_confirmation_all_count_once(stack):
    name, exp = goal(stack), running(stack)
    people = [enrolled(stack, session(), [exp], "control") for _ in range(5)]
    calls = [lambda who=who: hit(stack, name, who) for who in people for _ in range(10)]
    calls += [lambda who=who: confirm(stack, who) for who in people for _ in range(3)]
    random.Random(3).shuffle(calls)
    at_once(calls)
    assert participants(stack, exp) == {"control": 5}
    assert conversions(stack, exp) == {("control", name): {10: 5}}


def test_an_enrolment_around_a_confirmation_leaves_one_exposure(stack):
    exps = [running(stack) for _ in range(4)]
    for _ in range(6):
        who = session()
        at_once([lambda exp=exp: enroll(stack, exp, who) for exp in exps for _ in range(2)] +
                [lambda: confirm(stack, who)] * 2)
    assert [participants(stack, exp) for exp in exps] == [{"control": 6}] * 4


@pytest.mark.parametrize("human", [True, False], ids=["confirmed", "waiting"])
def test_a_sign_in_during_hits_keeps_every_acknowledged_hit(stack, human):
    """A hit was before the login and has moved, or after it and was recorded nowhere."""
    name, exps = goal(stack), [running(stack) for _ in range(2)]
    pairs = [(enrolled(stack, session(), exps, "control"), {"user_id": new_id()})
             for _ in range(5)]
    if human:
        for who, _ in pairs:
            confirm(stack, who)
    calls = [lambda who=who: ("hit", hit(stack, name, who)) for who, _ in pairs for _ in range(10)]
    calls += [lambda who=who, user=user: ("merge", merge(stack, user["user_id"], who))
              for who, user in pairs for _ in range(3)]
    random.Random(5).shuffle(calls)
    answers = at_once(calls)
    assert sum(a["moved"] for kind, a in answers if kind == "merge") == len(pairs) * len(exps)
    told = sum(len(a["recorded"]) + len(a["waiting"]) for kind, a in answers if kind == "hit")
    counted = stack.sql("""
        select coalesce(sum(hits), 0)::bigint, count(distinct left(subject_id, 2))
        from conversion as c join experiment as e on e.nr = c.experiment
        where e.id = any (%s)""", exps)
    assert counted[0] == (told, 1 if told else 0)
    assert [participants(stack, exp) for exp in exps] == [{"control": 5}] * 2


def test_page_views_during_a_sign_in_count_where_they_are_stored(stack):
    page = new_id("page")
    name, exp = goal(stack, page=page), running(stack)
    pairs = [(enrolled(stack, session(), [exp], "control"), {"user_id": new_id()})
             for _ in range(5)]
    for who, _ in pairs:
        confirm(stack, who)
    date_back(stack, [who for who, _ in pairs])
    batches = [[{**who, "name": page, "timestamp": day(10 * k + i)}
                for i in range(5) for who, _ in pairs] for k in range(20)]
    calls = [lambda b=b: stack.call("POST", "/v1/page", json=b) for b in batches]
    calls += [lambda who=who, user=user: stack.call(
        "POST", f"/v1/user/{user['user_id']}/incorporate", json=who) for who, user in pairs]
    random.Random(11).shuffle(calls)
    answered(at_once(calls))
    for who, user in pairs:
        moved = stack.sql("select count(*) from page_view where subject_id = %s", text_of(user))
        hits = stack.sql("select coalesce(sum(hits), 0)::bigint from conversion as c "
                         "join goal as g on g.nr = c.goal where c.subject_id = %s and g.name = %s",
                         text_of(user), name)
        assert hits == moved
        assert stack.sql("select * from conversion where subject_id = %s", text_of(who)) == []


def misfits(stack, experiments):
    """Enrolments and exposures without each other, conversions without an exposure."""
    return stack.sql("""
        with e as (select nr from experiment where id = any (%s)),
        n as (select subject_id, experiment, alternative from enrolment, e where experiment = nr),
        x as (select subject_id, experiment, alternative from exposure, e where experiment = nr),
        c as (select subject_id, experiment, alternative from conversion, e where experiment = nr)
        (table n except table x) union all (table x except table n)
        union all (table c except table x)""", experiments)


def test_an_erasure_during_other_writes_leaves_whole_rows_or_none(stack):
    page = new_id("page")
    name, exps = goal(stack, page=page), [running(stack, "red") for _ in range(3)]
    users = [{"user_id": new_id()} for _ in range(4)]
    calls, dice = [], random.Random(13)
    for who in users:
        path = f"/v1/user/{who['user_id']}"
        calls += [lambda p=path: stack.call("DELETE", p)] * 5
        for way in (1, -1):
            calls += [lambda w=who, o=exps[::way]: stack.call(
                "POST", "/v1/enroll", json={**w, "experiments": o})] * 4
        calls += [lambda w=who: stack.call("POST", f"/v1/goal/{name}", json=w)] * 5
        calls += [lambda w=who, k=k: stack.call("POST", "/v1/page", json=[
            {**u, "name": page, "timestamp": day(k)} for u in (w, *users)]) for k in range(3)]
    for _ in range(3):
        dice.shuffle(calls)
        answered(at_once(calls))
        assert misfits(stack, exps) == []
    for who in users:
        stack.call("DELETE", f"/v1/user/{who['user_id']}")
    assert stored(stack, exps) == {"enrolled": {}, "exposed": {}, "hits": {}, "waiting": {}}


def test_enrolments_in_opposite_orders_end_without_a_deadlock(stack):
    exps = [running(stack) for _ in range(8)]
    for _ in range(6):
        who = {"user_id": new_id()}
        calls = [lambda way=way: stack.call("POST", "/v1/enroll",
                                            json={**who, "experiments": exps[::way]})
                 for way in (1, -1)] * 6
        answered(at_once(calls))
    assert [participants(stack, exp) for exp in exps] == [{"control": 6}] * 8
