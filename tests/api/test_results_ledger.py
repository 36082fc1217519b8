# SPDX-License-Identifier: GPL-3.0-or-later
"""The results ledger: its sums equal the counted rows at any moment."""

import concurrent.futures
import contextlib
import datetime
import multiprocessing
import random
import time

import psycopg2
import pytest

from enrols import put, running, somebody
from goals import goal, hit
from lookups import admin, await_status, body, new_id
from stack import TOP, wait_until
from result_rows import cell, differences, fill, number, participants, results, two_arms

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)


@contextlib.contextmanager
def transaction(stack):
    """A connection of somebody else, with a transaction that stays open until told."""
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("set search_path = assay")
            yield cursor
    finally:
        connection.close()


def enrol_by_sql(cursor, user, exp):
    cursor.execute("select from enrol(%s, array(select nr from experiment where id = %s), "
                   "array[2], array[1::bigint], array[null::integer], 'drawn', true, now())",
                   ("u:" + user, exp))


def fold(stack, most=1000000):
    """Folds as the jobs do."""
    return stack.sql("select result_fold(%s)", most)[0][0]


def deltas(stack, exp):
    return stack.sql("select count(*) from result_delta where experiment = %s",
                     number(stack, exp))[0][0]


def test_results_are_the_same_before_and_after_folding(stack):
    exp, goal = two_arms(stack)
    for i in range(6):
        user = somebody()
        put(stack, exp, user, "b" if i % 2 else "control")
        hit(stack, goal, user, count=i + 1)
    before = results(stack, exp)
    fold(stack)
    after = results(stack, exp)
    for told in (before, after):
        told.pop("data_through")
    assert before == after
    assert before["alternatives"][0]["participants"] == 3
    assert differences(stack, exp) == []


def test_an_uncommitted_transaction_is_in_no_result(stack):
    exp = running(stack, "b")
    with transaction(stack) as cursor:
        enrol_by_sql(cursor, somebody(), exp)
        fold(stack)
        assert participants(stack, exp) == {"control": 0, "b": 0}
        cursor.execute("commit")
        assert participants(stack, exp) == {"control": 0, "b": 1}
    assert differences(stack, exp) == []


def test_a_transaction_that_is_rolled_back_leaves_nothing_behind(stack):
    exp = running(stack, "b")
    with transaction(stack) as cursor:
        enrol_by_sql(cursor, somebody(), exp)
        cursor.execute("rollback")
    fold(stack)
    assert participants(stack, exp) == {"control": 0, "b": 0}
    assert differences(stack, exp) == []


def test_the_jobs_fold_what_waits(stack):
    exp = running(stack, "b")
    put(stack, exp, somebody(), "b")
    stack.assay("jobs", "--once")
    assert deltas(stack, exp) == 0
    assert participants(stack, exp) == {"control": 0, "b": 1}
    assert stack.metric("result_deltas") >= 0
    assert stack.metric("result_fold_lag_seconds") >= 0


def test_an_erased_user_is_no_longer_in_results(stack):
    exp, goal = two_arms(stack)
    user = somebody()
    put(stack, exp, user, "b")
    hit(stack, goal, user, count=3)
    assert cell(results(stack, exp), goal)["conversions"] == 1
    stack.call("DELETE", f"/v1/user/{user}")
    told = results(stack, exp)
    assert participants(stack, exp) == {"control": 0, "b": 0}
    assert cell(told, goal)["conversions"] == 0
    assert cell(told, goal)["histogram"].get("3") is None


def test_an_erasure_takes_nothing_off_earlier_days(stack):
    """Days of the past hold sums only, so that what they said can be said again."""
    exp = running(stack, "b")
    user = somebody()
    put(stack, exp, user, "b")
    fold(stack)
    stack.sql("update result_cell set day = day - 3 where experiment = %s and day > '-infinity'",
              number(stack, exp))
    stack.call("DELETE", f"/v1/user/{user}")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = [[d, n] for d, name, n in results(stack, exp)["days"] if name == "b"]
    assert days == [[str(today - datetime.timedelta(days=3)), 1], [str(today), -1]]
    assert participants(stack, exp) == {"control": 0, "b": 0}


def test_sums_that_became_zero_are_removed(stack):
    exp = running(stack, "b")
    user = somebody()
    put(stack, exp, user, "b")
    stack.call("DELETE", f"/v1/user/{user}")
    fold(stack)
    stack.sql("select result_tidy()")
    assert stack.sql("select * from result_cell where experiment = %s", number(stack, exp)) == []


def test_an_experiment_created_again_has_nothing_of_the_old_one(stack):
    exp = running(stack, "b")
    fill(stack, exp, 2, 7)
    nr = number(stack, exp)
    assert participants(stack, exp) == {"control": 0, "b": 7}
    admin(stack, "DELETE", exp)
    assert stack.call("GET", f"/v1/experiment/{exp}/results").status_code == 404
    request = dict(body("enrols", criteria=None), expId=exp, alternatives=[{"name": "b"}])
    admin(stack, "POST", "create", request)
    await_status(stack, exp)
    assert participants(stack, exp) == {"control": 0, "b": 0}
    stack.assay("jobs", "--once")
    for table in ("result_delta", "result_cell", "result_histogram", "result_ledger"):
        assert stack.sql(f"select * from {table} where experiment = %s", nr) == []


def test_a_rebuild_gives_what_the_rows_say(stack):
    exp, goal = two_arms(stack)
    for i in range(4):
        user = somebody()
        put(stack, exp, user, "b")
        hit(stack, goal, user, count=i + 1)
    told = results(stack, exp)
    stack.sql("update result_cell set n = n + 5 where experiment = %s", number(stack, exp))
    stack.sql("select result_rebuild(%s)", number(stack, exp))
    again = results(stack, exp)
    assert (again["alternatives"], again["goals"]) == (told["alternatives"], told["goals"])
    assert differences(stack, exp) == []


def test_doctor_recounts_an_experiment(stack):
    exp = running(stack, "b")
    put(stack, exp, somebody(), "b")
    fold(stack)
    right = stack.assay("doctor", "--recount", exp)
    assert right.stdout == f"the results of {exp} are those of the rows\n"
    stack.sql("update result_cell set n = n + 1 where experiment = %s and day = '-infinity'",
              number(stack, exp))
    wrong = stack.assay("doctor", "--recount", exp, check=False)
    assert wrong.returncode == 1
    assert "total of goal 0, alternative 2" in wrong.stdout
    assert stack.assay("doctor", "--recount", "no-such", check=False).returncode == 1


def test_the_jobs_recount_one_experiment_a_day_and_log_a_difference(stack):
    exp = running(stack, "b")
    put(stack, exp, somebody(), "b")
    fold(stack)
    stack.sql("update result_ledger set recounted_at = now() - interval '2 days'")
    stack.sql("update result_ledger set recounted_at = null where experiment = %s",
              number(stack, exp))
    stack.sql("update result_cell set n = n + 1 where experiment = %s and day = '-infinity'",
              number(stack, exp))
    before = stack.metric("result_differences_total")
    told = stack.assay("jobs", "--once")
    assert "results_differ" in told.stderr
    assert stack.metric("result_differences_total") > before
    assert "results_differ" not in stack.assay("jobs", "--once").stderr


def test_a_thousand_hits_and_more_are_binned_and_their_sum_is_exact(stack):
    exp, goal = two_arms(stack)
    for count in (1000, 1001, 1002, 5000):
        user = somebody()
        put(stack, exp, user, "b")
        hit(stack, goal, user, key="server", count=count)
    told = cell(results(stack, exp), goal)
    assert told["mean_actions"] == (1000 + 1001 + 1002 + 5000) / 4
    assert told["histogram"] == {"0": 0, "1000": 1, "1002": 2, "5000": 1}


def test_many_enrolments_and_hits_at_once_are_those_one_by_one(stack):
    """enrol_many() and goal_hit_many(), a subject and an event twice in a call among them."""
    exp, goal = two_arms(stack)
    nr = number(stack, exp)
    users = ["u:" + somebody() for _ in range(3)]
    rows = stack.sql(
        "select place, alternative, made from enrol_many(%s, %s::bigint[], %s, %s::bigint[], true, "
        "now()) order by place", users + users[:1], [nr] * 4, [1, 2, 2, 2], [1] * 4)
    assert rows == [(1, 1, True), (2, 2, True), (3, 2, True), (4, 1, False)]
    rows = stack.sql(
        "select place, known, duplicate, ids from goal_hit_many(%s, %s, %s::bigint[], %s, true, "
        "now()) order by place", users[:2] + users[1:2] + ["u:" + somebody(), users[2]],
        [goal] * 4 + ["no-such"], [1, 2, 3, 1, 1], [None, "e", "e", None, None])
    assert rows == [(1, True, False, [exp]), (2, True, False, [exp]), (3, True, True, []),
                    (4, True, False, []), (5, False, False, [])]
    assert participants(stack, exp) == {"control": 1, "b": 2}
    assert cell(results(stack, exp), goal)["histogram"]["2"] == 1
    assert differences(stack, exp) == []


def test_results_of_a_past_day_are_those_of_its_end(stack):
    """What came later is not in them, nor does a later erasure change them."""
    exp, goal = two_arms(stack)
    for arm, (n, c) in ((1, (200, 20)), (2, (200, 90))):
        fill(stack, exp, arm, n, {goal: {1: c}}, days=9)
    day = str((datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)).date())
    then = results(stack, exp, through=day)
    assert then["data_through"] == f"{day}T23:59:59.999Z"
    assert then["verdict"] == results(stack, exp)["verdict"]
    user = somebody()
    put(stack, exp, user, "b")
    hit(stack, goal, user)
    erased = stack.sql("select subject_id from exposure where experiment = %s limit 1",
                       number(stack, exp))[0][0][2:]
    assert stack.call("DELETE", f"/v1/user/{erased}").status_code == 200
    assert results(stack, exp, through=day) == then
    assert cell(then, goal)["conversions"] == 90 and cell(then, goal)["histogram"] is None
    before = results(stack, exp, through="2020-01-01")
    assert before["verdict"]["text"] == "Waiting for the first participant."


@pytest.mark.parametrize("day", ["today", "2026-13-01", "2026-11-1", "yesterday", "", "9999-12-31"])
def test_a_day_that_is_not_over_has_no_results(stack, day):
    exp = running(stack, "b")
    if day == "today":
        day = str(datetime.datetime.now(datetime.timezone.utc).date())
    answer = stack.call("GET", f"/v1/experiment/{exp}/results", params={"through": day})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "through"


class Model:
    """Anything that changes what counts, at random, straight to the functions."""

    STEPS = ["enrol"] * 4 + ["hit"] * 6 + ["enrol_many", "hit_many", "visit", "confirm",
                                           "incorporate", "erase", "fold", "rebuild"]

    def __init__(self, stack, exp, goals, seed):
        self.connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute("set search_path = assay")
        self.nr, self.goals, self.random = number(stack, exp), goals, random.Random(seed)
        self.users = [f"u:{exp}-{i}" for i in range(10)]
        self.sessions = [f"s:{exp}-{i}" for i in range(10)]

    def run(self, text, *params):
        self.cursor.execute(text, params)

    def at(self):
        """A time at which windows are open, have ended, or have not begun."""
        now = datetime.datetime.now(datetime.timezone.utc)
        return now - datetime.timedelta(minutes=self.random.choice([0, 0, 50, 1500, 4000]))

    def enrol(self):
        self.run("select from enrol(%s, array[%s]::bigint[], array[%s]::integer[], "
                 "array[%s]::bigint[], array[null]::integer[], %s, true, %s)",
                 self.random.choice(self.users + self.sessions), self.nr,
                 self.random.choice([1, 2, 3]), self.random.choice([1, 2]),
                 self.random.choice(["drawn", "drawn", "set", "forced"]), self.at())

    def enrol_many(self):
        some = self.random.sample(self.users + self.sessions, 3)
        self.run("select from enrol_many(%s, %s::bigint[], %s, %s::bigint[], true, %s)", some,
                 [self.nr] * 3, [self.random.choice([1, 2, 3]) for _ in some], [1] * 3, self.at())

    def hit(self):
        self.run("select from goal_hit(%s, %s, %s, %s, true, %s)",
                 self.random.choice(self.users + self.sessions), self.random.choice(self.goals),
                 self.random.choice([1, 1, 2, 999, 5000]), self.random.choice([None, "e1"]),
                 self.at())

    def hit_many(self):
        some = self.random.sample(self.users + self.sessions, 3)
        self.run("select from goal_hit_many(%s, %s, %s::bigint[], %s, true, %s)", some,
                 [self.random.choice(self.goals) for _ in some], [1, 2, 3], [None, "e1", "e2"],
                 self.at())

    def visit(self):
        self.run("select visit_record(%s, true, now())",
                 self.random.choice(self.users + self.sessions))

    def confirm(self):
        self.run("select subject_confirm(%s, now())", self.random.choice(self.sessions))

    def incorporate(self):
        self.run("select from subject_incorporate(%s, %s, now())",
                 self.random.choice(self.sessions), self.random.choice(self.users))

    def erase(self):
        self.run("select from subject_erase(%s)", self.random.choice(self.users + self.sessions))

    def fold(self):
        self.run("select result_fold(%s)", self.random.choice([1, 3, 1000]))
        self.run("select result_tidy()")

    def rebuild(self):
        self.run("select result_rebuild(%s)", self.nr)

    def widen(self):
        """Gives the experiment a window as a change of its goals does, and the jobs build it."""
        hours = self.random.randint(2, 100)
        self.run("delete from result_window where experiment = %s and hours = %s", self.nr, hours)
        self.run("insert into result_window (experiment, hours, added_at) values (%s, %s, now())",
                 self.nr, hours)
        waited = False
        while not waited:
            self.run("select result_window_wait()")
            (waited,) = self.cursor.fetchone()
        self.run("select result_window_build(%s, %s, now())", self.nr, hours)

    def step(self):
        name = self.random.choice(self.STEPS)
        getattr(self, name)()
        return name


def windowed_experiment(stack):
    """An experiment that began some days ago, with a goal without and two with a window."""
    goals = [goal(stack), goal(stack, window_from=0, window_to=1),
             goal(stack, window_from=24, window_to=48)]
    exp = running(stack, "b", "c", goals=goals)
    stack.sql("update experiment set start_date = start_date - 9 where id = %s", exp)
    return exp, goals


@pytest.mark.parametrize("seed", range(4))
def test_after_every_step_the_ledger_equals_counting(stack, seed):
    exp, goals = windowed_experiment(stack)
    model = Model(stack, exp, goals, seed)
    for n in range(200):
        name = model.step()
        assert differences(stack, exp) == [], (seed, n, name)
    model.connection.close()


def race(stack, exp, goals, kind, seed, until, outcome):
    """A process that does one kind of thing until the time is over."""
    try:
        model = Model(stack, exp, goals, seed)
        steps = {"write": ["enrol", "hit", "hit", "visit", "confirm", "incorporate"],
                 "fold": ["fold"], "erase": ["erase"], "rebuild": ["rebuild"],
                 "widen": ["widen"], "read": None}[kind]
        while time.monotonic() < until:
            if steps is None:
                assert differences(stack, exp) == []
            else:
                getattr(model, model.random.choice(steps))()
            if kind in ("erase", "rebuild", "widen"):
                time.sleep(0.02)
        outcome.put(None)
    except BaseException as why:
        outcome.put(f"{kind} {seed}: {why!r}")


def test_writers_folders_readers_and_an_eraser_at_once(stack):
    """Every reader, at every moment, finds the sums that the rows give."""
    exp, goals = windowed_experiment(stack)
    kinds = ["write"] * 8 + ["fold"] * 2 + ["read"] * 2 + ["erase", "rebuild", "widen"]
    outcome = multiprocessing.Queue()
    until = time.monotonic() + 4
    jobs = [multiprocessing.Process(target=race, args=(stack, exp, goals, kind, i, until, outcome))
            for i, kind in enumerate(kinds)]
    for job in jobs:
        job.start()
    assert [found for found in (outcome.get(timeout=600) for _ in jobs) if found] == []
    for job in jobs:
        job.join()
    fold(stack)
    assert differences(stack, exp) == []
