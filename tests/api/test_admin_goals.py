# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of goals and layers, and the buttons of an experiment."""

import re
import urllib.parse

import pytest

from enrols import alternative, enroll, rows, running, somebody
from goals import goal
from layers import new_layer
from lookups import admin, new_id
from pages import text_of_page

HOSTILE = "<script>alert('x')</script>\u202e\"&/?"


def known(stack, name):
    answer = stack.call("GET", "/v1/goal/list?limit=1000")
    return next((g for g in answer.json()["goals"] if g["name"] == name), None)


@pytest.mark.smoke
def test_a_goal_is_defined_changed_and_retired_by_forms(stack, editor):
    name = new_id("goal") + HOSTILE
    answer = editor.post("/admin/goals", name=name, test="mwu", page="Buy", back="/admin/goals")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/goals")
    assert (known(stack, name)["test"], known(stack, name)["page"]) == ("mwu", "Buy")
    path = urllib.parse.quote(name, safe="")
    listed = editor.get(f"/admin/goals?after={path[:-7]}")
    assert f'href="/admin/goal/{path}"' in listed.text
    text = text_of_page(editor.get(f"/admin/goal/{path}"))
    assert 'value="mwu" checked' in text and 'value="Buy"' in text
    assert editor.post(f"/admin/goal/{path}", test="chi2", description="d").status_code == 303
    assert known(stack, name)["page"] is None
    assert (known(stack, name)["test"], known(stack, name)["description"]) == ("chi2", "d")
    assert f'href="/admin/goal/{path}/retire"' in editor.get(f"/admin/goal/{path}").text
    assert editor.post(f"/admin/goal/{path}/retire").status_code == 303
    assert known(stack, name)["retired"]
    assert "Retired: no longer recorded" in text_of_page(editor.get(f"/admin/goal/{path}"))
    assert editor.get("/admin/goal/nothing").status_code == 404


def test_a_goal_that_is_refused_keeps_what_was_typed(stack, editor):
    there = goal(stack)
    text = text_of_page(editor.post("/admin/goals", name=there, page=HOSTILE, test="mwu"), 409)
    assert 'role="alert"' in text and 'id="name-wrong"' in text
    assert HOSTILE in text and 'value="mwu" checked' in text
    text = text_of_page(editor.post(f"/admin/goal/{there}", test="t", description=HOSTILE), 422)
    assert "must be chi2 or mwu" in text and HOSTILE in text
    assert known(stack, there)["description"] == ""


def test_a_layer_is_created_assigned_freed_and_deleted_by_forms(stack, editor):
    layer, one, two = new_id("l")[:30], running(stack, "b"), running(stack, "b")
    form = {"id": layer, "unit": "user", "description": HOSTILE, "back": "/admin/layers"}
    assert editor.post("/admin/layers", **form).headers["Location"] == "/admin/layers"
    assert "No experiment is in it" in text_of_page(editor.get(f"/admin/layer/{layer}"))
    for exp, size in ((one, "2500"), (two, "5000")):
        form = {"experiment": exp, "size:number": size}
        assert editor.post(f"/admin/layer/{layer}", **form).status_code == 303
    text = text_of_page(editor.get(f"/admin/layer/{layer}"))
    assert 'x="150" y="8" width="300"' in text and "slots 2500 to 7499" in text
    assert HOSTILE in text and "2500 of 10000 slots are free" in text
    assert admin(stack, "GET", one)["layer"] == {"id": layer, "slots": [[0, 2499]]}
    text = text_of_page(editor.post(f"/admin/layer/{layer}/delete"), 409)
    assert one in text and two in text
    for exp in (one, two):
        assert editor.post(f"/admin/layer/{layer}", experiment=exp, do="free").status_code == 303
    assert editor.post(f"/admin/layer/{layer}/delete").status_code == 303
    assert editor.get(f"/admin/layer/{layer}").status_code == 404


def test_a_layer_is_deleted_only_after_a_question(stack, editor):
    layer, exp = new_layer(stack), running(stack, "b")
    assert f'href="/admin/layer/{layer}/delete"' in editor.get(f"/admin/layer/{layer}").text
    editor.post(f"/admin/layer/{layer}", **{"experiment": exp, "size:number": "10"})
    asked = editor.get(f"/admin/layer/{layer}/delete").text
    assert f'href="/admin/experiment/{exp}/setup"' in asked and 'class="danger"' not in asked
    editor.post(f"/admin/layer/{layer}", experiment=exp, do="free")
    assert editor.post(f"/admin/layer/{layer}", do="delete").status_code == 422
    assert 'class="danger"' in editor.get(f"/admin/layer/{layer}/delete").text
    assert editor.post(f"/admin/layer/{layer}/delete").status_code == 303
    assert editor.get(f"/admin/layer/{layer}/delete").status_code == 404


def test_a_goal_is_retired_only_after_a_question(stack, editor):
    name = goal(stack)
    assert editor.post(f"/admin/goal/{name}", do="retire").status_code == 303
    assert not known(stack, name)["retired"]
    assert 'class="danger"' in editor.get(f"/admin/goal/{name}/retire").text
    assert editor.post(f"/admin/goal/{name}/retire").status_code == 303
    assert known(stack, name)["retired"]
    asked = editor.get(f"/admin/goal/{name}/retire").text
    assert "retired already" in asked and 'class="danger"' not in asked
    assert editor.get("/admin/goal/nothing/retire").status_code == 404


def test_refused_slots_are_shown_beside_their_field(stack, editor):
    layer, exp = new_id("l")[:30], running(stack, "b")
    answer = editor.post("/admin/layers", id="a b", unit="device", description=HOSTILE)
    text = text_of_page(answer, 422)
    assert 'id="id-wrong"' in text and HOSTILE in text
    assert 'value="device" selected' in text
    editor.post("/admin/layers", id=layer, unit="user")
    assert editor.post("/admin/layers", id=layer, unit="user").status_code == 409
    form = {"experiment": exp, "size:number": "many"}
    text = text_of_page(editor.post(f"/admin/layer/{layer}", **form), 422)
    assert 'id="size-wrong"' in text and 'value="many"' in text and f'value="{exp}"' in text
    assert editor.post(f"/admin/layer/{layer}").status_code == 422
    assert layer in text_of_page(editor.get(f"/admin/layers?after={layer[:-1]}"))


def test_a_viewer_reads_goals_and_layers_only(stack, viewer):
    name, exp = goal(stack), running(stack, "b")
    assert viewer.get("/admin/goals").status_code == 200
    assert viewer.get("/admin/layers").status_code == 200
    assert viewer.get(f"/admin/goal/{name}").status_code == 200
    for answer in (viewer.post("/admin/goals", name="x"),
                   viewer.post(f"/admin/goal/{name}/retire"),
                   viewer.get(f"/admin/goal/{name}/retire"),
                   viewer.post("/admin/layers", id="x", unit="user"),
                   viewer.post("/admin/layer/x/delete"), viewer.get("/admin/layer/x/delete"),
                   viewer.post(f"/admin/experiment/{exp}/delete"),
                   viewer.get(f"/admin/experiment/{exp}/delete")):
        assert answer.status_code == 403
    assert not known(stack, name)["retired"]


def test_setup_says_what_each_button_will_do_in_this_state(stack, editor):
    exp, who = running(stack, "b", state="default"), somebody()
    setup = f"/admin/experiment/{exp}/setup"
    text = text_of_page(editor.get(setup))
    assert "Now everybody sees control" in text.replace("<strong>", "").replace("</strong>", "")
    assert ">Start<" in text and ">Resume<" not in text
    assert editor.post(f"/admin/experiment/{exp}/state", state="enabled").status_code == 303
    assert ">Start<" not in text_of_page(editor.get(setup))
    enroll(stack, exp, who)
    won = {"state": "default", "default": "b"}
    assert editor.post(f"/admin/experiment/{exp}/state", **won).status_code == 303
    stored = admin(stack, "GET", exp)
    assert (stored["state"], stored["default"]) == ("default", "b")
    editor.post(f"/admin/experiment/{exp}/stop")
    text = text_of_page(editor.get(setup))
    assert ">Resume<" in text and ">Stop<" not in text


def test_setup_tells_a_viewer_all_of_a_definition(stack, viewer):
    name, layer = goal(stack), new_layer(stack)
    exp = running(stack, {"name": "b", "payload": {"colour": "red"}}, data={
        "url": "https://a.example/", "modulus": 4}, goals=[{"name": name, "test": "mwu"}],
        layer={"id": layer, "size": 2500}, plan={"baseline": 0.1, "effect": 0.02})
    text = re.sub(r"<[^>]*>", "", text_of_page(viewer.get(f"/admin/experiment/{exp}/setup")))
    for told in (f"{name} tested by mwu", '{"colour":"red"}', f"{layer}, 2500 of 10000 slots",
                 "0 to 2499", "https://a.example/", "one in 4", "baseline rate 0.1",
                 "minimum detectable effect 0.02"):
        assert told in text, told


def test_setup_says_when_it_ended_only_of_what_was_started(stack, editor):
    exp = running(stack, "b", state="default")
    setup = f"/admin/experiment/{exp}/setup"
    assert "ended" not in text_of_page(editor.get(setup))
    for state in ("enabled", "default"):
        assert editor.post(f"/admin/experiment/{exp}/state", state=state).status_code == 303
    ended_at = admin(stack, "GET", exp)["ended_at"]
    assert f"default, ended {ended_at}" in text_of_page(editor.get(setup))


def test_an_experiment_is_deleted_only_after_a_question(stack, editor):
    exp, who = running(stack, HOSTILE), somebody()
    enroll(stack, exp, who)
    page = text_of_page(editor.get(f"/admin/experiment/{exp}/delete"))
    version = '"' + page.partition('name="version" value=""')[2].partition('"')[0] + '"'
    admin(stack, "PATCH", exp, {"name": "meanwhile"})
    gone = f"/admin/experiment/{exp}/delete"
    assert editor.post(gone, version=version).status_code == 412
    assert len(rows(stack, "enrolment", exp)) == 1
    answer = editor.post(gone, back="/admin/experiments")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/experiments")
    assert stack.sql("select count(*) from assay.experiment where id = %s", exp) == [(0,)]
    assert alternative(stack, exp, who)["reason"] == "UNKNOWN"
    assert editor.post(gone).status_code == 404
