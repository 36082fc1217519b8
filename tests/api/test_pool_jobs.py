# SPDX-License-Identifier: GPL-3.0-or-later
"""`assay jobs`: partitions are created ahead, expired rows are deleted, and nothing else.

This file is not for sanitizers: their library and libfaketime wait for each other at start."""

import datetime
import re
import subprocess

import pytest

from load import Load
from stack import BINARY, Stack

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def stack():
    # A read lags only where the cache was late, which is not what is tested here.
    s = Stack("nginx", KEEP=1, ASSAY_CACHE_TIMEOUT_MS=1000)
    s.end("jobs")  # only the runs of these tests
    yield s
    s.stop()


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def jobs(stack, days=0, **settings):
    """One run, so many days from now; what it says it made, dropped and deleted."""
    env = {k: str(v) for k, v in settings.items()}
    run = subprocess.run(["faketime", "-f", f"+{days}d", BINARY, "jobs", "--once", "-c",
                          str(stack.state / "assay.conf")], capture_output=True, text=True,
                         check=True, timeout=600, env=dict(env, PATH="/usr/bin:/bin"))
    made = re.search(r"made (\d+), dropped (\d+), deleted (\d+)", run.stderr)
    return tuple(int(n) for n in made.groups())


def days(stack):
    """Days that have a partition of their own."""
    names = stack.sql("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                      " where i.inhparent = 'page_view'::regclass")
    return sorted(datetime.datetime.strptime(name[-8:], "%Y%m%d").date()
                  for name, in names if name != "page_view_default")


def span(first, last):
    return [first + n * DAY for n in range((last - first).days + 1)]


def put(stack, user, *ages):
    """Views of a user, so old."""
    for age in ages:
        stack.sql("insert into page_view (subject_id, viewed_at, name) values (%s, %s, 'a')",
                  "u:" + user, now() - age)


def held(stack, user):
    """How old the views of a user are, in whole hours."""
    rows = stack.sql("select round(extract(epoch from %s - viewed_at) / 3600)::int from page_view"
                     " where subject_id = %s order by viewed_at", now(), "u:" + user)
    return [hours for hours, in rows]


def test_days_have_partitions_two_weeks_back_and_a_week_ahead(stack):
    today = now().date()
    assert days(stack) == span(today - 14 * DAY, today + 8 * DAY)


def test_a_run_that_has_nothing_to_do_does_nothing(stack):
    jobs(stack)
    assert jobs(stack) == (0, 0, 0)


def test_only_old_rows_are_deleted_from_the_default_partition(stack, user):
    old, young = 400 * DAY + DAY / 24, 400 * DAY - DAY / 24
    put(stack, user, 900 * DAY, old, young, 20 * DAY, DAY, -DAY / 2)
    assert jobs(stack, ASSAY_RETENTION_DAYS=400)[2] == 2
    assert held(stack, user) == [400 * 24 - 1, 20 * 24, 24, -12]


def test_partitions_of_old_days_are_dropped_and_others_stay(stack, user):
    today = now().date()
    put(stack, user, 20 * DAY, 10 * DAY, 6 * DAY, 4 * DAY, DAY)
    assert jobs(stack, ASSAY_RETENTION_DAYS=5)[1] == 9
    assert days(stack)[0] == today - 5 * DAY
    assert held(stack, user) == [4 * 24, 24]
    assert jobs(stack, ASSAY_RETENTION_DAYS=5) == (0, 0, 0)


def test_partitions_are_created_ahead(stack):
    jobs(stack, days=10)
    assert days(stack)[-1] == now().date() + 18 * DAY


def test_a_year_later_the_views_of_today_are_deleted(stack, user):
    put(stack, user, DAY, DAY / 24)
    jobs(stack, days=399, ASSAY_RETENTION_DAYS=400)
    assert held(stack, user) == [24, 1]
    jobs(stack, days=402, ASSAY_RETENTION_DAYS=400)
    assert held(stack, user) == []


def test_requests_go_on_while_partitions_come_and_go(stack):
    jobs(stack)
    with Load(stack, clients=4, pause=0.002) as load:
        for n in range(4):
            jobs(stack, days=20 * n, ASSAY_RETENTION_DAYS=20 * n + 3)
    assert load.refused() == []
    load.check()
