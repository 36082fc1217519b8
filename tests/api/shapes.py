# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the api tests: page views, instants, and the shape of problem bodies."""

import datetime

from stack import TOP

# The newest migration is the version of the schema.
MIGRATIONS = sorted(int(f.name[:4]) for f in (TOP / "sql/migration").glob("*.sql"))
SCHEMA = MIGRATIONS[-1]

ZEROS = {
    "number_pages_viewed_the_last_7_days": 0,
    "time_spent_on_site_last_7_days": 0,
    "number_of_days_active_last_7_days": 0,
    "most_viewed_page_last_7_days": None,
    "number_distinct_pages_last_7_days": 0,
}

SLUGS = {400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found",
         405: "method-not-allowed", 409: "conflict", 413: "too-large",
         415: "unsupported-media-type", 422: "invalid"}


def instant(when):
    """A datetime as the service writes it: UTC, milliseconds."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def ago(**delta):
    """The instant that lies so long ago: ago(minutes=5)."""
    return instant(datetime.datetime.utcnow() - datetime.timedelta(**delta))


def view(user, at=None, name="Pricing Page", **more):
    """A page view of a user, five minutes ago unless told."""
    return dict({"user_id": user, "name": name, "timestamp": at or ago(minutes=5)}, **more)


def views(user, count):
    """Views of one user, a second apart, oldest first, all within the last hour."""
    return [view(user, ago(seconds=count + 300 - i), f"page {i % 7}") for i in range(count)]


def post(stack, body, **kw):
    """POSTs one page view or a list of them as JSON, with a client key."""
    return stack.call("POST", "/v1/page", key="client", json=body, **kw)


def post_bytes(stack, data, kind="application/json"):
    """POSTs bytes that may be no JSON at all."""
    return stack.call("POST", "/v1/page", key="client", data=data, headers={"Content-Type": kind})


def post_lines(stack, data, kind="application/x-ndjson"):
    return post_bytes(stack, data.encode() if isinstance(data, str) else data, kind)


def receipt(received, recorded, duplicates=0):
    """The expected answer to a POST of valid views."""
    return {"received": received, "recorded": recorded, "duplicates": duplicates, "errors": []}


def profile(stack, user, **params):
    """The profile of a user whose id needs no escape."""
    answer = stack.call("GET", f"/v1/user/{user}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def viewed(stack, user):
    return profile(stack, user)["number_pages_viewed_the_last_7_days"]


def erased(answer, user):
    """The page views that a receipt of an erasure counts; it must count nothing else."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"user_id", "deleted"} and body["user_id"] == user
    others = {k: n for k, n in body["deleted"].items() if k != "page_views" and n != 0}
    assert others == {}
    return body["deleted"]["page_views"]


def export(stack, user):
    """Everything stored about a user whose id needs no escaping, in one page."""
    answer = stack.call("GET", f"/v1/user/{user}/export")
    assert answer.status_code == 200, answer.text
    return answer.json()["records"]


def assert_problem(answer, status, *pointers):
    """Checks a problem body: its status, its shape, and exactly these places."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    body = answer.json()
    assert set(body) <= {"type", "title", "status", "detail", "request_id", "errors"}
    assert body["type"] == "/docs#" + SLUGS[status]
    assert body["status"] == status
    assert body["title"]
    assert body["request_id"] == answer.headers["X-Request-Id"]
    errors = body.get("errors", [])
    assert errors or body["detail"], "a refusal says why"
    assert all(set(e) == {"pointer", "detail"} and e["detail"] for e in errors)
    assert [e["pointer"] for e in errors] == list(pointers)
    return body
