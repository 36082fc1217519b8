# SPDX-License-Identifier: GPL-3.0-or-later
"""What results show: goals and alternatives of the definition as it is now; and the verdict."""

import csv
import io

import pytest

from enrols import running
from lookups import admin
from result_rows import (a_goal, cell, fill, number, participants, rates, rebuild, results,
                         two_arms, weigh)

RETENTION = {"_retention_present_visits", "_retention_not_present_visits"}


def shown(told):
    return [g["goal"] for g in told["goals"]]


def test_goals_that_an_experiment_does_not_name_are_hidden_even_when_hit(stack):
    other = a_goal(stack)
    exp, goal = two_arms(stack)
    fill(stack, exp, 2, 10, {goal: {1: 2}, other: {1: 5}})
    assert shown(results(stack, exp)) == [goal]


@pytest.mark.smoke
def test_an_experiment_that_names_no_goal_shows_all(stack):
    goal = a_goal(stack)
    told = shown(results(stack, running(stack, "b")))
    assert goal in told and RETENTION <= set(told)


def test_a_goal_can_be_named_with_another_test(stack):
    goal = a_goal(stack, "chi2")
    exp = running(stack, "b", goals=[{"name": goal, "test": "mwu"}])
    for arm in (1, 2):
        fill(stack, exp, arm, 30, {goal: {arm: 20}})
    told = results(stack, exp)
    assert [g["test"] for g in told["goals"]] == ["mwu"]
    assert cell(told, goal)["mwu_confidence"] is not None


def test_a_retired_goal_that_nobody_hit_is_not_shown(stack):
    exp, goal = two_arms(stack)
    assert shown(results(stack, exp)) == [goal]
    stack.sql("update goal set retired_at = now() where name = %s", goal)
    told = results(stack, exp)
    assert shown(told) == [goal]
    assert [g["retired"] for g in told["goals"]] == [True]


def test_a_retired_goal_stays_in_results_with_its_counts_and_is_marked(stack):
    """Whether or not the experiment names it; one that nobody hit there is left out."""
    for named in (True, False):
        exp, goal = two_arms(stack)
        idle = a_goal(stack)
        if not named:
            admin(stack, "PATCH", exp, {"goals": []})
        fill(stack, exp, 2, 10, {goal: {1: 4}})
        stack.sql("update goal set retired_at = now() where name in (%s, %s)", goal, idle)
        told = results(stack, exp)
        assert cell(told, goal)["conversions"] == 4
        assert {g["goal"]: g["retired"] for g in told["goals"]}[goal] is True
        assert idle not in shown(told)


def test_goals_named_later_show_what_was_done_before(stack):
    later = a_goal(stack)
    exp, goal = two_arms(stack)
    fill(stack, exp, 2, 10, {goal: {1: 2}, later: {1: 5}})
    assert shown(results(stack, exp)) == [goal]
    admin(stack, "PATCH", exp, {"goals": [later, goal]})
    told = results(stack, exp)
    assert shown(told) == [later, goal]
    assert cell(told, later)["conversions"] == 5


def test_a_renamed_alternative_keeps_its_numbers_under_its_new_name(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (20, 1), (30, 2))
    assert participants(stack, exp) == {"control": 20, "b": 30}
    admin(stack, "PATCH", exp, {"alternatives": [{"name": "control"},
                                                 {"name": "b", "rename": "new"}]})
    assert participants(stack, exp) == {"control": 20, "new": 30}
    assert cell(results(stack, exp), goal, "new")["conversions"] == 2


def test_a_removed_alternative_is_gone_and_comes_back_with_its_numbers(stack):
    exp = running(stack, "b", "c")
    for arm, count in ((1, 20), (2, 30), (3, 25)):
        fill(stack, exp, arm, count)
    assert participants(stack, exp) == {"control": 20, "b": 30, "c": 25}
    admin(stack, "PATCH", exp, {"alternatives": [{"name": "control"}, {"name": "c"}]})
    told = results(stack, exp)
    assert {a["name"]: a["participants"] for a in told["alternatives"]} == {"control": 20, "c": 25}
    assert [a["expected_share"] for a in told["alternatives"]] == [0.5, 0.5]
    admin(stack, "PATCH", exp, {"alternatives": [{"name": n} for n in ("control", "b", "c")]})
    assert participants(stack, exp) == {"control": 20, "b": 30, "c": 25}


@pytest.mark.parametrize("name", [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", 'say "hi", twice', "a,b;c", "ü 名前 🎉", "'",
    "'=x"])
def test_csv_holds_any_name_and_none_becomes_a_formula(stack, name):
    goal = a_goal(stack, name=name)
    exp = running(stack, name, goals=[goal])
    answer = stack.call("GET", f"/v1/experiment/{exp}/results", params={"format": "csv"})
    head, *rows = csv.reader(io.StringIO(answer.content.decode(), newline=""))
    assert [len(row) for row in rows] == [len(head)] * 2
    safe = "'" + name if name[0] in "=+-@'" else name
    assert [(row[0], row[2]) for row in rows] == [(safe, "control"), (safe, safe)]
    stack.sql("update goal set retired_at = now() where name = %s", goal)
    stack.sql("update goal set name = name || nr where name = %s", goal)


def test_csv_says_the_same_as_json(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (1000, 100), (1000, 150))
    told = cell(results(stack, exp), goal)
    answer = stack.call("GET", f"/v1/experiment/{exp}/results", params={"format": "csv"})
    _, row = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert float(row["chi2_confidence"]) == told["chi2_confidence"]
    assert [float(row["interval_low"]), float(row["interval_high"])] == told["interval"]
    assert (row["participants"], row["conversions"]) == ("1000", "150")
    assert row["histogram"] == "0:850 1:150"


def test_another_format_is_refused(stack):
    exp, _ = two_arms(stack)
    answer = stack.call("GET", f"/v1/experiment/{exp}/results", params={"format": "xml"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "format"


# ---- The verdict -----------------------------------------------------------------------------


def verdict(stack, exp):
    return results(stack, exp)["verdict"]


def says(verdict_, *words):
    text = " ".join([verdict_["text"], *verdict_["reasons"]])
    return [word for word in words if word.lower() in text.lower()]


def test_a_clear_difference_has_a_winner(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (2000, 200), (2000, 500))
    assert verdict(stack, exp)["text"] == "Winner: b."


def test_a_clear_loss_is_reported(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (2000, 500), (2000, 200))
    assert verdict(stack, exp)["text"] == "Control is better."


def test_without_evidence_there_is_no_winner(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (1000, 100), (1000, 120))
    assert verdict(stack, exp)["text"] == "No difference shown yet."


def test_a_sample_ratio_mismatch_has_no_winner(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (2000, 200), (2500, 700))
    told = verdict(stack, exp)
    assert told["text"] == "Do not trust these numbers: the split is broken."
    assert says(told, "winner", "better") == []
    assert says(told, "2500 participants, 2250 expected")


@pytest.mark.parametrize("moved, wins", [(40, True), (41, False)])
def test_mixed_exposures_have_no_winner_above_one_percent(stack, moved, wins):
    """Of 4,000 participants."""
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (2000, 200), (2000, 500))
    stack.sql("update exposure as x set earlier_exposures = 1 from experiment as e "
              "where e.id = %s and x.experiment = e.nr and x.alternative = 2 and "
              "regexp_replace(x.subject_id, '.*-', '')::integer <= %s", exp, moved)
    rebuild(stack, exp)
    told = results(stack, exp)
    assert told["multiple_exposures"] == moved
    assert bool(says(told["verdict"], "winner")) == wins


def test_below_the_plan_the_verdict_says_how_far_it_is(stack):
    """The plan of 10 % to 12 %, alpha 0.05, power 0.8 needs 4,072 in each arm."""
    exp, goal = two_arms(stack)
    plan = '{"baseline": 0.1, "effect": 0.02, "alpha": 0.05, "power": 0.8}'
    stack.sql("update experiment set plan = %s where id = %s", plan, exp)
    rates(stack, exp, goal, (2036, 210), (2036, 211))
    told = verdict(stack, exp)
    assert told["text"] == "Keep running: 50% of the plan."
    assert says(told, "the plan needs 4072 participants in each arm")


def test_a_plan_does_not_delay_the_report_of_harm(stack):
    exp, goal = two_arms(stack)
    plan = '{"baseline": 0.3, "effect": 0.02, "alpha": 0.05, "power": 0.8}'
    stack.sql("update experiment set plan = %s where id = %s", plan, exp)
    rates(stack, exp, goal, (2000, 600), (2000, 300))
    assert verdict(stack, exp)["text"] == "Control is better."


def test_before_a_whole_week_there_is_no_winner(stack):
    exp, goal = two_arms(stack)
    for arm, converted in ((1, 200), (2, 500)):
        fill(stack, exp, arm, 2000, {goal: {1: converted}}, days=6)
    told = verdict(stack, exp)
    assert (told["text"], told["state"]) == ("b is ahead; wait for a full week.", "ahead")
    assert told["winner"] is None


def test_without_a_named_goal_there_is_no_winner(stack):
    goal = a_goal(stack)
    exp = running(stack, "b")
    rates(stack, exp, goal, (2000, 200), (2000, 500))
    assert verdict(stack, exp)["text"] == "Name the goal that decides."


def test_of_three_arms_one_may_be_worse_and_one_undecided(stack):
    goal = a_goal(stack)
    exp = running(stack, "b", "c", goals=[goal])
    for arm, converted in ((1, 400), (2, 266), (3, 426)):
        fill(stack, exp, arm, 2000, {goal: {1: converted}})
    told = verdict(stack, exp)
    assert told["text"] == "b is worse than control; c is undecided."
    (found,) = [g for g in results(stack, exp)["goals"] if g["goal"] == goal]
    assert [a["state"] for a in found["alternatives"]] == [None, "worse", "undecided"]


def test_changed_weights_create_no_difference(stack):
    """Simpson's paradox: 30 % in both arms, then 10 % in both, with weights 1:9 and 9:1."""
    exp, goal = two_arms(stack)
    fill(stack, exp, 1, 9000, {goal: {1: 2700}}, split=1)
    fill(stack, exp, 2, 1000, {goal: {1: 300}}, split=1)
    weigh(stack, exp, 1, 9)
    fill(stack, exp, 1, 1000, {goal: {1: 100}}, split=2)
    fill(stack, exp, 2, 9000, {goal: {1: 900}}, split=2)
    stack.sql("update allocation set allocation_weights = '{\"1\": 0.9, \"2\": 0.1}' where "
              "experiment = %s and nr = 1", number(stack, exp))
    told = results(stack, exp)
    assert told["srm"]["ok"]
    assert told["verdict"]["text"] == "No difference shown yet."
    b = cell(told, goal)
    assert abs(b["difference"]) > 0.1 and abs(sum(b["sequence"])) < 1e-9


def test_goals_tested_by_frequency_are_judged_by_frequency(stack):
    """As many do it, but far less often."""
    goal = a_goal(stack, test="mwu")
    exp = running(stack, "b", goals=[goal])
    fill(stack, exp, 1, 2000, {goal: {2: 1720}})
    fill(stack, exp, 2, 2000, {goal: {1: 520}})
    told = results(stack, exp)
    assert told["verdict"]["text"] == "Control is better."
    assert cell(told, goal)["sequence"][1] < 0


def test_harm_in_another_goal_is_reported_beside_the_winner(stack):
    harm = a_goal(stack)
    goal = a_goal(stack)
    exp = running(stack, "b", goals=[goal, harm])
    fill(stack, exp, 1, 2000, {goal: {1: 200}, harm: {1: 600}})
    fill(stack, exp, 2, 2000, {goal: {1: 500}, harm: {1: 200}})
    told = verdict(stack, exp)
    assert told["text"] == f"b wins in {goal} and harms {harm}: decide."
    assert says(told, f"b in {harm}: harm, worse than control")
