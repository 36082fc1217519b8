# SPDX-License-Identifier: GPL-3.0-or-later
"""The activity profile of a user, the export, and erasure."""

import datetime
import json
import urllib.parse

import pytest

from shapes import (ZEROS, ago, assert_problem, erased, export, post, profile, receipt, view,
                    viewed, views)

# Ids that must survive the path: each is percent-encoded once, and decoded once.
IDS = ["a/b", "/", "//a//", "a%2Fb", "100%", "%", "%25", "%00", "with two  blanks", " edge ", "a+b",
       "a?b=c", "a#b", "a&b=c;d", "a\\b", "a:b@c", "...", ".hidden", "..x", "üñí", "日本語",
       "😀👍", "e\u0301", "\u202eabc", "v1", "export", "page", "'\"<>`{}|^~[]", "A" * 128, "é" * 64]


def path_of(user):
    return "/v1/user/" + urllib.parse.quote(user, safe="")


def erase(stack, user):
    return erased(stack.call("DELETE", f"/v1/user/{user}"), user)


def follow(stack, user, query):
    """All pages of an export, by their Link headers."""
    url = f"/v1/user/{user}/export{query}"
    while url:
        answer = stack.call("GET", url)
        assert answer.status_code == 200, answer.text
        yield answer
        link = answer.links.get("next")
        url = link and urllib.parse.urljoin(url, link["url"])


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_the_profile_has_the_documented_members(stack, user, prefix):
    post(stack, [view(user, ago(minutes=20), "A"), view(user, ago(minutes=10), "B"),
                 view(user, ago(minutes=8), "A")])
    answer = stack.call("GET", f"{prefix}/user/{user}")
    assert answer.status_code == 200
    body = answer.json()
    assert 12.99 <= body.pop("time_spent_on_site_last_7_days") <= 13.01
    assert body.pop("number_of_days_active_last_7_days") in (1, 2)
    assert body == {"user_id": user, "number_pages_viewed_the_last_7_days": 3,
                    "most_viewed_page_last_7_days": "A", "number_distinct_pages_last_7_days": 2}


def test_an_unknown_user_has_zeros(stack, user):
    assert profile(stack, user) == dict(ZEROS, user_id=user)


@pytest.mark.parametrize("days", [1, 7, 30, 90])
def test_days_chooses_another_window(stack, user, days):
    inside, outside = days * 24 - 1, days * 24 + 1
    post(stack, [view(user, ago(hours=inside), "in"), view(user, ago(hours=outside), "out")])
    body = profile(stack, user, days=days)
    start, end = (datetime.datetime.strptime(body.pop(k), "%Y-%m-%dT%H:%M:%S.%fZ")
                  for k in ("from", "to"))
    assert end - start == datetime.timedelta(days=days)
    assert abs(datetime.datetime.utcnow() - end) < datetime.timedelta(minutes=1)
    assert body == {"user_id": user, "days": days, "number_pages_viewed": 1,
                    "time_spent_on_site": 1, "number_of_days_active": 1,
                    "most_viewed_page": "in", "number_distinct_pages": 1}


def test_active_days_of_a_window_are_at_most_its_days(stack, user):
    post(stack, [view(user, ago(hours=6 * i + 1)) for i in range(4 * 30)])
    assert profile(stack, user, days=3)["number_of_days_active"] == 3
    assert profile(stack, user, days=90)["number_of_days_active"] in (30, 31)


@pytest.mark.parametrize("days", ["0", "91", "-1", "+7", "7.0", "1e1", "x", "", " 7", "0x7",
                                  "99999999999999999999"])
def test_days_is_a_whole_number_from_1_to_90(stack, user, days):
    query = urllib.parse.urlencode({"days": days})
    assert_problem(stack.call("GET", f"/v1/user/{user}?{query}"), 422, "days")


def test_a_query_parameter_may_not_be_given_twice(stack, user):
    assert_problem(stack.call("GET", f"/v1/user/{user}?days=1&days=2"), 400, "days")


@pytest.mark.parametrize("path", ["/v1/user/{}", "/v1/user/{}/export", "/healthz", "/"])
def test_head_answers_as_get_without_the_body(stack, user, path):
    post(stack, view(user))
    head, get = (stack.call(m, path.format(user)) for m in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    assert get.content
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.smoke
def test_every_write_shows_in_the_next_read(stack, user):
    """The workers share a cache, so a read by any of them must see what another has written."""
    for i in range(20):
        post(stack, view(user, ago(seconds=300 - i)))
        assert viewed(stack, user) == i + 1
        if i == 9:
            erase(stack, user)
            assert viewed(stack, user) == 0
            post(stack, views(user, 10))


@pytest.mark.smoke
def test_erasing_gives_a_receipt_and_again_zeros(stack, user):
    post(stack, views(user, 3))
    assert erase(stack, user) == 3
    assert profile(stack, user) == dict(ZEROS, user_id=user)
    assert export(stack, user) == []
    assert erase(stack, user) == 0


def test_erasing_without_the_prefix(stack, user):
    post(stack, view(user))
    assert erased(stack.call("DELETE", f"/user/{user}"), user) == 1


def test_erasing_touches_nobody_else(stack, user):
    others = [user + "x", user[:-1], user.upper(), user[:-1] + "_", user[:-1] + "%", "u:" + user]
    for other in [user, *others]:
        post(stack, view(other))
    post(stack, {"session_id": user, "name": "A", "timestamp": ago(minutes=1)})
    before = [profile(stack, urllib.parse.quote(other)) for other in others]
    erase(stack, user)
    assert [profile(stack, urllib.parse.quote(other)) for other in others] == before
    assert stack.sql("select subject_id from page_view where subject_id in (%s, %s)",
                     "u:" + user, "s:" + user) == [("s:" + user,)]


def test_after_erasing_a_user_starts_afresh(stack, user):
    """The very view that was erased can come again, and the profile of before does not."""
    first = views(user, 5)
    post(stack, first)
    assert viewed(stack, user) == 5
    erase(stack, user)
    assert post(stack, first[:1]).json() == receipt(1, 1)
    assert viewed(stack, user) == 1


def test_export_lists_views_in_order_of_time(stack, user):
    batch = views(user, 5)
    post(stack, batch[3:] + batch[:3])
    answer = stack.call("GET", f"/v1/user/{user}/export")
    assert answer.json() == {"user_id": user, "next": None, "records": [
        {"record": "page_view", "timestamp": v["timestamp"], "name": v["name"], "url": None,
         "referrer": None} for v in batch]}
    assert "Link" not in answer.headers


@pytest.mark.parametrize("query, headers", [("?format=ndjson", {}),
                                            ("", {"Accept": "application/x-ndjson"}),
                                            ("?format=ndjson", {"Accept": "application/json"})])
def test_export_is_available_as_ndjson(stack, user, query, headers):
    post(stack, views(user, 3))
    answer = stack.call("GET", f"/v1/user/{user}/export{query}", headers=headers)
    assert answer.headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert answer.text.endswith("\n")
    assert [json.loads(line) for line in answer.text.splitlines()] == export(stack, user)


@pytest.mark.parametrize("count, limit, sizes", [(5, 2, [2, 2, 1]), (4, 2, [2, 2, 0]),
                                                 (1, 1, [1, 0]), (0, 3, [0]), (3, 1000, [3])])
def test_export_pages_lead_from_one_to_the_next(stack, user, count, limit, sizes):
    if count:
        post(stack, views(user, count))
    whole = export(stack, user)
    pages = [a.json()["records"] for a in follow(stack, user, f"?limit={limit}")]
    assert [len(p) for p in pages] == sizes
    assert sum(pages, []) == whole


def test_export_pages_of_ndjson_lead_on_as_well(stack, user):
    post(stack, views(user, 5))
    pages = list(follow(stack, user, "?format=ndjson&limit=2"))
    assert [len(a.text.splitlines()) for a in pages] == [2, 2, 1]
    assert len({line for a in pages for line in a.text.splitlines()}) == 5


def test_export_next_is_the_after_of_the_next_page(stack, user):
    post(stack, views(user, 3))
    first = stack.call("GET", f"/v1/user/{user}/export?limit=2").json()
    second = stack.call("GET", f"/v1/user/{user}/export?after={first['next']}").json()
    assert first["records"] + second["records"] == export(stack, user)


def test_export_gives_a_thousand_records_a_page_at_most(stack, user):
    post(stack, views(user, 1000))
    post(stack, view(user, ago(minutes=1)))
    sizes = [len(a.json()["records"]) for a in follow(stack, user, "")]
    assert sizes == [1000, 1]


@pytest.mark.parametrize("query, pointer", [
    ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
    ("after=yesterday", "after"), ("after=", "after"), ("after=1354408212", "after"),
    ("format=xml", "format"), ("format=", "format")])
def test_export_refuses_unknown_formats_and_positions(stack, user, query, pointer):
    assert_problem(stack.call("GET", f"/v1/user/{user}/export?{query}"), 422, pointer)


@pytest.mark.parametrize("user_id", IDS)
def test_ids_are_percent_decoded_exactly_once(stack, user_id):
    path = path_of(user_id)
    assert post(stack, view(user_id)).json() == receipt(1, 1)
    body = stack.call("GET", path).json()
    assert (body["user_id"], body["number_pages_viewed_the_last_7_days"]) == (user_id, 1)
    held = stack.call("GET", path + "/export").json()
    assert (held["user_id"], len(held["records"])) == (user_id, 1)
    assert erased(stack.call("DELETE", path), user_id) == 1


def test_ids_are_case_sensitive_and_untrimmed(stack, user):
    ids = [user, user.upper(), " " + user, user + " "]
    for i in ids:
        assert post(stack, view(i, "2026-01-05T10:00:00Z")).json() == receipt(1, 1)


def test_page_names_are_case_sensitive_and_untrimmed(stack, user):
    for i, name in enumerate(["Home", "home", " Home", "Home ", " Home"]):
        post(stack, view(user, ago(minutes=9 - i), name))
    body = profile(stack, user)
    assert body["number_distinct_pages_last_7_days"] == 4
    assert body["most_viewed_page_last_7_days"] == " Home"
