# SPDX-License-Identifier: GPL-3.0-or-later
"""Goal hits by a call, an image or a page view, and what they count."""

import datetime

import pytest

from enrols import enroll, put, rows, running, set_state, somebody
from goals import (BOT, NOT_PRESENT, conversions, goal, hit, image, participants, said, session,
                   text_of, view)
from lookups import a_second_later, new_id

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b4944415478da636000020000050001e9fadcd80000000049454e44ae426082")


@pytest.mark.smoke
def test_three_hits_of_one_subject_are_one_conversion(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    for _ in range(3):
        assert hit(stack, name, user) == said([exp])
    assert conversions(stack, exp) == {("control", name): {3: 1}}
    hit(stack, name, user, count=2)
    assert conversions(stack, exp) == {("control", name): {5: 1}}
    assert hit(stack, name, user, count=0) == said()
    assert conversions(stack, exp) == {("control", name): {5: 1}}


def test_a_hit_counts_where_the_subject_is_enrolled_and_the_state_records(stack):
    name, user = goal(stack), somebody()
    enabled, tracked, default, foreign = (running(stack) for _ in range(4))
    for exp in (enabled, tracked, default):
        enroll(stack, exp, user)
    set_state(stack, tracked, "track")
    set_state(stack, default, "default")
    assert hit(stack, name, user) == said([enabled, tracked])
    assert conversions(stack, default) == conversions(stack, foreign) == {}


def test_hits_begin_to_count_again_when_the_state_records_again(stack):
    name, exp, user = goal(stack), running(stack, "red"), somebody()
    own = enroll(stack, exp, user)["alternative"]
    set_state(stack, exp, "default")
    assert hit(stack, name, user) == said()
    set_state(stack, exp, "enabled")
    assert hit(stack, name, user) == said([exp])
    assert conversions(stack, exp) == {(own, name): {1: 1}}


def test_a_hit_before_the_enrolment_counts_nowhere(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    assert hit(stack, name, user) == said()
    enroll(stack, exp, user)
    assert conversions(stack, exp) == {}


def test_a_stopped_experiment_records_nothing(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    assert stack.call("POST", f"/v1/experiment/{exp}/stop", key="admin").status_code == 200
    assert hit(stack, name, user) == said()


def test_an_unknown_goal_is_not_found_and_is_counted(stack):
    before = stack.metric("goals_unknown_total")
    hit(stack, new_id("goal"), somebody(), status=404)
    assert stack.metric("goals_unknown_total") == before + 1


@pytest.mark.parametrize("more, pointer", [
    ({"count": -1}, "/count"), ({"count": 1.5}, "/count"), ({"count": 1000001}, "/count"),
    ({"count": "1"}, "/count"), ({"count": None}, "/count"), ({"count": 2.5}, "/count"),
    ({"event_id": ""}, "/event_id"), ({"event_id": 5}, "/event_id"),
    ({"event_id": "e" * 129}, "/event_id"), ({"session_id": "s"}, "/user_id"),
    ({"user_id": ""}, "/user_id")])
def test_an_invalid_hit_is_refused_with_its_place(stack, more, pointer):
    name = goal(stack)
    answer = hit(stack, name, somebody(), status=422, **more)
    assert [e["pointer"] for e in answer["errors"]] == [pointer]


@pytest.mark.parametrize("key, largest", [("client", 100), ("server", 1000000)])
def test_the_largest_count_is_taken(stack, key, largest):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    answer = hit(stack, name, user, status=422, key=key, count=largest + 1)
    assert [e["pointer"] for e in answer["errors"]] == ["/count"]
    hit(stack, name, user, key=key, count=largest)
    assert conversions(stack, exp) == {("control", name): {largest: 1}}


@pytest.mark.smoke
def test_an_event_counts_once_for_its_subject(stack):
    name, other, exp = goal(stack), goal(stack), running(stack)
    ann, bob = somebody(), somebody()
    enroll(stack, exp, ann)
    enroll(stack, exp, bob)
    assert hit(stack, name, ann, event_id="e" * 128) == said([exp])
    assert hit(stack, name, ann, event_id="e" * 128) == said(duplicate=True)
    assert hit(stack, other, ann, event_id="e" * 128) == said([exp])
    assert hit(stack, other, ann, event_id="e" * 128) == said(duplicate=True)
    assert hit(stack, name, bob, event_id="e" * 128) == said([exp])
    assert conversions(stack, exp) == {("control", name): {1: 2}, ("control", other): {1: 1}}


def test_a_hit_that_counts_nowhere_does_not_use_up_its_event(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    for _ in range(2):
        assert hit(stack, name, user, event_id="order-1") == said()
    put(stack, exp, user, "control")
    assert hit(stack, name, user, event_id="order-1") == said([exp])
    assert hit(stack, name, user, event_id="order-1") == said(duplicate=True)


@pytest.mark.parametrize("subject, key, more", [
    ("user", "client", {"headers": BOT}), ("user", "server", {"user_agent": "x googlebot/2.1"})])
def test_a_bot_hits_nothing(stack, subject, key, more):
    name, exp, user = goal(stack), running(stack), somebody()
    put(stack, exp, user, "control")
    assert hit(stack, name, user, key=key, event_id="e", **more) == said()
    assert conversions(stack, exp) == {}
    assert hit(stack, name, user, key="server", event_id="e", headers=BOT) == said([exp])


def test_a_user_whose_profile_says_not_human_hits_nothing(stack):
    name, exp, user = goal(stack, page="p" + new_id()), running(stack), somebody()
    put(stack, exp, user, "control")
    assert stack.call("PUT", f"/v1/user/{user}/profile", json={"human": False}).status_code == 200
    assert hit(stack, name, user, event_id="e") == said()
    assert image(stack, name, params={"user_id": user}).status_code == 200
    view(stack, user, "p")
    assert conversions(stack, exp) == {}
    assert stack.sql("select * from goal_event where subject_id = %s", "u:" + user) == []


def test_a_subject_moved_by_hand_converts_in_the_new_alternative(stack):
    name, exp, user = goal(stack), running(stack, "red", "blue"), somebody()
    put(stack, exp, user, "red")
    hit(stack, name, user)
    put(stack, exp, user, "blue")
    hit(stack, name, user, count=2)
    assert participants(stack, exp) == {"red": 1, "blue": 1}
    assert conversions(stack, exp) == {("red", name): {1: 1}, ("blue", name): {2: 1}}


def test_hits_of_a_forced_subject_are_marked_as_such(stack):
    name, exp, user = goal(stack), running(stack, "red"), somebody()
    enroll(stack, exp, user, force="red")
    hit(stack, name, user)
    assert [r[5] for r in rows(stack, "conversion", exp)] == [True]


@pytest.mark.parametrize("kind", ["user_id", "device_id", "session_id"])
def test_an_image_hits_the_goal_of_its_subject(stack, kind):
    name, exp, subject = goal(stack), running(stack), {kind: new_id()}
    enroll(stack, exp, subject)
    if kind == "session_id":
        stack.call("POST", "/v1/confirm_human", json=subject)
    answer = image(stack, name, params={**subject, "r": new_id()})
    assert (answer.status_code, answer.content) == (200, PIXEL)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(PIXEL))
    assert conversions(stack, exp) == {("control", name): {1: 1}}
    image(stack, name, params=subject)
    assert conversions(stack, exp) == {("control", name): {2: 1}}


@pytest.mark.parametrize("path, key", [
    ("/v1/goal/{}.png?user_id={}", None), ("/v1/goal/{}.png?user_id={}&key=nonsense", None),
    ("/v1/goal/{}.png?user_id={}&session_id=s", "client"), ("/v1/goal/{}.png", "client"),
    ("/v1/goal/{}-unknown.png?user_id={}", "client"), ("/v1/goal/.png?user_id={}{}", "client"),
    ("/v1/goal/{}.png?user_id={}&user_id=b", "client"), ("/v1/goal/{}.png?user_id=&x={}", "client"),
    ("/goal/{}.png?user_id={}" + "".join(f"&p{i}=1" for i in range(40)), "client")])
def test_an_image_is_an_image_whatever_is_wrong(stack, path, key):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    answer = stack.call("GET", path.format(name, user), key=key)
    assert (answer.status_code, answer.content) == (200, PIXEL)
    assert answer.headers["Content-Type"] == "image/png"
    assert conversions(stack, exp) == {}


def test_an_image_takes_its_key_from_a_header_too(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    stack.call("GET", f"/v1/goal/{name}.png", key="client", params={"user_id": user})
    assert conversions(stack, exp) == {("control", name): {1: 1}}


def test_asking_for_the_headers_of_an_image_is_no_hit(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    answer = stack.call("HEAD", f"/v1/goal/{name}.png", key="client", params={"user_id": user})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert conversions(stack, exp) == {}


def test_a_bot_that_loads_an_image_hits_nothing(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    assert image(stack, name, params={"user_id": user}, headers=BOT).content == PIXEL
    assert conversions(stack, exp) == {}


def test_a_key_in_the_query_opens_no_other_route(stack):
    answer = stack.call("POST", f"/v1/goal/a?key={stack.key('admin')}", key=None,
                        json={"user_id": "a"})
    assert answer.status_code == 401


def test_a_page_view_hits_the_goals_of_its_page(stack):
    page = new_id("page")
    one, two = sorted([goal(stack, page=page), goal(stack, page=page)])
    goal(stack, page=page + "x")
    exp, user = running(stack), somebody()
    enroll(stack, exp, user)
    view(stack, user, page)
    view(stack, user, page + " other")
    assert conversions(stack, exp) == {("control", one): {1: 1}, ("control", two): {1: 1},
                                       ("control", NOT_PRESENT): {1: 1}}


def test_a_page_view_of_before_the_enrolment_hits_nothing(stack):
    page = new_id("page")
    name, exp, user = goal(stack, page=page), running(stack), somebody()
    enroll(stack, exp, user)
    at, = stack.sql("select enrolled_at from enrolment where subject_id = %s", "u:" + user)[0]
    view(stack, user, page, (at - datetime.timedelta(milliseconds=1)).isoformat())
    assert ("control", name) not in conversions(stack, exp)
    view(stack, user, page, at.isoformat())
    assert conversions(stack, exp)["control", name] == {1: 1}


def test_a_page_view_that_is_sent_again_hits_once(stack):
    page, at = new_id("page"), "2012-12-09T12:00:00Z"
    name, exp, user = goal(stack, page=page), running(stack), somebody()
    enroll(stack, exp, user)
    stack.sql("update enrolment set enrolled_at = '2012-12-09' where subject_id = %s", "u:" + user)
    assert view(stack, user, page, at)["recorded"] == 1
    assert view(stack, user, page, at)["recorded"] == 0
    assert conversions(stack, exp)["control", name] == {1: 1}


def test_a_batch_of_page_views_hits_for_every_subject_in_it(stack):
    page = new_id("page")
    name, exp = goal(stack, page=page), running(stack)
    users = [somebody() for _ in range(3)]
    for user in users:
        enroll(stack, exp, user)
    batch = [{"user_id": u, "name": page, "timestamp": f"2013-01-01T00:00:0{k}Z"}
             for k in range(4) for u in users[k % 2:]]
    stack.sql("update enrolment set enrolled_at = '2012-01-01' where subject_id = any (%s)",
              [text_of(u) for u in users])
    assert stack.call("POST", "/v1/page", json=batch).json()["recorded"] == 10
    assert conversions(stack, exp)["control", name] == {2: 1, 4: 2}


def test_a_page_view_of_a_bot_is_not_stored_and_hits_nothing(stack):
    page = new_id("page")
    goal(stack, page=page)
    exp, user = running(stack), somebody()
    enroll(stack, exp, user)
    told = view(stack, user, page, headers=BOT)
    assert (told["recorded"], told["bots"]) == (0, 1)
    assert stack.sql("select from page_view where subject_id = %s", text_of(user)) == []
    assert conversions(stack, exp) == {}


def test_page_views_that_a_server_says_are_a_bots_hit_nothing(stack):
    page = new_id("page")
    name, exp, users = goal(stack, page=page), running(stack), [somebody(), somebody()]
    for user in users:
        enroll(stack, exp, user)
    stack.sql("update enrolment set enrolled_at = '2012-01-01' where subject_id = any (%s)",
              [text_of(u) for u in users])
    bot = {"user_id": users[0], "name": page, "user_agent": BOT["User-Agent"]}
    person = {"user_id": users[1], "name": page, "user_agent": "Mozilla/5.0"}
    for second in (1, 2):
        batch = [{**item, "timestamp": f"2013-01-01T00:00:0{second}Z"} for item in (bot, person)]
        body = batch if second == 1 else batch[0]
        assert stack.call("POST", "/v1/page", json=body).status_code == 200
    assert conversions(stack, exp) == {("control", name): {1: 1}, ("control", NOT_PRESENT): {1: 1}}


def test_a_goal_without_a_page_any_more_is_not_hit_by_it(stack):
    page = new_id("page")
    name, exp, user = goal(stack, page=page), running(stack), somebody()
    enroll(stack, exp, user)
    stack.call("PATCH", f"/v1/goal/{name}", key="admin", json={"page": None})
    view(stack, user, page)
    assert ("control", name) not in conversions(stack, exp)


def test_deleting_an_experiment_deletes_its_counts_only(stack):
    name, gone, kept = goal(stack), running(stack, "alt"), running(stack, "alt")
    users = [somebody() for _ in range(4)]
    for i, user in enumerate(users):
        for exp in (gone, kept):
            put(stack, exp, user, "alt" if i == 0 else "control")
    hit(stack, name, users[0])
    nr, = stack.sql("select nr from experiment where id = %s", gone)[0]
    assert stack.call("DELETE", f"/v1/experiment/{gone}", key="admin").status_code == 200
    a_second_later()
    assert hit(stack, name, users[1]) == said([kept])
    assert stack.assay("jobs", "--once").returncode == 0
    for table in ("enrolment", "exposure", "conversion", "allocation"):
        assert stack.sql(f"select count(*) from {table} where experiment = %s", nr) == [(0,)]
    assert participants(stack, kept) == {"alt": 1, "control": 3}
    assert conversions(stack, kept) == {("alt", name): {1: 1}, ("control", name): {1: 1}}


def test_jobs_delete_events_after_eight_days_and_expired_waiting_hits(stack):
    name, exp, who = goal(stack), running(stack), session()
    enroll(stack, exp, who)
    hit(stack, name, who, event_id="young")
    hit(stack, name, who, event_id="old")
    stack.sql("update goal_event set recorded_at = now() - interval '8 days 1 second' "
              "where subject_id = %s and event_id = 'old'", text_of(who))
    stack.sql("update waiting_goal set expires_at = now() - interval '1 second' "
              "where subject_id = %s", text_of(who))
    assert stack.assay("jobs", "--once").returncode == 0
    assert stack.sql("select event_id from goal_event where subject_id = %s", text_of(who)) == \
        [("young",)]
    assert stack.sql("select * from waiting_goal where subject_id = %s", text_of(who)) == []
