# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /v1/page: one view, an array, NDJSON; what is stored, what is a duplicate, what is listed
as bad."""

import json

import pytest

from shapes import (ago, assert_problem, export, post, post_bytes, post_lines, receipt, view,
                    viewed, views)


def names(stack, user):
    return [r["name"] for r in export(stack, user)]


def index_and_pointer(answer):
    return [(e["index"], e["pointer"]) for e in answer.json()["errors"]]


@pytest.mark.smoke
@pytest.mark.parametrize("path", ["/page", "/v1/page"])
def test_a_single_view_is_stored_with_and_without_the_prefix(stack, user, path):
    answer = stack.call("POST", path, key="client", json=view(user))
    assert answer.status_code == 200
    assert answer.json() == receipt(1, 1)
    assert viewed(stack, user) == 1


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8",
                                  "Application/JSON;charset=UTF-8"])
def test_json_may_state_its_charset(stack, user, kind):
    assert post_bytes(stack, json.dumps(view(user)), kind).json() == receipt(1, 1)


@pytest.mark.smoke
def test_an_array_is_stored_whole(stack, user):
    assert post(stack, views(user, 3)).json() == receipt(3, 3)
    assert viewed(stack, user) == 3


def test_a_batch_may_name_many_users(stack, user):
    batch = [view(f"{user}-{i}") for i in range(20)]
    assert post(stack, batch).json() == receipt(20, 20)
    assert [viewed(stack, f"{user}-{i}") for i in (0, 7, 19)] == [1, 1, 1]


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/ndjson",
                                  "application/jsonl", "application/x-ndjson; charset=utf-8"])
def test_every_media_type_of_ndjson_is_accepted(stack, user, kind):
    text = "\n".join(json.dumps(v) for v in views(user, 2))
    assert post_lines(stack, text, kind).json() == receipt(2, 2)


@pytest.mark.parametrize("form", ["{}\n{}\n", "{}\n{}", "{}\r\n{}\r\n", "\n\n{}\n\n \t\r\n{}\n\n",
                                  "  {}  \n\t{}\t"])
def test_ndjson_lines_end_in_lf_or_crlf_and_may_be_blank(stack, user, form):
    text = form.replace("{}", "%s") % tuple(json.dumps(v) for v in views(user, 2))
    assert post_lines(stack, text).json() == receipt(2, 2)
    assert viewed(stack, user) == 2


def test_a_malformed_line_is_listed_and_the_others_are_stored(stack, user):
    good = [json.dumps(v) for v in views(user, 2)]
    answer = post_lines(stack, f'{good[0]}\n\n{{"user_id": nope}}\n{good[1]}\n')
    assert answer.status_code == 200
    body = answer.json()
    assert (body["received"], body["recorded"]) == (3, 2)
    assert index_and_pointer(answer) == [(1, "/1")]
    assert body["errors"][0]["detail"].startswith("column 13: ")
    assert viewed(stack, user) == 2


def test_only_malformed_lines_are_refused(stack):
    assert_problem(post_lines(stack, "nope\n{\n"), 422, "/0", "/1")


def test_bad_items_are_listed_by_index_and_pointer_and_good_ones_stored(stack, user):
    batch = views(user, 3)
    batch[1] = {"user_id": 7, "name": "", "timestamp": "soon"}
    batch.append("no object")
    answer = post(stack, batch)
    assert answer.status_code == 200
    assert {k: answer.json()[k] for k in ("received", "recorded", "duplicates")} == \
        {"received": 4, "recorded": 2, "duplicates": 0}
    assert index_and_pointer(answer) == [(1, "/1/user_id"), (1, "/1/name"), (1, "/1/timestamp"),
                                         (3, "/3")]
    assert viewed(stack, user) == 2


def test_a_batch_without_a_good_item_is_refused(stack, user):
    bad = [{"user_id": user}, dict(view(user), name=1)]
    assert_problem(post(stack, bad), 422, "/0/name", "/0/timestamp", "/1/name")
    assert viewed(stack, user) == 0


@pytest.mark.parametrize("body, kind", [("[]", "application/json"), ("", "application/x-ndjson"),
                                        ("\n \r\n", "application/x-ndjson")])
def test_an_empty_batch_is_refused(stack, body, kind):
    assert_problem(post_bytes(stack, body, kind), 422)


@pytest.mark.parametrize("first, second", [
    ("2026-01-05T10:00:00.000Z", "2026-01-05T10:00:00Z"),
    ("2026-01-05T10:00:00.000Z", "2026-01-05T11:00:00.000+01:00"),
    ("2026-01-05T10:00:00Z", "2026-01-04T19:30:00-14:30"),
    ("2026-01-05T10:00:00.123Z", "2026-01-05t10:00:00.123999z"),
])
def test_a_second_view_at_the_same_instant_is_a_duplicate(stack, user, first, second):
    """Instants are equal to the millisecond, whatever their text; the first view stays."""
    assert post(stack, view(user, first, "first")).json() == receipt(1, 1)
    assert post(stack, view(user, second, "second")).json() == receipt(1, 0, duplicates=1)
    assert names(stack, user) == ["first"]


def test_within_one_batch_the_first_view_of_an_instant_stays(stack, user):
    at = ago(minutes=1)
    batch = [view(user, at, "first"), view(user + "x", at, "other"), view(user, at, "second")]
    assert post(stack, batch).json() == receipt(3, 2, duplicates=1)
    assert names(stack, user) == ["first"]
    assert names(stack, user + "x") == ["other"]


def test_a_retry_is_harmless(stack, user):
    batch = views(user, 50)
    assert post(stack, batch).json() == receipt(50, 50)
    assert post(stack, batch).json() == receipt(50, 0, duplicates=50)
    assert viewed(stack, user) == 50


def test_views_a_millisecond_apart_are_two(stack, user):
    batch = [view(user, f"2026-01-05T10:00:00.{ms}Z") for ms in ("1239", "1240", "125")]
    assert post(stack, batch).json() == receipt(3, 3)
    assert [r["timestamp"][-5:] for r in export(stack, user)] == [".123Z", ".124Z", ".125Z"]


def test_a_batch_holds_a_thousand_views(stack, user):
    assert post(stack, views(user, 1000)).json() == receipt(1000, 1000)
    assert viewed(stack, user) == 1000


@pytest.mark.parametrize("send", ["array", "lines"])
def test_a_batch_over_the_limit_is_refused_and_not_stored(stack, user, send):
    batch = views(user, 1001)
    answer = post(stack, batch) if send == "array" else \
        post_lines(stack, "\n".join(json.dumps(v) for v in batch))
    assert "1000" in assert_problem(answer, 413)["detail"]
    assert viewed(stack, user) == 0


def test_url_and_referrer_are_kept(stack, user):
    place = {"url": "https://shop.example/p?a=1#b", "referrer": "https://ads.example/"}
    post(stack, view(user, "2026-01-05T10:00:00.5Z", "A", **place))
    assert export(stack, user) == [dict(
        place, record="page_view", timestamp="2026-01-05T10:00:00.500Z", name="A")]


@pytest.mark.parametrize("more", [{}, {"url": None, "referrer": None}])
def test_url_and_referrer_may_be_missing_or_null(stack, user, more):
    assert post(stack, view(user, **more)).json() == receipt(1, 1)
    assert [(r["url"], r["referrer"]) for r in export(stack, user)] == [(None, None)]


def test_unknown_members_are_ignored(stack, user):
    assert post(stack, view(user, colour="red", nested={"a": [1, None]})).json() == receipt(1, 1)


def test_a_session_has_views_apart_from_the_user_of_the_same_id(stack, user):
    session = {"session_id": user, "name": "A", "timestamp": ago(minutes=1)}
    assert post(stack, session).json() == receipt(1, 1)
    assert viewed(stack, user) == 0
    assert stack.sql("select subject_id, name from page_view where subject_id in (%s, %s)",
                     "s:" + user, "u:" + user) == [("s:" + user, "A")]


@pytest.mark.parametrize("who, pointer", [
    ({"user_id": "a", "session_id": "b"}, "/user_id"), ({}, "/user_id"),
    ({"device_id": "a"}, "/device_id"), ({"user_id": "a", "device_id": "b"}, "/user_id"),
])
def test_a_view_names_exactly_one_user_or_session(stack, who, pointer):
    assert_problem(post(stack, dict(who, name="A", timestamp=ago(minutes=1))), 422, pointer)


def test_a_view_is_in_the_database_before_the_answer(stack, user):
    post(stack, view(user, name="there"))
    assert stack.sql("select name from page_view where subject_id = %s", "u:" + user) == \
        [("there",)]


def test_a_batch_is_one_statement(stack, user):
    """However many views, one transaction commits: all of a batch is there or nothing of it."""
    post(stack, views(user, 200))
    assert stack.sql("select count(distinct xmin::text), count(*) from page_view"
                     " where subject_id = %s", "u:" + user) == [(1, 200)]
