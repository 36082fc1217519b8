# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gets a problem body that names the place, and stores nothing."""

import json

import psycopg2
import pytest

import rawhttp
from shapes import ago, assert_problem, post, post_bytes, view, views

GOOD = {"user_id": "bad-input", "name": "A", "timestamp": "2026-01-05T10:00:00Z"}


@pytest.fixture(scope="module")
def count(stack):
    """Counts all page views, over one connection for the whole file."""
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    connection.autocommit = True
    cursor = connection.cursor()

    def run():
        cursor.execute("select count(*) from assay.page_view")
        return cursor.fetchone()
    yield run
    connection.close()


@pytest.fixture(autouse=True)
def nothing_stored(count):
    """No test of this file may leave a row."""
    before = count()
    yield
    assert count() == before


def but(**changes):
    """A good view with other members; ... takes one out."""
    return {k: v for k, v in {**GOOD, **changes}.items() if v is not ...}


TEXTS = [
    ("", "must not be empty"), (7, "must be a string"), (None, "must be a string"),
    (True, "must be a string"), (["a"], "must be a string"), ({"a": 1}, "must be a string"),
    ("a\nb", "control"), ("\ta", "control"), ("a\x7f", "control"), ("a\u0085b", "control"),
    ("\u009f", "control"), ("\x1b[31m", "control"),
]


@pytest.mark.parametrize("value, why", TEXTS, ids=[repr(t[0]) for t in TEXTS])
@pytest.mark.parametrize("field", ["user_id", "session_id", "name"])
def test_ids_and_names_are_texts_without_control_characters(stack, field, value, why):
    changes = {"user_id": ...} if field == "session_id" else {}
    body = assert_problem(post(stack, but(**{**changes, field: value})), 422, "/" + field)
    assert why in body["errors"][0]["detail"]


@pytest.mark.parametrize("value, why", [t for t in TEXTS if t[0] is not None],
                         ids=[repr(t[0]) for t in TEXTS if t[0] is not None])
@pytest.mark.parametrize("field", ["url", "referrer"])
def test_url_and_referrer_are_optional_texts_without_control_characters(stack, field, value, why):
    body = assert_problem(post(stack, but(**{field: value})), 422, "/" + field)
    assert why in body["errors"][0]["detail"]


@pytest.mark.parametrize("value", ["null", "undefined", "NaN", "[object Object]"])
def test_null_undefined_and_the_like_are_no_ids(stack, value):
    assert_problem(post(stack, but(user_id=value)), 422, "/user_id")
    assert_problem(stack.call("GET", f"/v1/user/{value}"), 422, "/user_id")
    assert_problem(stack.call("DELETE", f"/v1/user/{value}"), 422, "/user_id")


@pytest.mark.parametrize("field", ["user_id", "name", "timestamp"])
def test_a_missing_member_is_named(stack, field):
    assert_problem(post(stack, but(**{field: ...})), 422, "/" + field)


@pytest.mark.parametrize("field, most", [("user_id", 128), ("session_id", 128), ("name", 512),
                                         ("url", 2048), ("referrer", 2048)])
@pytest.mark.parametrize("letter", ["a", "é", "😀"])
def test_lengths_are_bounded_in_bytes(stack, field, most, letter):
    changes = {"user_id": ...} if field == "session_id" else {}
    text = letter * (most // len(letter.encode())) + "a"
    body = assert_problem(post(stack, but(**{**changes, field: text})), 422, "/" + field)
    assert str(most) in body["errors"][0]["detail"]


@pytest.mark.parametrize("value", [
    "", "now", "2012-12-02", "2012-12-02T00:30:12.984", "2012-12-02 00:30:12Z",
    "2012-12-02T00:30Z", "2012-02-30T00:00:00Z", "2013-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
    "2012-13-01T00:00:00Z", "2012-00-01T00:00:00Z", "2012-01-00T00:00:00Z",
    "2012-04-31T00:00:00Z", "2012-12-02T24:00:00Z", "2012-12-02T00:60:00Z",
    "2012-12-02T00:00:61Z", "2012-12-02T12:00:60Z", "2012-12-02T00:00:00.Z",
    "2012-12-02T00:00:00,5Z", "2012-12-02T00:00:00+1:00", "2012-12-02T00:00:00+0100",
    "2012-12-02T00:00:00+24:00", "2012-12-02T00:00:00+01:60", "2012-12-02T00:00:00 Z",
    " 2012-12-02T00:00:00Z", "2012-12-02T00:00:00Z ", "2012-12-02T00:00:00ZZ",
    "12-12-02T00:00:00Z", "+2012-12-02T00:00:00Z", "2012-12-2T00:00:00Z", "2012-W49-7T00:00:00Z",
    "20121202T003012Z", "infinity", "NaN", "1354408212", "２０12-12-02T00:00:00Z",
    1354408212, 1354408212984, 1354408212.5, None, True, [], {},
    "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
    ids=str)
def test_a_timestamp_is_rfc_3339_with_an_offset(stack, value):
    assert_problem(post(stack, but(timestamp=value)), 422, "/timestamp")


@pytest.mark.parametrize("minutes", [5, 600000])
def test_a_timestamp_lies_at_most_a_day_ahead(stack, minutes):
    assert_problem(post(stack, but(timestamp=ago(days=-1, minutes=-minutes))), 422, "/timestamp")


@pytest.mark.parametrize("value", ['"a"', "1", "null", "true", "1.5"])
def test_a_view_is_an_object(stack, value):
    assert_problem(post_bytes(stack, value), 422, "")
    assert_problem(post_bytes(stack, f"[{value}]"), 422, "/0")


def test_all_problems_are_reported_at_once(stack):
    body = {"user_id": 1, "name": "", "timestamp": 0, "url": 5, "referrer": "\n"}
    pointers = ["/user_id", "/name", "/timestamp", "/url", "/referrer"]
    assert_problem(post(stack, body), 422, *pointers)
    assert_problem(post(stack, [body, body]), 422,
                   *[f"/{i}{p}" for i in range(2) for p in pointers])


@pytest.mark.parametrize("text, line, column", [
    ('{"user_id": "a",\n "name": A}', 2, 10), ("\n\n  [1, 2,, 3]", 3, 9), ("{", 1, 2),
    ('{"user_id": "a", "user_id": "b"}', 1, 18), ("[\r\n{}\r\n{}]", 3, 1),
])
def test_malformed_json_is_reported_by_line_and_column(stack, text, line, column):
    body = assert_problem(post_bytes(stack, text), 400)
    assert body["detail"].startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize("data, kind", [(b"", "application/json"), (b" \n", "application/json")])
def test_an_empty_body_is_no_json(stack, data, kind):
    assert_problem(post_bytes(stack, data, kind), 400)


@pytest.mark.parametrize("kind", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "text/json", "application/xml", "application/jsonx", "application/js", "json", "text/csv",
    "application/problem+json", "application/json-seq", "*/*", "; application/json"])
def test_another_content_type_is_refused(stack, kind):
    assert_problem(post_bytes(stack, json.dumps(GOOD), kind), 415)


def test_a_missing_content_type_is_refused(stack):
    answer = stack.call("POST", "/v1/page", key="client", data=json.dumps(GOOD).encode())
    assert "Content-Type" not in answer.request.headers
    assert_problem(answer, 415)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_another_method_gets_the_allowed_ones(stack, method):
    answer = stack.call(method, "/v1/page")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_user_can_be_read_and_erased_only(stack, method):
    answer = stack.call(method, "/v1/user/bad-input", json=GOOD)
    assert_problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, DELETE, OPTIONS"


@pytest.mark.parametrize("path", [
    "/v1/user/%", "/v1/user/%4", "/v1/user/%zz", "/v1/user/a%00b", "/v1/user/%00",
    "/v1/user/%c0%af", "/v1/user/%ed%a0%80", "/v1/user/%ff", "/v1/user/", "/v1/user//export",
    "/v1/user/%2e", "/v1/user/%2E%2e", "/v1/user/%2e%2e/export", "/v1//user/a"])
def test_a_path_that_cannot_be_read_is_refused(stack, path):
    """Sent as it stands: a client library would tidy it up."""
    answer = rawhttp.get(stack, path)
    assert answer.status == 400
    assert answer.json()["type"] == "/docs#bad-request"


@pytest.mark.parametrize("path", ["/v1/user", "/v1/v1/page", "/v2/page", "/Page", "/page.json",
                                  "/v1/page/x", "/v1/user/a/b", "/a/b/c/d/e/f/g/h/i/j/k",
                                  "/v1/user/a/export/b"])
def test_an_unknown_path_is_not_found(stack, path):
    assert_problem(stack.call("GET", path), 404)


@pytest.mark.parametrize("user_id", ["%0a", "a%1bb", "%7f"])
def test_a_control_in_the_path_is_refused(stack, user_id):
    """lighttpd does so itself: it must, or a raw NUL would cut the path short."""
    for method in ("GET", "DELETE"):
        answer = stack.call(method, f"/v1/user/{user_id}")
        assert answer.status_code == (400 if stack.server == "lighttpd" else 422)


@pytest.mark.parametrize("user_id", ["%c2%85", "a" * 129, "%c3%a9" * 65])
def test_an_id_in_the_path_obeys_the_rules_of_ids(stack, user_id):
    for method, tail in (("GET", ""), ("DELETE", ""), ("GET", "/export")):
        assert_problem(stack.call(method, f"/v1/user/{user_id}{tail}"), 422, "/user_id")


@pytest.mark.parametrize("depth, status", [(31, 200), (32, 400), (33, 400), (100000, 400)])
def test_nesting_is_bounded(stack, depth, status):
    """The view itself is the first level, so 31 fit into it; that one is stored, and erased."""
    text = json.dumps(but(x=0)).replace(": 0}", ": " + "[" * depth + "]" * depth + "}")
    answer = post_bytes(stack, text)
    assert answer.status_code == status, answer.text
    if status == 200:
        stack.call("DELETE", "/v1/user/bad-input")
    else:
        assert "nesting is too deep" in assert_problem(answer, 400)["detail"]


@pytest.mark.parametrize("filler", ["{}", "[]", "0", '""', "null"])
def test_a_body_holds_20000_values_the_array_included(stack, filler):
    text = "[" + ",".join([filler] * 19999) + "]"
    assert_problem(post_bytes(stack, text), 413)
    body = assert_problem(post_bytes(stack, text[:-1] + f",{filler}]"), 400)
    assert body["detail"].endswith("too many values")


def test_a_body_over_8_mib_is_refused_with_the_limit(stack):
    text = json.dumps(GOOD) + " " * (8 << 20)
    body = assert_problem(post_bytes(stack, text), 413)
    assert str(8 << 20) in body["detail"] and str(len(text)) in body["detail"]


def test_a_body_over_9_mib_is_refused_by_the_web_server(stack):
    answer = post_bytes(stack, b" " * ((9 << 20) + 1))
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "8 MiB" in answer.json()["detail"]


def test_a_body_on_a_route_without_one_is_small(stack):
    answer = stack.call("DELETE", "/v1/user/bad-input", data=b"x" * 1025)
    assert "1024" in assert_problem(answer, 413)["detail"]


def test_a_long_batch_with_a_bad_end_is_refused_before_anything_is_stored(stack, user):
    text = json.dumps(views(user, 999) + [view(user)])
    assert_problem(post_bytes(stack, text[:-1]), 400)
    assert_problem(post_bytes(stack, text[:-1] + ",]"), 400)
