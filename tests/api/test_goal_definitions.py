# SPDX-License-Identifier: GPL-3.0-or-later
"""Goals are defined before they are hit: by name, changed, retired, and revived."""

import uuid

import pytest

from enrols import enroll, running, somebody
from goals import PRESENT, NOT_PRESENT, conversions, goal, hit, said
from lookups import admin, body as definition, new_id


def listed(stack, name):
    """The goal as the list has it."""
    after = name[:-1]
    answer = stack.call("GET", "/v1/goal/list", params={"after": after, "limit": 1})
    assert answer.status_code == 200, answer.text
    found = answer.json()["goals"]
    return found[0] if found and found[0]["name"] == name else None


def change(stack, name, status=200, **more):
    answer = stack.call("PATCH", f"/v1/goal/{name}", key="admin", json=more)
    assert answer.status_code == status, answer.text
    return answer.json()


def retire(stack, name, status=200):
    answer = stack.call("DELETE", f"/v1/goal/{name}", key="admin")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_goal_is_listed_as_it_was_defined(stack):
    name, page = new_id("goal"), new_id("page")
    body = {"name": name, "test": "mwu", "page": page, "description": "All of it"}
    answer = stack.call("POST", "/v1/goal", key="admin", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert {k: made[k] for k in body} == body
    assert (made["retired"], made["built_in"]) == (False, False)
    assert listed(stack, name) == made


def test_the_defaults_of_a_goal_are_chi2_and_no_page(stack):
    made = listed(stack, goal(stack))
    assert (made["test"], made["page"], made["description"]) == ("chi2", None, "")


def test_a_goal_name_is_unique(stack):
    goal(stack, status=409, name=goal(stack))


def test_a_definition_sent_again_with_its_key_gets_the_same_answer(stack):
    body, headers = {"name": new_id("goal")}, {"Idempotency-Key": uuid.uuid4().hex}
    first, again = (stack.call("POST", "/v1/goal", key="admin", json=body, headers=headers)
                    for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize("body, pointer", [
    ({}, "/name"), ({"name": ""}, "/name"), ({"name": 5}, "/name"), ({"name": "x" * 201}, "/name"),
    ({"name": "_mine"}, "/name"), ({"name": PRESENT}, "/name"), ({"name": "a\nb"}, "/name"),
    ({"name": ".."}, "/name"), ({"name": "a", "test": "t"}, "/test"),
    ({"name": "a", "test": 1}, "/test"), ({"name": "a", "page": ""}, "/page"),
    ({"name": "a", "page": "p" * 513}, "/page"), ({"name": "a", "description": 1}, "/description"),
    ([], "")])
def test_an_invalid_goal_is_refused_with_its_place(stack, body, pointer):
    answer = stack.call("POST", "/v1/goal", key="admin", json=body)
    assert answer.status_code == 422
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]


@pytest.mark.parametrize("name", ["x" * 200, "50 % / off?", "größe.png", "a+b", "list"])
def test_any_name_can_be_reached_by_its_path(stack, name):
    name = name if len(name) == 200 else name + new_id()
    path = "/v1/goal/" + "".join(f"%{b:02x}" for b in name.encode())
    stack.call("POST", "/v1/goal", key="admin", json={"name": name})
    assert stack.call("POST", path, json={"user_id": "a"}).status_code == 200
    assert stack.call("DELETE", path, key="admin").json()["name"] == name


def test_a_change_keeps_what_it_does_not_name_and_null_clears(stack):
    name = goal(stack, test="mwu", page="p", description="d")
    assert change(stack, name, description="e")["page"] == "p"
    changed = change(stack, name, page=None)
    assert (changed["page"], changed["description"], changed["test"]) == (None, "e", "mwu")
    changed = change(stack, name, test=None, description=None)
    assert (changed["test"], changed["description"]) == ("chi2", "")
    assert listed(stack, name) == changed
    change(stack, name, 422, test="x")
    assert listed(stack, name) == changed


def test_a_retired_goal_is_no_longer_recorded_and_keeps_its_counts(stack):
    name, exp, user = goal(stack), running(stack), somebody()
    enroll(stack, exp, user)
    hit(stack, name, user)
    assert retire(stack, name)["retired"] is True
    hit(stack, name, user, status=404)
    assert conversions(stack, exp) == {("control", name): {1: 1}}
    assert listed(stack, name)["retired"] is True
    retire(stack, name, 404)
    change(stack, name, 404, page="x")


def test_a_retired_goal_that_is_defined_again_continues(stack):
    name, exp, user = goal(stack, page="old"), running(stack), somebody()
    enroll(stack, exp, user)
    hit(stack, name, user)
    retire(stack, name)
    goal(stack, name=name, test="mwu")
    assert (listed(stack, name)["test"], listed(stack, name)["page"]) == ("mwu", None)
    assert hit(stack, name, user) == said([exp])
    assert conversions(stack, exp) == {("control", name): {2: 1}}


@pytest.mark.parametrize("name", [PRESENT, NOT_PRESENT])
def test_built_in_goals_are_listed_and_cannot_be_changed(stack, name):
    assert listed(stack, name)["built_in"] is True
    retire(stack, name, 422)
    change(stack, name, 422, test="chi2")
    hit(stack, name, "a", status=404)


def test_the_list_goes_on_behind_the_last_name(stack):
    prefix = new_id()
    names = sorted(goal(stack, name=f"{prefix}-{i}") for i in range(3))
    first = stack.call("GET", "/v1/goal/list", params={"after": prefix, "limit": 2})
    assert [g["name"] for g in first.json()["goals"]] == names[:2]
    assert first.json()["next"] == names[1]
    second = stack.call("GET", "/v1/goal/list" + first.links["next"]["url"])
    assert second.json()["goals"][0]["name"] == names[2]
    assert stack.call("GET", "/v1/goal/list", params={"limit": 0}).status_code == 422


@pytest.mark.parametrize("method, path, key", [
    ("POST", "/v1/goal", "server"), ("GET", "/v1/goal/list", "client"),
    ("PATCH", "/v1/goal/a", "server"), ("DELETE", "/v1/goal/a", "server"),
    ("POST", "/v1/user/a/incorporate", "client")])
def test_a_key_of_a_lower_class_is_refused(stack, method, path, key):
    assert stack.call(method, path, key=key, json={}).status_code == 403


@pytest.mark.parametrize("goals, status", [
    (["a", {"name": "b", "test": "mwu"}, {"name": "c"}], 200), ([{"test": "mwu"}], 400),
    ([{"name": "a", "test": "t"}], 400), ([["a"]], 400)])
def test_an_experiment_may_name_a_goal_with_another_test(stack, goals, status):
    for name in "abc":
        made = stack.call("POST", "/v1/goal", key="admin", json={"name": name})
        assert made.status_code in (201, 409), made.text
    request = definition("goals", goals=goals)
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert answer.status_code == status, answer.text
    if status == 200:
        kept = stack.call("GET", f"/v1/experiment/{request['expId']}").json()["result"]
        assert kept["goals"] == goals


def refused(answer, pointer, words):
    assert answer.status_code == 400, answer.text
    told = answer.json()["params"]["errorMsg"]
    assert words in told.get(pointer, ""), told


def test_a_definition_names_only_goals_that_can_be_hit(stack):
    good, old, never = goal(stack), goal(stack), new_id("goal")
    assert stack.call("DELETE", f"/v1/goal/{old}", key="admin").status_code in (200, 204)
    for goals, pointer, words in (([good, never], "/request/goals/1", "is not a goal"),
                                  ([{"name": old}], "/request/goals/0/name", "is a retired goal")):
        request = definition("goals", criteria=None, goals=goals)
        refused(stack.call("POST", "/v1/experiment/create", key="admin",
                           json={"request": request}), pointer, words)
        assert stack.sql("select from experiment where id = %s", request["expId"]) == []
        exp = running(stack, goals=[good])
        refused(stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                           json={"request": {"goals": goals}}), pointer, words)


def test_a_goal_retired_since_does_not_block_other_changes(stack):
    name = goal(stack)
    exp = running(stack, goals=[name])
    assert stack.call("DELETE", f"/v1/goal/{name}", key="admin").status_code in (200, 204)
    admin(stack, "PATCH", exp, {"name": "another", "goals": [name]})
    exported = stack.call("GET", f"/v1/experiment/{exp}", key="admin").json()["result"]
    assert exported["expName"] == "another"


def window_of(goal):
    return goal["window_from"], goal["window_to"]


def test_a_goal_has_a_window_only_if_it_is_given_one(stack):
    assert window_of(listed(stack, goal(stack))) == (None, None)
    name = goal(stack, window_from=0, window_to=168)
    assert window_of(listed(stack, name)) == (0, 168)
    assert window_of(change(stack, name, description="d")) == (0, 168)
    assert window_of(change(stack, name, window_to=24)) == (0, 24)
    assert window_of(change(stack, name, window_from=None, window_to=None)) == (None, None)
    assert window_of(change(stack, name, window_from=168, window_to=8760)) == (168, 8760)


@pytest.mark.parametrize("body, pointer", [
    ({"window_from": 0}, "/window_to"), ({"window_to": 24}, "/window_from"),
    ({"window_from": None, "window_to": 24}, "/window_from"),
    ({"window_from": -1, "window_to": 24}, "/window_from"),
    ({"window_from": 24, "window_to": 24}, "/window_to"),
    ({"window_from": 25, "window_to": 24}, "/window_to"),
    ({"window_from": 0, "window_to": 8761}, "/window_to"),
    ({"window_from": 0, "window_to": 1.5}, "/window_to"),
    ({"window_from": 0, "window_to": "24"}, "/window_to"),
    ({"window_from": False, "window_to": 24}, "/window_from")])
def test_what_is_no_window_is_refused_with_its_place(stack, body, pointer):
    name = new_id("goal")
    answer = stack.call("POST", "/v1/goal", key="admin", json=dict(body, name=name))
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]
    assert listed(stack, name) is None
    there = goal(stack)
    refused = change(stack, there, 422, **body)
    assert [e["pointer"] for e in refused["errors"]] == [pointer]
    assert window_of(listed(stack, there)) == (None, None)


def test_the_window_of_a_goal_that_was_hit_stays(stack):
    name, exp, user = goal(stack, window_from=0, window_to=168), running(stack), somebody()
    enroll(stack, exp, user)
    assert window_of(change(stack, name, window_to=48)) == (0, 48)
    hit(stack, name, user)
    refused = change(stack, name, 409, window_to=168)
    assert [e["pointer"] for e in refused["errors"]] == ["/window_to"]
    change(stack, name, 409, window_from=None, window_to=None)
    assert window_of(change(stack, name, window_from=0, window_to=48, page="p")) == (0, 48)
    retire(stack, name)
    goal(stack, status=409, name=name)
    goal(stack, name=name, window_from=0, window_to=48)
    assert window_of(listed(stack, name)) == (0, 48)
