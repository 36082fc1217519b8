# SPDX-License-Identifier: GPL-3.0-or-later
"""What the web server itself must answer, because the program did not or because it has no room:
a problem that says whether to try again."""

import concurrent.futures
import json
import os
import signal
import time

import psycopg2
import pytest

from load import Client, stamp
import rawhttp
from stack import Stack, wait_until


@pytest.fixture(scope="module", params=["lighttpd", "nginx"])
def stack(request):
    s = Stack(request.param, KEEP=1, ASSAY_WORKERS=1)
    yield s
    s.stop()


def gone_for_now(answer, statuses=(502, 503)):
    """nginx has another word for a program that breaks off."""
    body = json.loads(answer.text)
    assert answer.status in statuses and body["status"] == answer.status
    assert body["type"] == "/docs#unavailable" and body["title"] and body["detail"]
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


def waiting(stack):
    """Whether a statement of the program waits for a lock."""
    return stack.sql("select 1 from pg_stat_activity where usename = 'assay_app'"
                     " and wait_event_type = 'Lock'", role="postgres")


def kill_in_the_middle(stack, method, path, body=None):
    """The answer to a request whose worker is killed while it waits for the database."""
    worker, = wait_until(stack.workers, 20, "a worker")
    with psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"]) as holder, \
            concurrent.futures.ThreadPoolExecutor() as pool:
        holder.cursor().execute("lock table assay.page_view in access exclusive mode")
        asked = pool.submit(Client(stack).send, method, path, body)
        wait_until(lambda: waiting(stack), 20, "the request")
        os.kill(worker, signal.SIGKILL)
        answer = asked.result()
    holder.close()
    wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 20, "a worker")
    return answer


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_worker_killed_during_a_request_is_answered_as_a_problem(stack, user, method):
    view = {"user_id": user, "name": "a", "timestamp": stamp(time.time_ns() // 10**6)}
    path, body = ("/v1/page", view) if method == "POST" else (f"/v1/user/{user}", None)
    before = len(stack.log())
    gone_for_now(kill_in_the_middle(stack, method, path, body))
    assert "event=worker_died" in stack.log()[before:]
    assert stack.sql("select from page_view where subject_id = %s", "u:" + user) == []


def test_a_pool_that_is_down_is_answered_as_a_problem(stack):
    stack.end("serve")
    try:
        gone_for_now(Client(stack).send("GET", "/v1/user/a"))
        gone_for_now(Client(stack).send("POST", "/v1/page", {}))
    finally:
        stack.again("serve")
    wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 20, "the pool")


def test_an_unwritable_body_folder_is_answered_as_a_problem(stack):
    """As when its disk is full: nothing can be put there. It is where large bodies wait."""
    folder = stack.state / "tmp"
    away = folder.rename(stack.state / "away")
    large = [{"user_id": "a", "name": "n" * 500}] * 6000
    try:
        answer = Client(stack).send("POST", "/v1/page", large)
    finally:
        away.rename(folder)
    gone_for_now(answer, (503,))


def test_a_body_that_is_too_large_is_not_to_be_sent_again(stack):
    """Its length says so before it comes; nobody waits for the rest."""
    head = rawhttp.request("POST", "/v1/page", rawhttp.key(stack), "Content-Length: 30000000")
    answer = rawhttp.exchange(stack, head)
    assert answer.status == 413 and answer.json()["status"] == 413
    assert answer.header("Retry-After") is None


def test_the_internal_error_location_is_not_served(stack):
    assert Client(stack).send("GET", "/.problem").status == 404
