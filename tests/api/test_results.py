# SPDX-License-Identifier: GPL-3.0-or-later
"""Results equal the rows immediately after a write."""

from enrols import enroll, put, running, somebody
from lookups import new_id
from result_rows import participants, results


def test_a_participant_counts_at_once(stack):
    exp = running(stack, "b")
    assert participants(stack, exp) == {"control": 0, "b": 0}
    assert participants(stack, exp) == {"control": 0, "b": 0}
    user = somebody()
    put(stack, exp, user, "b")
    assert participants(stack, exp) == {"control": 0, "b": 1}
    stack.call("DELETE", f"/v1/user/{user}")
    assert participants(stack, exp) == {"control": 0, "b": 0}


def test_forced_subjects_are_left_out(stack):
    exp = running(stack, "b")
    enroll(stack, exp, somebody(), force="b")
    assert participants(stack, exp) == {"control": 0, "b": 0}


def test_a_subject_moved_by_hand_is_in_both_alternatives_and_reported(stack):
    exp, user = running(stack, "red", "blue"), somebody()
    put(stack, exp, user, "red")
    put(stack, exp, user, "blue")
    assert participants(stack, exp) == {"control": 0, "red": 1, "blue": 1}
    assert results(stack, exp)["multiple_exposures"] == 1


def test_results_of_an_unknown_experiment_are_not_found(stack):
    answer = stack.call("GET", f"/v1/experiment/{new_id('e')}/results")
    assert answer.status_code == 404


def test_results_as_csv_have_a_row_for_each_goal_and_alternative(stack):
    exp = running(stack, "b")
    answer = stack.call("GET", f"/v1/experiment/{exp}/results", params={"format": "csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    told = results(stack, exp)
    lines = answer.text.splitlines()
    assert lines[0].startswith("goal,test,alternative,participants,")
    assert len(lines) == 1 + sum(len(g["alternatives"]) for g in told["goals"])
