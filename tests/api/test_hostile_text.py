# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON through HTTP, and texts that attack what processes them: each is refused or stored byte for
byte, and nothing is answered with a 5xx."""

import json
import urllib.parse

import pytest

import rawhttp
from json_texts import ACCEPTED, REFUSED
from shapes import assert_problem, post_bytes, post_lines, profile, receipt, view

AT = "2026-01-05T10:00:00Z"
LIMITS = {"user_id": 128, "session_id": 128, "name": 512, "url": 2048, "referrer": 2048}

# (what, its bytes between the quotes of a JSON string, status, the text that it means)
HOSTILE = [
    ("NUL", rb"a\u0000b", 400, None), ("raw NUL", b"a\0b", 400, None),
    ("overlong", b"\xc0\xaf", 400, None), ("surrogate bytes", b"\xed\xa0\x80", 400, None),
    ("lone surrogate", rb"\ud800", 400, None), ("half a pair", rb"\udc00a", 400, None),
    ("cut UTF-8", b"\xe2\x82", 400, None), ("Latin-1", b"caf\xe9", 400, None),
    ("CR LF", rb"a\r\nSet-Cookie: b=c", 422, None), ("raw CR LF", b"a\r\nb", 400, None),
    ("C1 control", rb"\u0085", 422, None), ("escape", rb"\u001b[2J", 422, None),
    ("right to left", rb"\u202egpj.exe", 200, "\u202egpj.exe"),
    ("four bytes", b"\xf0\x9f\x98\x80", 200, "😀"), ("escaped pair", rb"\ud83d\ude00", 200, "😀"),
    ("combining", "e\u0301".encode(), 200, "e\u0301"), ("BOM", rb"\ufeffa", 200, "\ufeffa"),
    ("noncharacter", rb"\uffff", 200, "\uffff"), ("quote", rb"a'b\"c`", 200, "a'b\"c`"),
    ("backslash", rb"a\\b\/c\\", 200, "a\\b/c\\"), ("script", b"<script>x</script>", 200, None),
    ("format", b"%s%n%x%00", 200, None), ("mustache", b"{{x}}{{{y}}}{{>z}}", 200, None),
    ("dots", b"../../etc/passwd", 200, None), ("blanks", b"  a  ", 200, None),
    ("SQL", b"'; drop table page_view; --", 200, None), ("NULL", b"NULL", 200, None),
    ("array literal", rb"{a,\"b\",NULL}", 200, '{a,"b",NULL}'), ("comma", b",", 200, None),
    ("braces", b"{}", 200, None), ("parameter", b"$1", 200, None), ("wild", b"%_*?", 200, None),
    ("memcached", b"set x 0 0 1", 200, None), ("line separator", rb"\u2028", 200, "\u2028"),
]


def body_of(user, field, raw):
    """A view, as bytes, with this between the quotes of the member; the user stays apart."""
    members = {"user_id": user, "name": "A", "timestamp": AT, field: "\0"}
    if field == "session_id":
        del members["user_id"]
    return json.dumps(members).encode().replace(rb"\u0000", raw)


def held(stack, column, text):
    """What the table holds in a column, found by that very text as bytes."""
    return stack.sql(f"select {column} from page_view where convert_to({column}, 'UTF8') = %s"
                     " and viewed_at = %s", text.encode(), AT)


@pytest.mark.parametrize("text", ACCEPTED, ids=lambda t: repr(t)[:30])
def test_valid_json_is_accepted(stack, user, text):
    data = b'{"x": %s, %s' % (text, json.dumps(view(user)).encode()[1:])
    assert post_bytes(stack, data).json() == receipt(1, 1)


@pytest.mark.parametrize("text, line, column", REFUSED, ids=[repr(r[0]) for r in REFUSED])
def test_invalid_json_is_refused_with_its_place(stack, text, line, column):
    body = assert_problem(post_bytes(stack, text), 400)
    assert body["detail"].startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize("text", [r[0] for r in REFUSED], ids=[repr(r[0]) for r in REFUSED])
def test_a_view_that_holds_no_json_is_refused_whole(stack, user, text):
    """A lenient reader would find a good view around the bad value."""
    good = json.dumps(view(user)).encode()
    assert_problem(post_bytes(stack, good[:-1] + b', "x": ' + text + b"}"), 400)
    assert_problem(post_bytes(stack, b"[" + good + b", " + text + b", 0]"), 400)
    assert profile(stack, user)["number_pages_viewed_the_last_7_days"] == 0


@pytest.mark.parametrize("text", [r[0] for r in REFUSED if b"\n" not in r[0] and r[0].strip()],
                         ids=repr)
def test_a_line_that_is_no_json_leaves_the_lines_around_it_alone(stack, user, text):
    good = [json.dumps(view(user, f"2026-01-05T10:00:0{i}Z")).encode() for i in range(2)]
    answer = post_lines(stack, good[0] + b"\n" + text + b"\n" + good[1])
    assert answer.status_code == 200
    assert (answer.json()["recorded"], len(answer.json()["errors"])) == (2, 1)


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("what, raw, status, text", HOSTILE, ids=[h[0] for h in HOSTILE])
def test_a_hostile_text_is_kept_byte_for_byte_or_refused(stack, user, field, what, raw, status,
                                                         text):
    before = stack.sql("select count(*) from page_view")
    answer = post_bytes(stack, body_of(user, field, raw + user.encode()))
    if status != 200:
        assert_problem(answer, status, *(["/" + field] if status == 422 else []))
        assert stack.sql("select count(*) from page_view") == before
        return
    assert answer.json() == receipt(1, 1)
    text = (text or raw.decode()) + user
    if field in ("user_id", "session_id"):
        assert held(stack, "subject_id", field[0] + ":" + text) == [(field[0] + ":" + text,)]
        return
    record = stack.call("GET", f"/v1/user/{user}/export").json()["records"][0]
    assert record[field] == text
    assert held(stack, field, text) == [(text,)]


@pytest.mark.parametrize("letter", ["a", "é", "€", "😀", "'", "\\", '"', "%", "{"])
@pytest.mark.parametrize("field, most", LIMITS.items())
def test_a_text_of_the_greatest_length_is_kept(stack, user, field, most, letter):
    size = len(letter.encode())
    text = user + letter * ((most - len(user)) // size)
    text += "x" * (most - len(text.encode()))
    answer = post_bytes(stack, body_of(user, field, json.dumps(text).encode()[1:-1]))
    assert answer.json() == receipt(1, 1)
    if field == "user_id":
        path = "/v1/user/" + urllib.parse.quote(text, safe="")
        assert stack.call("GET", path).json()["user_id"] == text
    longer = json.dumps(text + "x").encode()[1:-1]
    assert_problem(post_bytes(stack, body_of(user, field, longer)), 422, "/" + field)


ODD = ["%00", "%c0%af", "%ed%a0%80", "%0d%0aX:y", "%f0%9f%98%80", "<script>", "%s%n", "{{x}}", "'",
       "..%2f..", "%", "%zz", "+", "\\", "a" * 4000, "%25%30%30", "NaN", "-1", "1e400", "\xff"]


@pytest.mark.parametrize("odd", ODD, ids=lambda o: repr(o)[:20])
@pytest.mark.parametrize("path", ["/v1/user/{}", "/v1/user/{}/export", "/v1/user/a?days={}",
                                  "/v1/user/a/export?after={}", "/v1/user/a/export?limit={}",
                                  "/v1/user/a/export?format={}", "/v1/user/a?{}=1", "/{}",
                                  "/v1/{}/a", "/healthz?{}"])
def test_an_odd_path_or_query_is_never_a_5xx(stack, path, odd):
    assert rawhttp.get(stack, path.format(odd)).verdict in ("2xx", "4xx")


@pytest.mark.parametrize("odd", [o for o in ODD if len(o) < 4000], ids=repr)
@pytest.mark.parametrize("header", ["Authorization", "X-API-Key", "X-Request-Id", "Origin",
                                    "Accept", "Content-Type", "User-Agent", "Cookie",
                                    "If-None-Match"])
def test_an_odd_header_is_never_a_5xx(stack, header, odd):
    data = rawhttp.request("GET", "/v1/user/a", f"{header}: {odd}")
    assert rawhttp.exchange(stack, data).verdict in ("2xx", "4xx")
