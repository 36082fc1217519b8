# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool that cannot serve says so before its first request, or on /readyz; one whose database is
down starts, and serves once the database is up."""

import json
import re
import signal

import psycopg2
import pytest

from load import Client
from stack import Stack, wait_until

WORKERS = 4


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=WORKERS)
    yield s
    s.stop()


@pytest.fixture
def stopped(stack):
    """The stack without its pool; it comes back afterwards."""
    stack.end("serve")
    yield stack
    if stack.ended.pop("started", None) is None:
        stack.again("serve")
    await_ready(stack)


def start(stack):
    stack.again("serve")
    stack.ended["started"] = True
    wait_until(lambda: Client(stack).send("GET", "/healthz").status == 200, 10, "a pool")


def await_ready(stack):
    wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 10, "readiness")


def looked(stack):
    answer = Client(stack).send("GET", "/readyz")
    return answer if json.loads(answer.text)["schema"]["found"] is not None else None


def accepts(stack):
    try:
        return stack.sql("select 1")
    except psycopg2.Error:
        return False


@pytest.mark.parametrize("words", [["serve"], ["check"]], ids=lambda w: w[0])
def test_a_statement_that_does_not_fit_the_tables_is_found_before_any_request(stopped, words):
    stopped.sql("alter table api_key rename column origins to sources")
    try:
        refused = stopped.assay(*words, check=False)
    finally:
        stopped.sql("alter table api_key rename column sources to origins")
    assert refused.returncode == 1
    assert re.search(r"prepare key_\w+: column .*origins", refused.stderr)


def test_an_unknown_key_keeps_the_pool_from_starting(stopped):
    path = stopped.state / "assay.conf"
    text = path.read_text()
    path.write_text(text + "wokers = 4\n")
    refused = stopped.assay("serve", check=False)
    path.write_text(text)
    assert refused.returncode == 1 and "wokers" in refused.stderr


def test_another_schema_version_is_named_and_served_when_it_is_right_again(stopped):
    stopped.sql("insert into schema_migration (version, name, checksum, applied_at)"
                " values (999, 'later', '', now())")
    try:
        checked = stopped.assay("check", check=False)
        start(stopped)
        # A worker that has not had its turn to look knows of no version yet.
        ready = wait_until(lambda: looked(stopped), 10, "a look at the version")
        read = Client(stopped).send("GET", "/v1/user/a")
    finally:
        stopped.sql("delete from schema_migration where version = 999")
    assert checked.returncode == 1 and "999" in checked.stderr
    assert ready.status == 503 and json.loads(ready.text)["schema"]["found"] == 999
    assert read.status == 503 and read.headers["Retry-After"]
    await_ready(stopped)


def test_a_pool_started_without_its_database_serves_once_it_is_up(stopped):
    stopped.end("postgres", signal.SIGINT)
    try:
        checked = stopped.assay("check", check=False)
        start(stopped)
        ready = Client(stopped).send("GET", "/readyz")
        read = Client(stopped).send("GET", "/v1/user/a")
        wait_until(lambda: len(stopped.workers()) == WORKERS, 10, "a full pool")
        workers = sorted(stopped.workers())
    finally:
        stopped.again("postgres")
        wait_until(lambda: accepts(stopped), 20, "the database")
    assert checked.returncode == 1
    assert ready.status == 503 and json.loads(ready.text)["database"] == "down"
    assert read.status == 503 and read.headers["Retry-After"]
    await_ready(stopped)
    assert Client(stopped).send("GET", "/v1/user/a").status == 200
    assert sorted(stopped.workers()) == workers
