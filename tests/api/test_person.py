# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that become users, returning users, and erasure."""

import datetime

import pytest

from enrols import alternative, enroll, put, rows, running, set_state, somebody
from goals import (BOT, NOT_PRESENT, PRESENT, confirm, conversions, goal, hit, merge, participants,
                   said, session, text_of, view, visit)
from lookups import new_id
from shapes import export

NOTHING = {"moved": 0, "dropped": 0, "page_views": 0}


def confirmed(stack):
    who = session()
    confirm(stack, who)
    return who


def enrolment(stack, subject):
    """(alternative, enrolled_at, last_seen) in the only experiment."""
    row, = stack.sql("select alternative, enrolled_at, last_seen_at from enrolment "
                     "where subject_id = %s", text_of(subject))
    return row


def held(stack, subject):
    """How many rows there are of a subject anywhere."""
    tables = [t for t, in stack.sql("""
        select c.oid::regclass::text from pg_class as c join pg_attribute as a
            on a.attrelid = c.oid and a.attname = 'subject_id'
        where c.relnamespace = 'assay'::regnamespace and c.relkind in ('r', 'p')
            and not c.relispartition""")]
    assert {"enrolment", "exposure", "conversion", "page_view", "goal_event", "waiting_goal",
            "confirmed", "profile", "audience"} <= set(tables)
    return sum(stack.sql(f"select count(*) from {t} where subject_id = %s", text_of(subject))[0][0]
               for t in tables)


def test_what_a_session_did_moves_to_the_user(stack):
    name, exp, user, who = goal(stack), running(stack, "blue"), somebody(), confirmed(stack)
    put(stack, exp, who, "blue")
    hit(stack, name, who, count=3)
    visit(stack, who)
    before = enrolment(stack, who)
    assert merge(stack, user, who) == dict(NOTHING, moved=1)
    assert enrolment(stack, user) == before
    assert alternative(stack, exp, user)["alternative"] == "blue"
    assert participants(stack, exp) == {"blue": 1}
    assert conversions(stack, exp) == {("blue", name): {3: 1}, ("blue", NOT_PRESENT): {1: 1}}
    assert held(stack, who) == 0


def test_the_enrolment_of_the_user_wins_over_that_of_the_session(stack):
    name, exp, user, who = goal(stack), running(stack, "red", "blue"), somebody(), confirmed(stack)
    put(stack, exp, user, "red")
    put(stack, exp, who, "blue")
    hit(stack, name, who)
    assert merge(stack, user, who) == dict(NOTHING, dropped=1)
    assert alternative(stack, exp, user)["alternative"] == "red"
    assert participants(stack, exp) == {"red": 1}
    assert conversions(stack, exp) == {}
    assert held(stack, who) == 0


def test_a_session_that_nobody_confirmed_counts_with_its_user(stack):
    name, exp, user, who = goal(stack), running(stack), somebody(), session()
    enroll(stack, exp, who)
    hit(stack, name, who, count=2)
    assert merge(stack, user, who)["moved"] == 1
    assert participants(stack, exp) == {"control": 1}
    assert conversions(stack, exp) == {("control", name): {2: 1}}
    assert held(stack, who) == 0


def test_a_merge_that_is_repeated_changes_nothing(stack):
    exp, user, who = running(stack), somebody(), confirmed(stack)
    enroll(stack, exp, who)
    merge(stack, user, who)
    assert merge(stack, user, who) == NOTHING
    assert participants(stack, exp) == {"control": 1}


def test_a_merge_goes_experiment_by_experiment(stack):
    name, user, who = goal(stack), somebody(), confirmed(stack)
    mine, both = running(stack, "red", "blue"), running(stack, "red", "blue")
    put(stack, both, user, "red")
    for exp in (mine, both):
        put(stack, exp, who, "blue")
    hit(stack, name, who)
    assert merge(stack, user, who) == dict(NOTHING, moved=1, dropped=1)
    assert conversions(stack, mine) == {("blue", name): {1: 1}}
    assert conversions(stack, both) == {}


def test_page_views_move_and_those_of_one_instant_are_the_users(stack):
    user, who = somebody(), session()
    for subject, page, second in ((user, "mine", 1), (who, "a", 1), (who, "b", 2)):
        view(stack, subject, page, f"2013-01-01T00:00:0{second}Z")
    assert merge(stack, user, who) == dict(NOTHING, page_views=1)
    assert [v["name"] for v in export(stack, user)] == ["mine", "b"]
    assert held(stack, who) == 0


def test_an_event_of_the_session_counts_once_for_the_user(stack):
    name, exp, user, who = goal(stack), running(stack), somebody(), confirmed(stack)
    enroll(stack, exp, who)
    hit(stack, name, who, event_id="e")
    merge(stack, user, who)
    assert hit(stack, name, user, event_id="e") == said(duplicate=True)


def test_a_visit_after_the_login_belongs_to_the_user(stack):
    exp, user, who = running(stack), somebody(), confirmed(stack)
    enroll(stack, exp, who)
    visit(stack, who)
    merge(stack, user, who)
    last = enrolment(stack, user)[2]
    visit(stack, user)
    assert enrolment(stack, user)[2] == last
    assert conversions(stack, exp) == {("control", NOT_PRESENT): {1: 1}}
    assert participants(stack, exp) == {"control": 1}


def test_after_sign_out_a_new_session_is_a_new_subject(stack):
    name, exp, ann, bob, who = goal(stack), running(stack), somebody(), somebody(), confirmed(stack)
    enroll(stack, exp, who)
    hit(stack, name, who)
    merge(stack, ann, who)
    assert enroll(stack, exp, who)["new"] is True
    assert hit(stack, name, who) == said(waiting=[exp])
    assert merge(stack, bob, session()) == NOTHING
    assert participants(stack, exp) == {"control": 1}
    merge(stack, bob, who)
    assert participants(stack, exp) == {"control": 2}
    assert conversions(stack, exp) == {("control", name): {1: 2}}


def test_a_user_whose_profile_says_not_human_takes_over_nothing(stack):
    name, exp, user, who = goal(stack), running(stack), somebody(), confirmed(stack)
    enroll(stack, exp, who)
    hit(stack, name, who)
    assert stack.call("PUT", f"/v1/user/{user}/profile", json={"human": False}).status_code == 200
    assert merge(stack, user, who) == dict(NOTHING, dropped=1)
    assert (participants(stack, exp), conversions(stack, exp)) == ({}, {})
    assert held(stack, who) == 0


@pytest.mark.parametrize("body", [{}, {"user_id": "a"}, {"session_id": 5}, {"session_id": ""},
                                  {"session_id": "a", "user_id": "b"}])
def test_a_merge_needs_a_session(stack, body):
    assert stack.call("POST", "/v1/user/a/incorporate", json=body).status_code == 422


def earlier(stack, subject, interval):
    """Lets time pass since the last visit."""
    stack.sql("update enrolment set last_seen_at = last_seen_at - %s::interval "
              "where subject_id = %s", interval, text_of(subject))


@pytest.mark.parametrize("come", [visit, lambda stack, user: view(stack, user, new_id())])
def test_visits_count_at_first_and_after_six_hours(stack, come):
    exp, user = running(stack), somebody()
    enroll(stack, exp, user)
    first = {("control", NOT_PRESENT): {1: 1}}
    come(stack, user)
    assert conversions(stack, exp) == first
    earlier(stack, user, "5:59")
    seen = enrolment(stack, user)[2]
    come(stack, user)
    assert (conversions(stack, exp), enrolment(stack, user)[2]) == (first, seen)
    earlier(stack, user, "0:01")
    come(stack, user)
    assert conversions(stack, exp) == {("control", NOT_PRESENT): {2: 1},
                                       ("control", PRESENT): {1: 1}}
    assert enrolment(stack, user)[2] > seen


def test_six_hours_to_the_millisecond_are_six_hours(stack):
    exp, user = running(stack), somebody()
    enroll(stack, exp, user)
    at = datetime.datetime(2026, 1, 1, 12)
    stack.sql("update experiment set start_date = '2025-01-01' where id = %s", exp)
    for shift, hits in ((0, 1), (21599.999, 1), (21600, 2)):
        stack.sql("select visit_record(%s, true, %s)", text_of(user),
                  f"{at + datetime.timedelta(seconds=shift)}Z")
        assert conversions(stack, exp)["control", NOT_PRESENT] == {hits: 1}


@pytest.mark.parametrize("state, counted", [("default", {}), ("track", {
    ("control", NOT_PRESENT): {1: 1}})])
def test_visits_count_where_the_state_records(stack, state, counted):
    exp, user = running(stack), somebody()
    enroll(stack, exp, user)
    set_state(stack, exp, state)
    visit(stack, user)
    assert conversions(stack, exp) == counted


def test_visits_of_bots_and_unenrolled_subjects_count_nowhere(stack):
    exp, user = running(stack), somebody()
    enroll(stack, exp, user)
    visit(stack, user, headers=BOT)
    visit(stack, somebody())
    visit(stack, session())
    assert rows(stack, "conversion", exp) == []


def test_the_export_shows_all_that_is_erased(stack):
    name, exp, user, other = goal(stack), running(stack), somebody(), somebody()
    for who in (user, other):
        enroll(stack, exp, who)
        hit(stack, name, who, event_id="e", count=2)
        view(stack, who, "Home")
        stack.call("PUT", f"/v1/user/{who}/profile", json={"a": 1})
    before = held(stack, other)
    records = {}
    for record in export(stack, user):
        records.setdefault(record["record"], []).append(record)
    assert {kind: len(found) for kind, found in records.items()} == {
        "profile": 1, "enrollment": 1, "exposure": 1, "conversion": 2, "goal_event": 1,
        "page_view": 1}
    assert {(c["experiment"], c["goal"], c["hits"]) for c in records["conversion"]} == {
        (exp, name, 2), (exp, NOT_PRESENT, 1)}
    assert records["enrollment"][0]["source"] == "drawn"
    lines = stack.assay("export", "user", user).stdout.splitlines()
    assert len(lines) == sum(map(len, records.values()))
    answer = stack.call("DELETE", f"/v1/user/{user}").json()["deleted"]
    assert answer == {"page_views": 1, "enrollments": 1, "exposures": 1, "conversions": 2,
                      "waiting_goals": 0, "goal_events": 1, "memberships": 0, "tags": 0,
                      "preassignments": 0, "upload_rows": 0, "profile": 1, "audiences": 0}
    assert held(stack, user) == 0
    assert held(stack, other) == before
    assert participants(stack, exp) == {"control": 1}
    again = stack.call("DELETE", f"/v1/user/{user}").json()["deleted"]
    assert set(again.values()) == {0}
    assert export(stack, user) == []


def test_an_export_in_pages_misses_nothing_of_one_instant(stack):
    user, exps = somebody(), [running(stack) for _ in range(3)]
    stack.call("POST", "/v1/enroll", json={"user_id": user, "experiments": exps})
    view(stack, user, "late", (datetime.datetime.utcnow() + datetime.timedelta(hours=1)
                               ).isoformat(timespec="milliseconds") + "Z")
    found, path = [], f"/v1/user/{user}/export?limit=1"
    while path:
        answer = stack.call("GET", path)
        found += answer.json()["records"]
        following = answer.links.get("next")
        path = following and f"/v1/user/{user}/export" + following["url"]
    assert sorted(r["record"] for r in found) == \
        ["conversion"] * 3 + ["enrollment"] * 3 + ["exposure"] * 3 + ["page_view"]


def test_an_erased_subject_is_assigned_again(stack):
    exp, user = running(stack, "red"), somebody()
    own = enroll(stack, exp, user)
    assert stack.call("DELETE", f"/v1/user/{user}").status_code == 200
    assert alternative(stack, exp, user)["enrolled"] is False
    again = enroll(stack, exp, user)
    assert (again["alternative"], again["new"]) == (own["alternative"], True)
