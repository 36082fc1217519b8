# SPDX-License-Identifier: GPL-3.0-or-later
"""memcached dies, hangs, loses data and fills up under load: the same answers, and no
failed request, only some slower ones.

This file is not for sanitizers: its times are real, and test_cache_values.py runs the same code."""

import os
import signal
import time

import pytest

from load import Client, Load, Race
from stack import Stack, wait_until

TIMEOUT_MS = 50


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=4, ASSAY_CACHE_TIMEOUT_MS=TIMEOUT_MS)
    yield s
    s.stop()


@pytest.fixture(scope="module")
def patient():
    """One whose cache is never late, however busy the machine is: it is always told of writes."""
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=4, ASSAY_CACHE_TIMEOUT_MS=1000)
    yield s
    s.stop()


@pytest.fixture(autouse=True)
def cache_in_use(stack):
    """Whatever the test before did: the cache answers again, by itself."""
    wait_until(lambda: hits(stack), 30, "a cache that answers again")


def hits(stack):
    """Whether reads of one user come from the cache."""
    client, before = Client(stack), stack.metric("cache_hits_total")
    for _ in range(6):
        client.send("GET", "/v1/user/warm")
    return stack.metric("cache_hits_total") > before


def answers(stack):
    try:
        return stack.memcached(b"version")
    except OSError:
        return False


def gone_and_back(stack):
    for _ in range(3):
        stack.end("memcached", signal.SIGKILL)
        time.sleep(0.4)
        stack.again("memcached")
        time.sleep(0.6)


def hung(stack):
    pid = stack.pid("memcached")
    for _ in range(3):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.6)
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.6)


def flickering(stack):
    """Away for about as long as a time-out: answers come late, some just in time."""
    pid = stack.pid("memcached")
    for _ in range(20):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.045)
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.1)


def forgetful(stack):
    for _ in range(150):
        stack.memcached(b"flush_all")
        time.sleep(0.02)


def tiny(stack):
    """One megabyte, which strangers fill all the time."""
    stack.end("memcached")
    command = stack.ended["memcached"][0]
    stack.again("memcached", *command[:-1], b"1", b"-I", b"512k")
    wait_until(lambda: answers(stack), 5, "memcached")
    for turn in range(20):
        stack.memcached(b"".join(b"set x%d 0 0 150 noreply\r\n%b\r\n" % (n, b"x" * 150)
                                 for n in range(turn * 1500, turn * 1500 + 1500)))
        time.sleep(0.1)
    assert b"evictions 0\r" not in stack.memcached(b"stats"), "not full: this tested nothing"
    stack.end("memcached")
    stack.again("memcached", *command)


def unharmed(stack, fault, slack):
    with Load(stack, clients=4, pause=0.005, slack=slack) as load, \
            Race(stack, writers=2, slack=slack) as race:
        fault(stack)
    assert load.refused() == []
    load.check()
    race.check()


@pytest.mark.parametrize("fault", [gone_and_back, hung, flickering, tiny], ids=lambda f: f.__name__)
def test_no_request_fails_and_no_read_is_stale_for_more_than_a_second(stack, fault):
    """For so long where the cache could not be told of a write."""
    unharmed(stack, fault, slack=1)


def test_a_cache_that_forgets_fails_no_request_and_no_read_is_stale(patient):
    unharmed(patient, forgetful, slack=0)


def test_a_hung_cache_costs_its_time_out_a_few_times_only(stack):
    """Then the breaker is open: of 500 reads and 100 writes hardly any waits for the cache."""
    client = Client(stack)
    opened = stack.metric("cache_breaker_opened_total")
    os.kill(stack.pid("memcached"), signal.SIGSTOP)
    try:
        wait_until(lambda: client.send("GET", "/v1/user/warm").good and
                   stack.metric("cache_breaker_opened_total") > opened, 10, "an open breaker")
        waits = stack.metric("cache_errors_total")
        made = [client.send("GET", f"/v1/user/u{n}") for n in range(500)]
        made += [client.send("DELETE", f"/v1/user/u{n}") for n in range(100)]
        waits = stack.metric("cache_errors_total") - waits
    finally:
        os.kill(stack.pid("memcached"), signal.SIGCONT)
    assert all(a.good for a in made)
    assert waits < 20


def test_a_read_without_an_answer_of_the_cache_stores_nothing(stack):
    """Else it would wait for a second time-out, and raise the epoch because of the first."""
    raised = stack.metric("cache_epoch_raised_total")
    errors = stack.metric("cache_errors_total")
    os.kill(stack.pid("memcached"), signal.SIGSTOP)
    try:
        assert Client(stack).send("GET", "/v1/user/warm").good
    finally:
        os.kill(stack.pid("memcached"), signal.SIGCONT)
    assert stack.metric("cache_errors_total") == errors + 1
    assert stack.metric("cache_epoch_raised_total") == raised


def test_a_dead_cache_degrades_readiness_but_does_not_end_it(stack):
    stack.end("memcached")
    try:
        answer = Client(stack).send("GET", "/readyz")
    finally:
        stack.again("memcached")
    assert answer.status == 200 and '"cache":"down"' in answer.text
    assert '"status":"degraded"' in answer.text
