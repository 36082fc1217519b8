# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions as a file: the same bytes for the same definitions, there and back."""

import json

import pytest

from lookups import admin, await_status, body, day
from stack import Stack, servers_of

RULE = {"all": [{"group": {"segmentation": "z-base", "eq": "one"}},
                {"not": {"alternative": {"experiment": "exp", "eq": "B"}}}]}


@pytest.fixture(scope="module", params=servers_of(__name__))
def both(request):
    """Two installations: one with definitions, one without."""
    pair = [Stack(request.param), Stack(request.param)]
    yield pair
    for s in pair:
        s.stop()


def export(stack):
    return stack.assay("export", "definitions").stdout


def load(stack, tmp_path, document, code=0):
    path = tmp_path / "definitions.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    done = stack.assay("import", "definitions", str(path), check=False)
    assert done.returncode == code, done.stderr
    return done.stderr


def define_all(stack):
    """One of each kind; what needs others has an id before theirs."""
    for path, request in [
            ("goal", {"name": "a buy/ä", "test": "mwu", "page": "Thanks"}),
            ("layer", {"id": "layer", "unit": "user", "description": "x"}),
            ("segmentation", {"id": "z-base", "type": "manual", "name": "n", "overlap": True,
                              "context": "course:x", "parameters": {"b": 1.50, "aa": None},
                              "groups": [{"id": 7, "name": "one"}, {"name": "two"}]})]:
        answer = stack.call("POST", f"/v1/{path}", key="admin", json=request)
        assert answer.status_code == 201, answer.text
    admin(stack, "POST", "create", body(
        "files", expId="exp", alternatives=[{"name": "control", "weight": 1},
                                            {"name": "B", "weight": 3, "payload": {"c": "/x"}}],
        default="B", traffic=12.5, state="track", goals=["a buy/ä"],
        layer={"id": "layer", "slots": [[0, 99], [200, 299]]}, data={"extra": [1, {"z": 2}]}))
    answer = stack.call("POST", "/v1/segmentation", key="admin", json={
        "id": "a-rule", "type": "rule", "name": "n", "active": False,
        "groups": [{"name": "low", "rule": RULE}]})
    assert answer.status_code == 201, answer.text
    admin(stack, "POST", "create", body("files", expId="b-live", criteria={
        "type": "rule", "filters": {"group": {"segmentation": "a-rule", "eq": "low"}}}))
    await_status(stack, "exp")
    admin(stack, "POST", "exp/stop")
    answer = stack.call("POST", "/v1/experiment/c-named/enroll", json={
        "user_id": "u", "alternatives": {"D": 2}})
    assert answer.json()["reason"] == "DEFAULT", answer.text


def test_an_export_into_an_empty_installation_exports_the_same_bytes(both, tmp_path):
    full, empty = both
    assert json.loads(export(empty)) == {"goals": [], "layers": [], "segmentations": [],
                                         "experiments": []}
    define_all(full)
    # One that began long ago is carried over, too.
    full.sql("update assay.experiment set start_date = '2020-01-01', "
             "data = data || '{\"startDate\": \"2020-01-01\"}' where id = 'b-live'")
    document = export(full)
    assert export(full) == document
    assert [d["id"] for d in json.loads(document)["segmentations"]] == ["a-rule", "z-base"]
    assert "7 made, 0 changed, 0 as they were, 0 bad" in load(empty, tmp_path, document)
    await_status(empty, "exp", "STOPPED")
    assert export(empty) == document
    versions = "select id, version, updated_at from assay.experiment union all " \
               "select id, version, updated_at from assay.segmentation order by 1"
    before = empty.sql(versions)
    assert "0 made, 0 changed, 7 as they were, 0 bad" in load(empty, tmp_path, document)
    assert (export(empty), empty.sql(versions)) == (document, before)


def test_differences_are_imported_and_unnamed_definitions_stay(both, tmp_path):
    full = both[0]
    document = json.loads(export(full))
    exp = next(e for e in document["experiments"] if e["expId"] == "exp")
    base = next(s for s in document["segmentations"] if s["id"] == "z-base")
    exp.update(traffic=50, state="default", stopped=False)
    base["groups"].append({"name": "three"})
    document["goals"][0]["test"] = "chi2"
    said = load(full, tmp_path, {"experiments": [exp], "segmentations": [base],
                                 "goals": document["goals"]})
    assert "0 made, 3 changed, 0 as they were, 0 bad" in said
    after = json.loads(export(full))
    base["groups"][2]["id"] = 9
    assert after == dict(document, experiments=after["experiments"])
    assert next(e for e in after["experiments"] if e["expId"] == "exp") == exp


def test_problems_are_reported_with_their_places_and_the_rest_is_imported(both, tmp_path):
    full = both[0]
    wrong = body("files", expId="wrong", criteria={
        "type": "rule", "filters": {"any": [{"kind": {"eq": "user"}}, {"kind": {"lt": 1}}]}})
    said = load(full, tmp_path, {
        "goals": [{"name": "good"}, {"name": "x", "test": "t"}, {"test": "mwu"}],
        "layers": [{"id": "layer", "unit": "device", "description": "x"}],
        "segmentations": [
            {"id": "s1", "type": "rule", "name": "n", "groups": [
                {"name": "a", "rule": {"group": {"segmentation": "nobody", "eq": "x"}}}]},
            {"id": "exp", "type": "manual", "name": "n", "groups": []}, 5],
        "experiments": [wrong, dict(wrong, expId="late", criteria=None,
                                    data=dict(wrong["data"], endDate="2020-01-01",
                                              startDate=day()))]}, 1)
    for place in ("/goals/1/test: must be", "/goals/2/name: is missing", "/layers/0: is there",
                  "/segmentations/0/groups/0/rule/group: there is no segmentation `nobody`",
                  "/segmentations/1/id: is taken", "/segmentations/2/id: is missing",
                  "/experiments/0/criteria/filters/any/1/kind/lt: cannot be used",
                  "/experiments/1 data.endDate: End_Date should be"):
        assert place in said, (place, said)
    assert "1 made, 0 changed, 0 as they were, 8 bad" in said
    after = json.loads(export(full))
    assert [g["name"] for g in after["goals"]] == ["a buy/ä", "good"]
    assert not {"s1", "wrong", "late"} & {
        d.get("id", d.get("expId")) for d in after["segmentations"] + after["experiments"]}


@pytest.mark.parametrize("text", ["", "[]", "5", "{", '{"goals": ['])
def test_an_invalid_document_is_refused(both, tmp_path, text):
    assert "assay import: " in load(both[0], tmp_path, text, 1)


def test_a_missing_file_is_reported(both):
    done = both[0].assay("import", "definitions", "/nowhere/x", check=False)
    assert done.returncode == 1 and "No such file" in done.stderr


def noted(stack, target):
    """The rows of the audit log about target."""
    return stack.sql("select account, before, after from audit where target = %s"
                     " and action = 'import definitions' order by nr", target)


def test_an_import_is_in_the_audit_log_with_what_was_before(both, tmp_path):
    stack = both[1]
    request = body("files", expId="noted", description="first", stopped=True)
    goal = {"name": "noted-goal", "test": "chi2"}
    load(stack, tmp_path, {"experiments": [request], "goals": [goal]})
    (account, before, after), = noted(stack, "noted")
    assert account.startswith("cli:") and before is None
    assert (after["expDescription"], after["status"]) == ("first", "STOPPED")
    assert len(noted(stack, "noted-goal")) == 1
    request.update(description="second", state="default", stopped=False)
    load(stack, tmp_path, {"experiments": [request], "goals": [goal]})
    # Description, state and status are one change; the goal is as it was.
    (_, before, after), = noted(stack, "noted")[1:]
    assert (before["expDescription"], before["state"], before["status"]) == (
        "first", "enabled", "STOPPED")
    assert (after["expDescription"], after["state"]) == ("second", "default")
    assert after["status"] != "STOPPED"
    assert len(noted(stack, "noted-goal")) == 1


def test_an_import_of_an_experiment_that_has_begun_is_audited_at_the_time_of_the_import(
        both, tmp_path):
    stack = both[1]
    request = body("files", expId="begun", stopped=True)
    request["data"]["startDate"] = day(-400)
    load(stack, tmp_path, {"experiments": [request]})
    assert stack.sql("select occurred_at > now() - interval '1 hour' from audit"
                     " where target = 'begun'") == [(True,)]
    # It is created as on its first day, and stopped now.
    assert stack.sql("select created_at < now() - interval '399 days',"
                     " updated_at > now() - interval '1 hour' from experiment"
                     " where id = 'begun'") == [(True, True)]


def test_an_import_that_is_refused_leaves_nothing_of_a_definition(both, tmp_path):
    stack = both[1]
    request = body("files", expId="halfway", description="first")
    load(stack, tmp_path, {"experiments": [request]})
    await_status(stack, "halfway")
    request.update(description="second", state="nonsense")
    assert "/experiments/0/state: must be" in load(stack, tmp_path, {"experiments": [request]}, 1)
    assert admin(stack, "GET", "halfway")["expDescription"] == "first"
    assert len(noted(stack, "halfway")) == 1


def rule(seg, name):
    return {"group": {"segmentation": seg, "eq": name}}


def rules(seg, **groups):
    """A segmentation of rules, as a file has it."""
    return {"id": seg, "type": "rule", "name": seg, "groups": [
        {"id": i, "name": name, "rule": r} for i, (name, r) in enumerate(groups.items())]}


def test_a_group_and_the_rule_that_names_it_can_be_removed_by_one_file(both, tmp_path):
    stack, user = both[1], {"kind": {"eq": "user"}}
    base = {"id": "a-named", "type": "manual", "name": "n",
            "groups": [{"id": 0, "name": "stays"}, {"id": 1, "name": "goes"}]}
    naming = rules("b-naming", stays=rule("a-named", "stays"), goes=rule("a-named", "goes"))
    load(stack, tmp_path, {"segmentations": [base, naming]})
    base["groups"].pop()
    naming["groups"].pop()
    said = load(stack, tmp_path, {"segmentations": [base, naming]})
    assert "0 made, 2 changed, 0 as they were, 0 bad" in said


def test_removing_a_group_that_a_rule_names_is_refused_with_the_rule(both, tmp_path):
    stack, user = both[1], {"kind": {"eq": "user"}}
    pair = [rules("e-named", c=user, d=user), rules("d-naming", e=user, f=rule("e-named", "d"))]
    load(stack, tmp_path, {"segmentations": pair})
    del pair[0]["groups"][1]
    said = load(stack, tmp_path, {"segmentations": pair[:1]}, 1)
    assert "/segmentations/0/groups: `d` is named by the segmentation d-naming" in said


def experiment(exp, filters=None, **more):
    """An experiment for those whom the rule lets in, as a file has it."""
    criteria = filters and {"type": "rule", "filters": filters}
    return body("files", expId=exp, criteria=criteria, **more)


def alternative(exp, name):
    return {"alternative": {"experiment": exp, "eq": name}}


def two(*names):
    return [{"name": name, "weight": 1} for name in names]


def documented(stack):
    return {d.get("id", d.get("expId")): d for part in ("segmentations", "experiments")
            for d in json.loads(export(stack))[part]}


def crossed(stack, tmp_path, name):
    """A rule that names an alternative of an experiment whose criteria name a group of it."""
    seg, exp = f"{name}-seg", f"{name}-exp"
    alternatives = two("control", "b", "c")
    load(stack, tmp_path, {"experiments": [experiment(exp, alternatives=alternatives)]})
    groups = rules(seg, x=alternative(exp, "b"), y=alternative(exp, "c"))
    load(stack, tmp_path, {"segmentations": [groups]})
    whole = experiment(exp, rule(seg, "x"), alternatives=alternatives)
    load(stack, tmp_path, {"experiments": [whole]})
    return seg, exp


def removing(seg, exp):
    """What crossed() made, without the alternative and the group that the other one names."""
    left = rules(seg, x=alternative(exp, "b"), y=alternative(exp, "c"))
    left["groups"].pop(0)
    return left, experiment(exp, rule(seg, "y"), alternatives=two("control", "c"))


def test_two_definitions_may_each_remove_what_the_other_one_named(both, tmp_path):
    stack = both[1]
    seg, exp = crossed(stack, tmp_path, "mutual")
    left, right = removing(seg, exp)
    # Alone, and by the API, neither can be.
    answer = stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin",
                        json={"groups": left["groups"]})
    assert (answer.status_code, answer.json()["errors"]) == (409, [
        {"pointer": "/groups", "detail": f"`x` is named by the experiment {exp}"}])
    answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                        json={"request": {"alternatives": right["alternatives"]}})
    assert answer.status_code == 409
    assert f"`b` is named by the segmentation {seg}" in answer.text
    for document in ({"segmentations": [left]}, {"experiments": [right]}):
        before = export(stack)
        assert "is named by the" in load(stack, tmp_path, document, 1)
        assert export(stack) == before
    said = load(stack, tmp_path, {"segmentations": [left], "experiments": [right]})
    assert "0 made, 2 changed, 0 as they were, 0 bad" in said
    found = documented(stack)
    assert found[seg]["groups"] == left["groups"]
    assert found[exp]["criteria"] == right["criteria"]
    assert [a["name"] for a in found[exp]["alternatives"]] == ["control", "c"]
    # One row about each, from what was there to what is there now.
    for target, member, was, now in ((seg, "groups", 2, 1), (exp, "alternatives", 3, 2)):
        _, before, after = noted(stack, target)[-1]
        assert (len(before[member]), len(after[member])) == (was, now)
    assert "0 made, 0 changed, 2 as they were, 0 bad" in load(
        stack, tmp_path, {"segmentations": [found[seg]], "experiments": [found[exp]]})


def test_nothing_of_two_definitions_is_stored_when_a_third_names_what_they_remove(both, tmp_path):
    stack = both[1]
    seg, exp = crossed(stack, tmp_path, "third")
    load(stack, tmp_path, {"experiments": [experiment("third-user", rule(seg, "x"))]})
    left, right = removing(seg, exp)
    before = export(stack)
    said = load(stack, tmp_path, {"segmentations": [left], "experiments": [right]}, 1)
    assert "/segmentations/0/groups: `x` is named by the experiment third-user" in said
    assert f"/experiments/0/alternatives: `b` is named by the segmentation {seg}" in said
    assert "0 made, 0 changed, 0 as they were, 2 bad" in said
    assert export(stack) == before
    # One that is wrong itself does not keep the others back.
    user = experiment("third-user", rule(seg, "y"))
    wrong = experiment("third-wrong", rule("nowhere", "x"))
    said = load(stack, tmp_path, {"segmentations": [left], "experiments": [wrong, right, user]}, 1)
    assert "/experiments/0/criteria/filters/group: there is no segmentation `nowhere`" in said
    assert "0 made, 3 changed, 0 as they were, 1 bad" in said
    assert "third-wrong" not in documented(stack)


def test_two_definitions_that_name_each_other_are_carried_over(both, tmp_path):
    """Neither of them can be made before the other one."""
    full, empty = both
    seg, exp = crossed(full, tmp_path, "cross")
    found = documented(full)
    said = load(empty, tmp_path, {"segmentations": [found[seg]], "experiments": [found[exp]]})
    assert "2 made, 0 changed, 0 as they were, 0 bad" in said
    there = documented(empty)
    assert (there[seg], there[exp]) == (found[seg], found[exp])
    # The same for what one of them adds and the other one names.
    found[seg]["groups"].append({"id": 2, "name": "z", "rule": alternative(exp, "d")})
    found[exp].update(alternatives=two("control", "b", "c", "d"))
    found[exp]["criteria"]["filters"] = rule(seg, "z")
    said = load(empty, tmp_path, {"segmentations": [found[seg]], "experiments": [found[exp]]})
    assert "0 made, 2 changed, 0 as they were, 0 bad" in said
    assert documented(empty)[exp]["criteria"] == found[exp]["criteria"]


def test_rules_of_new_segmentations_still_form_no_cycle(both, tmp_path):
    pair = [rules("cycle-a", x=rule("cycle-b", "x")), rules("cycle-b", x=rule("cycle-a", "x"))]
    before = export(both[1])
    said = load(both[1], tmp_path, {"segmentations": pair}, 1)
    assert "/segmentations/0/groups/0/rule/group: there is no segmentation `cycle-b`" in said
    assert "0 made, 0 changed, 0 as they were, 2 bad" in said and export(both[1]) == before


def test_names_that_a_file_swaps_stay_as_it_has_them_elsewhere(both, tmp_path):
    """A rename is followed by what the file does not have, and not by what it has."""
    stack, user = both[1], {"kind": {"eq": "user"}}
    base = rules("swap-base", one=user, two=user)
    load(stack, tmp_path, {"segmentations": [base], "experiments": [
        experiment("swap-in", rule("swap-base", "one")),
        experiment("swap-out", rule("swap-base", "one"))]})
    base["groups"][0]["name"], base["groups"][1]["name"] = "two", "one"
    document = {"segmentations": [base],
                "experiments": [experiment("swap-in", rule("swap-base", "one"))]}
    said = load(stack, tmp_path, document)
    assert "0 made, 2 changed, 0 as they were, 0 bad" in said
    found = documented(stack)
    assert found["swap-in"]["criteria"]["filters"] == rule("swap-base", "one")
    assert found["swap-out"]["criteria"]["filters"] == rule("swap-base", "two")
    assert "0 made, 0 changed, 2 as they were, 0 bad" in load(stack, tmp_path, document)
    # A name that the file has no more, but still uses, is wrong at once.
    base["groups"][1]["name"] = "three"
    said = load(stack, tmp_path, document, 1)
    assert "/experiments/0/criteria/filters/group: there is no group `one`" in said
    assert "0 made, 1 changed, 0 as they were, 1 bad" in said


def test_two_experiments_may_swap_their_slots_by_one_file(both, tmp_path):
    stack = both[1]

    def sharing(first, second):
        return {"layers": [{"id": "swapped", "unit": "user"}], "experiments": [
            body("files", expId=exp, layer={"id": "swapped", "slots": [slots]})
            for exp, slots in (("swap-a", first), ("swap-b", second))]}
    load(stack, tmp_path, sharing([0, 99], [100, 199]))
    said = load(stack, tmp_path, sharing([100, 199], [0, 99]))
    assert "0 made, 2 changed, 1 as they were, 0 bad" in said
    found = documented(stack)
    assert [found[exp]["layer"]["slots"] for exp in ("swap-a", "swap-b")] == [
        [[100, 199]], [[0, 99]]]
    _, before, after = noted(stack, "swap-a")[-1]
    assert (before["layer"]["slots"], after["layer"]["slots"]) == ([[0, 99]], [[100, 199]])


def test_a_definition_that_is_in_the_file_twice_is_refused(both, tmp_path):
    pair = [body("files", expId="twice", description=text) for text in ("first", "second")]
    said = load(both[1], tmp_path, {"experiments": pair}, 1)
    assert "/experiments/1/expId: is that of an earlier one in the file" in said
    assert "1 made, 0 changed, 0 as they were, 1 bad" in said
    assert documented(both[1])["twice"]["description"] == "first"
