# SPDX-License-Identifier: GPL-3.0-or-later
"""Segmentations: named ways to divide users into groups."""

import pytest

from lookups import new_id
from segmentations import group, make


@pytest.mark.smoke
def test_a_random_group_is_drawn_once_and_only_when_asked(stack):
    seg, user = make(stack), new_id("u")
    assert group(stack, seg, user)["group"] is None
    first = group(stack, seg, user, assign=True)
    assert first["new"] and first["assigned"]
    for _ in range(10):
        assert group(stack, seg, user, assign=True) == dict(first, new=False)


def test_a_segmentation_is_read_listed_changed_and_deleted(stack):
    seg = make(stack, "manual", context="course:x")
    answer = stack.call("GET", f"/v1/segmentation/{seg}")
    assert [g["id"] for g in answer.json()["groups"]] == [0, 1]
    listed = stack.call("GET", "/v1/segmentation", params={"context": "course:x", "limit": 1000})
    assert seg in [s["id"] for s in listed.json()["segmentations"]]
    answer = stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin", json={"name": "new"})
    assert answer.json()["name"] == "new"
    assert stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 200
    assert stack.call("GET", f"/v1/segmentation/{seg}").status_code == 404


@pytest.mark.smoke
def test_a_member_is_added_moved_and_removed(stack):
    seg, user = make(stack, "manual"), new_id("u")
    url = f"/v1/segmentation/{seg}/member/{user}"
    placed = stack.call("PUT", f"/v1/segmentation/{seg}/member/{user}", json={"group": "zero"})
    assert placed.json()["previous"] is None
    assert stack.call("PUT", url, json={"group": "one"}).json()["previous"] == "zero"
    assert group(stack, seg, user)["group"] == {"id": 1, "name": "one"}
    gone = stack.call("DELETE", f"/v1/segmentation/{seg}/member/{user}")
    assert gone.json()["previous"] == "one"
    assert group(stack, seg, user)["group"] is None


@pytest.mark.smoke
def test_a_rule_is_computed_from_groups_and_attributes(stack):
    base, user = make(stack, "manual"), new_id("u")
    rule = {"all": [{"group": {"segmentation": base, "eq": "one"}},
                    {"not": {"attribute": {"path": "age", "lt": 18}}}]}
    seg = make(stack, "rule", [{"name": "adults", "rule": rule},
                               {"name": "others", "rule": {"kind": {"eq": "user"}}}])
    shown = stack.call("GET", f"/v1/segmentation/{seg}").json()["groups"]
    assert [g["rule_text"] for g in shown] == [
        f'group of {base} is "one" and not (age < 18)', 'kind is "user"']
    assert group(stack, seg, user)["group"]["name"] == "others"
    stack.call("PUT", f"/v1/segmentation/{base}/member/{user}", json={"group": "one"})
    assert group(stack, seg, user)["group"]["name"] == "adults"
    stack.call("PUT", f"/v1/user/{user}/profile", json={"age": 17})
    assert group(stack, seg, user)["group"]["name"] == "others"


def test_a_cycle_of_rules_is_refused_and_shown(stack):
    first = make(stack, "rule", [{"name": "a", "rule": {"kind": {"eq": "user"}}}])
    second = make(stack, "rule", [
        {"name": "b", "rule": {"group": {"segmentation": first, "eq": "a"}}}])
    answer = stack.call("PATCH", f"/v1/segmentation/{first}", key="admin", json={"groups": [
        {"id": 0, "name": "a", "rule": {"group": {"segmentation": second, "eq": "b"}}}]})
    assert answer.status_code == 422
    assert f"{first} > {second} > {first}" in answer.json()["errors"][0]["detail"]


def test_a_segmentation_in_use_is_not_deleted(stack):
    base = make(stack, "manual")
    user = make(stack, "rule", [
        {"name": "b", "rule": {"group": {"segmentation": base, "eq": "one"}}}])
    answer = stack.call("DELETE", f"/v1/segmentation/{base}", key="admin")
    assert answer.status_code == 409
    assert user in answer.json()["errors"][0]["detail"]
