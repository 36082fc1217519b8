# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions that the jobs make where nobody reads results, and those that are not to be kept."""

import pytest

from lookups import admin
from planned import add_day, add_days, day_of, planned
from result_rows import number, results
from stack import TOP

CLEAR = [[day, 200, 40, 200, 20] for day in range(14)]


def kept(stack, exp):
    return stack.sql("select alternative, crossed from decision where experiment = %s "
                     "order by alternative, crossed", number(stack, exp))


def add_arms(stack, exp, goal, offset, *arms, split=1):
    """[participants, conversions] of control, b, c, .. on a day."""
    for arm, (n, c) in enumerate(arms, 1):
        add_day(stack, exp, goal, offset, arm, n, c, split=split)


def test_the_jobs_decide_what_nobody_reads(stack):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, CLEAR)
    assert kept(stack, exp) == []
    stack.assay("jobs", "--once")
    assert kept(stack, exp) == [(2, True)]


def test_an_alternative_that_is_gone_does_not_count_for_another_one(stack):
    exp, goal = planned(stack, "b", "c")
    add_arms(stack, exp, goal, -3, (600, 60), (600, 60), (600, 180))
    results(stack, exp)
    assert kept(stack, exp) == [(3, True)]
    admin(stack, "PATCH", exp, {"alternatives": [{"name": "control"}, {"name": "b"}]})
    add_arms(stack, exp, goal, -2, (900, 90), (900, 270), split=2)
    stack.assay("jobs", "--once")
    assert kept(stack, exp) == [(2, True), (3, True)]


@pytest.mark.parametrize("column", ["closed_at", "end_date"])
def test_the_jobs_leave_alone_what_ended_long_ago(stack, column):
    exp, goal = planned(stack)
    add_days(stack, exp, goal, CLEAR)
    for days, wanted in ((7 + 17, []), (7 + 13, [(2, True)])):
        stack.sql(f"update experiment set start_date = '2020-01-01', {column} = %s where id = %s",
                  day_of(-days), exp)
        stack.assay("jobs", "--once")
        assert kept(stack, exp) == wanted


def test_what_a_clock_that_is_ahead_takes_for_decided_is_not_kept(stack):
    """The very statement, as a worker would run it a day too early."""
    exp, goal = planned(stack)
    text = (TOP / "sql/query/decision_add.sql").read_text()
    for offset, wanted in ((0, []), (1, []), (-2, [(2, True)])):
        stack.sql(f"prepare keep as {text}; execute keep (%s, %s, '2', 'true', %s, %s, '0.5', '4', "
                  "'3', '0.02', '0.01', '0.03', '0.05', now())",
                  exp, goal, day_of(offset), day_of(offset))
        assert kept(stack, exp) == wanted
