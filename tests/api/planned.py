# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments with a plan, and what each of their days added, put into the ledger."""

import datetime
import math
import statistics

from enrols import running
from goals import goal
from lookups import new_id

WEEK = 168
PLAN = {"baseline": 0.1, "effect": 0.02, "alpha": 0.05, "power": 0.8}


def day_of(offset):
    """The UTC day so many days from today, as results have it."""
    return (datetime.datetime.utcnow() + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")


def planned(stack, *names, plan=None, window=WEEK, **more):
    """An experiment with a plan and a goal with a window of so many hours; both."""
    name = goal(stack, window_from=0, window_to=window)
    more = {"goals": [name], "plan": PLAN if plan is None else plan, **more}
    return running(stack, *(names or ("b",)), **more), name


def add_day(stack, exp, name, offset, arm, count, converted, split=1):
    """So many participants of an alternative (1: control) whose windows ended on a day, of whom so
    many hit the goal: rows, from which the ledger is made anew."""
    prefix = new_id("day") + "-"
    stack.sql("insert into exposure (subject_id, experiment, alternative, allocation, forced, "
              "earlier_exposures, exposed_at) "
              "select 'u:' || %s || i, e.nr, %s, %s, false, 0, "
              "(%s::date + time '12:00' - g.window_to * interval '1 hour') at time zone 'UTC' "
              "from generate_series(1, %s) as i, experiment as e, goal as g "
              "where e.id = %s and g.name = %s",
              prefix, arm, split, day_of(offset), count, exp, name)
    stack.sql("insert into conversion (subject_id, experiment, alternative, goal, hits, forced, "
              "first_at, last_at, allocation, exposed_at) "
              "select x.subject_id, x.experiment, x.alternative, g.nr, 1, false, x.exposed_at, "
              "x.exposed_at, x.allocation, x.exposed_at "
              "from generate_series(1, %s) as i "
              "join exposure as x on x.subject_id = 'u:' || %s || i join goal as g on g.name = %s; "
              "select result_rebuild(nr) from experiment where id = %s",
              converted, prefix, name, exp)


def add_days(stack, exp, name, rows, last=-1):
    """Rows [day, participants and conversions of b, of control], the last of which is that day."""
    for day, nx, cx, nc, cc in rows:
        offset = last - rows[-1][0] + day
        add_day(stack, exp, name, offset, 2, nx, cx)
        add_day(stack, exp, name, offset, 1, nc, cc)


def needed(baseline, effect, alpha, power, arms=2, share=0.5):
    """Participants of each arm, as the manual has the formula."""
    z = statistics.NormalDist().inv_cdf
    x = baseline + effect
    q = share * x + (1 - share) * baseline
    u = (1 - share) * x * (1 - x) + share * baseline * (1 - baseline)
    root = (z(1 - alpha / (arms - 1) / 2) * math.sqrt(max(q * (1 - q), u))
            + z(power) * math.sqrt(u))
    return max(30, math.ceil(1.06 * 2 * root ** 2 / effect ** 2 - 1e-9))


def plan_for(wanted, **plan):
    """A plan that needs so many, by its power."""
    plan = {**PLAN, **plan}
    low, high = 0.01, 0.999
    for _ in range(60):
        plan["power"] = round((low + high) / 2, 9)
        found = needed(**plan)
        if found == wanted:
            return plan
        low, high = (plan["power"], high) if found < wanted else (low, plan["power"])
    raise AssertionError(f"no power needs {wanted}")
