# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolment: stable assignments, reads without effect, assignments by hand."""

import pytest

from enrols import alternative, enroll, put, rows, running, set_state, somebody
from lookups import a_second_later, admin, new_id


@pytest.mark.smoke
def test_an_enrolled_subject_keeps_its_alternative(stack):
    exp, user = running(stack, "red", "blue"), somebody()
    first = enroll(stack, exp, user)
    assert (first["reason"], first["enrolled"], first["new"]) == ("ASSIGNED", True, True)
    for _ in range(20):
        again = enroll(stack, exp, user)
        assert again["alternative"] == first["alternative"]
        assert (again["reason"], again["new"]) == ("ENROLLED", False)


def test_reading_an_alternative_stores_nothing(stack):
    exp, user = running(stack, "red"), somebody()
    seen = alternative(stack, exp, user)
    assert seen["alternative"] == "control"
    assert seen["enrolled"] is False
    assert rows(stack, "enrolment", exp) == []


@pytest.mark.smoke
def test_naming_an_unknown_experiment_creates_it_in_state_default(stack):
    exp, user = new_id("exp"), somebody()
    answer = enroll(stack, exp, user, alternatives=["red", "blue"])
    assert (answer["alternative"], answer["reason"]) == ("control", "DEFAULT")
    assert answer["enrolled"] is False
    state, = stack.sql("select state from assay.experiment where id = %s", exp)
    assert state[0] == 0


def test_an_auto_created_experiment_can_be_changed_for_every_client(stack):
    exp = new_id("exp")
    enroll(stack, exp, somebody())
    admin(stack, "PATCH", exp, {"description": "a"})
    admin(stack, "PATCH", exp, {"data": {"client": ""}}, 400)
    data = admin(stack, "PATCH", exp, {"data": {"client": "an.app"}})["expData"]
    assert data["client"] == "an.app" and data["key"] == exp


@pytest.mark.smoke
def test_a_client_key_creates_no_experiment(stack):
    exp = new_id("exp")
    answer = enroll(stack, exp, somebody(), key="client")
    assert (answer["alternative"], answer["reason"]) == ("control", "UNKNOWN")
    assert stack.sql("select id from assay.experiment where id = %s", exp) == []


@pytest.mark.parametrize("more", [{"force": "red"}, {"alternatives": ["red"]}])
def test_a_client_key_may_not_force_or_name_alternatives(stack, more):
    enroll(stack, running(stack, "red"), somebody(), key="client", status=403, **more)


def test_the_first_forced_alternative_stays(stack):
    exp, user = running(stack, "alt1", "alt2"), somebody()
    assert enroll(stack, exp, user, force="alt2")["reason"] == "FORCED"
    assert enroll(stack, exp, user, force="alt1")["alternative"] == "alt2"


def test_an_unknown_forced_alternative_is_refused(stack):
    exp = running(stack, "red")
    assert enroll(stack, exp, somebody(), status=422, force="green")["errors"][0]["pointer"] == \
        "/force"
    assert rows(stack, "enrolment", exp) == []


def test_in_state_default_everybody_sees_the_default_and_rows_come_back(stack):
    exp, user = running(stack, "alt1", "alt2"), somebody()
    own = enroll(stack, exp, user)["alternative"]
    set_state(stack, exp, "default", default="alt2")
    a_second_later()
    assert alternative(stack, exp, user)["alternative"] == "alt2"
    assert alternative(stack, exp, somebody())["alternative"] == "alt2"
    set_state(stack, exp, "enabled")
    a_second_later()
    assert alternative(stack, exp, user)["alternative"] == own


def test_tracking_keeps_enrolled_subjects_and_enrols_nobody(stack):
    exp, user, other = running(stack, "red"), somebody(), somebody()
    own = enroll(stack, exp, user)["alternative"]
    set_state(stack, exp, "track")
    a_second_later()
    assert enroll(stack, exp, user)["alternative"] == own
    assert (enroll(stack, exp, other)["alternative"], enroll(stack, exp, other)["reason"]) == \
        ("control", "TRACK")
    assert len(rows(stack, "enrolment", exp)) == 1


def test_set_by_hand_moves_and_keeps_the_old_exposure(stack):
    exp, user = running(stack, "red", "blue"), somebody()
    put(stack, exp, user, "red")
    moved = put(stack, exp, user, "blue")
    assert (moved["alternative"], moved["reason"], moved["new"]) == ("blue", "FORCED", False)
    assert alternative(stack, exp, user)["alternative"] == "blue"
    assert len(rows(stack, "enrolment", exp)) == 1
    assert len(rows(stack, "exposure", exp)) == 2


def test_a_bot_sees_control_and_is_not_stored(stack):
    exp = running(stack, "red")
    agent = {"User-Agent": "Mozilla/5.0 (compatible; googleBOT/2.1)"}
    seen = enroll(stack, exp, somebody(), key="client", headers=agent)
    assert (seen["alternative"], seen["reason"]) == ("control", "BOT")
    assert put(stack, exp, somebody(), "red", user_agent="x googleBOT/2.1")["reason"] == "BOT"
    assert rows(stack, "enrolment", exp) == []


def test_all_experiments_in_one_answer(stack):
    first, second, user = running(stack, "a"), running(stack, "b"), somebody()
    a_second_later()
    answer = stack.call("POST", "/v1/enroll", json={"user_id": user}).json()
    got = {o["experiment"]: o for o in answer["experiments"]}
    assert got[first]["enrolled"] and got[second]["enrolled"]
    answer = stack.call("POST", "/v1/enroll", json={"user_id": user, "experiments": [second]})
    assert [o["experiment"] for o in answer.json()["experiments"]] == [second]


def test_everybody_gets_all_experiments_in_one_answer_every_time(stack):
    exps = {running(stack, "a") for _ in range(12)}
    for n in range(60):
        named = {"experiments": sorted(exps)} if n % 2 else {}
        answer = stack.call("POST", "/v1/enroll", json={"user_id": somebody(), **named})
        got = [o for o in answer.json()["experiments"] if o["experiment"] in exps]
        assert {o["experiment"] for o in got} == exps
        assert {(o["reason"], o["enrolled"], o["new"]) for o in got} == {("ASSIGNED", True, True)}


def test_the_list_of_a_user_says_since_when(stack):
    exp, user = running(stack, "red"), somebody()
    own = enroll(stack, exp, user)["alternative"]
    listed = stack.call("GET", f"/v1/user/{user}/experiments").json()["experiments"]
    assert [(o["experiment"], o["alternative"], o["reason"]) for o in listed] == \
        [(exp, own, "ASSIGNED")]
    assert listed[0]["enrolled_at"] is not None


def test_explain_shows_every_gate_and_the_one_that_decides(stack):
    exp, user = running(stack, "red", traffic=0), somebody()
    answer = stack.call("GET", f"/v1/experiment/{exp}/explain", params={"user_id": user}).json()
    assert answer["reason"] == "NOT_IN_ROLLOUT"
    assert [g["gate"] for g in answer["gates"] if g["decides"]] == ["rollout"]
    assert [g["gate"] for g in answer["gates"]] == [
        "bot", "in_effect", "default", "enrolled", "track", "audience", "rollout", "layer",
        "forced", "assigned"]
    assert rows(stack, "enrolment", exp) == []
