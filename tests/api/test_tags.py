# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags: values of a user by scope and key."""

import concurrent.futures
import json

import pytest

from lookups import new_id
from shapes import assert_problem


def path(user, key, scope="global"):
    return f"/v1/user/{user}/tag/{scope}/{key}"


def put(stack, user, name, value, scope="global", status=200, **more):
    answer = stack.call("PUT", f"/v1/user/{user}/tag/{scope}/{name}", json={"value": value}, **more)
    assert answer.status_code == status, answer.text
    return answer


def get(stack, user, key, scope="global"):
    answer = stack.call("GET", f"/v1/user/{user}/tag/{scope}/{key}")
    assert answer.status_code in (200, 404), answer.text
    return answer.json()["value"] if answer.status_code == 200 else "absent"


def batch(stack, user, tags, scope="global", status=200, **more):
    answer = stack.call("PUT", f"/v1/user/{user}/tags", params={"scope": scope}, json=tags, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


def limited(stack, prefix):
    """How to call with a key that writes only what begins so."""
    key = stack.assay("key", "create", "--class", "server", "--tags", prefix).stdout.strip()
    return {"headers": {"X-API-Key": key}}


@pytest.mark.smoke
def test_a_tag_is_absent_then_new_then_replaced_then_absent(stack, user):
    assert get(stack, user, "quiz.grade") == "absent"
    put(stack, user, "quiz.grade", "a", status=201)
    assert get(stack, user, "quiz.grade") == "a"
    put(stack, user, "quiz.grade", "b", status=200)
    assert get(stack, user, "quiz.grade") == "b"
    assert stack.call("DELETE", f"/v1/user/{user}/tag/global/quiz.grade").status_code == 204
    assert get(stack, user, "quiz.grade") == "absent"
    assert_problem(stack.call("DELETE", path(user, "quiz.grade")), 404)


def test_a_key_is_its_own_in_every_scope(stack, user):
    put(stack, user, "k", 1, status=201)
    put(stack, user, "k", 2, scope="course:a%2Fb", status=201)
    assert (get(stack, user, "k"), get(stack, user, "k", "course:a%2Fb")) == (1, 2)
    assert get(stack, user, "k", "course:b") == "absent"


@pytest.mark.parametrize("value", [
    None, True, False, 0, -1, 1.5, 1e300, 9007199254740993, "", "0", "é\U0001f600", [],
    {}, [1, "1", None], {"a": {"b": [1.25]}}, "x" * 4094])
def test_a_value_keeps_its_type(stack, user, value):
    put(stack, user, "k", value, status=201)
    read = get(stack, user, "k")
    assert (json.dumps(read), type(read)) == (json.dumps(value), type(value))


@pytest.mark.parametrize("key, status", [
    ("a" * 255, 201), ("a" * 256, 422), ("-_.aZ9", 201), ("a%20b", 422), ("%C3%A9", 422),
    ("a%2Fb", 422), ("a:b", 422), ("..", 400), ("...", 201)])
def test_a_tag_key_has_a_limited_alphabet_and_length(stack, user, key, status):
    answer = stack.call("PUT", path(user, key), json={"value": 1})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("scope, status", [
    ("global", 201), ("course:x", 201), ("course:" + "x" * 193, 201), ("course:" + "x" * 194, 422),
    ("course:", 422), ("Global", 422), ("course", 422), ("unit:x", 422), ("course:a%C2%85", 422)])
def test_a_scope_is_global_or_a_course(stack, user, scope, status):
    answer = stack.call("PUT", path(user, "k", scope), json={"value": 1})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert_problem(answer, 422, "scope")


@pytest.mark.parametrize("body, status, pointers", [
    ({}, 422, ["/value"]), ([], 422, ["/value"]), (1, 422, ["/value"]),
    ({"value": "x" * 4095}, 413, ["/value"]), ({"value": "x" * 20000}, 413, [])])
def test_a_missing_or_too_large_value_is_refused(stack, user, body, status, pointers):
    assert_problem(stack.call("PUT", path(user, "k"), json=body), status, *pointers)
    assert get(stack, user, "k") == "absent"


def test_a_batch_sets_and_removes(stack, user):
    put(stack, user, "old", 1, status=201)
    put(stack, user, "other", 1, scope="course:x", status=201)
    long_key = "k" * 255
    after = batch(stack, user, {"old": None, "a": [1], long_key: "v", "never": None})
    assert after == {"scope": "global", "tags": {"a": [1], long_key: "v"}}
    answer = stack.call("GET", f"/v1/user/{user}/tags", params={"scope": "course:x"})
    assert answer.json() == {"scope": "course:x", "tags": {"other": 1}}


@pytest.mark.parametrize("tags, status, pointer", [
    ([], 422, ""), ({"a": 1, "b/c": 2}, 422, "/b~1c"), ({"a": 1, "b": "x" * 5000}, 413, "/b"),
    ({f"k{n}": n for n in range(1001)}, 413, None)])
def test_a_batch_with_a_bad_tag_writes_nothing(stack, user, tags, status, pointer):
    problem = batch(stack, user, tags, status=status)
    assert pointer is None or problem["errors"][0]["pointer"] == pointer
    assert stack.sql("select count(*) from tag where subject_id = %s", "u:" + user) == [(0,)]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_list_of_tags_needs_a_scope(stack, user, method):
    assert_problem(stack.call(method, f"/v1/user/{user}/tags", json={}), 422, "scope")


def test_a_user_has_a_thousand_tags_at_most(stack, user):
    batch(stack, user, {f"k{n}": n for n in range(600)})
    batch(stack, user, {f"k{n}": n for n in range(400)}, scope="course:x")
    put(stack, user, "more", 1, status=422)
    put(stack, user, "k7", "still", status=200)
    batch(stack, user, {"k7": None, "more": 1})
    assert get(stack, user, "more") == 1


def test_parallel_writers_keep_to_the_limit(stack, user):
    batch(stack, user, {f"k{n}": n for n in range(990)})
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(lambda n: stack.call(
            "PUT", path(user, f"new{n}"), json={"value": n}).status_code, range(20)))
    assert sorted(codes) == [201] * 10 + [422] * 10


@pytest.mark.parametrize("method, what", [
    ("GET", "tag/global/k"), ("PUT", "tag/global/k"), ("DELETE", "tag/global/k"),
    ("GET", "tags?scope=global"), ("PUT", "tags?scope=global")])
@pytest.mark.parametrize("key, status", [(None, 401), ("client", 403)])
def test_tags_need_a_server_key(stack, user, method, what, key, status):
    answer = stack.call(method, f"/v1/user/{user}/{what}", key=key, json={"value": 1})
    assert_problem(answer, status)


def test_a_limited_key_writes_its_prefix_and_reads_all(stack, user):
    key = limited(stack, "quiz.")
    put(stack, user, "quiz.grade", 1, status=201, **key)
    put(stack, user, "poll.grade", 1, status=201)
    put(stack, user, "poll.grade", 2, status=403, **key)
    batch(stack, user, {"quiz.a": 1, "poll.a": 1}, status=403, **key)
    assert_problem(stack.call("DELETE", path(user, "poll.grade"), **key), 403)
    answer = stack.call("GET", f"/v1/user/{user}/tags", params={"scope": "global"}, **key)
    assert answer.json()["tags"] == {"quiz.grade": 1, "poll.grade": 1}
    assert "quiz." in stack.assay("key", "list").stdout


@pytest.mark.parametrize("prefix", ["", "a b", "é", "x" * 256])
def test_a_prefix_is_the_beginning_of_a_key(stack, prefix):
    made = stack.assay("key", "create", "--class", "server", "--tags", prefix, check=False)
    assert made.returncode == 2 and made.stdout == ""


def test_who_wrote_a_tag_is_known(stack, user):
    put(stack, user, "k", 1, status=201)
    assert stack.sql("select updated_by from tag where subject_id = %s", "u:" + user) == [
        (stack.key("server").split("_")[2],)]


def test_a_rule_sees_a_tag_as_soon_as_it_is_written(stack, user):
    term = {"tag": {"scope": "course:x", "key": "quiz.grade", "gte": 5}}
    body = {"id": new_id("seg")[:40], "type": "rule", "name": "n",
            "groups": [{"name": "good", "rule": term}]}
    assert stack.call("POST", "/v1/segmentation", key="admin", json=body).status_code == 201
    for grade, group in [(4, None), (5, "good"), ("4", None), ("5", "good"), ("x", None),
                         (6, "good")]:
        answer = stack.call("PUT", path(user, "quiz.grade", "course:x"), json={"value": grade})
        assert answer.status_code in (200, 201)
        got = stack.call("GET", f"/v1/segmentation/{body['id']}/group", params={"user_id": user})
        assert (got.json()["group"] or {}).get("name") == group
