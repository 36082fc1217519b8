# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of results, from rows to JSON, against values that scipy computed."""

import json

import pytest

from enrols import enroll, put, running, somebody
from goals import confirm, hit, merge, session
from lookups import a_second_later, admin
from stack import TOP
from result_rows import a_goal, cell, fill, rates, results, two_arms, weigh

SEQUENTIAL = json.loads((TOP / "tests/unit/vectors/sequential.json").read_text())
VECTORS = json.loads((TOP / "tests/unit/vectors/stats.json").read_text())


def close(value):
    return value if value is None else pytest.approx(value, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("v", VECTORS["chi_square"], ids=lambda v: f"{v['n']}-{v['c']}")
def test_chi_square_is_that_of_the_rows(stack, v):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (v["n_control"], v["c_control"]), (v["n"], v["c"]))
    told = cell(results(stack, exp), goal)
    assert told["conversions"] == v["c"]
    assert told["chi2_confidence"] == close(v["confidence"])
    if v["chi2"] is None:
        assert told["reason"]


@pytest.mark.parametrize("v", VECTORS["two_rates"], ids=lambda v: str(v["alternative"]))
def test_intervals_and_chances_are_those_of_the_rows(stack, v):
    exp, goal = two_arms(stack)
    (c0, n0), (c, n) = v["control"], v["alternative"]
    rates(stack, exp, goal, (n0, c0), (n, c))
    told = cell(results(stack, exp), goal)
    assert told["interval"] == [close(x) for x in v["newcombe_95"]]
    assert told["chance_to_beat_control"] == close(v["chance_to_beat_control"])
    assert told["expected_loss"] == close(v["loss_if_alternative_chosen"])
    assert told["rate"] == close(c / n)


@pytest.mark.parametrize("v", [v for v in SEQUENTIAL["sequence"] if v["tuned_for"] == 5000
                               and sum(v["x"]) < 1000000],
                         ids=lambda v: str(v["x"]))
def test_the_sequence_is_that_of_the_rows(stack, v):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, v["control"], v["x"])
    told = cell(results(stack, exp), goal)
    assert told["difference"] == close(v["x"][1] / v["x"][0] - v["control"][1] / v["control"][0])
    assert told["sequence"] == [close(max(v["lo"], -1)), close(min(v["hi"], 1))]
    assert told["sequence_p"] == told["adjusted_p"] == close(v["p"])


def test_uneven_arms_without_conversions_show_nothing(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (990, 50), (10, 0))
    told = cell(results(stack, exp), goal)
    assert told["sequence_p"] > 0.05
    assert told["sequence"][0] < 0 < told["sequence"][1]


@pytest.mark.parametrize("control, b", [((9, 3), (500, 400)), ((500, 10), (9, 9))])
def test_an_arm_of_fewer_than_ten_has_no_interval_no_p_and_no_verdict(stack, control, b):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, control, b)
    told = cell(results(stack, exp), goal)
    assert [told[name] for name in ("interval", "sequence", "sequence_p", "adjusted_p")] == \
        [None] * 4
    assert "fewer than 10" in told["reason"]


def test_without_conversions_there_is_no_chance_to_beat_control(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (990, 0), (10, 0))
    told = cell(results(stack, exp), goal)
    assert (told["chance_to_beat_control"], told["expected_loss"]) == (None, None)


def test_subjects_placed_by_hand_are_left_out_of_the_sample_ratio(stack):
    """As a user, as a session that is confirmed afterwards, and as one that becomes a user."""
    exp, _ = two_arms(stack)
    fill(stack, exp, 1, 100)
    fill(stack, exp, 2, 100)
    told = results(stack, exp)
    for _ in range(30):
        put(stack, exp, somebody(), "b")
    early, late = session(), session()
    put(stack, exp, early, "b")
    confirm(stack, early)
    put(stack, exp, late, "b")
    confirm(stack, late)
    merge(stack, somebody(), late)
    after = results(stack, exp)
    assert after["srm"] == told["srm"]
    assert [a["participants"] for a in after["alternatives"]] == [100, 132]
    assert after["placed"] == 32


@pytest.mark.parametrize("v", VECTORS["mann_whitney"], ids=lambda v: str(v["alternative"]))
def test_mann_whitney_is_that_of_the_histograms(stack, v):
    goal = a_goal(stack, "mwu")
    exp = running(stack, "b", goals=[goal])
    for arm, name in ((1, "control"), (2, "alternative")):
        done = {t: n for t, n in v[name].items() if t != "0"}
        fill(stack, exp, arm, sum(v[name].values()), {goal: done})
    told = cell(results(stack, exp), goal)
    assert told["mwu_confidence"] == close(v["confidence"])
    assert told["histogram"] == v["alternative"]
    actions = sum(int(t) * n for t, n in v["alternative"].items())
    assert told["mean_actions"] == close(actions / sum(v["alternative"].values()))


@pytest.mark.parametrize("v", VECTORS["sample_ratio"], ids=lambda v: str(v["observed"]))
def test_the_sample_ratio_is_that_of_the_weights(stack, v):
    names = ["control", "b", "c"][:len(v["weights"])]
    exp = running(stack, *({"name": n, "weight": w} for n, w in zip(names, v["weights"])))
    for arm, count in enumerate(v["observed"], 1):
        fill(stack, exp, arm, count)
    told = results(stack, exp)
    assert {k: told["srm"][k] for k in ("chi2", "p", "ok")} == {
        "chi2": close(v["chi2"]), "p": close(v["p"]), "ok": True}
    assert told["srm"]["p_any_time"] == close(min(1, 1 / told["srm"]["e"]))
    assert [a["participants"] for a in told["alternatives"]] == v["observed"]
    assert [a["expected_share"] for a in told["alternatives"]] == \
        [close(w / sum(v["weights"])) for w in v["weights"]]


@pytest.mark.parametrize("b, ok", [(1200, True), (1300, False)])
def test_evidence_of_a_thousand_to_one_is_a_sample_ratio_mismatch(stack, b, ok):
    """At any time, so the chi-square of a single look (1,200: p 2e-5) may be below 0.001."""
    exp, _ = two_arms(stack)
    fill(stack, exp, 1, 1000)
    fill(stack, exp, 2, b)
    srm = results(stack, exp)["srm"]
    assert srm["p"] < 0.001
    assert srm["ok"] is ok and (srm["e"] < 1000) is ok and (srm["p_any_time"] > 0.001) is ok


def shares(told):
    return [a["expected_share"] for a in told["alternatives"]]


def test_weights_that_changed_count_for_those_enrolled_since(stack):
    """1,000 under 1:1 and 1,000 under 1:3: 750 and 1,250 are as expected."""
    exp = running(stack, {"name": "control", "weight": 1}, {"name": "b", "weight": 1})
    fill(stack, exp, 1, 500, split=1)
    fill(stack, exp, 2, 500, split=1)
    weigh(stack, exp, 1, 3)
    fill(stack, exp, 1, 250, split=2)
    fill(stack, exp, 2, 750, split=2)
    told = results(stack, exp)
    assert shares(told) == [close(750 / 2000), close(1250 / 2000)]
    assert {k: told["srm"][k] for k in ("chi2", "p", "ok")} == {
        "chi2": close(0), "p": close(1), "ok": True}


def test_an_enrolment_carries_the_shares_that_were_in_force(stack):
    exp = running(stack, {"name": "control", "weight": 1}, {"name": "b", "weight": 0})
    enroll(stack, exp, somebody())
    weigh(stack, exp, 0, 1)
    a_second_later()
    for _ in range(3):
        enroll(stack, exp, somebody())
    told = results(stack, exp)
    assert [a["participants"] for a in told["alternatives"]] == [1, 3]
    assert shares(told) == [close(0.25), close(0.75)]


def test_without_participants_the_current_shares_are_shown(stack):
    exp = running(stack, {"name": "control", "weight": 1}, {"name": "b", "weight": 1})
    assert shares(results(stack, exp)) == [0.5, 0.5]
    weigh(stack, exp, 1, 3)
    assert shares(results(stack, exp)) == [0.25, 0.75]


def test_improvement_is_percent_of_the_rate_of_control(stack):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, (1000, 100), (1000, 120))
    assert cell(results(stack, exp), goal)["improvement"] == close(20)


@pytest.mark.parametrize("control, b", [((100, 0), (100, 10)), ((100, 10), (100, 0)),
                                        ((0, 0), (100, 10)), ((100, 10), (0, 0))])
def test_without_a_rate_there_is_no_improvement_but_a_reason(stack, control, b):
    exp, goal = two_arms(stack)
    rates(stack, exp, goal, control, b)
    told = cell(results(stack, exp), goal)
    assert told["improvement"] is None and told["reason"]


def test_results_never_contain_nan_or_infinity(stack):
    """Of an experiment without anybody in it, and of one where all did everything."""
    exp, goal = two_arms(stack)
    for _ in range(2):
        text = stack.call("GET", f"/v1/experiment/{exp}/results").text
        json.loads(text, parse_constant=pytest.fail)
        rates(stack, exp, goal, (30, 30), (30, 30))


def test_a_forced_subject_set_to_the_same_alternative_stays_left_out(stack):
    exp, goal = two_arms(stack)
    user = somebody()
    enroll(stack, exp, user, force="b")
    put(stack, exp, user, "b")
    hit(stack, goal, user)
    told = cell(results(stack, exp), goal)
    assert (told["conversions"], told["reason"]) == (0, "no participants")
