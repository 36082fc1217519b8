# SPDX-License-Identifier: GPL-3.0-or-later
"""Participants and conversions as rows, and the results that are read from them."""

from enrols import running
from lookups import admin, new_id
from stack import TOP


def results(stack, exp, **params):
    answer = stack.call("GET", f"/v1/experiment/{exp}/results", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def participants(stack, exp):
    return {a["name"]: a["participants"] for a in results(stack, exp)["alternatives"]}


def number(stack, exp):
    """The number that rows of subjects carry for an experiment."""
    return stack.sql("select nr from experiment where id = %s", exp)[0][0]


def a_goal(stack, test="chi2", name=None):
    """A new goal; its name."""
    name = name or new_id("goal")
    stack.sql("insert into goal (name, test, description, created_at) "
              "values (%s, %s, 'of a test', now()) on conflict do nothing", name, test)
    return name


def two_arms(stack, **more):
    """An experiment of control and b that names one new goal; both."""
    goal = a_goal(stack)
    return running(stack, "b", **dict({"goals": [goal]}, **more)), goal


def fill(stack, exp, arm, count, hits=None, split=1, forced=False, days=8):
    """Lets so many new subjects take part in the alternative numbered arm (1: control). hits says
    of goals by name how many of them did it how often: {goal: {times: subjects}}. They came so many
    days ago: a winner is named after a whole week. Rows that no function wrote are not in the
    ledger, so it is made anew."""
    prefix = new_id("filled") + "-"
    text, params = "", []
    for goal, histogram in (hits or {}).items():
        first = 1
        for times, subjects in histogram.items():
            text += ("insert into conversion select 'u:' || %s || i, e.nr, %s, g.nr, %s, %s, "
                     "now() - %s * interval '1 day', now() - %s * interval '1 day', %s "
                     "from generate_series(%s, %s) as i, experiment as e, goal as g "
                     "where e.id = %s and g.name = %s; ")
            params += [prefix, arm, int(times), forced, days, days, split, first,
                       first + subjects - 1, exp, goal]
            first += subjects
    stack.sql("insert into exposure select 'u:' || %s || i, nr, %s, %s, %s, 0, "
              "now() - %s * interval '1 day' "
              "from generate_series(1, %s) as i, experiment where id = %s; " + text +
              "select result_rebuild(nr) from experiment where id = %s",
              prefix, arm, split, forced, days, count, exp, *params, exp)
    return prefix


def weigh(stack, exp, control, b):
    """Gives control and b other weights: a new allocation."""
    admin(stack, "PATCH", exp, {"alternatives": [{"name": "control", "weight": control},
                                                 {"name": "b", "weight": b}]})


def rates(stack, exp, goal, control, b):
    """Fills control and b with participants and conversions."""
    for arm, (n, c) in ((1, control), (2, b)):
        fill(stack, exp, arm, n, {goal: {1: c}})


def cell(told, goal, name="b"):
    """The results of an alternative for a goal."""
    (found,) = [g for g in told["goals"] if g["goal"] == goal]
    (arm,) = [a for a in found["alternatives"] if a["name"] == name]
    return arm


def rebuild(stack, exp):
    """Rebuilds the ledger of an experiment after a test has changed rows directly."""
    stack.sql("select result_rebuild(%s)", number(stack, exp))


def differences(stack, exp):
    """The differences between the ledger and the counted rows."""
    text = (TOP / "sql/query/result_recount.sql").read_text().replace("%", "%%")
    text = text.replace("$1", "%s")
    return stack.sql(text, *[number(stack, exp)] * text.count("%s"))
