# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments whose criteria ask for groups, alternatives and tags: decided subject by subject."""

import threading

import pytest

from enrols import alternative, enroll, put, rows, running, somebody
from lookups import a_second_later, admin, await_status, body, put_user
from segmentations import make, place


def by_rule(rule):
    return {"type": "rule", "filters": rule}


def of_group(seg, name):
    return by_rule({"group": {"segmentation": seg, "eq": name}})


def create(stack, criteria, status=200):
    request = body("rules", criteria=criteria)
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert answer.status_code == status, answer.text
    return request["expId"] if status == 200 else answer.json()["params"]["errorMsg"]


def errors(message):
    return {k: v for k, v in message.items() if k != "status"}


def patch(stack, exp, status=200, **changes):
    return admin(stack, "PATCH", exp, changes, status)


def test_an_experiment_for_a_group_of_another_takes_that_group_alone(stack):
    base = running(stack, "B")
    exp = create(stack, by_rule({"alternative": {"experiment": base, "eq": "B"}}))
    of_a, of_b = somebody(), somebody()
    put(stack, base, of_a, "control")
    put(stack, base, of_b, "B")
    a_second_later()
    answer = enroll(stack, exp, of_a)
    assert (answer["reason"], answer["enrolled"]) == ("NOT_IN_AUDIENCE", False)
    assert rows(stack, "enrolment", exp) == []
    assert enroll(stack, exp, of_b)["enrolled"]
    assert alternative(stack, exp, of_a)["enrolled"] is False


def test_live_criteria_are_in_effect_without_a_mapping(stack):
    seg = make(stack, "manual")
    stack_rows = "select status, audience_version from assay.experiment where id = %s"
    for criteria in (of_group(seg, "one"), {"type": "user", "filters": {f"group:{seg}": "one"}}):
        exp, user = create(stack, criteria), somebody()
        assert stack.sql(stack_rows, exp)[0] == ("ACTIVE", 0)
        place(stack, seg, user, "one")
        a_second_later()
        assert enroll(stack, exp, user)["enrolled"]


@pytest.mark.parametrize("kind", ["group", "tag"])
def test_fields_of_criteria_may_be_groups_and_tags(stack, kind):
    seg, user = make(stack, "manual"), somebody()
    field = f"group:{seg}" if kind == "group" else "tag:course:x:quiz.grade"
    exp = create(stack, {"type": "user", "filters": {field: ["one", "two"] if kind == "tag"
                                                     else ["one"], "age": {">=": 18}}})
    without = somebody()
    a_second_later()
    put_user(stack, without, age=18)
    put_user(stack, user, age=18)
    if kind == "group":
        place(stack, seg, user, "one")
    else:
        stack.sql("insert into assay.tag values (%s, 'course:x', 'quiz.grade', '\"ONE\"', null, "
                  "'2026-01-01Z')", "u:" + user)
    assert enroll(stack, exp, without)["reason"] == "NOT_IN_AUDIENCE"
    assert enroll(stack, exp, user)["enrolled"]


@pytest.mark.parametrize("criteria, pointer", [
    (of_group("nobody", "one"), "/request/criteria/filters/group"),
    (by_rule({"all": [{"kind": {"eq": "user"}},
                      {"not": {"alternative": {"experiment": "nobody", "eq": "B"}}}]}),
     "/request/criteria/filters/all/1/not/alternative"),
    ({"type": "user", "filters": {"group:nobody": "one"}},
     "/request/criteria/filters/group:nobody"),
    ({"type": "device", "filters": [{"name": "group:nobody", "operator": "IN", "value": ["x"]}]},
     "/request/criteria/filters/0")], ids=["rule", "alternative", "field", "device"])
def test_criteria_that_name_unknown_definitions_are_refused_with_their_place(
        stack, criteria, pointer):
    assert list(errors(create(stack, criteria, 400))) == [pointer]
    exp = running(stack)
    answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                        json={"request": {"criteria": criteria}})
    assert answer.status_code == 400
    assert list(errors(answer.json()["params"]["errorMsg"])) == [pointer]


@pytest.mark.parametrize("field", ["tag:", "tag:x", "tag:global:", "tag::a", "tag:x:a"])
def test_a_field_that_is_no_tag_is_refused(stack, field):
    criteria = {"type": "user", "filters": {field: 1}}
    assert errors(create(stack, criteria, 400)) == {
        f"/request/criteria/filters/{field}": "is not a valid tag field: use tag:<scope>:<key>"}


def test_criteria_of_a_group_that_is_not_there_are_refused(stack):
    seg = make(stack, "manual")
    assert list(errors(create(stack, of_group(seg, "One"), 400)).values()) == [
        "there is no group `One`"]
    named = {"type": "user", "filters": {f"group:{seg}": ["one", "two"]}}
    assert list(errors(create(stack, named, 400)).values()) == ["there is no group `two`"]


def test_a_segmentation_that_criteria_ask_for_is_not_deleted(stack):
    seg = make(stack, "manual")
    exp = create(stack, of_group(seg, "one"))
    answer = stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin")
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"pointer": "/id", "detail": f"is used by {exp}"}]
    await_status(stack, exp)
    patch(stack, exp, name="other")
    assert stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 409
    patch(stack, exp, criteria=None)
    assert stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 200


def test_a_change_of_criteria_begins_to_use_a_segmentation(stack):
    seg, exp, user = make(stack, "manual"), running(stack), somebody()
    patch(stack, exp, criteria=of_group(seg, "one"))
    assert stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 409
    a_second_later()
    assert enroll(stack, exp, user)["reason"] == "NOT_IN_AUDIENCE"


def of_alternative(exp, name):
    return {"alternative": {"experiment": exp, "eq": name}}


@pytest.mark.parametrize("kind", ["criteria", "segmentation"])
def test_an_experiment_that_a_rule_asks_for_is_not_deleted(stack, kind):
    base = running(stack, "B")
    rule = of_alternative(base, "B")
    if kind == "criteria":
        user = create(stack, by_rule(rule))
    else:
        user = make(stack, "rule", [{"name": "in", "rule": rule}])
    answer = stack.call("DELETE", f"/v1/experiment/{base}", key="admin")
    assert answer.status_code == 409 and f"is used by {user}" in answer.text
    path = "experiment" if kind == "criteria" else "segmentation"
    assert stack.call("DELETE", f"/v1/{path}/{user}", key="admin").status_code == 200
    assert stack.call("DELETE", f"/v1/experiment/{base}", key="admin").status_code == 200


@pytest.mark.parametrize("kind", ["segmentation", "experiment"])
def test_parallel_use_and_deletion_leave_no_dangling_reference(stack, kind):
    for _ in range(10):
        base = make(stack, "manual") if kind == "segmentation" else running(stack, "one")
        rule = of_group(base, "one") if kind == "segmentation" \
            else by_rule(of_alternative(base, "one"))
        request = body("rules", criteria=rule)
        codes = {}

        def call(name, method, path, **more):
            codes[name] = stack.call(method, path, key="admin", **more).status_code

        threads = [
            threading.Thread(target=call, args=("made", "POST", "/v1/experiment/create"),
                             kwargs={"json": {"request": request}}),
            threading.Thread(target=call, args=("gone", "DELETE", f"/v1/{kind}/{base}"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert codes in ({"made": 200, "gone": 409}, {"made": 400, "gone": 200})


def test_an_id_is_an_experiment_or_a_segmentation(stack):
    seg, exp = make(stack, "manual"), running(stack)
    answer = stack.call("POST", "/v1/experiment/create", key="admin",
                        json={"request": body("rules", expId=seg)})
    assert answer.status_code == 409, answer.text
    make(stack, "manual", id=exp, status=409)
