# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of users: single entries and bulk writes, refusals with their places, and that
erasure and export include the entry."""

import json
import random
import urllib.parse

import pytest

from lookups import define, new_id, put_user
from shapes import ago, assert_problem, post, views


def path(user):
    return f"/v1/user/{urllib.parse.quote(user, safe='')}/profile"


def put(stack, user, attributes, **kw):
    return stack.call("PUT", path(user), json=attributes, **kw)


def get(stack, user):
    """The attributes of a user's entry, or None."""
    answer = stack.call("GET", path(user))
    if answer.status_code == 404:
        assert_problem(answer, 404)
        return None
    assert answer.status_code == 200, answer.text
    return answer.json()["attributes"]


def bulk(stack, body, kind="application/json", key="server"):
    data = body if isinstance(body, bytes) else (
        body if isinstance(body, str) else json.dumps(body)).encode()
    return stack.call("POST", "/v1/users", key=key, data=data, headers={"Content-Type": kind})


LINES = "application/x-ndjson"
CSV = "text/csv"
RICH = {"firstName": "Ana", "emailVerified": True, "age": 12.5, "n": None, "tags": [], "o": {},
        "organisations": [{"orgName": "Sunbird", "roles": ["A", {"b": [1]}]}], "é": "😀",
        "a.b": {"": 1}, "big": 9007199254740993, "text": "' ; -- \" \\ {{x}} %s"}


def test_an_entry_is_stored_as_given_and_read_back(stack, user):
    answer = put(stack, user, RICH)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["user_id"], body["attributes"]) == (user, RICH)
    assert set(body) == {"user_id", "attributes", "changed_at"}
    assert stack.call("GET", f"/v1/user/{user}/profile").json() == body


def test_numbers_of_any_size_come_back_as_they_are(stack, user):
    """The database writes 1e300 with 301 digits, and so it must be read."""
    numbers = [1e300, -1e300, 1e19, 9223372036854775807, -9223372036854775808, 1e-300, 0.1, 12]
    put(stack, user, {"n": numbers})
    assert get(stack, user) == {"n": numbers}


def test_a_put_replaces_the_entry(stack, user):
    put(stack, user, RICH)
    put(stack, user, {"age": 1})
    assert get(stack, user) == {"age": 1}
    put(stack, user, {})
    assert get(stack, user) == {}


def test_an_unchanged_entry_is_not_written(stack, user):
    first = put(stack, user, RICH).json()
    assert put(stack, user, dict(reversed(RICH.items()))).json() == first
    assert put(stack, user, {**RICH, "age": 13}).json()["changed_at"] > first["changed_at"]


@pytest.mark.parametrize("name", ["a/b", "a%2Fb", "ü ñ", "..x", "a?b#c", "u:x", "X" * 128])
def test_ids_are_kept_byte_for_byte(stack, user, name):
    name = (name + user)[:128] if len(name) < 128 else user[:64].ljust(128, "x")
    assert put(stack, name, {"id": name}).json()["user_id"] == name
    assert get(stack, name) == {"id": name}


def test_an_unknown_user_has_no_entry(stack, user):
    post(stack, views(user, 1))
    assert get(stack, user) is None


@pytest.mark.parametrize("body", [None, [], [{}], "x", 5, True], ids=str)
def test_attributes_must_be_an_object(stack, user, body):
    answer = stack.call("PUT", path(user), data=json.dumps(body),
                        headers={"Content-Type": "application/json"})
    assert_problem(answer, 422, "")
    assert get(stack, user) is None


def deep(levels):
    """An object in objects, under names that cannot be compressed."""
    chance, value = random.Random(3), 1
    for _ in range(levels):
        value = {"".join(chr(chance.randint(35, 90)) for _ in range(100)): value}
    return value


TOO_MUCH = {
    "bytes": {"a": "x" * 65536},
    "values": {"a": list(range(2001))},
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_an_entry_is_bounded(stack, user, what):
    assert_problem(put(stack, user, TOO_MUCH[what]), 422, "")
    answer = bulk(stack, [{"user_id": user, **TOO_MUCH[what]}, {"user_id": user + "b", "a": 1}])
    assert answer.status_code == 200, answer.text
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/0"]
    assert (get(stack, user), get(stack, user + "b")) == (None, {"a": 1})


def test_an_entry_may_be_as_large_as_the_bounds(stack, user):
    assert put(stack, user, {"a": "x" * (65536 - len('{"a":""}'))}).status_code == 200
    assert put(stack, user, {"a": list(range(2000))}).status_code == 200
    assert put(stack, user, deep(30)).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", LINES, CSV])
def test_a_bulk_load_stores_all_that_is_good(stack, user, kind):
    ids = [f"{user}-{i}" for i in range(3)]
    text = {"application/json": json.dumps([{"user_id": i, "a": "x"} for i in ids]),
            LINES: "\n".join(json.dumps({"user_id": i, "a": "x"}) for i in ids),
            CSV: "\ufeffuser_id,a,b\r\n" + "".join(f'"{i}",x,\r\n' for i in ids)}[kind]
    answer = bulk(stack, text, kind)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"received": 3, "changed": 3, "unchanged": 0, "errors": []}
    assert [get(stack, i) for i in ids] == [{"a": "x"}] * 3
    assert bulk(stack, text, kind).json() == {"received": 3, "changed": 0, "unchanged": 3,
                                              "errors": []}


def test_one_user_needs_no_list(stack, user):
    assert bulk(stack, {"user_id": user, "a": 1}).json()["changed"] == 1
    assert get(stack, user) == {"a": 1}


def test_of_two_entries_of_a_user_in_one_load_the_later_counts(stack, user):
    lines = [{"user_id": user, "a": i} for i in (3, 1, 2)]
    assert bulk(stack, lines).json()["errors"] == []
    assert get(stack, user) == {"a": 2}


BAD = {
    "json": ("application/json", '[{"user_id":"%s-0"},5,{"a":1},{"user_id":""},'
             '{"user_id":"%s-1","device_id":"d"},{"user_id":7},{"user_id":"NaN"}]',
             [(1, "/1"), (2, "/2/user_id"), (3, "/3/user_id"), (4, "/4/user_id"),
              (5, "/5/user_id"), (6, "/6/user_id")]),
    "lines": (LINES, '{"user_id":"%s-0"}\n\n{"user_id":"%s-1"\n[]\n{"user_id":"x\\u0000"}\n',
              [(1, "/1"), (2, "/2"), (3, "/3")]),
    "csv": (CSV, 'user_id,a\n%s-0,1\n%s-1\n,2\n"x"y,3\n"x,4\n',
            [(1, "/1"), (2, "/2/user_id"), (3, "/3"), (4, "/4")]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_items_of_a_load_are_listed_and_the_rest_is_stored(stack, user, case):
    kind, text, expected = BAD[case]
    answer = bulk(stack, text % (user, user), kind)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [(e["index"], e["pointer"]) for e in body["errors"]] == expected
    assert all(set(e) == {"index", "pointer", "detail"} and e["detail"] for e in body["errors"])
    assert (body["received"], body["changed"]) == (len(expected) + 1, 1)
    assert get(stack, user + "-0") == ({"a": 1} if case == "csv" else {})
    assert get(stack, user + "-1") is None


@pytest.mark.parametrize("kind,text,status,pointers", [
    ("application/json", "[]", 422, []), (LINES, "\n", 422, []), (CSV, "user_id,a\n", 422, []),
    ("application/json", '[{"a":1}]', 422, ["/0/user_id"]), ("application/json", "[", 400, []),
    (CSV, "user_id,user_id\nx,y\n", 422, []), (CSV, "id\nx\n", 422, []),
    (CSV, b"user_id,a\nx,\xff\n", 422, ["/0"]), ("text/plain", "x", 415, []),
    (LINES, '{"user_id":"x"}\n' * 1001, 413, []),
    ("application/json", "[" + "1," * 1000 + "1]", 413, [])],
                         ids=str)
def test_a_load_without_a_valid_entry_is_refused(stack, kind, text, status, pointers):
    assert_problem(bulk(stack, text, kind), status, *pointers)


@pytest.mark.parametrize("text, fault", [
    ("user_id,user_id\nx,y\n", "the header row names a column twice"),
    ("id;Name\nx;y\n", "the header row has no column `user_id`: it has `id`, `Name`")])
def test_a_header_that_cannot_be_read_is_told_with_its_columns(stack, text, fault):
    assert assert_problem(bulk(stack, text, CSV), 422)["detail"] == fault


def test_a_load_holds_1000_users(stack, user):
    answer = bulk(stack, "\n".join(json.dumps({"user_id": f"{user}-{i}"}) for i in range(1000)),
                  LINES)
    assert answer.json()["changed"] == 1000


@pytest.mark.parametrize("method,suffix", [("PUT", "/profile"), ("GET", "/profile")])
@pytest.mark.parametrize("key,status", [("client", 403), (None, 401)])
def test_an_entry_needs_a_server_key(stack, user, method, suffix, key, status):
    answer = stack.call(method, f"/v1/user/{user}{suffix}", key=key, json={})
    assert_problem(answer, status)
    assert get(stack, user) is None
    assert bulk(stack, {"user_id": user}, key=key).status_code == status


def held(stack, subject):
    """The tables that hold rows of a subject."""
    tables = [t for t, in stack.sql(
        "select c.table_name from information_schema.columns as c"
        " join information_schema.tables as t using (table_schema, table_name)"
        " where c.table_schema = 'assay' and c.column_name = 'subject_id'"
        " and t.table_type = 'BASE TABLE'")]
    assert {"profile", "page_view", "audience"} <= set(tables)
    return {t for t in tables
            if stack.sql(f"select count(*) from {t} where subject_id = %s", subject)[0][0]}


def test_an_erased_user_is_in_no_table(stack, user):
    put_user(stack, user, a=1)
    put_user(stack, user + "x", a=1)
    post(stack, views(user, 2))
    # Of an experiment without criteria: no mapping and no job touches these rows.
    exp = define(stack, new_id("c"))
    for who in (user, user + "x"):
        stack.sql("insert into audience (subject_id, experiment, version)"
                  " select %s, nr, 1 from experiment where id = %s", "u:" + who, exp)
    assert held(stack, "u:" + user) >= {"profile", "audience"}
    deleted = stack.call("DELETE", f"/v1/user/{user}").json()["deleted"]
    assert (deleted["page_views"], deleted["profile"]) == (2, 1)
    assert sum(deleted.values()) == 4
    assert held(stack, "u:" + user) == set()
    assert held(stack, "u:" + user + "x") == {"profile", "audience"}
    assert get(stack, user) is None
    again = stack.call("DELETE", f"/v1/user/{user}").json()["deleted"]
    assert again == dict.fromkeys(deleted, 0)


def pages(stack, user, **params):
    """All pages of an export, each a list of records."""
    out, after = [], {}
    while True:
        body = stack.call("GET", f"/v1/user/{user}/export", params={**params, **after}).json()
        out.append(body["records"])
        if body["next"] is None:
            return out
        after = {"after": body["next"]}


def test_an_export_begins_with_the_entry_and_goes_on_by_time(stack, user):
    post(stack, views(user, 5))
    put_user(stack, user, **RICH)
    found = pages(stack, user, limit=2)
    assert [len(p) for p in found] == [3, 2, 1]
    first, *rest = [r for p in found for r in p]
    assert set(first) == {"record", "timestamp", "attributes"}
    assert (first["record"], first["attributes"]) == ("profile", RICH)
    assert [r["record"] for r in rest] == ["page_view"] * 5
    assert sorted(r["timestamp"] for r in rest) == [r["timestamp"] for r in rest]


def test_an_export_from_some_time_on_leaves_the_entry_out(stack, user):
    put_user(stack, user, a=1)
    answer = stack.call("GET", f"/v1/user/{user}/export", params={"after": ago(days=1)})
    assert answer.json()["records"] == []


def test_an_export_in_lines_holds_the_entry(stack, user):
    post(stack, views(user, 1))
    put_user(stack, user, a=1)
    text = stack.call("GET", f"/v1/user/{user}/export", params={"format": "ndjson"}).text
    assert [json.loads(line)["record"] for line in text.splitlines()] == ["profile", "page_view"]
    lines = stack.assay("export", "user", user).stdout.splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(line) for line in text.splitlines()]
