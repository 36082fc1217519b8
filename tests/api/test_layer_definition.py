# SPDX-License-Identifier: GPL-3.0-or-later
"""The layer and the plan as members of a definition, and the planner."""

import math

import pytest

from enrols import enroll, put, running, somebody
from layers import assign, members, new_layer
from lookups import admin, body, new_id, submit
from shapes import assert_problem
from result_rows import rebuild

PLAN = {"baseline": 0.1, "effect": 0.02, "alpha": 0.05, "power": 0.8}


def refused(stack, method, path, request, status):
    """What a definition is refused for, by place."""
    answer = stack.call(method, f"/v1/experiment/{path}", key="admin", json={"request": request})
    assert answer.status_code == status, answer.text
    messages = answer.json()["params"]["errorMsg"]
    assert messages.pop("status") == "failed"
    return messages


def layer_of(stack, exp):
    """As the definition shows it, alone and in the list."""
    shown = admin(stack, "GET", exp)["layer"]
    listed, = admin(stack, "GET", f"list?q={exp}")["experiments"]
    assert listed["layer"] == shown
    return shown


@pytest.mark.parametrize("wish, slots", [
    (None, [[0, 99], [200, 9999]]), ({"size": 150}, [[0, 99], [200, 249]]),
    ({"slots": [[500, 599], [300, 399]]}, [[300, 399], [500, 599]])])
def test_a_definition_takes_the_slots_that_it_names(stack, wish, slots):
    layer = new_layer(stack)
    assign(stack, layer, submit(stack, "layers"), slots=[[100, 199]])
    request = body("layers", layer=layer if wish is None else {"id": layer, **wish})
    assert admin(stack, "POST", "create", request)["layer"] == {"id": layer, "slots": slots}
    assert layer_of(stack, request["expId"]) == {"id": layer, "slots": slots}


def test_a_definition_without_a_layer_shows_none(stack):
    assert layer_of(stack, submit(stack, "layers")) is None


def test_a_change_moves_keeps_and_frees(stack):
    first, second = new_layer(stack), new_layer(stack)
    exp = submit(stack, "layers", layer={"id": first, "size": 10})
    admin(stack, "PATCH", exp, {"description": "another"})
    assert layer_of(stack, exp) == {"id": first, "slots": [[0, 9]]}
    admin(stack, "PATCH", exp, {"layer": {"id": first, "slots": [[5, 20]]}})
    assert layer_of(stack, exp) == {"id": first, "slots": [[5, 20]]}
    admin(stack, "PATCH", exp, {"layer": second})
    assert layer_of(stack, exp) == {"id": second, "slots": [[0, 9999]]}
    assert members(stack, first) == {}
    admin(stack, "PATCH", exp, {"layer": None})
    assert layer_of(stack, exp) is None
    assert members(stack, second) == {}


def test_slots_that_others_have_are_refused_and_nothing_is_written(stack):
    layer, holder = new_layer(stack), submit(stack, "layers")
    assign(stack, layer, holder, slots=[[0, 4999]])
    request = body("layers", layer={"id": layer, "slots": [[6000, 6001], [4999, 5000]]})
    told = refused(stack, "POST", "create", request, 409)
    assert list(told) == ["/request/layer/slots/1"] and holder in told["/request/layer/slots/1"]
    assert stack.sql("select id from experiment where id = %s", request["expId"]) == []
    exp = submit(stack, "layers")
    before = admin(stack, "GET", exp)
    told = refused(stack, "PATCH", exp, {"name": "new", "layer": {"id": layer, "size": 5001}}, 409)
    assert list(told) == ["/request/layer/size"] and holder in told["/request/layer/size"]
    assert admin(stack, "GET", exp)["expName"] == before["expName"]
    assert members(stack, layer) == {holder: [[0, 4999]]}


@pytest.mark.parametrize("layer, place", [
    ("no-such-layer", "/request/layer"), ({"id": "no-such-layer", "size": 1}, "/request/layer"),
    (5, "/request/layer"), ({"id": "x"}, "/request/layer"),
    ({"size": 1}, "/request/layer/id"), ({"id": "x", "size": "1"}, "/request/layer/size")])
def test_an_invalid_layer_of_a_definition_is_refused(stack, layer, place):
    assert list(refused(stack, "POST", "create", body("layers", layer=layer), 400)) == [place]
    exp = submit(stack, "layers")
    assert list(refused(stack, "PATCH", exp, {"layer": layer}, 400)) == [place]


def test_a_plan_is_kept_changed_and_cleared(stack):
    exp = submit(stack, "plans", plan=PLAN)
    assert admin(stack, "GET", exp)["plan"] == PLAN
    admin(stack, "PATCH", exp, {"description": "another"})
    assert admin(stack, "GET", exp)["plan"] == PLAN
    admin(stack, "PATCH", exp, {"plan": {"baseline": 0.2, "effect": -0.01}})
    assert admin(stack, "GET", exp)["plan"] == {"baseline": 0.2, "effect": -0.01}
    admin(stack, "PATCH", exp, {"plan": None})
    assert admin(stack, "GET", exp)["plan"] is None


def test_an_invalid_plan_is_refused_with_its_place(stack):
    request = body("plans", plan={"baseline": 2, "effect": 0, "power": 1})
    wanted = ["/request/plan/baseline", "/request/plan/effect", "/request/plan/power"]
    assert list(refused(stack, "POST", "create", request, 400)) == wanted
    exp = submit(stack, "plans", plan=PLAN)
    assert list(refused(stack, "PATCH", exp, {"plan": []}, 400)) == ["/request/plan"]
    assert admin(stack, "GET", exp)["plan"] == PLAN


def plan(stack, status=200, **params):
    answer = stack.call("GET", "/v1/plan", params=params)
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.parametrize("params, per_arm", [
    (PLAN, 4072), ({"baseline": 0.1, "effect": 0.02}, 4072),
    ({"baseline": 0.05, "effect": 0.005}, 33108),
    ({"baseline": 0.1, "effect": 0.01, "alpha": 0.01}, 23267),
    ({"baseline": "1e-1", "effect": 0.02}, 4072)])
def test_the_planner_says_how_many_subjects_it_takes(stack, params, per_arm):
    told = plan(stack, **params).json()
    assert (told["per_arm"], told["arms"], told["needed"]) == (per_arm, 2, 2 * per_arm)
    assert (told["alpha"], told["power"]) == (params.get("alpha", 0.05), 0.8)
    assert (told["baseline"], told["effect"]) == (float(params["baseline"]), params["effect"])


def test_the_planner_repeats_numbers_as_people_write_them(stack):
    assert '"baseline":0.1,"effect":0.3,"alpha":0.05,"power":0.8,' in \
        plan(stack, baseline=0.1, effect=0.3).text


@pytest.mark.parametrize("params, pointers", [
    ({}, ["/baseline", "/effect"]), ({"baseline": 1.5, "effect": 0.1}, ["/baseline"]),
    ({"baseline": "0,1", "effect": "NaN"}, ["/baseline", "/effect"]),
    ({"baseline": "0.1 ", "effect": "0x1"}, ["/effect"]),
    ({"baseline": 0.9, "effect": 0.1}, ["/effect"]),
    ({"baseline": 0.1, "effect": 0.1, "alpha": 0, "power": "null"}, ["/alpha", "/power"]),
    ({"baseline": '{"a":1}', "effect": "true"}, ["/baseline", "/effect"])])
def test_the_planner_refuses_invalid_numbers_by_name(stack, params, pointers):
    assert_problem(plan(stack, 422, **params), 422, *pointers)


def test_days_follow_from_the_exposures_of_a_week(stack):
    exp = running(stack, "red", {"name": "blue"}, {"name": "off", "enabled": False})
    none = plan(stack, experiment=exp, **PLAN).json()
    assert (none["per_day"], none["days"], none["arms"]) == (0, None, 3)
    for _ in range(10):
        enroll(stack, exp, somebody())
    stack.sql("update exposure set exposed_at = exposed_at - interval '7 days' where subject_id = "
              "(select min(subject_id) from exposure as x join experiment as e on e.nr = "
              "x.experiment where e.id = %s)", exp)
    # Who was placed by hand has come, and says nothing of how many come.
    put(stack, exp, somebody(), "red")
    rebuild(stack, exp)
    some = plan(stack, experiment=exp, **PLAN).json()
    assert some["per_day"] == pytest.approx(9 / 7)
    # Two comparisons with control, each at half of alpha.
    assert some["needed"] == 3 * 4931
    assert some["days"] == math.ceil(3 * 4931 * 7 / 9)
    assert some["weeks"] == math.ceil(some["days"] / 7)
    assert some["days_to_go"] == math.ceil((3 * 4931 - 11) * 7 / 9)


def test_days_of_an_experiment_of_today_follow_from_today(stack):
    exp = running(stack, "red")
    for _ in range(6):
        enroll(stack, exp, somebody())
    told = plan(stack, experiment=exp, **PLAN).json()
    assert told["per_day"] == 6
    assert (told["days"], told["days_to_go"]) == (math.ceil(8144 / 6), math.ceil(8138 / 6))


def test_without_an_experiment_the_busiest_one_gives_the_traffic(stack):
    exp = running(stack, "red")
    stack.sql("insert into exposure (subject_id, experiment, alternative, allocation, forced, "
              "earlier_exposures, exposed_at) "
              "select 'u:busy-' || e.nr || '-' || i, e.nr, 1, 1, false, 0, now() - interval '1 h' "
              "from experiment as e, generate_series(1, 7000) as i where e.id = %s", exp)
    rebuild(stack, exp)
    told = plan(stack, **PLAN).json()
    # They all came today.
    assert (told["per_day"], told["days"]) == (7000, 2)
    assert_problem(plan(stack, 404, experiment=new_id()[:40], **PLAN), 404)
