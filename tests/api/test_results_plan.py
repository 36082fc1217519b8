# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that decides: looks at whole days, their bounds, and what stands once it was decided."""

import json
import math

import pytest

from enrols import enroll, running, set_state, somebody
from goals import goal as make_goal
from lookups import admin
from planned import PLAN, add_day, add_days, day_of, needed, plan_for, planned
from stack import TOP, wait_until
from result_rows import cell, fill, number, rates, rebuild, results, two_arms, weigh

VECTORS = json.loads((TOP / "tests/unit/vectors/sequential.json").read_text())


def close(x, tolerance=1e-6):
    return pytest.approx(x, abs=tolerance, rel=tolerance)


def decision(stack, exp, **params):
    return results(stack, exp, **params)["decision"]


@pytest.mark.parametrize("v", VECTORS["looks"], ids=lambda v: v["outcome"])
def test_looks_bounds_and_outcome_follow_from_the_days(stack, v):
    exp, goal = planned(stack, plan=plan_for(v["needed"], alpha=v["alpha"], effect=v["effect"]))
    add_days(stack, exp, goal, v["days"])
    first = -len(v["days"])
    told = decision(stack, exp)
    assert (told["method"], told["needed"]) == ("spending", v["needed"]), told["why"]
    assert (told["alpha"], told["tuned_for"]) == (v["alpha"], 2 * v["needed"])
    assert [look["day"] for look in told["looks"]] == [day_of(first + x["day"]) for x in v["looks"]]
    for look, wanted in zip(told["looks"], v["looks"]):
        assert look["alternative"] == "b"
        assert look["information"] == close(wanted["t"])
        assert look["difference"] == close(wanted["difference"])
        assert look["z"] == close(wanted["z"])
        assert look["bound"] == close(wanted["bound"], 1e-5)
        assert look["interval"] == [close(wanted["lo"]), close(wanted["hi"])]
    on = v["decided_on_day"] if v["outcome"] in ("better", "worse") else None
    assert told["decided_on"] == (None if on is None else day_of(first + on))
    assert told["planned_effect_ruled_out"] is v["planned_effect_ruled_out"]
    states = {"better": "better", "worse": "worse", "open": "undecided", "none found": "undecided"}
    assert cell(results(stack, exp), goal)["state"] == states[v["outcome"]]


def verdict(stack, exp, **params):
    return results(stack, exp, **params)["verdict"]


def stored(stack, exp):
    return stack.sql("""select alternative, crossed, day::text, decided_on::text, information, z,
        bound, difference, low, high, alpha from decision where experiment = %s
        order by alternative, crossed""", number(stack, exp))


# 14 days of 200 in each arm are 69 % of a plan of 4,072.
STEADY = [[day, 200, 22, 200, 20] for day in range(14)]
CLEAR = [[day, 200, 40, 200, 20] for day in range(14)]


def test_a_plan_is_to_be_continued_until_it_is_fulfilled(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, STEADY)
    told = results(stack, exp)
    # 2,800 of 4,072 after 14 days: 20.36 days, so the third week's end is the final look.
    assert told["decision"]["information"] == close(2800 / 4072)
    assert told["decision"]["final_on"] == day_of(-14 + 20)
    assert told["days_to_go"] == 7
    assert told["verdict"]["text"] == "Keep running: 68% of the plan, about 7 days to go."
    assert told["verdict"]["state"] == "running"
    assert stored(stack, exp) == []


def test_before_a_day_is_over_nothing_is_known(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[0, 500, 50, 500, 100]], last=0)
    told = results(stack, exp)
    assert (told["decision"]["information"], told["decision"]["looks"]) == (0, [])
    assert told["days_to_go"] is None
    assert told["verdict"]["text"] == "Keep running: 0% of the plan."


def test_a_crossing_wins_and_stands(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, CLEAR)
    told = results(stack, exp)
    on = told["decision"]["decided_on"]
    assert told["verdict"]["text"] == "Winner: b."
    ((arm, crossed, day, decided_on, t, z, bound, d, low, high, alpha),) = stored(stack, exp)
    look = told["decision"]["looks"][-1]
    assert (arm, crossed, day, decided_on, alpha) == (2, True, on, on, 0.05)
    assert [t, z, bound, d, [low, high]] == [look[name] for name in (
        "information", "z", "bound", "difference", "interval")]
    assert abs(z) >= bound and all(abs(x["z"]) < x["bound"] for x in told["decision"]["looks"][:-1])


def test_what_comes_after_the_decision_is_shown_and_changes_no_word(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, CLEAR, last=-8)
    before = results(stack, exp, through=day_of(-8))
    add_days(stack, exp, goal, [[day, 400, 10, 400, 100] for day in range(7)])
    told = results(stack, exp)
    assert told["verdict"] == before["verdict"] and told["decision"] == before["decision"]
    b = cell(told, goal)
    assert (b["state"], b["sequence"]) == ("better", told["decision"]["looks"][-1]["interval"])
    assert b["conversions"] < cell(told, goal, "control")["conversions"]


def test_a_decision_stands_when_its_sums_are_gone(stack):
    """Subjects are erased, or rows are gone and sums made anew: it is the row that speaks."""
    exp, goal = planned(stack)
    add_days(stack, exp, goal, CLEAR)
    before = results(stack, exp)
    for (subject,) in stack.sql("select subject_id from exposure where experiment = %s limit 20",
                                number(stack, exp)):
        assert stack.call("DELETE", f"/v1/user/{subject[2:]}").status_code == 200
    assert results(stack, exp)["decision"] == before["decision"]
    stack.sql("delete from exposure where experiment = %s and right(subject_id, 1) <> '1'",
              number(stack, exp))
    rebuild(stack, exp)
    told = results(stack, exp)
    assert told["verdict"]["text"] == before["verdict"]["text"] == "Winner: b."
    assert told["decision"]["decided_on"] == before["decision"]["decided_on"]
    assert told["decision"]["looks"][-1] == before["decision"]["looks"][-1]


def test_before_seven_days_a_winner_is_only_ahead(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[day, 400, 80, 400, 40] for day in range(6)])
    told = results(stack, exp)
    assert told["verdict"]["text"] == "b is ahead; wait for a full week."
    assert told["decision"]["decided_on"] is not None
    add_days(stack, exp, goal, [[0, 1, 0, 1, 0]], last=-7)
    assert verdict(stack, exp)["text"] == "Winner: b."


def test_harm_waits_for_no_week(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[day, 400, 20, 400, 60] for day in range(3)])
    assert verdict(stack, exp)["text"] == "Control is better."


def test_the_final_look_says_what_is_ruled_out(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[day, 300, 31, 300, 30] for day in range(14)])
    told = results(stack, exp)
    look = told["decision"]["looks"][-1]
    low, high = (100 * x for x in look["interval"])
    assert look["information"] >= 1
    assert told["verdict"]["text"] == \
        f"No difference found; beyond {low:+.1f} to {high:+.1f} points is ruled out."
    assert told["verdict"]["state"] == "none"
    assert f"no difference found; look of {look['day']}" in told["verdict"]["reasons"][0]
    assert (told["decision"]["final_on"], told["decision"]["decided_on"]) == (look["day"], None)
    assert [row[:4] for row in stored(stack, exp)] == [(2, False, look["day"], look["day"])]
    # More would make no other answer.
    add_days(stack, exp, goal, [[0, 2000, 400, 2000, 200]])
    stack.sql("delete from exposure where experiment = %s and exposed_at < %s",
              number(stack, exp), day_of(-10))
    rebuild(stack, exp)
    assert verdict(stack, exp)["text"] == told["verdict"]["text"]


def test_the_final_look_waits_for_the_end_of_a_week(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[day, 500, 51, 500, 50] for day in range(10)])
    told = results(stack, exp)
    assert told["decision"]["information"] == close(5000 / 4072)
    assert all(look["information"] < 1 for look in told["decision"]["looks"])
    assert told["decision"]["final_on"] == day_of(-10 + 13)
    assert told["verdict"]["text"] in (
        "Keep running: 100% of the plan, about 4 days to go.", "An effect as planned is ruled out.")


def test_an_effect_as_planned_can_be_ruled_out_early(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[day, 250, 23, 250, 25] for day in range(12)])
    told = results(stack, exp)
    assert told["decision"]["planned_effect_ruled_out"] is True
    assert told["verdict"]["text"] == "An effect as planned is ruled out."
    assert any("+2 points, as planned" in reason for reason in told["verdict"]["reasons"])
    assert stored(stack, exp) == []


@pytest.mark.parametrize("state", ["track", "default", "stopped"])
def test_an_experiment_that_ended_early_is_not_decided(stack, state):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, STEADY)
    if state == "stopped":
        admin(stack, "POST", f"{exp}/stop")
    else:
        set_state(stack, exp, state)
    told = results(stack, exp)
    assert told["verdict"]["text"] == "Ended at 68% of the plan: not decided."
    assert (told["verdict"]["state"], told["days_to_go"]) == ("ended", None)
    assert cell(told, goal)["sequence"] == told["decision"]["looks"][-1]["interval"]
    # What was said before it ended is said of that day still.
    assert verdict(stack, exp, through=day_of(-1))["state"] == "running"
    if state == "stopped":
        # Stopped it stays, whatever its state, until it is resumed.
        set_state(stack, exp, "default")
        set_state(stack, exp, "enabled")
        assert verdict(stack, exp)["state"] == "ended"
        admin(stack, "POST", f"{exp}/resume")
    else:
        set_state(stack, exp, "enabled")
    assert verdict(stack, exp)["state"] == "running"


def test_a_fulfilled_plan_has_its_final_look_though_the_experiment_ended(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, [[day, 500, 55, 500, 50] for day in range(10)])
    set_state(stack, exp, "default")
    told = results(stack, exp)
    assert told["verdict"]["text"] == \
        "Wait for the final look: 100% of the plan, about 4 days to go."
    assert (told["decision"]["final_on"], told["verdict"]["state"]) == (day_of(3), "running")


def test_an_experiment_that_ended_waits_for_its_open_windows(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, STEADY)
    add_day(stack, exp, goal, 1, 2, 5, 1)
    set_state(stack, exp, "default")
    assert verdict(stack, exp)["text"].startswith("Wait for open windows: 68% of the plan")


def test_the_level_of_the_plan_is_honoured(stack):
    """A10: of the same days, a plan at 0.05 finds a difference and one at 0.001 does not."""
    days = [[day, 200, 25, 200, 20] for day in range(14)]
    told = {}
    for alpha in (0.05, 0.001):
        exp, goal = planned(stack, plan=plan_for(4072, alpha=alpha))
        add_days(stack, exp, goal, days)
        told[alpha] = results(stack, exp)
        assert told[alpha]["decision"]["alpha"] == alpha
    assert told[0.05]["verdict"]["text"] == "Winner: b."
    assert told[0.001]["verdict"]["state"] == "running"
    for one, other in zip(told[0.05]["decision"]["looks"], told[0.001]["decision"]["looks"]):
        assert one["bound"] < other["bound"]


def test_the_level_of_the_plan_is_honoured_without_a_window_too(stack):
    told = []
    for alpha in (0.05, 1e-6):
        exp, goal = two_arms(stack, plan={**PLAN, "alpha": alpha})
        rates(stack, exp, goal, (2000, 200), (2000, 280))
        told.append(results(stack, exp))
    assert [t["verdict"]["state"] for t in told] == ["winner", "running"]
    assert [t["decision"]["method"] for t in told] == ["sequence"] * 2
    assert [t["decision"]["alpha"] for t in told] == [0.05, 1e-6]
    assert "no window" in told[0]["decision"]["why"]


def test_a_plan_that_comes_late_decides_nothing(stack):
    name = make_goal(stack, window_from=0, window_to=168)
    exp = running(stack, "b", goals=[name])
    add_days(stack, exp, name, CLEAR)
    before = results(stack, exp)
    admin(stack, "PATCH", exp, {"plan": PLAN})
    told = results(stack, exp)
    assert told["decision"]["method"] == "sequence"
    assert "after the first participant" in told["decision"]["why"]
    assert (told["decision"]["alpha"], told["decision"]["tuned_for"]) == (0.05, 5000)
    assert told["decision"]["needed"] == 4072
    assert cell(told, name) == cell(before, name)
    assert stored(stack, exp) == []
    # It may be changed at any time: no verdict rests on it.
    admin(stack, "PATCH", exp, {"plan": {**PLAN, "alpha": 0.5}})
    assert decision(stack, exp)["alpha"] == 0.05
    admin(stack, "PATCH", exp, {"plan": None})


def test_a_plan_that_decides_is_locked_by_the_first_participant(stack):
    exp, _ = planned(stack)
    admin(stack, "PATCH", exp, {"plan": {**PLAN, "effect": 0.03}})
    enroll(stack, exp, somebody())
    wanted = admin(stack, "GET", exp)["plan"]
    for plan in (PLAN, None, {**PLAN, "effect": 0.03, "alpha": 0.1}):
        answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                            json={"request": {"plan": plan}})
        assert answer.status_code == 409
        assert "/request/plan" in answer.text
    assert admin(stack, "GET", exp)["plan"] == wanted
    # The same in other words is no change, and all else may be changed.
    admin(stack, "PATCH", exp, {"plan": {"effect": 3e-2, "baseline": 0.10}, "description": "new"})
    told = admin(stack, "GET", exp)
    assert (told["plan"], told["expDescription"]) == (wanted, "new")


def test_an_erased_first_participant_makes_no_late_plan_valid(stack):
    name = make_goal(stack, window_from=0, window_to=168)
    exp, user = running(stack, "b", goals=[name]), somebody()
    enroll(stack, exp, user)
    admin(stack, "PATCH", exp, {"plan": PLAN})
    assert stack.call("DELETE", f"/v1/user/{user}").status_code in (200, 204)
    assert stack.sql("select plan_valid from experiment where id = %s", exp) == [(False,)]
    admin(stack, "PATCH", exp, {"description": "other"})
    assert stack.sql("select plan_valid from experiment where id = %s", exp) == [(False,)]


def test_another_goal_that_decides_is_a_change_of_plan(stack):
    other = make_goal(stack, window_from=0, window_to=168)
    exp, goal = planned(stack)
    add_days(stack, exp, goal, STEADY)
    admin(stack, "PATCH", exp, {"goals": [other, goal]})
    told = decision(stack, exp)
    assert told["method"] == "sequence" and "goal that decides was changed" in told["why"]
    admin(stack, "PATCH", exp, {"goals": [goal, other]})
    assert decision(stack, exp)["method"] == "spending"


def test_the_goal_of_a_plan_may_be_named_until_somebody_comes(stack):
    goal = make_goal(stack, window_from=0, window_to=168)
    exp = running(stack, "b", plan=PLAN)
    admin(stack, "PATCH", exp, {"goals": [{"name": goal}]})
    add_days(stack, exp, goal, STEADY)
    assert decision(stack, exp)["method"] == "spending"
    admin(stack, "PATCH", exp, {"goals": [{"name": goal, "test": "mwu"}]})
    told = decision(stack, exp)
    assert told["method"] == "sequence" and "how often" in told["why"]


def add_arms(stack, exp, goal, offset, *arms, split=1):
    """[participants, conversions] of control, b, c, .. on a day."""
    for arm, (n, c) in enumerate(arms, 1):
        add_day(stack, exp, goal, offset, arm, n, c, split=split)


def test_arms_share_the_level_and_a_rejection_raises_it(stack):
    """c alone crosses only because b was rejected before: on the day of b's rejection at the
    earliest."""
    exp, goal = planned(stack, "b", "c")
    for offset in range(-14, 0):
        add_arms(stack, exp, goal, offset, (300, 30), (300, 60), (300, 38))
    told = decision(stack, exp)
    b, c = told["alternatives"]
    assert told["needed"] == b["needed"] == c["needed"] == 4931
    assert (b["outcome"], b["alpha"]) == ("better", 0.025)
    assert c["alpha"] == 0.05
    assert {look["alternative"] for look in told["looks"]} == {"b", "c"}
    assert told["decided_on"] == b["decided_on"]
    days = {name: [x["day"] for x in told["looks"] if x["alternative"] == name] for name in "bc"}
    assert days["b"] == sorted(days["b"]) and days["c"] == sorted(days["c"])
    if c["decided_on"] is not None:
        assert c["decided_on"] >= b["decided_on"]
    assert verdict(stack, exp)["text"] == "Winner: b."


def test_a_raised_level_decides_at_a_look_of_before_on_the_day_it_was_raised(stack):
    exp, goal = planned(stack, "b", "c")
    # c's z is between the bounds of 0.05 and of 0.025 on the first days, and falls then.
    for offset in range(-14, -7):
        add_arms(stack, exp, goal, offset, (300, 30), (300, 33), (300, 39 + offset % 2))
    early = decision(stack, exp)
    assert [a["outcome"] for a in early["alternatives"]] == [None, None]
    for offset in range(-7, 0):
        add_arms(stack, exp, goal, offset, (300, 30), (300, 90), (300, 30))
    told = decision(stack, exp)
    b, c = told["alternatives"]

    assert b["outcome"] == "better" and c["outcome"] == "better"
    assert c["look"]["day"] < b["decided_on"] == c["decided_on"]
    rows = {row[0]: row for row in stored(stack, exp)}
    assert rows[3][2:4] == (c["look"]["day"], b["decided_on"])
    before = decision(stack, exp, through=b["decided_on"])
    assert before == told
    day = max(x["day"] for x in told["looks"] if x["day"] < b["decided_on"])
    assert [a["outcome"] for a in decision(stack, exp, through=day)["alternatives"]] == [None, None]


def test_an_arm_that_is_switched_off_stays_in_the_count(stack):
    exp, goal = planned(stack, "b", "c")
    for offset in range(-14, -7):
        add_arms(stack, exp, goal, offset, (300, 30), (300, 32), (300, 31))
    admin(stack, "PATCH", exp, {"alternatives": [
        {"name": "control"}, {"name": "b"}, {"name": "c", "enabled": False}]})
    for offset in range(-7, 0):
        add_arms(stack, exp, goal, offset, (500, 50), (500, 53), split=2)
    told = results(stack, exp)
    b, c = told["decision"]["alternatives"]
    assert (told["decision"]["method"], b["needed"], b["alpha"]) == ("spending", 4931, 0.025)
    assert c["outcome"] is None and c["information"] == close(2100 / 4931)
    # The plan waits for b alone.
    assert b["outcome"] == "none"
    assert told["verdict"]["state"] == "none"
    # Also without it in the definition b is judged at half of alpha.
    admin(stack, "PATCH", exp, {"alternatives": [{"name": "control"}, {"name": "b"}]})
    (b,) = decision(stack, exp)["alternatives"]
    assert (b["alpha"], b["needed"]) == (0.025, 4931)


def test_an_arm_that_is_added_is_a_change_of_plan(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, STEADY)
    admin(stack, "PATCH", exp, {"alternatives": [{"name": n} for n in ("control", "b", "c")]})
    told = decision(stack, exp)
    assert told["method"] == "sequence" and "alternative was added" in told["why"]
    assert told["alpha"] == PLAN["alpha"]


def test_changed_weights_neither_move_the_plan_nor_make_a_difference(stack):
    """Simpson's paradox, on days: 30 % in both arms, then 10 %, and the weights turned."""
    exp, goal = planned(stack)
    for offset in range(-14, -7):
        add_arms(stack, exp, goal, offset, (900, 270), (100, 30), split=1)
    stack.sql("update allocation set allocation_weights = '{\"1\": 0.9, \"2\": 0.1}' where "
              "experiment = %s and nr = 1", number(stack, exp))
    before = decision(stack, exp)
    weigh(stack, exp, 1, 9)
    for offset in range(-7, 0):
        add_arms(stack, exp, goal, offset, (100, 10), (900, 90), split=2)
    told = decision(stack, exp)
    assert told["needed"] == before["needed"] == needed(0.1, 0.02, 0.05, 0.8, share=0.1)
    assert told["looks"][:len(before["looks"])] == before["looks"]
    assert all(abs(look["z"]) < 1e-9 for look in told["looks"])


def test_a_day_is_answered_as_it_was(stack):
    """Each day's answer, read the morning after it, is given again byte by byte when more has
    come."""
    exp, goal = planned(stack, window=1)
    days = [[day, 400, 55, 400, 40] for day in range(6)] + [[day, 400, 40, 400, 44]
                                                           for day in range(6, 12)]
    said = {}
    for i, row in enumerate(days):
        add_days(stack, exp, goal, [row], last=i - len(days))
        on = day_of(i - len(days))
        said[on] = stack.call("GET", f"/v1/experiment/{exp}/results",
                              params={"through": on}).content
        if on == day_of(-1):
            results(stack, exp)
    assert stored(stack, exp)
    for on, text in said.items():
        again = stack.call("GET", f"/v1/experiment/{exp}/results", params={"through": on})
        assert again.content == text
    live = results(stack, exp)
    last = results(stack, exp, through=day_of(-1))
    for name in ("decision", "verdict", "days_to_go"):
        assert last[name] == live[name]


def test_secondary_goals_are_tuned_for_the_plan(stack):
    other = make_goal(stack)
    name = make_goal(stack, window_from=0, window_to=168)
    widths = {}
    for plan in (PLAN, None):
        exp = running(stack, "b", goals=[name, other], plan=plan)
        for arm in (1, 2):
            fill(stack, exp, arm, 1000, {other: {1: 100}})
        told = results(stack, exp)
        low, high = cell(told, other)["sequence"]
        widths[told["decision"]["tuned_for"]] = high - low
    assert set(widths) == {2 * 4072, 5000}
    # By the formula of the manual, N 2,000 and the variance of two rates of 10 %.
    for tuned, width in widths.items():
        lg = -2 * math.log(0.05)
        m = 2000 * (lg + math.log1p(lg)) / tuned
        half = math.sqrt(2 * 0.09 / 1000 * 2 * (1 + m) / m * (math.log1p(m) / 2 - math.log(0.05)))
        assert width == close(2 * half)


def test_a_deleted_experiment_takes_its_decisions_along(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, CLEAR)
    results(stack, exp)
    nr = number(stack, exp)
    assert stored(stack, exp)
    admin(stack, "DELETE", exp)
    wait_until(lambda: stack.sql("select deleted_experiment_reap(10000) = 0")[0][0] and stack.sql(
        "select 1 from decision where experiment = %s", nr) == [], 20, "the decisions to go")
