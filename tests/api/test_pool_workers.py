# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that crash, are killed, replaced or orphaned; clients hardly
notice, or not at all.

This file is not for sanitizers: they report the very deaths that are made here, and use memory."""

import os
import pathlib
import random
import shutil
import signal
import time

import pytest

from load import Client, Load
from stack import TOP, Stack, gone, wait_until


@pytest.fixture(scope="module")
def stack():
    # A read lags only where the cache was late, which is not what is tested here.
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=4, ASSAY_CACHE_TIMEOUT_MS=1000)
    yield s
    s.stop()


@pytest.fixture(autouse=True)
def full_pool(stack):
    yield
    wait_until(lambda: len(stack.living()) == 4, 15, "a full pool")


def resident(pid):
    """Memory of a process that is nobody else's, in KiB."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def configure(stack, **settings):
    """Changes the configuration file and tells the pool; the text of before."""
    path = stack.state / "assay.conf"
    before = path.read_text()
    path.write_text(before + "".join(f"{k} = {v}\n" for k, v in settings.items()))
    reload(stack)
    return before


def restore(stack, text):
    (stack.state / "assay.conf").write_text(text)
    reload(stack)


def reload(stack):
    """Has all workers replaced, one after the other."""
    before = stack.log().count("event=reloaded")
    os.kill(stack.pid("serve"), signal.SIGHUP)
    wait_until(lambda: stack.log().count("event=reloaded") > before, 10, "the reload")


def test_a_killed_worker_costs_no_more_than_it_had_taken(stack):
    """One request, or page views that it was about to commit together."""
    dice, kills, crashed = random.Random(5), 0, stack.metric("workers_crashed_total")
    with Load(stack, clients=8) as load:
        for _ in range(40):
            sig = dice.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT))
            os.kill(dice.choice(wait_until(lambda: stack.living(), 5, "a worker")), sig)
            kills += 1
            time.sleep(0.2)
    load.check()
    assert len(load.refused()) <= kills * 8
    assert not [a for a in load.refused() if a.path != "/v1/page"][kills:]
    assert {a.status for a in load.refused()} <= {502}
    wait_until(lambda: stack.metric("workers_crashed_total") == crashed + kills, 5, "the count")


def test_a_killed_worker_is_replaced_at_once(stack):
    time.sleep(0.6)  # nobody is suspiciously young
    victim = stack.living()[0]
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: victim not in stack.workers() and len(stack.living()) == 4, 5, "the next")
    told, = [line for line in stack.log().splitlines() if f"pid {victim}, signal 9" in line]
    assert "next in 0 ms" in told


def test_workers_that_die_at_start_are_started_ever_more_slowly(stack):
    """Their templates have gone; two workers that have read them serve on."""
    copy = pathlib.Path(shutil.copytree(TOP / "templates", stack.state / "templates"))
    before = configure(stack, templates=copy)
    copy.rename(f"{copy}.away")
    started = stack.metric("workers_started_total")
    for pid in stack.living()[:2]:
        os.kill(pid, signal.SIGKILL)
    time.sleep(2.5)
    # After 20, 40, 80, ... ms: 8 tries of each at most.
    assert 4 <= stack.metric("workers_started_total") - started <= 16
    pathlib.Path(f"{copy}.away").rename(copy)
    wait_until(lambda: len(stack.living()) == 4 and Client(stack).send("GET", "/").status == 200,
               12, "workers")
    restore(stack, before)


def test_a_worker_that_is_replaced_fails_no_request(stack):
    with Load(stack, clients=16) as load:
        for turn in range(50):
            wait_until(lambda: len(stack.living()) > 2, 15, "workers")
            os.kill(stack.living()[turn % 3], signal.SIGTERM)
            time.sleep(0.05)
    assert load.refused() == []
    load.check()


def test_a_reload_replaces_every_worker_and_fails_no_request(stack):
    with Load(stack, clients=16) as load:
        for _ in range(10):
            before = stack.living()
            reload(stack)
            assert not set(before) & set(stack.workers())
    assert load.refused() == []
    load.check()


def test_a_worn_out_worker_fails_no_request(stack):
    before = configure(stack, max_requests=50)
    recycled = stack.metric("workers_recycled_total")
    with Load(stack, clients=16) as load:
        pass
    assert load.refused() == []
    load.check()
    assert stack.metric("workers_recycled_total") >= recycled + 30
    restore(stack, before)


def test_a_worker_does_not_grow(stack):
    with Load(stack, clients=8):
        pass
    before = {pid: resident(pid) for pid in stack.living()}
    with Load(stack, requests=4000, clients=8):
        pass
    for pid, size in before.items():
        assert resident(pid) < size + 1024


def test_the_end_of_the_pool_takes_less_than_its_grace_time(stack):
    """What was accepted is answered; what came later is told so by the web server."""
    with Load(stack, clients=16) as load:
        begun = time.monotonic()
        stack.end("serve")
        assert time.monotonic() - begun < 10
        seen = len(load.answers)
        wait_until(lambda: len(load.answers) > seen + 50, 10, "requests")
        stack.again("serve")
    load.check()
    assert {a.status for a in load.refused()} <= {502, 503}
    assert "event=stopped" in stack.log()
    assert wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 10)


def test_workers_end_with_their_parent_and_the_next_pool_takes_the_socket(stack):
    workers = stack.living()
    stack.end("serve", signal.SIGKILL)
    wait_until(lambda: all(gone(pid) for pid in workers), 5, "the end of the workers")
    assert os.path.exists(stack.state / "run/assay.sock"), "it left its socket behind"
    stack.again("serve")
    wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 10, "service")


def test_a_second_pool_does_not_take_a_socket_that_answers(stack):
    second = stack.assay("serve", check=False)
    assert second.returncode == 1
    assert "event=listen" in second.stderr and "in use" in second.stderr
    assert Client(stack).send("GET", "/readyz").status == 200
