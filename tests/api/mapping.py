# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of the audience job: a stack on which tests can hold mappings back, profiles
to map, and queries for the members of an audience."""

import contextlib

import psycopg2
import pytest

from lookups import admin
from stack import Stack, wait_until
from test_directory import bulk

MAPPED = "Experiment is actively mapped"
HOLD = 4702

# A mapping takes as long as a test wants: rows of subjects named so wait while a lock is held.
SLOW = f"""
create function assay.wait_while_held() returns trigger language plpgsql as $$
begin
    while exists (select from pg_locks where locktype = 'advisory' and objid = {HOLD}) loop
        perform pg_sleep(0.02);
    end loop;
    return new;
end $$;
create trigger wait_while_held before insert on audience for each row
    when (new.subject_id like 'u:held%') execute function assay.wait_while_held();
"""


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1)
    s.at_first = admin(s, "GET", "list")
    s.sql(SLOW)
    yield s
    s.stop()


def put_users(stack, ids, **attributes):
    answer = bulk(stack, [{"user_id": i, **attributes} for i in ids])
    assert answer.status_code == 200, answer.text


@pytest.fixture
def team(stack, client):
    """Users whose mapping can be held back, all with team = client, beside others that cannot."""
    ids = [f"held-{client}-{i}" for i in range(40)]
    put_users(stack, ids, team=client)
    put_users(stack, [f"{i}-x" for i in ids], team=client + "x")
    return set(ids)


@contextlib.contextmanager
def holding(stack):
    """Holds mappings of such users back until the block ends or release() is called."""
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f"select pg_advisory_lock({HOLD})")
    try:
        yield connection.close
    finally:
        connection.close()


def inserting(stack):
    """Backends that are in the middle of writing an audience."""
    return [pid for pid, in stack.sql(
        "select pid from pg_stat_activity where state = 'active' and wait_event = 'PgSleep'"
        " and query ilike '%%insert into audience%%' and pid <> pg_backend_pid()",
        role="postgres")]


def members(stack, exp):
    """The members of the audience in effect."""
    return {s[2:] for s, in stack.sql(
        "select a.subject_id from audience as a join experiment as e"
        " on e.nr = a.experiment and e.audience_version = a.version where e.id = %s", exp)}


def versions(stack, exp):
    """The versions that have rows, in effect or not."""
    return {v for v, in stack.sql(
        "select a.version from audience as a join experiment as e on e.nr = a.experiment"
        " where e.id = %s", exp)}


def get(stack, exp):
    return admin(stack, "GET", exp)


def workers(stack, *exps):
    """The workers that map these experiments."""
    return {w for w, in stack.sql(
        "select worker from audience_job join experiment using (nr) where id = any (%s)"
        " and worker is not null", list(exps))}


def refreshed(stack, exp):
    """Refreshes its audience and waits until that is done."""
    before = get(stack, exp)
    audience = stack.sql("select audience_version from experiment where id = %s", exp)
    admin(stack, "POST", exp + "/refresh", {})
    wait_until(lambda: stack.sql("select audience_version from experiment where id = %s", exp) !=
               audience, 20, "the refresh")
    return before
