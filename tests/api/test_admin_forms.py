# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms in which experiments are defined and changed: what they store, refuse and keep."""

import html
import re

import pytest

from enrols import running
from goals import goal
from lookups import admin, day, new_id, submit
from pages import Person, values

HOSTILE = "<script>alert('x')</script>\u202e\"&"


def fields(**more):
    """A form that is right; names as in Python, with __ for a point."""
    given = {"request__expId": new_id("e")[:40], "request__name": "a name",
             "request__description": "a text", "request__data__startDate": day(),
             "request__data__client": "c", "request__data__key": "k", **more}
    return {name.replace("__", "."): value for name, value in given.items()}


def make(editor, status=303, **more):
    form = fields(**more)
    answer = editor.post("/admin/experiments", **form)
    assert answer.status_code == status, answer.text
    return form["request.expId"], answer


def test_a_new_form_begins_with_today_and_three_empty_rows(editor):
    answer = editor.get("/admin/experiments/new")
    assert answer.status_code == 200 and len(answer.content) < 50_000
    found = values(answer.text)
    assert found["request.data.startDate"] == day()
    assert found["request.alternatives.0.name"] == "control"
    assert {f"criteria.user.{n}.field" for n in range(3)} <= set(found)
    assert {f"criteria.device.{n}.name" for n in range(3)} <= set(found)


def test_a_viewer_cannot_define_or_change(stack):
    viewer, exp = Person(stack, "viewer"), running(stack, "b")
    assert viewer.get("/admin/experiments/new").status_code == 403
    assert viewer.get(f"/admin/experiment/{exp}/edit").status_code == 403
    assert viewer.post("/admin/experiments", **fields()).status_code == 403
    changed = {"request.name": "other"}
    assert viewer.post(f"/admin/experiment/{exp}/change", **changed).status_code == 403
    assert admin(stack, "GET", exp)["expName"] == "a name"


def test_a_form_defines_what_the_api_would(stack, editor):
    name = goal(stack)
    exp, answer = make(
        editor, request__data__endDate=day(9), request__data__url="https://a.example/",
        request__data__modulus="4", request__traffic="12.5", request__state="enabled",
        request__alternatives__0__name="b", request__alternatives__0__weight="2",
        request__alternatives__0__payload='{"colour": "red"}',
        request__alternatives__2__name="control", request__alternatives__2__weight="1",
        request__alternatives__2__enabled="no", request__goals__0__name=name,
        request__goals__1__name=name, request__goals__1__test="mwu",
        request__plan__baseline="0.1", request__plan__effect="0.02")
    assert answer.headers["Location"] == f"/admin/experiment/{exp}/setup"
    stored = admin(stack, "GET", exp)
    assert stored["expData"] == {
        "startDate": day(), "endDate": day(9), "client": "c", "key": "k",
        "url": "https://a.example/", "modulus": 4}
    assert (stored["traffic"], stored["state"], stored["criteria"]) == (12.5, "enabled", None)
    assert stored["alternatives"] == [
        {"name": "b", "weight": 2, "payload": {"colour": "red"}, "enabled": True},
        {"name": "control", "weight": 1, "payload": None, "enabled": False}]
    assert stored["goals"] == [name, {"name": name, "test": "mwu"}]
    assert stored["createdBy"] == editor.name
    noted = stack.sql("select action, account, before from assay.audit where target = %s", exp)
    assert noted == [("POST /admin/experiments", editor.name, None)]


ROWS = [
    ("user", {"user__0__field": "plan", "user__0__value": 'free, "5", 5, "a, b"',
              "user__2__field": "age", "user__2__operator": ">=", "user__2__value": "18",
              "user__4__field": "age", "user__4__operator": "<", "user__4__value": "65"},
     {"plan": ["free", "5", 5, "a, b"], "age": {">=": 18, "<": 65}}),
    ("device", {"device__1__name": "os", "device__1__value": "kai",
                "device__2__name": "x", "device__2__operator": "ISNULL",
                "device__3__name": "n", "device__3__operator": "RANGE",
                "device__3__value": "1, 2", "device__4__name": "y",
                "device__4__operator": "NIN", "device__4__value": "p, true"},
     [{"name": "os", "operator": "EQ", "value": "kai"}, {"name": "x", "operator": "ISNULL"},
      {"name": "n", "operator": "RANGE", "value": {"start": 1, "end": 2}},
      {"name": "y", "operator": "NIN", "value": ["p", True]}]),
]


@pytest.mark.parametrize("kind, rows, filters", ROWS)
def test_rows_become_criteria_and_are_rows_again_in_the_form(stack, editor, kind, rows, filters):
    exp, _ = make(editor, criteria__type=kind,
                  **{"criteria__" + name: value for name, value in rows.items()})
    assert admin(stack, "GET", exp)["criteria"] == {"type": kind, "filters": filters}
    page = editor.get(f"/admin/experiment/{exp}/edit").text
    assert editor.post(f"/admin/experiment/{exp}/change", **values(page)).status_code == 303
    assert admin(stack, "GET", exp)["criteria"] == {"type": kind, "filters": filters}


def test_criteria_that_fit_no_row_are_json(stack, editor):
    rule = '{"type": "rule", "filters": {"kind": {"eq": "user"}}}'
    exp, _ = make(editor, criteria__type="json", criteria__json=rule)
    found = values(editor.get(f"/admin/experiment/{exp}/edit").text)
    assert found["criteria.type"] == "json" and '"rule"' in found["criteria.json"]
    _, answer = make(editor, 422, criteria__type="json", criteria__json="{oops")
    assert "line 1, column 2" in answer.text and "{oops" in html.unescape(answer.text)


WRONG = [
    ({"request__expId": "a b"}, "expId-wrong"),
    ({"request__name": ""}, "name-wrong"),
    ({"request__data__startDate": "2001-01-01"}, "start-wrong"),
    ({"request__data__endDate": "soon"}, "end-wrong"),
    ({"request__data__modulus": "many"}, "modulus-wrong"),
    ({"request__traffic": "200"}, "traffic-wrong"),
    ({"request__alternatives__1__name": "b", "request__alternatives__1__weight": "-1"},
     "a0-wrong"),
    ({"request__alternatives__1__name": "b", "request__alternatives__1__payload": "{"},
     "a0-wrong"),
    ({"request__goals__0__test": "mwu"}, "g0-wrong"),
    ({"criteria__type": "user", "criteria__user__1__value": "x"}, "u0-wrong"),
    ({"criteria__type": "user", "criteria__user__0__field": "a",
      "criteria__user__0__operator": "<=", "criteria__user__0__value": "true"}, "u0-wrong"),
    ({"criteria__type": "device", "criteria__device__0__name": "a",
      "criteria__device__0__operator": "RANGE", "criteria__device__0__value": "1"}, "d0-wrong"),
    ({"request__layer__id": "nothing"}, "layer-wrong"),
    ({"request__plan__baseline": "x", "request__plan__effect": "0.1"}, "baseline-wrong"),
]


@pytest.mark.parametrize("more, place", WRONG)
def test_problems_are_shown_beside_their_fields_and_input_is_kept(stack, editor, more, place):
    given = {"request__description": HOSTILE, "request__data__client": HOSTILE, **more}
    exp, answer = make(editor, 422, **given)
    assert 'role="alert"' in answer.text and f'id="{place}"' in answer.text
    assert re.search(rf'aria-invalid="true" aria-describedby="{place}"', answer.text)
    assert "<script>" not in answer.text
    found = values(answer.text)
    typed = {k: v for k, v in fields(**{"request__expId": exp, **given}).items() if v}
    typed.pop("request.layer.id", None)  # only what there is can be chosen
    # Rows close up.
    typed = {re.sub(r"alternatives\.1|user\.1", lambda m: m.group()[:-1] + "0", k): v
             for k, v in typed.items()}
    assert {name: found[name] for name in typed} == typed
    assert stack.sql("select count(*) from assay.experiment where id = %s", exp) == [(0,)]


UNUSED = [("", {"user__0__field": "plan", "user__0__value": "free"}),
          ("", {"json": "{}"}),
          ("user", {"device__0__name": "os", "device__0__value": "kai"}),
          ("json", {"json": "{}", "user__0__field": "plan", "user__0__value": "free"})]


@pytest.mark.parametrize("kind, rows", UNUSED)
def test_rows_that_the_choice_does_not_use_are_not_dropped_in_silence(stack, editor, kind, rows):
    typed = {"criteria__" + name: value for name, value in rows.items()}
    exp, answer = make(editor, 422, criteria__type=kind, **typed)
    assert re.search(r'<select id="type"[^>]* aria-describedby="type-wrong"', answer.text)
    assert "which this choice does not use" in answer.text.partition('id="type-wrong"')[2][:99]
    found = values(answer.text)
    assert found["criteria.type"] == kind
    typed = {name.replace("__", "."): value for name, value in typed.items()}
    assert {name: found[name] for name in typed} == typed
    assert stack.sql("select count(*) from assay.experiment where id = %s", exp) == [(0,)]


def test_an_id_is_taken_once(stack, editor):
    exp = submit(stack, "c")
    _, answer = make(editor, 409, request__expId=exp, request__name="another")
    assert 'id="expId-wrong"' in answer.text
    assert admin(stack, "GET", exp)["expName"] == "a name"


def test_the_audience_is_counted_without_storing_anything(stack, editor):
    word, who = new_id("city"), new_id("user")
    stack.call("PUT", f"/v1/user/{who}/profile", json={"city": word})
    rows = {"criteria__type": "user", "criteria__user__0__field": "city",
            "criteria__user__0__value": word}
    exp, answer = make(editor, 200, do="count", **rows)
    assert f"1 match now <code>{who}</code>" in answer.text
    assert values(answer.text)["request.expId"] == exp
    assert stack.sql("select count(*) from assay.experiment where id = %s", exp) == [(0,)]
    assert stack.sql("select count(*) from assay.audit where target = %s", exp) == [(0,)]
    _, answer = make(editor, 200, do="count")
    assert "Everybody is in it." in answer.text


def test_a_form_changes_renames_removes_and_clears(stack, editor):
    exp = running(stack, {"name": "b", "payload": 1}, {"name": "c"}, data={"url": "u"},
                  goals=[goal(stack)], traffic=50)
    found = values(editor.get(f"/admin/experiment/{exp}/edit").text)
    at = {found[f"request.alternatives.{n}.name"]: n for n in range(3)}
    found.update({"request.name": "new", "request.data.url": "", "request.goals.0.name": "",
                  f"request.alternatives.{at['b']}.rename": "b2",
                  f"request.alternatives.{at['c']}.remove": "yes"})
    answer = editor.post(f"/admin/experiment/{exp}/change", **found)
    assert (answer.status_code, answer.headers.get("Location")) == (
        303, f"/admin/experiment/{exp}/setup")
    stored = admin(stack, "GET", exp)
    assert (stored["expName"], stored["createdBy"]) == ("new", "a test")
    assert (stored["updatedBy"], stored["traffic"]) == (editor.name, 50)
    assert stored["expData"].get("url") is None and stored["goals"] is None
    assert [(a["name"], a["payload"]) for a in stored["alternatives"]] == [
        ("control", None), ("b2", 1)]


def test_a_bad_payload_is_marked_in_its_row_when_a_row_before_it_is_removed(stack, editor):
    exp = running(stack, "b", "c", "d")
    found = values(editor.get(f"/admin/experiment/{exp}/edit").text)
    at = {found[f"request.alternatives.{n}.name"]: n for n in range(4)}
    bad, gone = max(at["c"], at["d"]), min(at["c"], at["d"], at["b"])
    found[f"request.alternatives.{gone}.remove"] = "yes"
    found[f"request.alternatives.{bad}.payload"] = "{"
    answer = editor.post(f"/admin/experiment/{exp}/change", **found)
    assert answer.status_code == 422
    assert re.findall(r'id="(a\d-wrong)"', answer.text) == [f"a{bad}-wrong"]


def test_a_form_of_an_older_version_does_not_undo_a_change(stack, editor):
    exp = submit(stack, "c")
    found = values(editor.get(f"/admin/experiment/{exp}/edit").text)
    admin(stack, "PATCH", exp, {"name": "meanwhile"})
    answer = editor.post(f"/admin/experiment/{exp}/change", **found)
    assert answer.status_code == 412
    assert "has been changed" in answer.text
    now = re.search(r'<a href="([^"]*)">the current definition</a>', answer.text).group(1)
    found = values(editor.get(now).text)
    assert found["request.name"] == "meanwhile"
    assert editor.post(f"/admin/experiment/{exp}/change", **found).status_code == 303
    assert admin(stack, "GET", exp)["expName"] == "meanwhile"
    assert editor.get("/admin/experiment/nothing/edit").status_code == 404
