# SPDX-License-Identifier: GPL-3.0-or-later
"""How much work one request may ask for: attributes, paths, lines. What is over a bound is refused
before the work is done, so no worker ends or grows by it."""

import concurrent.futures
import json
import pathlib

import pytest

from enrols import running, somebody
from lookups import a_second_later, admin, await_status, body, define, put_user
from segmentations import make
from shapes import assert_problem, post_lines, view

LINES = {"Content-Type": "application/x-ndjson"}


def nested(levels, name, inner):
    """inner in so many objects, each with one member of that name."""
    for _ in range(levels):
        inner = {name: inner}
    return inner


def enroll_all(stack, attributes, key="client"):
    return stack.call("POST", "/v1/enroll", key=key,
                      json={"user_id": somebody(), "attributes": attributes}, timeout=600)


def text_of(size):
    """Attributes that are so many bytes of JSON, in values of a usual length."""
    o = {f"name{i:03d}": "x" * 100 for i in range(size // 120)}
    rest = size - len(json.dumps(o, separators=(",", ":"))) - len(',"last":""')
    return {**o, "last": "y" * rest}


ALLOWED = {
    "members": {f"a{i}": i for i in range(200)},
    "list": {"a": list(range(200))},
    "nulls": {"a": [None] * 200},
    "empty": {"a": [{}, []] * 100},
    "bytes": text_of(16384),
    "deep": nested(29, "a" * 256, list(range(200))),
}
REFUSED = {
    "members": {f"a{i}": i for i in range(201)},
    "list": {"a": list(range(201))},
    "nulls": {"a": [None] * 201},
    "empty": {"a": [{}] * 101 + [[]] * 100},
    "many lists": {"a": [[1]] * 201},
    "bytes": text_of(16385),
    "deep": nested(29, "a" * 256, [i % 10 for i in range(19900)]),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_attributes_of_a_request_up_to_the_bounds_are_taken(stack, what):
    answer = enroll_all(stack, ALLOWED[what])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("what", REFUSED)
def test_attributes_of_a_request_over_a_bound_are_refused(stack, what):
    exp = running(stack)
    assert_problem(enroll_all(stack, REFUSED[what]), 422, "/attributes")
    for method, tail, key in (("POST", "enroll", "client"), ("PUT", "alternative", "server")):
        answer = stack.call(method, f"/v1/experiment/{exp}/{tail}", key=key, json={
            "user_id": somebody(), "alternative": "control", "attributes": REFUSED[what]})
        assert_problem(answer, 422, "/attributes")
    assert stack.sql("select count(*) from assay.enrolment as e join assay.experiment as x "
                     "on x.nr = e.experiment where x.id = %s", exp) == [(0,)]


def test_many_large_attributes_at_once_end_no_worker(stack):
    """20 experiments that are decided on attributes, and 32 requests at once."""
    put_user(stack, somebody(), **{"a" * 100: 20000})
    for _ in range(20):
        define(stack, "bounds", criteria={"type": "user", "filters": {"a" * 100: {">": 19000}}})
    a_second_later()
    before = sorted(stack.workers())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: enroll_all(stack, REFUSED["deep"]), range(32)))
        answers += list(pool.map(lambda _: enroll_all(stack, ALLOWED["deep"]), range(32)))
    assert [a.status_code for a in answers] == [422] * 32 + [200] * 32
    assert sorted(stack.workers()) == before
    assert stack.call("GET", "/healthz", key=None).status_code == 200


def test_terms_of_a_request_are_the_same_for_every_experiment(stack):
    """One set of terms serves experiments that need groups worked out and those that do not."""
    seg = make(stack, "rule", groups=[
        {"name": "old", "rule": {"attribute": {"path": "age", "gte": 50}}},
        {"name": "young", "rule": {"attribute": {"path": "age", "lt": 50}}}])
    put_user(stack, somebody(), age=60)
    made = {}
    for name, criteria in {
            "old": {"type": "rule", "filters": {"group": {"segmentation": seg, "eq": "old"}}},
            "young": {"type": "user", "filters": {f"group:{seg}": "young"}},
            "plain": {"type": "user", "filters": {"age": {">=": 50}}},
            "none": {"type": "rule", "filters": {"not": {"attribute": {
                "path": "age", "exists": True}}}}}.items():
        request = body("bounds-terms", criteria=criteria, visibility="public")
        admin(stack, "POST", "create", request)
        made[request["expId"]] = name
        if name == "plain":
            await_status(stack, request["expId"])
    a_second_later()
    for attributes, expected in (({"age": 60}, {"old", "plain"}), ({"age": 20}, {"young"}),
                                 ({"b": 1}, {"none"})):
        answer = enroll_all(stack, attributes).json()["experiments"]
        got = {made[e["experiment"]] for e in answer if e["experiment"] in made}
        assert got == expected, attributes


PATH = {"128": "p" * 63 + "." + "q" * 64, "129": "p" * 64 + "." + "q" * 64}


def attributes_at(path, value):
    first, _, second = path.partition(".")
    return {first: {second: value}}


def test_a_value_lies_at_most_128_bytes_deep_for_criteria(stack, user):
    """It is kept all the same."""
    attributes = {**attributes_at(PATH["128"], 1), **attributes_at(PATH["129"], 1), "%" * 128: 1}
    put_user(stack, user, **attributes)
    assert stack.call("GET", f"/v1/user/{user}/profile").json()["attributes"] == attributes
    (terms,), = stack.sql("select terms from assay.profile where subject_id = %s", "u:" + user)
    assert terms == sorted(["%25" * 128 + "#1", PATH["128"] + "#1"])


@pytest.mark.parametrize("make_criteria", [
    lambda path: {"type": "user", "filters": {path: 1}},
    lambda path: {"type": "device", "filters": [{"name": path, "operator": "EQ", "value": 1}]},
    lambda path: {"type": "rule", "filters": {"attribute": {"path": path, "eq": 1}}},
    lambda path: {"type": "rule", "filters": {"not": {"attribute": {"path": path,
                                                                    "exists": True}}}}],
                         ids=["user", "device", "rule", "not"])
@pytest.mark.parametrize("length, status", [("128", 200), ("129", 400)])
def test_criteria_name_only_paths_that_can_be_found(stack, make_criteria, length, status):
    request = body("bounds-path", criteria=make_criteria(PATH[length]))
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert answer.status_code == status, answer.text
    if status == 400:
        (place, why), = [(k, v) for k, v in answer.json()["params"]["errorMsg"].items()
                         if k != "status"]
        assert place.startswith("/request/criteria/filters/") and "128" in why


@pytest.mark.parametrize("length, status", [("128", 201), ("129", 422)])
def test_a_rule_of_a_segmentation_names_only_such_paths(stack, length, status):
    answer = stack.call("POST", "/v1/segmentation", key="admin", json={
        "id": somebody(), "type": "rule", "name": "n", "groups": [
            {"name": "a", "rule": {"attribute": {"path": PATH[length], "eq": 1}}}]})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert_problem(answer, 422, "/groups/0/rule/attribute/path")


def test_reading_back_many_large_numbers_is_quick_enough_to_be_read(stack, user):
    """The database writes such a number as it was given; nobody looks at the rest of the text for
    each of them. 80 tags of 190 numbers, read with everything that is known of the user."""
    numbers = [1234567890123456789 + i for i in range(190)]
    tags = {f"t{i}": numbers for i in range(80)}
    answer = stack.call("PUT", f"/v1/user/{user}/tags", params={"scope": "global"}, json=tags,
                        timeout=600)
    assert answer.status_code == 200, answer.text
    answer = stack.call("GET", f"/v1/user/{user}/tags", params={"scope": "global"}, timeout=600)
    assert all(numbers == (v["value"] if isinstance(v, dict) else v)
               for v in answer.json()["tags"].values())
    answer = stack.call("POST", "/v1/enroll", key="client", json={"user_id": user}, timeout=600)
    assert answer.status_code == 200, answer.text


def line_of(values):
    """A page view whose line holds so many values in all: itself, three members, a list, its
    items."""
    return json.dumps({**view("bounds"), "x": [0] * (values - 5)})


@pytest.mark.parametrize("lines, per_line, status", [
    (10, 20000, 200), (200, 1000, 200), (11, 20000, 413), (201, 1000, 413)])
def test_the_lines_of_a_request_hold_200000_values(stack, lines, per_line, status):
    answer = post_lines(stack, "\n".join([line_of(per_line)] * lines))
    assert answer.status_code == status, answer.text
    if status == 413:
        assert "200000" in assert_problem(answer, 413)["detail"]
    else:
        assert answer.json()["errors"] == []


def test_a_line_holds_20000_values(stack):
    answer = post_lines(stack, line_of(20001) + "\n" + json.dumps(view("bounds")))
    (error,) = answer.json()["errors"]
    assert error["index"] == 0 and error["detail"].endswith("too many values")


def peak(pid):
    """Bytes that a process has had in memory at most."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.parametrize("path, key", [("/v1/page", "client"), ("/v1/users", "server")])
@pytest.mark.parametrize("line", [
    "[" + ",".join(["{}"] * 19998) + "]", '{"x":[' + ",".join(["{}"] * 19998) + "]}"],
                         ids=["lists", "objects"])
def test_rejected_lines_leave_no_worker_large(stack, path, key, line):
    before = sorted(stack.workers())
    data = ("\n".join([line] * 100)).encode()
    answer = stack.call("POST", path, key=key, data=data, headers=LINES, timeout=600)
    assert answer.status_code == 413 and "200000 values" in answer.json()["detail"]
    assert sorted(stack.workers()) == before
    assert max(peak(pid) for pid in before) < 200 << 20


@pytest.mark.parametrize("line", ["[1]", "5", '"x"', "null", " []", "true", "[" * 30 + "]" * 30])
def test_a_line_that_is_no_object_is_a_bad_item(stack, line):
    answer = post_lines(stack, line + "\n" + json.dumps(view("bounds")))
    assert answer.status_code == 200, answer.text
    assert answer.json()["errors"] == [
        {"index": 0, "pointer": "/0", "detail": "must be an object"}]
