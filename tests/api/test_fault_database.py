# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL goes away, comes back, loses connections and freezes, while clients go on: nothing
that was acknowledged is lost, and no worker needs a restart."""

import concurrent.futures
import contextlib
import os
import pathlib
import signal
import time
import uuid

import psycopg2
import pytest

import lookups
from load import Client, Load
from stack import Stack, wait_until

# The longest that any request may take: its budget of 2 s (3 s to erase) and some for the machine.
PATIENCE = 4.5

WORKERS = 4


@pytest.fixture(scope="module")
def stack():
    # A read lags only where the cache was late, which is not what is tested here.
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=WORKERS, ASSAY_CACHE_TIMEOUT_MS=1000)
    yield s
    s.stop()


@pytest.fixture(autouse=True)
def same_workers(stack):
    """Whatever happens to the database, the workers of before serve again afterwards."""
    before = sorted(stack.workers())
    yield
    wait_until(lambda: serves(stack), 10, "service")
    assert sorted(stack.workers()) == before


def serves(stack):
    """Whether every worker answers from the database (more tries in a row than there are): about
    users whom the cache does not know, for it answers also while no worker asks a database."""
    client = Client(stack)
    return all(client.send("GET", f"/v1/user/{uuid.uuid4()}").status == 200 for _ in range(12))


def tried(query):
    """What a query gives, or nothing while the database is away."""
    try:
        return query()
    except psycopg2.Error:
        return None


def accepts(stack):
    return tried(lambda: stack.sql("select 1"))


def backends(stack):
    """Process ids of the workers' connections."""
    return [pid for pid, in stack.sql(
        "select pid from pg_stat_activity where usename = 'assay_app'", role="postgres")]


def check(stack, load):
    """The promises that every fault has in common."""
    wait_until(lambda: serves(stack), 10, "service")
    load.check()
    assert [a for a in load.refused() if a.status != 503] == []
    slow = [a for a in load.answers if a.seconds > PATIENCE]
    assert slow == []


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "crash"])
def test_a_database_that_restarts_costs_503_only(stack, sig):
    with Load(stack, pause=0.005) as load:
        for _ in range(3):
            stack.end("postgres", sig)
            down = len(load.answers)
            wait_until(lambda: len(load.answers) > down + 40, 10, "requests without a database")
            stack.again("postgres")
            wait_until(lambda: accepts(stack), 20, "the database")
            wait_until(lambda: serves(stack), 10, "service")
    assert load.refused(), "nobody noticed: this tested nothing"
    check(stack, load)


READY = "database system is ready to accept connections"


def test_a_killed_backend_restarts_the_database_and_loses_nothing(stack):
    with Load(stack, pause=0.005) as load:
        for _ in range(3):
            starts = stack.log("postgres").count(READY)
            victim = wait_until(lambda: tried(lambda: backends(stack)), 20, "the database")[0]
            os.kill(victim, signal.SIGKILL)
            # The server notices a little later, and only then ends everybody.
            wait_until(lambda: stack.log("postgres").count(READY) > starts, 20, "the recovery")
            wait_until(lambda: serves(stack), 10, "service")
    check(stack, load)


def test_an_answer_without_the_database_is_503_within_two_seconds(stack, user):
    client = Client(stack)
    stack.end("postgres", signal.SIGQUIT)
    answers = [client.send(method, path, body) for method, path, body in (
        ("GET", f"/v1/user/{user}", None),
        ("POST", "/v1/page", {"user_id": user, "name": "a", "timestamp": "2024-01-01T00:00:00Z"}),
        ("DELETE", f"/v1/user/{user}", None),
        ("GET", f"/v1/user/{user}/export", None),
        ("GET", "/readyz", None))]
    alive = client.send("GET", "/healthz")
    stack.again("postgres")
    wait_until(lambda: accepts(stack), 20, "the database")
    assert alive.status == 200
    for answer in answers:
        assert answer.status == 503 and answer.seconds < 2.5, answer
        assert answer.headers["Retry-After"] in ("1", "2", "3")


def test_metrics_without_the_database_leave_out_what_is_kept_there(stack):
    kept = {"mappings_total", "mapping_failures_total", "mapping_seconds_total",
            "result_deltas", "result_differences_total", "result_fold_lag_seconds"}

    def names():
        told = stack.assay("metrics").stdout
        return {line.split()[2].removeprefix("assay_") for line in told.splitlines()
                if line.startswith("# TYPE")}
    # Workers do not ask a database for a while that was away a moment ago.
    wait_until(lambda: serves(stack), 10, "service")
    whole = names()
    stack.end("postgres", signal.SIGQUIT)
    rest = names()
    stack.again("postgres")
    wait_until(lambda: accepts(stack), 20, "the database")
    assert kept < whole and rest == whole - kept


def test_lost_connections_are_opened_again_without_a_word(stack):
    with Load(stack, pause=0.01) as load:
        for _ in range(6):
            # Not one that is only being opened: a second loss within a request is told.
            stack.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where"
                      " usename = 'assay_app' and backend_start < now() - interval '0.2 s'",
                      role="postgres")
            seen = len(load.answers)
            wait_until(lambda: len(load.answers) > seen + 250, 10, "requests")
    check(stack, load)
    why = [line for line in stack.log().splitlines() if "event=db_" in line]
    assert len(load.refused()) < len(load.answers) / 100, why[-5:]


def test_connections_that_are_lost_while_they_are_opened_are_opened_once_more(stack, user):
    """In all workers at once: nobody is told, and none holds back the others."""
    clients = [Client(stack) for _ in range(WORKERS)]
    url = stack.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", "postgres@")
    with (contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor,
          concurrent.futures.ThreadPoolExecutor(WORKERS) as threads):
        def rows(text):
            cursor.execute(text)
            return cursor.fetchall()

        def opening(but=()):
            found = set(rows("select pid from pg_locks where not granted")) - set(but)
            return found if len(found) >= WORKERS else None
        # What every session reads when it begins.
        cursor.execute("lock table pg_db_role_setting in access exclusive mode")
        rows("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'assay_app'")
        answers = threads.map(lambda c: c.send("GET", f"/v1/user/{user}"), clients)
        first = wait_until(opening, 5, "connections that are being opened")
        rows("select pg_terminate_backend(pid) from pg_locks where not granted")
        wait_until(lambda: opening(but=first), 5, "others")
        connection.rollback()
        assert [a for a in answers if a.status != 200] == []


def view(user):
    return {"user_id": user, "name": "a", "timestamp": "2024-01-01T00:00:00Z"}


def definition(user):
    return {"request": lookups.body(user)}


# What each kind of request says to the database first; the last one begins a transaction.
REQUESTS = [("GET", "/v1/user/{}", None), ("GET", "/v1/user/{}?days=3", None),
            ("GET", "/v1/user/{}/export", None), ("DELETE", "/v1/user/{}", None),
            ("POST", "/v1/page", view), ("GET", "/readyz", None),
            ("POST", "/v1/experiment/create", definition)]


@pytest.fixture
def admin(stack):
    """A client whose key every worker knows, for a second."""
    client = Client(stack)
    client.headers["X-API-Key"] = stack.key("admin")
    for _ in range(12):
        assert client.send("GET", "/v1/user/nobody").status == 200
    client.headers["Idempotency-Key"] = uuid.uuid4().hex
    return client


@pytest.mark.parametrize("method, path, body", REQUESTS)
def test_a_request_survives_the_loss_of_its_connection(stack, admin, user, method, path, body):
    """Each as the first request that meets the loss, in every worker."""
    for _ in range(4):
        stack.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                  " where usename = 'assay_app'", role="postgres")
        wait_until(lambda: not backends(stack), 5, "the end of the connections")
        for _ in range(6):
            admin.headers["Idempotency-Key"] = uuid.uuid4().hex
            answer = admin.send(method, path.format(user), body and body(user))
            assert answer.status == 200, answer


@pytest.mark.parametrize("method, path, body", REQUESTS)
def test_a_request_ends_when_all_backends_are_frozen(stack, admin, user, method, path, body):
    victims = backends(stack)
    for pid in victims:
        os.kill(pid, signal.SIGSTOP)
    try:
        answer = admin.send(method, path.format(user), body and body(user))
    finally:
        for pid in victims:
            os.kill(pid, signal.SIGCONT)
    assert answer.status in (200, 503) and answer.seconds < PATIENCE, answer


@pytest.fixture
def failing_commit(stack):
    """Every write of page views fails, at its commit: after the server has sent its rows."""
    stack.sql("""create function refuse() returns trigger language plpgsql
                 as $$ begin raise sqlstate '40001'; end $$;
                 create constraint trigger refuse after insert or delete on page_view
                 deferrable initially deferred for each row execute function refuse()""")
    yield
    stack.sql("drop trigger refuse on page_view; drop function refuse()")


def test_a_write_that_fails_at_its_commit_is_not_acknowledged(stack, user, failing_commit):
    client = Client(stack)
    answer = client.send("POST", "/v1/page", {"user_id": user, "name": "a",
                                              "timestamp": "2024-01-01T00:00:00Z"})
    assert stack.sql("select 1 from page_view where subject_id = %s", "u:" + user) == []
    assert answer.status == 503, answer


def frozen_while(stack, pid, seconds):
    """Stops a process, and sends requests one after the other until the time is over."""
    client = Client(stack)
    healthy = []
    os.kill(pid, signal.SIGSTOP)
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            healthy.append(client.send("GET", "/healthz"))
            time.sleep(0.1)
    finally:
        os.kill(pid, signal.SIGCONT)
    return healthy


# As many clients as workers: what a request waits for, it waits for in its worker.
def test_a_frozen_backend_holds_a_request_no_longer_than_its_deadline(stack):
    frozen = []
    with Load(stack, clients=3, pause=0.002) as load:
        for _ in range(2):
            # Not the one of before: it was given up, and ends when it is let go.
            frozen.append([pid for pid in backends(stack) if pid not in frozen][0])
            healthy = frozen_while(stack, frozen[-1], 3)
    check(stack, load)
    assert [a for a in healthy if a.status != 200 or a.seconds > PATIENCE] == []
    assert stack.metric("db_deadlines_total") > 0


def test_a_frozen_postmaster_holds_one_worker_at_a_time(stack):
    """All connections are lost and none can be opened: once that is known, a single worker waits
    for an answer, and the others say 503 at once."""
    with Load(stack, clients=8, pause=0.004) as load:
        victims = backends(stack)
        os.kill(stack.pid("postgres"), signal.SIGSTOP)
        try:
            for pid in victims:
                os.kill(pid, signal.SIGTERM)
            wait_until(lambda: [a for a in load.refused() if a.seconds > 1], 10, "the first wait")
            client, healthy = Client(stack), []
            end = time.monotonic() + 4
            while time.monotonic() < end:
                healthy.append(client.send("GET", "/healthz"))
                time.sleep(0.02)
        finally:
            os.kill(stack.pid("postgres"), signal.SIGCONT)
    check(stack, load)
    assert [a for a in healthy[10:] if a.status != 200 or a.seconds > 1] == []


def test_what_the_database_says_at_its_end_makes_no_lines_of_its_own_in_the_log(stack):
    stack.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity"
              " where usename = 'assay_app'", role="postgres")
    wait_until(lambda: serves(stack), 10, "service")
    assert [line for line in stack.log().splitlines() if not line.startswith("ts=")] == []


def test_the_log_of_a_missing_database_stays_short(stack):
    """A line a second and worker at most, besides one for each request."""
    def lines():
        text = pathlib.Path(stack.state, "log", "serve.log").read_text(errors="replace")
        return sum("request" not in line.split("event=")[-1].split()[0]
                   for line in text.splitlines() if line)
    before = lines()
    begun = time.monotonic()
    with Load(stack, requests=300, clients=4, pause=0.002) as load:
        stack.end("postgres", signal.SIGQUIT)
        down = len(load.answers)
        wait_until(lambda: len(load.answers) > down + 300, 20, "requests")
    stack.again("postgres")
    wait_until(lambda: accepts(stack), 20, "the database")
    wait_until(lambda: serves(stack), 10, "service")
    assert lines() - before <= 4 * (time.monotonic() - begun + 1) + 4
    load.check()
