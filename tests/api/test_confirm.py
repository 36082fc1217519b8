# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions count once they are confirmed as human; until then their hits wait."""

import pytest

from enrols import alternative, enroll, put, rows, running, somebody
from goals import (BOT, NOT_PRESENT, confirm, conversions, goal, hit, participants, said, session,
                   text_of, visit)
from stack import Stack, servers_of


@pytest.fixture(scope="module", params=servers_of(__name__))
def trusting(request):
    """A stack where nobody has to be confirmed."""
    s = Stack(request.param, ASSAY_VERIFY_HUMAN=0)
    yield s
    s.stop()


def expire(stack, subject):
    """Lets the time pass for which hits wait."""
    stack.sql("update waiting_goal set expires_at = expires_at - interval '300 seconds' "
              "where subject_id = %s", text_of(subject))


def test_a_session_counts_from_its_confirmation_on_and_once(stack):
    name, exp, who = goal(stack), running(stack, "blue"), session()
    own = enroll(stack, exp, who)["alternative"]
    assert hit(stack, name, who) == said(waiting=[exp])
    assert (participants(stack, exp), conversions(stack, exp)) == ({}, {})
    for _ in range(2):
        confirm(stack, who)
        assert participants(stack, exp) == {own: 1}
        assert conversions(stack, exp) == {(own, name): {1: 1}}
    assert hit(stack, name, who) == said([exp])
    assert conversions(stack, exp) == {(own, name): {2: 1}}


def test_hits_that_waited_too_long_expire(stack):
    name, exp, who = goal(stack), running(stack), session()
    enroll(stack, exp, who)
    hit(stack, name, who)
    expire(stack, who)
    confirm(stack, who)
    assert participants(stack, exp) == {"control": 1}
    assert conversions(stack, exp) == {}


def test_expired_hits_are_not_revived_by_another(stack):
    one, two, exp, who = goal(stack), goal(stack), running(stack), session()
    enroll(stack, exp, who)
    hit(stack, one, who, count=5)
    hit(stack, two, who, count=7)
    expire(stack, who)
    hit(stack, one, who)
    confirm(stack, who)
    assert conversions(stack, exp) == {("control", one): {1: 1}}


def test_every_hit_extends_the_wait_of_all_waiting_hits(stack):
    one, two, exp, who = goal(stack), goal(stack), running(stack), session()
    enroll(stack, exp, who)
    hit(stack, one, who)
    stack.sql("update waiting_goal set expires_at = expires_at - interval '290 seconds' "
              "where subject_id = %s", text_of(who))
    hit(stack, two, who)
    stack.sql("update waiting_goal set expires_at = expires_at - interval '290 seconds' "
              "where subject_id = %s", text_of(who))
    confirm(stack, who)
    assert conversions(stack, exp) == {("control", one): {1: 1}, ("control", two): {1: 1}}


def test_each_goal_is_replayed_into_its_own_experiment_and_alternative(stack):
    one, two, who = goal(stack), goal(stack), session()
    first, second = running(stack, "red"), running(stack, "blue")
    put(stack, first, who, "red")
    hit(stack, one, who)
    put(stack, second, who, "blue")
    hit(stack, two, who)
    confirm(stack, who)
    assert conversions(stack, first) == {("red", one): {1: 1}, ("red", two): {1: 1}}
    assert conversions(stack, second) == {("blue", two): {1: 1}}


def test_visits_wait_as_goals_do(stack):
    exp, who = running(stack), session()
    enroll(stack, exp, who)
    visit(stack, who)
    assert conversions(stack, exp) == {}
    confirm(stack, who)
    assert conversions(stack, exp) == {("control", NOT_PRESENT): {1: 1}}


def test_a_session_enrolled_after_its_confirmation_counts_at_once(stack):
    exp, who = running(stack), session()
    confirm(stack, who)
    enroll(stack, exp, who)
    assert participants(stack, exp) == {"control": 1}


def test_a_session_sees_its_alternative_before_it_is_confirmed(stack):
    exp, who = running(stack, "red"), session()
    own = enroll(stack, exp, who)["alternative"]
    assert alternative(stack, exp, who)["alternative"] == own
    assert alternative(stack, exp, who)["enrolled"] is True


def test_a_session_that_was_moved_before_its_confirmation_is_seen_in_one_alternative(stack):
    exp, who = running(stack, "red", "blue"), session()
    put(stack, exp, who, "red")
    put(stack, exp, who, "blue")
    confirm(stack, who)
    assert participants(stack, exp) == {"blue": 1}


@pytest.mark.parametrize("kind", ["user_id", "device_id"])
def test_confirming_a_user_or_a_device_changes_nothing(stack, kind):
    exp, who = running(stack), {kind: somebody()}
    enroll(stack, exp, who)
    assert participants(stack, exp) == {"control": 1}
    confirm(stack, who)
    assert participants(stack, exp) == {"control": 1}
    assert stack.sql("select * from confirmed where subject_id = %s", text_of(who)) == []


def test_a_bot_cannot_confirm(stack):
    exp, who = running(stack), session()
    enroll(stack, exp, who)
    confirm(stack, who, headers=BOT)
    assert participants(stack, exp) == {}


@pytest.mark.parametrize("path", ["/v1/confirm_human", "/v1/visit"])
def test_only_a_post_confirms_or_visits(stack, path):
    answer = stack.call("GET", path, key="client")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("path", ["/v1/confirm_human", "/v1/visit"])
@pytest.mark.parametrize("body", [{}, {"session_id": "a", "user_id": "b"}, {"session_id": ""}, []])
def test_a_confirmation_names_its_subject(stack, path, body):
    answer = stack.call("POST", path, key="client", json=body)
    assert answer.status_code == 422


def test_without_verification_a_session_counts_at_once(trusting):
    name, exp, who = goal(trusting), running(trusting), session()
    enroll(trusting, exp, who)
    assert hit(trusting, name, who) == said([exp])
    counted = conversions(trusting, exp)
    assert (participants(trusting, exp), counted) == ({"control": 1}, {("control", name): {1: 1}})
    confirm(trusting, who)
    assert (participants(trusting, exp), conversions(trusting, exp)) == ({"control": 1}, counted)
    assert trusting.sql("select * from confirmed") == []


def test_an_unconfirmed_session_has_no_exposure(stack):
    exp, who = running(stack), session()
    enroll(stack, exp, who)
    assert (len(rows(stack, "enrolment", exp)), rows(stack, "exposure", exp)) == (1, [])
