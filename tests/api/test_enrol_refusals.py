# SPDX-License-Identifier: GPL-3.0-or-later
"""What enrolment refuses, and where; a refused request stores nothing."""

import pytest

from enrols import rows, running, set_state, somebody
from lookups import a_second_later, new_id, put_user
from shapes import assert_problem

LONG = [f"a{n}" for n in range(51)]
ENROLL = [
    ({}, "/user_id"), ({"user_id": "u", "session_id": "s"}, "/user_id"),
    ({"user_id": ""}, "/user_id"), ({"user_id": 7}, "/user_id"), ({"user_id": "null"}, "/user_id"),
    ({"device_id": "a\u0001"}, "/device_id"), ({"session_id": "s" * 129}, "/session_id"),
    ({"user_id": "u", "attributes": []}, "/attributes"),
    ({"user_id": "u", "attributes": "x"}, "/attributes"),
    ({"user_id": "u", "user_agent": 5}, "/user_agent"),
    ({"user_id": "u", "user_agent": ["bot"]}, "/user_agent"),
    ({"user_id": "u", "force": 7}, "/force"), ({"user_id": "u", "force": ""}, "/force"),
    ({"user_id": "u", "force": "Red"}, "/force"), ({"user_id": "u", "force": ["red"]}, "/force"),
    ({"user_id": "u", "alternatives": 7}, "/alternatives"),
    ({"user_id": "u", "alternatives": "red"}, "/alternatives"),
    ({"user_id": "u", "alternatives": ["red", 7]}, "/alternatives/1"),
    ({"user_id": "u", "alternatives": {"red": -1}}, "/alternatives/red"),
    ({"user_id": "u", "alternatives": {"red": "1"}}, "/alternatives/red"),
    ({"user_id": "u", "alternatives": {"red": True}}, "/alternatives/red"),
    ({"user_id": "u", "alternatives": {"red": 1e10}}, "/alternatives/red"),
]
# The same when the experiment or the alternative would be made.
MAKE = [
    (["x", ""], "/alternatives/1"), (["x", "y", "x"], "/alternatives/2"),
    (["a" * 51], "/alternatives/0"), (["a\n"], "/alternatives/0"),
    ({"x": 1, "a" * 51: 1}, "/alternatives/" + "a" * 51), ({"": 1}, "/alternatives/"),
    (LONG, "/alternatives"),
]


def refused(stack, path, body, status, *pointers, method="POST", key="server", **more):
    answer = stack.call(method, path, key=key, json=body, **more)
    return assert_problem(answer, status, *pointers)


def ids(stack):
    return stack.sql("select count(*) from experiment")[0][0]


@pytest.fixture(scope="module")
def exp(stack):
    return running(stack, "red", "blue")


@pytest.mark.parametrize("body, pointer", ENROLL, ids=lambda v: str(v)[:50])
def test_a_bad_enrolment_is_refused_where_it_is_bad(stack, exp, body, pointer):
    refused(stack, f"/v1/experiment/{exp}/enroll", body, 422, pointer)
    assert rows(stack, "enrolment", exp) == []
    before, new = ids(stack), new_id("exp")
    if "force" not in body:
        refused(stack, f"/v1/experiment/{new}/enroll", body, 422, pointer)
        assert ids(stack) == before


@pytest.mark.parametrize("alternatives, pointer", MAKE, ids=lambda v: str(v)[:30])
def test_invalid_alternatives_are_not_created(stack, exp, alternatives, pointer):
    before = ids(stack)
    body = {"user_id": somebody(), "alternatives": alternatives}
    for name in (exp, new_id("exp")):
        refused(stack, f"/v1/experiment/{name}/enroll", body, 422, pointer)
    assert ids(stack) == before
    (made,), = stack.sql("select alternatives from experiment where id = %s", exp)
    assert [a["name"] for a in made] == ["control", "red", "blue"]


def test_weights_that_add_up_to_nothing_make_no_experiment(stack):
    before = ids(stack)
    body = {"user_id": somebody(), "alternatives": {"control": 0, "x": 0}}
    refused(stack, f"/v1/experiment/{new_id('exp')}/enroll", body, 422, "/alternatives")
    assert ids(stack) == before


@pytest.mark.parametrize("text", [
    "", "{", "[1", '{"user_id": "u",}', '{"alternatives": {"a": NaN}}',
    '{"user_id": "u", "alternatives": {"red": Infinity}}'])
@pytest.mark.parametrize("path", ["/v1/experiment/{}/enroll", "/v1/enroll"])
def test_a_body_that_is_no_json_is_not_parsed(stack, exp, path, text):
    answer = stack.call("POST", path.format(exp), data=text,
                        headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("body", [[], "x", 7, None])
@pytest.mark.parametrize("path", ["/v1/experiment/{}/enroll", "/v1/enroll"])
def test_a_body_that_is_no_object_names_nobody(stack, exp, path, body):
    answer = stack.call("POST", path.format(exp), json=body, data="null" if body is None else None,
                        headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("body, status, pointer", [
    ({"experiments": "x"}, 422, "/experiments"), ({"experiments": None}, 422, "/experiments"),
    ({"experiments": {}}, 422, "/experiments"), ({"experiments": [7]}, 422, "/experiments/0"),
    ({"experiments": ["no-such-one"]}, 404, "/experiments/0"),
    ({"experiments": ["x"] * 1001}, 422, "/experiments"), ({"attributes": 7}, 422, "/attributes")])
def test_one_unknown_experiment_refuses_the_whole_enrolment(stack, exp, body, status, pointer):
    user = somebody()
    if isinstance(body.get("experiments"), list) and status == 404:
        body = {"experiments": [exp, *body["experiments"]]}
        pointer = "/experiments/1"
    refused(stack, "/v1/enroll", {"user_id": user, **body}, status, pointer)
    assert stack.call("GET", f"/v1/user/{user}/experiments").json()["experiments"] == []


@pytest.mark.parametrize("name", [None, 7, "", "green", "Red", ["red"]])
def test_an_assignment_by_hand_needs_an_existing_alternative(stack, exp, name):
    body = {"user_id": somebody(), "alternative": name}
    refused(stack, f"/v1/experiment/{exp}/alternative", body, 422, "/alternative", method="PUT")
    assert rows(stack, "enrolment", exp) == []


@pytest.mark.parametrize("method, path", [
    ("PUT", "/v1/experiment/{}/alternative"), ("GET", "/v1/experiment/{}/explain?user_id=u")])
def test_routes_of_an_unknown_definition_are_not_found(stack, method, path):
    before = ids(stack)
    refused(stack, path.format(new_id("exp")), {"user_id": "u", "alternative": "red"}, 404,
            method=method)
    assert ids(stack) == before


@pytest.mark.parametrize("query, pointer", [
    ("", "/user_id"), ("?user_id=", "/user_id"), ("?user_id=a&session_id=b", "/user_id"),
    ("?subject=u", "/user_id"), ("?session_id=undefined", "/session_id")])
@pytest.mark.parametrize("what", ["alternative", "explain"])
def test_reading_an_alternative_names_one_subject(stack, exp, what, query, pointer):
    assert_problem(stack.call("GET", f"/v1/experiment/{exp}/{what}{query}"), 422, pointer)


@pytest.mark.parametrize("method, path, key, status", [
    ("GET", "/v1/experiment/{}/enroll?user_id=u&alternative=red", "server", 405),
    ("GET", "/v1/enroll?user_id=u", "server", 405),
    ("POST", "/v1/experiment/{}/alternative", "server", 405),
    ("PUT", "/v1/experiment/{}/alternative", "client", 403),
    ("GET", "/v1/experiment/{}/explain?user_id=u", "client", 403),
    ("GET", "/v1/user/u/experiments", "client", 403),
    ("PUT", "/v1/experiment/{}/alternative", None, 401),
    ("POST", "/v1/experiment/{}/enroll", None, 401), ("POST", "/v1/enroll", None, 401)])
def test_a_wrong_method_or_key_changes_nothing(stack, exp, method, path, key, status):
    body = None if method == "GET" else {"user_id": "u", "alternative": "red"}
    refused(stack, path.format(exp), body, status, method=method, key=key)
    assert rows(stack, "enrolment", exp) == []


@pytest.mark.parametrize("value", [2, "x", None, "2", 1.5])
def test_an_unknown_state_changes_nothing(stack, value):
    exp = running(stack)
    answer = stack.call("POST", f"/v1/experiment/{exp}/state", key="admin", json={"state": value})
    assert answer.status_code == 400, answer.text
    assert stack.sql("select state, ended_at from experiment where id = %s", exp) == [(1, None)]


def test_a_user_whose_profile_says_not_human_sees_control_and_is_never_enrolled(stack):
    """Whichever route asks. In the state default such a user sees what everybody sees."""
    exp, user = running(stack, "red", default="red"), somebody()
    put_user(stack, user, human=False)
    for _ in range(2):
        for method, path, more in (
                ("POST", "enroll", {"force": "red"}), ("POST", "enroll", {}),
                ("PUT", "alternative", {"alternative": "red"})):
            answer = stack.call(method, f"/v1/experiment/{exp}/{path}",
                                json={"user_id": user, **more}).json()
            assert (answer["alternative"], answer["reason"], answer["enrolled"]) == \
                ("control", "BOT", False)
    answer = stack.call("PUT", f"/v1/segmentation/{exp}/member/{user}", json={"group": "red"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"segmentation": exp, "group": None, "assigned": False, "new": False}
    assert rows(stack, "enrolment", exp) == rows(stack, "exposure", exp) == []
    set_state(stack, exp, "default")
    a_second_later()
    seen = stack.call("GET", f"/v1/experiment/{exp}/alternative", params={"user_id": user}).json()
    assert (seen["alternative"], seen["reason"]) == ("red", "BOT")


def test_attributes_of_the_request_go_before_the_profile_for_this_one_decision(stack):
    exp = running(stack, "red", "blue")
    stack.call("PATCH", f"/v1/experiment/{exp}", key="admin", json={"request": {
        "criteria": {"type": "user", "filters": {"grade": "5"}}}})
    a_second_later()
    user, human = somebody(), somebody()
    put_user(stack, user, grade="4")
    path = f"/v1/experiment/{exp}/enroll"

    def reason(**body):
        return stack.call("POST", path, json=body).json()["reason"]
    assert reason(user_id=human, attributes={"human": False}) == "BOT"
    assert reason(user_id=user) == "NOT_IN_AUDIENCE"
    assert reason(user_id=user, attributes={"grade": "6"}) == "NOT_IN_AUDIENCE"
    assert rows(stack, "enrolment", exp) == []
    assert reason(user_id=user, attributes={"grade": "5"}) == "ASSIGNED"
    assert reason(user_id=user) == "ENROLLED"
    held, = stack.sql("select attributes from profile where subject_id = %s", "u:" + user)
    assert held[0] == {"grade": "4"}


def test_weights_that_add_up_to_nothing_are_refused_for_a_running_one_too(stack, exp):
    body = {"user_id": somebody(), "alternatives": {"control": 0, "red": 0}}
    refused(stack, f"/v1/experiment/{exp}/enroll", body, 422, "/alternatives")
    assert rows(stack, "enrolment", exp) == []
