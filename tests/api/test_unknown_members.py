# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that nothing would read are refused by name, nothing is stored; what the service answers
or exports can be sent back."""

import json

import pytest

from enrols import running, somebody
from lookups import admin, body, new_id
from segmentations import make
from shapes import assert_problem

UNKNOWN = ["value", "direction", "nmae", "Name", "", "a/b~c", "é", "__proto__"]


def pointer(name):
    return "/" + name.replace("~", "~0").replace("/", "~1")


def goal(stack):
    name = new_id("goal")
    answer = stack.call("POST", "/v1/goal", key="admin", json={"name": name})
    assert answer.status_code == 201, answer.text
    return name


def layer(stack):
    name = new_id("l")[:40]
    answer = stack.call("POST", "/v1/layer", key="admin", json={"id": name, "unit": "user"})
    assert answer.status_code == 201, answer.text
    return name


@pytest.mark.parametrize("name", UNKNOWN)
def test_goals_and_hits(stack, name):
    known, fresh = goal(stack), new_id("goal")
    for method, path, key, more in (("POST", "/v1/goal", "admin", {"name": fresh}),
                                    ("PATCH", f"/v1/goal/{known}", "admin", {"test": "mwu"}),
                                    ("POST", f"/v1/goal/{known}", "client",
                                     {"user_id": somebody()})):
        answer = stack.call(method, path, key=key, json={**more, name: 1})
        assert_problem(answer, 422, pointer(name))
    assert stack.sql("select test from assay.goal where name in (%s, %s)", known, fresh) == [
        ("chi2",)]


@pytest.mark.parametrize("name", UNKNOWN)
def test_segmentations_and_their_groups(stack, name):
    seg, fresh = make(stack, "manual"), new_id("seg")[:40]
    before = stack.call("GET", f"/v1/segmentation/{seg}").json()
    whole = {"id": fresh, "type": "manual", "name": "n", "groups": [{"name": "a"}]}
    group = {"groups": [{"name": "zero"}, {"name": "one", name: 1}]} if name != "Name" else {
        "groups": [{"name": "zero"}, {"name": "one", "NAME": 1}]}
    at = "/groups/1" + pointer("NAME" if name == "Name" else name)
    for method, path, base in (("POST", "/v1/segmentation", whole),
                               ("PATCH", f"/v1/segmentation/{seg}", {})):
        answer = stack.call(method, path, key="admin", json={**base, name: 1})
        assert_problem(answer, 422, pointer(name))
        answer = stack.call(method, path, key="admin", json={**base, **group})
        assert_problem(answer, 422, at)
    assert stack.call("GET", f"/v1/segmentation/{seg}").json() == before
    assert stack.call("GET", f"/v1/segmentation/{fresh}").status_code == 404


@pytest.mark.parametrize("name", UNKNOWN)
def test_layers_and_their_slots(stack, name):
    known, fresh, exp = layer(stack), new_id("l")[:40], running(stack)
    answer = stack.call("POST", "/v1/layer", key="admin",
                        json={"id": fresh, "unit": "user", name: 1})
    assert_problem(answer, 422, pointer(name))
    assert stack.call("GET", f"/v1/layer/{fresh}").status_code == 404
    answer = stack.call("PUT", f"/v1/layer/{known}/experiment/{exp}", key="admin",
                        json={"size": 10, name: 1})
    assert_problem(answer, 422, pointer(name))
    assert stack.call("GET", f"/v1/layer/{known}").json()["members"] == []


RULES = [
    ({"attribute": {"path": "a", "eq": 1, "x": 2}}, "/attribute/x"),
    ({"attribute": {"path": "a", "equals": 1}}, "/attribute/equals"),
    ({"attribute": {"path": "a", "eq": 1, "scope": "global"}}, "/attribute/scope"),
    ({"attribute": {"path": "a", "eq": 1}, "x/y": 2}, "/x~1y"),
    ({"all": [{"kind": {"eq": "user", "x": 1}}]}, "/all/0/kind/x"),
    ({"not": {"tag": {"scope": "global", "key": "k", "eq": 1, "value": 2}}}, "/not/tag/value"),
]


@pytest.mark.parametrize("rule, at", RULES, ids=[at for _, at in RULES])
def test_rules(stack, rule, at):
    answer = make(stack, "rule", groups=[{"name": "a", "rule": rule}], status=422)
    assert [e["pointer"] for e in answer["errors"]] == ["/groups/0/rule" + at]
    request = body("unknown", criteria={"type": "rule", "filters": rule})
    refused(stack, "POST", "create", request, "/request/criteria/filters" + at)


def refused(stack, method, path, request, at):
    answer = stack.call(method, f"/v1/experiment/{path}", key="admin", json={"request": request})
    assert answer.status_code == 400, answer.text
    said = answer.json()
    assert said["responseCode"] == "CLIENT_ERROR" and said["params"]["status"] == "failed"
    assert set(said["params"]["errorMsg"]) == {at, "status"}


@pytest.mark.parametrize("name", UNKNOWN)
def test_the_request_of_a_definition(stack, name):
    request, exp = body("unknown"), running(stack)
    before = admin(stack, "GET", exp)
    refused(stack, "POST", "create", {**request, name: 1}, "/request" + pointer(name))
    refused(stack, "PATCH", exp, {name: 1}, "/request" + pointer(name))
    assert admin(stack, "GET", exp) == before
    assert admin(stack, "GET", request["expId"]) is None


PARTS = [
    ({"alternatives": [{"name": "control"}, {"name": "b", "wieght": 1}]},
     "/request/alternatives/1/wieght"),
    ({"goals": [{"name": "g", "tset": "mwu"}]}, "/request/goals/0/tset"),
    ({"plan": {"baseline": 0.1, "effect": 0.1, "alhpa": 0.1}}, "/request/plan/alhpa"),
    ({"layer": {"id": "none", "size": 1, "slot": 1}}, "/request/layer/slot"),
    ({"criteria": {"type": "user", "filters": {"a": 1}, "filter": {}}},
     "/request/criteria/filter"),
    ({"criteria": {"type": "device", "filters": [
        {"name": "a", "operator": "EQ", "value": 1, "vlaue": 2}]}},
     "/request/criteria/filters/0/vlaue"),
]


@pytest.mark.parametrize("part, at", PARTS, ids=[at for _, at in PARTS])
def test_the_parts_of_a_definition(stack, part, at):
    refused(stack, "POST", "create", body("unknown", **part), at)
    refused(stack, "PATCH", running(stack), part, at)


def test_unknown_members_are_allowed_beside_the_request_and_in_data(stack):
    request = body("unknown", data={"anything": {"goes": [1]}})
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json={
        "id": "x", "ver": "1.0", "ts": "now", "params": {}, "else": 1, "request": request})
    assert answer.status_code == 200, answer.text
    assert admin(stack, "GET", request["expId"])["expData"]["anything"] == {"goes": [1]}
    answer = stack.call("POST", f"/v1/device/register/{new_id('d')}", key="client", json={
        "else": 1, "request": {"anything": 1, "dspec": {"x": 1}, "ext": {"y": 1}}})
    assert answer.status_code == 200, answer.text


def test_an_answered_definition_can_be_sent_back(stack):
    exp = running(stack, {"name": "b", "weight": 3, "payload": {"x": [1]}},
                  goals=[goal(stack), {"name": goal(stack), "test": "mwu"}], traffic=50,
                  plan={"baseline": 0.1, "effect": 0.05})
    shown = admin(stack, "GET", exp)
    (listed,) = [e for e in admin(stack, "GET", "list?limit=1000")["experiments"]
                 if e["expId"] == exp]
    for request in (shown, listed):
        after = admin(stack, "PATCH", exp, request)
        kept = [k for k in shown if k not in ("updatedOn", "udpatedOn", "updatedBy")]
        assert {k: after[k] for k in kept} == {k: shown[k] for k in kept}
        copy = {**request, "expId": new_id("e")[:40]}
        made = admin(stack, "POST", "create", copy)
        again = admin(stack, "POST", "create", {**made, "expId": new_id("e")[:40]})
        for name in ("expName", "expDescription", "expData", "criteria", "alternatives", "goals",
                     "default", "traffic", "plan", "layer"):
            assert again[name] == made[name] == shown[name]
    refused(stack, "PATCH", exp, {**shown, "state": "track"}, "request")
    refused(stack, "PATCH", exp, {**shown, "expId": "other"}, "request")


def test_answered_goals_layers_and_segmentations_can_be_sent_back(stack):
    name = goal(stack)
    after = None
    while True:
        page = stack.call("GET", "/v1/goal/list", params={"limit": 1000, "after": after}).json()
        shown = [g for g in page["goals"] if g["name"] == name]
        if shown or not page["next"]:
            break
        after = page["next"]
    answer = stack.call("PATCH", f"/v1/goal/{name}", key="admin", json=shown[0])
    assert answer.status_code == 200 and answer.json() == shown[0]
    answer = stack.call("POST", "/v1/goal", key="admin", json={**shown[0], "name": name + "2"})
    assert answer.status_code == 201, answer.text
    shown = stack.call("GET", f"/v1/layer/{layer(stack)}").json()
    answer = stack.call("POST", "/v1/layer", key="admin", json={**shown, "id": new_id("l")[:40]})
    assert answer.status_code == 201, answer.text
    seg = make(stack, "rule", groups=[
        {"name": "a", "rule": {"attribute": {"path": "a", "eq": 1}}}])
    shown = stack.call("GET", f"/v1/segmentation/{seg}").json()
    answer = stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin", json=shown)
    assert answer.status_code == 200, answer.text
    assert answer.json()["groups"] == shown["groups"]
    answer = stack.call("POST", "/v1/segmentation", key="admin",
                        json={**shown, "id": new_id("seg")[:40]})
    assert answer.status_code == 201, answer.text


def test_exported_definitions_can_be_imported_elsewhere(stack, tmp_path):
    running(stack, {"name": "b", "weight": 3}, goals=[goal(stack)])
    make(stack, "manual")
    layer(stack)
    text = stack.assay("export", "definitions").stdout
    document = json.loads(text)
    fresh = {kind: [] for kind in document}
    for kind, key in (("goals", "name"), ("layers", "id"), ("segmentations", "id"),
                      ("experiments", "expId")):
        plain = [o for o in document[kind] if kind != "experiments" or
                 (o["criteria"] is None and o["layer"] is None)]
        plain = [o for o in plain if o.get("type") in (None, "manual", "random")]
        fresh[kind] = [{**plain[-1], key: new_id("x")[:40]}]
    path = tmp_path / "definitions.json"
    path.write_text(json.dumps(fresh))
    done = stack.assay("import", "definitions", str(path), check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("count", [1.0, 0.0, 2e0, 100.0])
def test_a_count_without_a_fraction_is_whole(stack, count):
    answer = stack.call("POST", f"/v1/goal/{goal(stack)}", key="client",
                        json={"user_id": somebody(), "count": count})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("count", [1.5, -1.0, 1e300, 1e19, "1", True, None, [], {}])
def test_any_other_count_is_refused(stack, count):
    answer = stack.call("POST", f"/v1/goal/{goal(stack)}", key="client",
                        json={"user_id": somebody(), "count": count})
    assert_problem(answer, 422, "/count")


@pytest.mark.parametrize("coding, status", [
    ("gzip", 415), ("br", 415), ("deflate, gzip", 415), ("x", 415), ("identity", 200),
    ("Identity", 200)])
def test_a_body_with_a_content_encoding_is_refused(stack, coding, status):
    for path, key, data in (("/v1/enroll", "client", {"user_id": somebody()}),
                            ("/v1/experiment/preview", "admin", {"request": {
                                "criteria": {"type": "user", "filters": {"a": 1}}}})):
        answer = stack.call("POST", path, key=key, json=data, headers={"Content-Encoding": coding})
        assert answer.status_code == status, answer.text
        assert status == 200 or "Content-Encoding" in answer.text


def test_the_409_of_an_experiment_names_all_that_use_it(stack):
    exp = running(stack, "b")
    rule = {"alternative": {"experiment": exp, "eq": "b"}}
    users = [make(stack, "rule", groups=[{"name": "a", "rule": rule}]) for _ in range(3)]
    answer = stack.call("DELETE", f"/v1/experiment/{exp}", key="admin")
    assert answer.status_code == 409, answer.text
    said = answer.json()["params"]["errorMsg"]["/id"]
    assert all(user in said for user in users)


@pytest.mark.parametrize("path", ["/v1/user/x", "/v1/goal/x.png", "/v1/experiment/list",
                                  "/v1/segmentation/export.csv", "/v1/layer/x", "/v1/page"])
def test_allow_names_each_method_once(stack, path):
    for method in ("TRACE", "OPTIONS", "PATCH", "PUT"):
        allow = stack.call(method, path, key="admin", json={}).headers.get("Allow")
        if allow is not None:
            words = allow.split(", ")
            assert len(set(words)) == len(words) and "OPTIONS" in words
