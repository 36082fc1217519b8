# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner: what a plan takes by the traffic that there is, over the API and in the form of an
experiment; and how the page of an experiment shows its plan."""

import html
import math
import re

import pytest

from enrols import running
from goals import goal
from lookups import admin, day, new_id
from planned import PLAN, add_days, day_of, needed, planned
from result_rows import a_goal, fill, results
from shapes import assert_problem


def plan(stack, status=200, **params):
    answer = stack.call("GET", "/v1/plan", params=params)
    assert answer.status_code == status, answer.text
    return answer.json() if status == 200 else answer


def test_shares_of_the_alternatives_count(stack):
    """Nine of ten in control: each alternative is as precise as its smaller arm."""
    exp = running(stack, {"name": "control", "weight": 9}, {"name": "b", "weight": 1})
    told = plan(stack, experiment=exp, **PLAN)
    per_arm = needed(**PLAN, share=0.1)
    assert told["per_arm"] == per_arm
    # 2 n 0.9 0.1 = per_arm
    assert told["needed"] == math.ceil(per_arm / (2 * 0.9 * 0.1) - 1e-6)


def test_weeks_are_whole_and_say_what_they_can_find(stack):
    exp = running(stack, "b")
    for days in range(0, 7):
        fill(stack, exp, 1 + days % 2, 700, days=days)
    told = plan(stack, experiment=exp, **PLAN)
    assert told["per_day"] == 700
    assert (told["days"], told["weeks"]) == (math.ceil(8144 / 700), 2)
    assert [(x["weeks"], x["participants"]) for x in told["least_effects"]] == [
        (1, 4900), (2, 9800), (4, 19600)]
    for found in told["least_effects"]:
        enough = needed(0.1, found["effect"], 0.05, 0.8)
        less = needed(0.1, found["effect"] - 1e-4, 0.05, 0.8)
        assert 2 * enough <= found["participants"] < 2 * less
    # The other way, too.
    down = plan(stack, experiment=exp, baseline=0.1, effect=-0.02)["least_effects"]
    assert all(x["effect"] < 0 for x in down)


def test_without_traffic_no_week_is_promised(stack):
    told = plan(stack, experiment=running(stack, "b"), **PLAN)
    assert (told["days"], told["weeks"]) == (None, None)
    assert [x["effect"] for x in told["least_effects"]] == [None] * 3


def test_the_baseline_can_be_that_of_a_goal(stack):
    name = a_goal(stack)
    exp = running(stack, "b", goals=[name])
    fill(stack, exp, 1, 400, {name: {1: 60}}, days=3)
    fill(stack, exp, 2, 400, {name: {2: 40}}, days=3)
    # Older than four weeks.
    fill(stack, exp, 2, 400, {name: {1: 400}}, days=40)
    told = plan(stack, experiment=exp, goal=name, effect=0.02)
    assert told["baseline"] == 0.125
    assert told["observed"] == {
        "goal": name, "experiment": exp, "participants": 800, "conversions": 100}
    assert plan(stack, goal=name, effect=0.02)["observed"] == told["observed"]
    given = plan(stack, experiment=exp, goal=name, baseline=0.2, effect=0.02)
    assert given["baseline"] == 0.2 and "observed" not in given


def test_a_baseline_of_a_goal_with_a_window_waits_for_its_end(stack):
    exp, name = planned(stack)
    add_days(stack, exp, name, [[0, 100, 30, 100, 10], [2, 500, 0, 500, 0]], last=1)
    told = plan(stack, experiment=exp, goal=name, effect=0.02)["observed"]
    assert (told["participants"], told["conversions"]) == (200, 40)


def test_a_goal_that_nobody_hit_has_no_baseline(stack):
    name = a_goal(stack)
    assert_problem(plan(stack, 422, goal=name, effect=0.02), 422, "/goal")
    exp = running(stack, "b", goals=[name])
    fill(stack, exp, 1, 40, {name: {1: 40}})
    assert_problem(plan(stack, 422, goal=name, effect=0.02), 422, "/goal")
    assert_problem(plan(stack, 422, goal=new_id("none"), effect=0.02), 422, "/goal")


# ---- The form ----------------------------------------------------------------------------------


def typed(**more):
    return {"request.expId": new_id("e")[:40], "request.name": "a name",
            "request.description": "a text", "request.data.startDate": day(),
            "request.data.client": "c", "request.data.key": "k",
            "request.alternatives.0.name": "control", "request.alternatives.1.name": "b", **more}


def test_the_form_offers_a_plan_first(editor):
    page = editor.get("/admin/experiments/new").text
    assert "Without one the same power takes about twice as many" in page
    assert page.index("<legend>Plan</legend>") < page.index("<legend>Layer</legend>")
    assert 'name="do" value="plan"' in page


def test_the_form_says_what_a_plan_takes_and_stores_nothing(stack, editor):
    form = typed(**{"request.plan.baseline": "0.1", "request.plan.effect": "0.02"})
    answer = editor.post("/admin/experiments", do="plan", **form)
    assert answer.status_code == 200
    text = html.unescape(answer.text)
    assert "8144 participants in 2 alternatives, 4072 in each" in text
    assert "Least effect that they find" in text
    assert stack.sql("select id from experiment where id = %s", form["request.expId"]) == []
    form["request.alternatives.2.name"] = "c"
    text = editor.post("/admin/experiments", do="plan", **form).text
    assert f"{3 * 4931} participants in 3 alternatives, 4931 in each" in text


def test_the_form_takes_the_baseline_from_the_first_goal(stack, editor):
    name = a_goal(stack)
    exp = running(stack, "b", goals=[name])
    fill(stack, exp, 1, 400, {name: {1: 100}}, days=3)
    answer = editor.post("/admin/experiments", do="plan", **typed(**{"request.goals.0.name": name}))
    assert answer.status_code == 200
    assert f"Baseline: 100 of 400 participants of {exp}" in answer.text
    assert 'name="request.plan.baseline" inputmode="decimal" value="0.25"' in answer.text
    assert 'name="request.plan.effect" inputmode="decimal" value="0.025"' in answer.text


def test_a_plan_that_is_none_is_refused_beside_its_field(stack, editor):
    answer = editor.post("/admin/experiments", do="plan", **typed(
        **{"request.plan.baseline": "2", "request.plan.effect": "0.1"}))
    assert answer.status_code == 422
    assert 'id="baseline-wrong"' in answer.text
    answer = editor.post("/admin/experiments", do="plan", **typed(
        **{"request.goals.0.name": a_goal(stack)}))
    assert answer.status_code == 422 and "tells no baseline" in html.unescape(answer.text)


def test_a_form_that_changes_no_plan_is_stored_though_it_is_locked(stack, editor):
    exp, name = planned(stack)
    add_days(stack, exp, name, [[0, 20, 2, 20, 2]])
    page = editor.get(f"/admin/experiment/{exp}/edit").text
    version = re.search(r'name="version" value="([^"]*)"', page).group(1)
    form = {"version": html.unescape(version), **typed(**{
        "request.goals.0.name": name, "request.plan.baseline": "0.10",
        "request.plan.effect": "0.02", "request.description": "changed"})}
    del form["request.expId"]
    answer = editor.post(f"/admin/experiment/{exp}/change", **form)
    assert answer.status_code == 303, answer.text
    assert admin(stack, "GET", exp)["expDescription"] == "changed"
    page = editor.get(f"/admin/experiment/{exp}/edit").text
    form["version"] = html.unescape(re.search(r'name="version" value="([^"]*)"', page).group(1))
    answer = editor.post(f"/admin/experiment/{exp}/change", **{
        **form, "request.plan.effect": "0.03"})
    assert answer.status_code == 409
    assert "fixed since the first participant came" in html.unescape(answer.text)


# ---- The page ----------------------------------------------------------------------------------


def test_the_page_shows_how_far_a_plan_is(stack, viewer):
    exp, name = planned(stack)
    add_days(stack, exp, name, [[at, 200, 22, 200, 20] for at in range(14)])
    told = results(stack, exp)
    page = html.unescape(viewer.get(f"/admin/experiment/{exp}").text)
    assert told["verdict"]["text"] in page
    assert '<h2 id="plan">Plan</h2>' in page
    assert "<dt>Fulfilled</dt><dd>68 %</dd>" in page
    assert f"<dt>Final look</dt><dd>{day_of(6)}</dd>" in page
    assert page.count('class="bound"') == 2
    last = told["decision"]["looks"][-1]
    assert f'<th scope="row">{last["day"]}</th>' in page
    assert f"<td>{last['z']:+.2f}</td><td>{last['bound']:.2f}</td>" in page


def test_the_page_says_why_a_plan_does_not_decide(stack, viewer):
    exp = running(stack, "b", goals=[goal(stack)], plan=PLAN)
    fill(stack, exp, 1, 40)
    page = html.unescape(viewer.get(f"/admin/experiment/{exp}").text)
    assert "The plan does not decide: the goal that decides has no window" in page
    assert 'class="bound"' not in page


def test_without_a_plan_the_page_shows_none(stack, viewer):
    exp = running(stack, "b", goals=[goal(stack)])
    assert '<h2 id="plan">' not in viewer.get(f"/admin/experiment/{exp}").text


@pytest.mark.parametrize("names", [("b",), ("b", "c")])
def test_a_page_of_many_looks_stays_small(stack, viewer, names):
    exp, name = planned(stack, *names)
    add_days(stack, exp, name, [[at, 160, 17, 160, 16] for at in range(25)])
    answer = viewer.get(f"/admin/experiment/{exp}")
    assert answer.status_code == 200 and len(answer.content) < 50_000
