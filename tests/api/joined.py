# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that a worker finds waiting at the same time, and what the tests of them share."""

import concurrent.futures
import contextlib
import pathlib
import time
import uuid

import psycopg2
import pytest

from load import stamp
from stack import SERVERS, Stack, wait_until
from workers import only, stopped

NOW = int(time.time() * 1000) - 3600_000


@pytest.fixture(scope="module", params=SERVERS)
def pool(request):
    """Several workers."""
    s = Stack(request.param, KEEP=1, ASSAY_WORKERS=3, ASSAY_CACHE_TIMEOUT_MS=1000)
    yield s
    s.stop()


def waiting(stack):
    """Connections to the pool that exist now."""
    path = str(stack.state / "run/assay.sock")
    lines = [line.split() for line in pathlib.Path("/proc/net/unix").read_text().splitlines()]
    return sum(1 for words in lines if words[-1] == path and words[5] != "01")


@contextlib.contextmanager
def joined_first(pool):
    """The body starts requests of many clients: they wait until one worker, alone at first, has
    committed some of them together. All workers serve the others."""
    changes = pool.metric("joint_changes_total")
    first, *others = pool.living()
    with contextlib.ExitStack() as held:
        for pid in others:
            held.enter_context(stopped(pid))
        with stopped(first):
            yield
            wait_until(lambda: waiting(pool) >= 6, 20, "the requests")
        wait_until(lambda: pool.metric("joint_changes_total") > changes, 20, "a shared commit")


class Sent:
    """Requests that a worker found waiting together; each is (method, path, keywords of call)."""

    def __init__(self, stack, requests):
        before = counts(stack)
        with concurrent.futures.ThreadPoolExecutor(len(requests)) as threads:
            with stopped(only(stack)):
                futures = [threads.submit(stack.call, method, path, **given)
                           for method, path, given in requests]
                wait_until(lambda: waiting(stack) >= len(requests), 20, "the requests")
            self.answers = [f.result() for f in futures]
        after = counts(stack)
        self.commits, self.changes, self.failures = (a - b for a, b in zip(after, before))
        self.statuses = [a.status_code for a in self.answers]


def counts(stack):
    return [stack.metric(f"joint_{name}_total") for name in ("commits", "changes", "failures")]


def together(stack, make, good=None, failures=0):
    """Sends what make() gives until `good` requests (None: all) have shared one commit, or as many
    shared commits have failed: a busy machine may divide them."""
    def attempt():
        requests = make()
        sent = Sent(stack, requests)
        wanted = (0 if failures else 1, 0 if failures else len(requests) if good is None else good,
                  failures)
        return (sent.commits, sent.changes, sent.failures) == wanted and sent
    return wait_until(attempt, 20, "a shared commit")


def view(user, ms=NOW, **more):
    return {"user_id": user, "name": "home", "timestamp": stamp(ms), **more}


def page(body, **given):
    return "POST", "/v1/page", {"json": body, **given}


def names(count):
    return [uuid.uuid4().hex for _ in range(count)]


def stored(stack, users):
    """User: (its views, transactions that stored them)."""
    rows = stack.sql("select substr(subject_id, 3), count(*), array_agg(distinct xmin::text)"
                     " from page_view where subject_id = any (%s) group by 1",
                     [f"u:{u}" for u in users])
    return {user: (count, made) for user, count, made in rows}


@contextlib.contextmanager
def happens(stack, table, when, what, deferred=False):
    """This happens to whoever inserts such a row into the table: at the row, or at the commit."""
    trigger = "hold_" + uuid.uuid4().hex
    kind = (f"create constraint trigger {trigger} after insert on {table} deferrable initially"
            " deferred" if deferred else f"create trigger {trigger} before insert on {table}")
    stack.sql(f"create function {trigger}() returns trigger language plpgsql as"
              f" $$ begin if {when} then {what}; end if; return new; end $$;"
              f" grant execute on function {trigger} to public;"
              f" {kind} for each row execute function {trigger}()")
    try:
        yield
    finally:
        stack.sql(f"drop trigger {trigger} on {table}; drop function {trigger}()")


@contextlib.contextmanager
def locked(stack, text="lock table page_view in access exclusive mode"):
    """Another transaction holds what the statement needs; its connection."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"]
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.cursor().execute("set search_path = assay; " + text)
        yield connection
        connection.rollback()


def blocked(stack):
    """Statements of workers that wait for a lock."""
    return stack.sql("select query from pg_stat_activity where usename = 'assay_app'"
                     " and wait_event_type = 'Lock'", role="postgres")


def sending(threads, stack, requests):
    """Sends requests that wait for a worker together; their futures."""
    with stopped(only(stack)):
        futures = [threads.submit(stack.call, method, path, **given)
                   for method, path, given in requests]
        wait_until(lambda: waiting(stack) >= len(requests), 20, "the requests")
    return futures
