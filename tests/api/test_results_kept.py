# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts are kept for speed, and only while they are what a fresh count would give."""

import concurrent.futures
import contextlib

import psycopg2
import pytest

from enrols import put, running, set_state, somebody
from goals import hit
from lookups import admin, await_status, body
from stack import TOP, wait_until
from tallies import cell, counted, fill, number, participants, results, two_arms

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)


def kept(stack, exp):
    """Whether counts of the experiment are kept."""
    return stack.sql("select r.data is not null from result as r join experiment as e "
                     "on e.nr = r.experiment where e.id = %s", exp) == [(True,)]


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


def test_results_are_counted_once_while_nothing_changes(stack):
    exp, _ = two_arms(stack)
    fill(stack, exp, 1, 10)
    results(stack, exp)
    before = counted(stack)
    told = [results(stack, exp) for _ in range(5)]
    assert counted(stack) == before
    assert all(t == told[0] for t in told)


def test_a_state_that_changes_needs_no_new_count(stack):
    exp, _ = two_arms(stack)
    fill(stack, exp, 1, 10)
    results(stack, exp)
    before = counted(stack)
    set_state(stack, exp, "track")
    assert participants(stack, exp) == {"control": 10, "b": 0}
    assert counted(stack) == before


def test_a_writer_of_one_experiment_leaves_the_counts_of_another(stack):
    exp, other = running(stack, "b"), running(stack, "b")
    results(stack, exp)
    put(stack, other, somebody(), "b")
    assert kept(stack, exp)


def test_while_a_writer_is_not_done_results_are_right_and_not_kept(stack):
    exp, user = running(stack, "b"), somebody()
    with transaction(stack) as cursor:
        enrol_by_sql(cursor, user, exp)
        for _ in range(3):
            assert participants(stack, exp) == {"control": 0, "b": 0}
            assert not kept(stack, exp)
        cursor.execute("commit")
        assert participants(stack, exp) == {"control": 0, "b": 1}
    assert kept(stack, exp)


def test_a_writer_who_takes_back_leaves_nothing_behind(stack):
    exp = running(stack, "b")
    with transaction(stack) as cursor:
        enrol_by_sql(cursor, somebody(), exp)
        results(stack, exp)
        cursor.execute("rollback")
    assert participants(stack, exp) == {"control": 0, "b": 0}
    assert kept(stack, exp)


def test_a_writer_who_comes_while_others_read_what_is_kept_is_seen_when_he_is_done(stack):
    exp = running(stack, "b")
    results(stack, exp)
    with transaction(stack) as cursor:
        enrol_by_sql(cursor, somebody(), exp)
        assert participants(stack, exp) == {"control": 0, "b": 0}
        cursor.execute("commit")
    assert participants(stack, exp) == {"control": 0, "b": 1}


MADE_UP = '{"exposures": [[2, 1, 77, 0]], "days": [], "conversions": []}'


def keep(cursor, nr, version):
    """Runs the program's statement."""
    text = (TOP / "sql/query/result_keep.sql").read_text()
    cursor.execute(f"prepare keep as {text}; execute keep (%s, %s, %s); deallocate keep",
                   (nr, version, MADE_UP))


def begin(cursor, nr):
    cursor.execute("select result_version from result_begin(%s, now())", (nr,))
    return cursor.fetchone()[0]


def test_who_would_keep_does_not_wait_for_one_who_writes(stack):
    """A version was given; then somebody takes the row and is not done."""
    exp = running(stack, "b")
    nr = number(stack, exp)
    with transaction(stack) as one, transaction(stack) as other:
        version = begin(one, nr)
        one.execute("commit")
        other.execute("select result_invalidate(array[%s::bigint])", (nr,))
        one.execute("set lock_timeout = 1")
        keep(one, nr, version)
        one.execute("commit")
        other.execute("rollback")
    assert not kept(stack, exp)


def test_what_was_counted_before_somebody_wrote_is_not_kept_for_who_counts_behind_him(stack):
    exp = running(stack, "b")
    nr = number(stack, exp)
    with transaction(stack) as one:
        version = begin(one, nr)
        one.execute("commit")
        put(stack, exp, somebody(), "b")
        assert begin(one, nr) not in (None, version)
        keep(one, nr, version)
        one.execute("commit")
    assert not kept(stack, exp)


def one_waits(stack):
    return stack.sql("select 1 from pg_stat_activity where wait_event = 'PgSleep' and "
                     "query like '%result_begin%'", role="postgres")


def test_who_asks_while_another_begins_to_count_is_told_what_he_keeps(stack):
    exp = running(stack, "b")
    nr = number(stack, exp)
    with transaction(stack) as one, concurrent.futures.ThreadPoolExecutor(1) as pool:
        version = begin(one, nr)
        asked = pool.submit(lambda: participants(stack, exp))
        wait_until(lambda: one_waits(stack), 3, "one who waits")
        keep(one, nr, version)
        one.execute("commit")
        assert asked.result() == {"control": 0, "b": 77}


def test_an_erased_user_is_no_longer_in_results_that_were_kept(stack):
    exp, goal = two_arms(stack)
    user = somebody()
    put(stack, exp, user, "b")
    hit(stack, goal, user, count=3)
    assert cell(results(stack, exp), goal)["conversions"] == 1
    assert kept(stack, exp)
    stack.call("DELETE", f"/v1/user/{user}")
    told = results(stack, exp)
    assert participants(stack, exp) == {"control": 0, "b": 0}
    assert cell(told, goal)["conversions"] == 0


def test_an_experiment_that_is_made_anew_has_nothing_of_the_old_one(stack):
    exp = running(stack, "b")
    fill(stack, exp, 2, 7)
    assert participants(stack, exp) == {"control": 0, "b": 7}
    assert kept(stack, exp)
    admin(stack, "DELETE", exp)
    assert stack.call("GET", f"/v1/experiment/{exp}/results").status_code == 404
    request = dict(body("enrols", criteria=None), expId=exp, alternatives=[{"name": "b"}])
    admin(stack, "POST", "create", request)
    await_status(stack, exp)
    assert participants(stack, exp) == {"control": 0, "b": 0}


def at_once(count, call):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return [f.result() for f in [pool.submit(call) for _ in range(count)]]


def test_of_many_who_ask_at_once_one_counts(stack):
    exp, goal = two_arms(stack)
    fill(stack, exp, 1, 100000, {goal: {1: 50000}})
    fill(stack, exp, 2, 100000, {goal: {1: 50000}})
    before = counted(stack)
    told = at_once(16, lambda: results(stack, exp))
    assert counted(stack) == before + 1
    assert [t["alternatives"] for t in told] == [told[0]["alternatives"]] * 16
    assert told[0]["alternatives"][0]["participants"] == 100000


@pytest.mark.parametrize("age, waits", [("1 minute", False), ("0", True)])
def test_a_count_that_never_ended_holds_nobody_up_for_long(stack, age, waits):
    """One who began, and died; who asks just then waits for him, but answers."""
    exp = running(stack, "b")
    nr = number(stack, exp)
    stack.sql("insert into result values (%s, nextval('result_version'), now() - %s::interval)",
              nr, age)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(lambda: participants(stack, exp))
        if waits:
            wait_until(lambda: one_waits(stack), 3, "one who waits")
        assert answer.result() == {"control": 0, "b": 0}
    assert kept(stack, exp)


def test_counts_that_cannot_be_kept_are_answered(stack):
    exp, _ = two_arms(stack)
    fill(stack, exp, 1, 10)
    stack.sql("""create function assay.refuse() returns trigger language plpgsql
                 as $$ begin raise sqlstate '57014'; end $$;
                 create trigger refuse before update of data on assay.result
                 for each row when (new.data is not null) execute function assay.refuse()""")
    try:
        assert participants(stack, exp) == {"control": 10, "b": 0}
        assert not kept(stack, exp)
    finally:
        stack.sql("drop trigger refuse on assay.result; drop function assay.refuse()")


def test_a_great_many_different_counts_of_a_goal_are_counted_together(stack):
    """150,000 subjects, each with a number of hits of its own."""
    exp, goal = two_arms(stack)
    nr, = stack.sql("select nr from experiment where id = %s", exp)[0]
    number_of, = stack.sql("select nr from goal where name = %s", goal)[0]
    stack.sql("""insert into exposure (subject_id, experiment, alternative, allocation, forced,
                 earlier_exposures, exposed_at)
                 select 'u:many-' || %s || '-' || i, %s, 1 + i %% 2, 1, false, 1, now()
                 from generate_series(1, 150000) as i""", exp, nr)
    stack.sql("""insert into conversion (subject_id, experiment, goal, alternative, hits,
                     forced, first_at, last_at)
                 select 'u:many-' || %s || '-' || i, %s, %s, 1 + i %% 2, i, false, now(), now()
                 from generate_series(1, 150000) as i""", exp, nr, number_of)
    stack.sql("update result set data = null where experiment = %s", nr)
    found = results(stack, exp)
    assert {c["conversions"] for c in [cell(found, goal, a) for a in ("control", "b")]} == {75000}
    size, = stack.sql("select jsonb_array_length(data -> 'conversions') from result"
                      " where experiment = %s and data is not null", nr)[0]
    assert size <= 2 * 1000 + 100
