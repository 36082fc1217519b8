# SPDX-License-Identifier: GPL-3.0-or-later
"""assay simulate: false alarms and detections, through the code that serves real subjects. A seed
determines a run, so assertions about it are reproducible."""

import re

import pytest

# One web server is enough: these never pass through it.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

SMALL = ("simulate", "--experiments", "30", "--subjects", "200", "--looks", "20", "--seed", "7")
TABLES = ("experiment", "enrolment", "exposure", "conversion", "goal", "allocation", "result_delta",
          "waiting_goal", "confirmed", "audience_job")


def rates(text):
    """Percent called different by what way of looking: {way: (A/A, A/B)}."""
    return {found[1].strip(): (float(found[2]), float(found[3])) for found in
            re.finditer(r"^(\S.*\S) +([\d.]+)% +([\d.]+)%$", text, re.M)}


def everything(stack):
    return [stack.sql("select count(*), md5(string_agg(row::text, ' ' order by row::text)) "
                      f"from {table} as row") for table in TABLES]


def test_sequential_false_alarms_stay_below_five_percent_and_peeking_exceeds_it(stack):
    found = rates(stack.assay(*SMALL).stdout)
    once, peeking, sequence, verdict, broken, held = found.values()
    assert list(found) == [
        "chi-square, looked at once, at the end", "chi-square, looked at every time",
        "confidence sequence, looked at every time", "verdict, looked at every time",
        "sample ratio called broken", "confidence sequence always held the truth"]
    assert sequence[0] <= 5 < peeking[0] and verdict[0] <= 5
    assert once[0] < peeking[0] and once[1] > once[0]
    assert broken == (0, 0) and held[0] >= 95 and held[1] >= 95


def test_a_large_difference_is_found_sequentially(stack):
    done = stack.assay("simulate", "--experiments", "5", "--subjects", "400", "--baseline", "0.1",
                       "--effect", "0.5", "--seed", "3")
    assert rates(done.stdout)["confidence sequence, looked at every time"] == (0, 100)


@pytest.mark.parametrize("window, found", [("0..168", 100), ("0..48", 0), ("72..96", 100)])
def test_late_hits_are_found_within_the_window_only(stack, window, found):
    done = stack.assay("simulate", "--experiments", "3", "--subjects", "400", "--baseline", "0.1",
                       "--effect", "0.5", "--delay", "3", "--window", window)
    start, end = window.split("..")
    assert f"hits 3 days later; window of the goal {start} to {end} hours\n" in done.stdout
    assert rates(done.stdout)["confidence sequence, looked at every time"] == (0, found)


def test_a_simulation_leaves_nothing_in_the_database(stack):
    before = everything(stack)
    stack.assay(*SMALL[:2], "2", *SMALL[3:])
    assert everything(stack) == before


def test_a_seed_reproduces_a_run(stack):
    few = ("simulate", "--experiments", "5", "--subjects", "150", "--seed")
    runs = [stack.assay(*few, seed).stdout for seed in ("1", "1", "2")]
    assert runs[0] == runs[1]
    assert rates(runs[0]) != rates(runs[2])


@pytest.mark.parametrize("words", [
    ["--share", "0.1"], ["--arms", "4", "--control", "0.7"],
    ["--share", "0.2", "--change-weights-at", "0.5"], ["--delay", "3"],
    ["--delay", "3", "--window", "0..168"], ["--arms", "4"]])
def test_uneven_shares_changed_weights_late_hits_and_more_arms_keep_false_alarms_low(stack, words):
    done = stack.assay(*SMALL, *words)
    found = rates(done.stdout)
    for way in ("confidence sequence, looked at every time", "verdict, looked at every time"):
        assert found[way][0] <= 10, way
    assert found["sample ratio called broken"] == (0, 0)


def test_a_plan_finds_as_often_as_it_promises(stack):
    """A9: a plan that promises a power of 80 % has it, where the sequence has half. The standard
    error of 60 experiments is 5.2 points, and 2.8 where the truth is 5 %."""
    done = stack.assay("simulate", "--plan", "--experiments", "60", "--effect", "0.2",
                       "--looks", "14", "--seed", "1")
    assert "plan: alpha 0.05, power 0.8, 87 participants needed in each alternative" in done.stdout
    assert "window of the goal 0 to 24 hours" in done.stdout
    found = rates(done.stdout)
    aa, ab = found["verdict, looked at every time"]
    assert aa <= 5 + 3 * 2.8 and abs(ab - 80) <= 2 * 5.2
    assert found["confidence sequence, looked at every time"][1] < ab - 15
    assert min(found["interval of all looks always held the truth"]) >= 95 - 3 * 2.8


def test_a_plan_goes_on_until_its_final_look(stack):
    """With fewer subjects than it needs, for some weeks more; hits that come late are awaited."""
    done = stack.assay("simulate", "--plan", "--experiments", "3", "--effect", "0.6",
                       "--looks", "7", "--subjects", "60", "--baseline", "0.1", "--delay", "2",
                       "--seed", "4")
    assert "window of the goal 0 to 72 hours" in done.stdout
    assert rates(done.stdout)["verdict, looked at every time"] == (0, 100)


@pytest.mark.parametrize("words", [
    ["--plan", "--effect", "0"], ["--plan", "--baseline", "0"], ["--plan", "5"],
    ["--plan", "--baseline", "0.5", "--effect", "0.5"], ["--plan", "--effect", "0.0001"],
    ["--experiments", "0"], ["--experiments", "-1"], ["--experiments", "many"],
    ["--experiments", "100001"], ["--subjects", "0"], ["--subjects", "1000001"],
    ["--looks", "0"], ["--looks", "1001"], ["--seed", "0"], ["--seed", "x"], ["--seed", "1.5"],
    ["--baseline", "2"], ["--baseline", "-0.1"], ["--baseline", "nan"], ["--baseline", "0.2x"],
    ["--baseline", ""], ["--effect", "inf"], ["--effect", "-0.1"],
    ["--share", "0"], ["--share", "1"], ["--arms", "1"], ["--control", "0"],
    ["--control", "1"], ["--control", "0.5", "--share", "0.5"],
    ["--arms", "11"], ["--delay", "-1"], ["--window", "7"],
    ["--window", "0..0"], ["--window", "24..8761"], ["--window", "-1..4"],
    ["--change-weights-at", "1.5"],
    ["--baseline", "0.9", "--effect", "0.2"], ["--experiments"], ["--experimets", "5"], ["5"]])
def test_a_misused_simulation_is_2_and_runs_nothing(stack, words):
    done = stack.assay("simulate", *words, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "assay simulate" in done.stderr


def test_a_simulation_fails_without_a_database(stack):
    done = stack.assay(*SMALL, check=False, ASSAY_DATABASE_URL="host=/nonexistent")
    assert (done.returncode, done.stdout) == (1, "") and done.stderr
