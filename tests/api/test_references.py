# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups and alternatives that rules and criteria name cannot be removed under them."""

import html

import pytest

from enrols import running
from lookups import body, new_id
from pages import Person, values
from segments import change as change_groups, make
from test_concurrency import at_once


# Rules and definitions are the same behind every web server.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

# What asks for a group or alternative `one` of the definition `base`, by kind of the user.
RULES = {
    "eq": lambda base: {"group": {"segmentation": base, "eq": "one"}},
    "deep": lambda base: {"any": [{"kind": {"eq": "device"}}, {"not": {"all": [
        {"group": {"segmentation": base, "ne": "one"}}]}}]},
    "in": lambda base: {"group": {"segmentation": base, "in": ["zero", "one"]}},
    "nin": lambda base: {"group": {"segmentation": base, "nin": ["one"]}},
}
CRITERIA = {
    "rule": lambda base: {"type": "rule", "filters": RULES["eq"](base)},
    "user": lambda base: {"type": "user", "filters": {f"group:{base}": "one"}},
    "users": lambda base: {"type": "user", "filters": {
        "age": {">=": 1}, f"group:{base}": ["zero", "one"]}},
    "device": lambda base: {"type": "device", "filters": [
        {"name": f"group:{base}", "operator": "IN", "value": ["one"]}]},
    "not": lambda base: {"type": "device", "filters": [
        {"name": f"group:{base}", "operator": "NE", "value": "one"}]},
}
USES = ([("segmentation", kind) for kind in RULES] + [("experiment", kind) for kind in CRITERIA])

WITHOUT_ONE = [{"id": 0, "name": "zero"}]


def use(stack, kind, how, base):
    """A new rule of a segmentation or criteria of an experiment that name `one` of base."""
    if kind == "segmentation":
        return make(stack, "rule", [{"name": "in", "rule": RULES[how](base)}])
    request = body("references", criteria=CRITERIA[how](base))
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert answer.status_code == 200, answer.text
    return request["expId"]


def patch(stack, exp, status, **changes):
    answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin", json={"request": changes})
    assert answer.status_code == status, answer.text
    return answer.json()["params"]["errorMsg"] if status >= 400 else answer.json()["result"]


def names(stack, seg):
    return [g["name"] for g in stack.call("GET", f"/v1/segmentation/{seg}").json()["groups"]]


@pytest.mark.parametrize("kind, how", USES)
def test_a_group_that_is_named_is_not_removed(stack, kind, how):
    base = make(stack, "manual")
    user = use(stack, kind, how, base)
    refused = change_groups(stack, base, 409, groups=WITHOUT_ONE)
    assert refused["errors"] == [{
        "pointer": "/groups", "detail": f"`one` is named by the {kind} {user}"}]
    assert names(stack, base) == ["zero", "one"]
    stack.call("DELETE", f"/v1/{kind}/{user}", key="admin")
    change_groups(stack, base, groups=WITHOUT_ONE)


@pytest.mark.parametrize("kind, how", USES + [("segmentation", "alternative")])
def test_an_alternative_that_is_named_is_not_removed(stack, kind, how):
    base = running(stack, "zero", "one")
    if how == "alternative":
        user = make(stack, "rule", [{"name": "in", "rule": {
            "alternative": {"experiment": base, "in": ["one"]}}}])
    else:
        user = use(stack, kind, how, base)
    refused = patch(stack, base, 409, alternatives=[{"name": "control"}, {"name": "zero"}])
    assert refused["/request/alternatives"] == f"`one` is named by the {kind} {user}"
    patch(stack, base, 200, name="other")
    stack.call("DELETE", f"/v1/{kind}/{user}", key="admin")
    patch(stack, base, 200, alternatives=[{"name": "control"}, {"name": "zero"}])


def test_all_users_of_what_would_be_removed_are_named(stack):
    base = make(stack, "manual", ("zero", "one", "two"))
    users = [use(stack, "segmentation", "eq", base), use(stack, "experiment", "user", base)]
    others = make(stack, "rule", [{"name": "in", "rule": {
        "group": {"segmentation": base, "starts_with": "o"}}}])
    refused = change_groups(stack, base, 409, groups=WITHOUT_ONE)
    said = [e["detail"] for e in refused["errors"]]
    assert sorted(said) == sorted([f"`one` is named by the segmentation {users[0]}",
                                   f"`one` is named by the experiment {users[1]}"])
    assert others not in str(refused)
    change_groups(stack, base, groups=[{"id": 0, "name": "zero"}, {"id": 1, "name": "one"}])


def test_a_group_under_a_new_number_is_another_group(stack):
    base = make(stack, "manual")
    use(stack, "segmentation", "eq", base)
    change_groups(stack, base, 409, groups=[{"id": 0, "name": "zero"}, {"id": 7, "name": "one"}])


def test_an_alternative_that_its_own_criteria_name_is_not_removed(stack):
    base = running(stack, "one")
    patch(stack, base, 200, criteria={"type": "rule", "filters": {"not": {
        "alternative": {"experiment": base, "eq": "one"}}}})
    refused = patch(stack, base, 409, alternatives=[{"name": "control"}])
    assert refused["/request/alternatives"] == f"`one` is named by the experiment {base}"
    patch(stack, base, 200, alternatives=[{"name": "control"}], criteria=None)


def test_a_form_that_would_remove_a_named_group_says_who_names_it(stack):
    editor, base = Person(stack, "editor"), make(stack, "manual")
    user = use(stack, "experiment", "user", base)
    form = values(editor.get(f"/admin/segmentation/{base}/edit").text)
    form["groups.1.remove"] = "yes"
    answer = editor.post(f"/admin/segmentation/{base}/change", **form)
    assert answer.status_code == 409
    assert f"`one` is named by the experiment {user}" in html.unescape(answer.text)
    assert names(stack, base) == ["zero", "one"]


def test_a_form_that_would_remove_a_named_alternative_says_who_names_it(stack):
    editor, base = Person(stack, "editor"), running(stack, "one")
    user = use(stack, "segmentation", "eq", base)
    form = values(editor.get(f"/admin/experiment/{base}/edit").text)
    row = next(n for n, value in form.items() if value == "one").rpartition(".")[0]
    answer = editor.post(f"/admin/experiment/{base}/change", **{**form, f"{row}.remove": "yes"})
    assert answer.status_code == 409
    assert f"`one` is named by the segmentation {user}" in html.unescape(answer.text)


def test_a_rule_and_the_removal_of_what_it_names_are_not_both_saved(stack):
    for _ in range(10):
        base = make(stack, "manual")
        request = body("references", criteria=CRITERIA["user"](base))
        rule = {"id": new_id("seg")[:40], "type": "rule", "name": "a name",
                "groups": [{"name": "in", "rule": RULES["eq"](base)}]}
        gone, made, defined = (a.status_code for a in at_once([
            lambda: stack.call("PATCH", f"/v1/segmentation/{base}", key="admin",
                               json={"groups": WITHOUT_ONE}),
            lambda: stack.call("POST", "/v1/segmentation", key="admin", json=rule),
            lambda: stack.call("POST", "/v1/experiment/create", key="admin",
                               json={"request": request})]))
        assert (gone, made, defined) in {(200, 422, 400), (409, 201, 200),
                                         (409, 201, 400), (409, 422, 200)}
        assert (gone == 200) == (names(stack, base) == ["zero"])


def test_a_rule_and_the_removal_of_its_alternative_are_not_both_saved(stack):
    for _ in range(10):
        base = running(stack, "one")
        request = body("references", criteria=CRITERIA["rule"](base))
        gone, defined = (a.status_code for a in at_once([
            lambda: stack.call("PATCH", f"/v1/experiment/{base}", key="admin",
                               json={"request": {"alternatives": [{"name": "control"}]}}),
            lambda: stack.call("POST", "/v1/experiment/create", key="admin",
                               json={"request": request})]))
        assert (gone, defined) in {(200, 400), (409, 200)}


