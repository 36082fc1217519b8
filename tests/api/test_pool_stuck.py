# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that are stuck, do not end, or die while they hold a resource; peers that begin a
request and do not end it.

This file is not for sanitizers: they report the very deaths that are made here, and use memory."""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import pytest
import requests

from load import Client, stamp
from pages import Person
import rawfcgi
from stack import Stack, gone, wait_until
from workers import only, stopped

GOOD = "seven ochre lighthouses drifting"


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1)
    restart(s, "workers = 1")
    yield s
    s.stop()


@pytest.fixture
def pool(stack):
    """Starts the pool again with other settings; as it was, afterwards."""
    before = (stack.state / "assay.conf").read_text()
    yield lambda *lines: restart(stack, *lines)
    (stack.state / "assay.conf").write_text(before)
    restart(stack, sig=signal.SIGKILL)


def restart(stack, *lines, sig=signal.SIGTERM):
    configure(stack, *lines)
    if not gone(stack.pid("serve")):
        workers = stack.living()
        stack.end("serve", sig)
        wait_until(lambda: all(gone(pid) for pid in workers), 60, "the end of the workers")
    stack.again("serve")
    answers(stack)


def configure(stack, *lines):
    """Puts lines into the configuration, in place of those of the same keys."""
    path, keys = stack.state / "assay.conf", {line.split()[0] for line in lines}
    kept = [line for line in path.read_text().splitlines() if line.split()[0] not in keys]
    path.write_text("\n".join(kept + list(lines)) + "\n")


def answers(stack):
    wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 60, "an answer")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def told(stack, text):
    return stack.log().count(text)


def test_a_worker_that_is_stuck_in_a_request_is_ended_and_replaced(stack):
    worker = only(stack)
    before, stuck = descriptors(worker), stack.metric("workers_stuck_total")
    with rawfcgi.connect(stack, rawfcgi.request("GET", "/healthz")[:20]):
        wait_until(lambda: descriptors(worker) > before, 10, "the request")
        with stopped(worker):
            wait_until(lambda: gone(worker), 60, "the end of the worker")
    answers(stack)
    assert stack.living() != [worker]
    assert stack.metric("workers_stuck_total") == stuck + 1
    assert told(stack, f'event=worker_stuck msg="pid {worker}') or \
        f"pid {worker}," in stack.log().partition("event=worker_stuck")[2]


def test_an_idle_worker_is_not_stuck(stack):
    """However long nothing comes; it need not even run."""
    worker = only(stack)
    stuck = told(stack, "event=worker_stuck")
    with stopped(worker):
        threading.Event().wait(9)
    answers(stack)
    assert stack.living() == [worker]
    assert told(stack, "event=worker_stuck") == stuck


def test_a_reload_does_not_wait_for_a_worker_that_does_not_go(stack, pool):
    """And the reload that was asked for meanwhile follows."""
    pool("workers = 2", "grace_seconds = 1")
    before = stack.living()
    reloads = told(stack, "event=reloaded")
    with stopped(before[0]):
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: len(stack.living()) == 3, 20, "the first replacement")
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: told(stack, "event=reloaded") == reloads + 2, 60, "both reloads")
        assert gone(before[0])
    wait_until(lambda: len(stack.living()) == 2, 20, "2 workers")
    assert not set(before) & set(stack.living())


def test_a_worker_that_is_killed_after_its_replacement_is_counted_and_logged(stack, pool):
    pool("workers = 1", "grace_seconds = 30")
    worker, crashed = only(stack), stack.metric("workers_crashed_total")
    with stopped(worker):
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: len(stack.living()) == 2, 20, "the replacement")
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: f"pid {worker}, signal 9" in stack.log().rpartition(
            "event=worker_died")[2], 20, "a line in the log")
    assert stack.metric("workers_crashed_total") == crashed + 1


def test_the_pool_shrinks_although_one_worker_is_stuck(stack, pool):
    pool("workers = 3", "grace_seconds = 1")
    before = stack.living()
    configure(stack, "workers = 1")
    with stopped(before[2]):
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: len(stack.living()) == 1, 60, "a single worker")
    assert not set(before) & set(stack.living())


def test_a_stop_during_a_reload_starts_no_worker(stack, pool):
    """What is started then would not hear of it, and the pool would wait for its grace time."""
    pool("workers = 4", "grace_seconds = 300")
    before = stack.living()
    with stopped(before[0]):
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: len(stack.living()) == 5, 20, "the first replacement")
        os.kill(stack.pid("serve"), signal.SIGTERM)
        wait_until(lambda: len(stack.living()) == 1, 60, "the others' end")
    wait_until(lambda: gone(stack.pid("serve")), 60, "the end")


def nproc(pid, most=None):
    """How many processes of its user may be there for this one to fork; sets it if most is given,
    and tells what it was. Only its own user, and root with all rights, may do that."""
    owner = pathlib.Path(f"/proc/{pid}").stat()
    user = ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups",
            "--"] if os.geteuid() == 0 else []
    limit = ["prlimit", "--pid", str(pid)]
    told = subprocess.run(user + limit + ["--nproc", "--raw", "--noheadings", "-o", "SOFT"],
                          check=True, capture_output=True, text=True)
    if most:
        subprocess.run(user + limit + [f"--nproc={most}:"], check=True)
    return told.stdout.strip()


def test_a_worker_that_cannot_be_replaced_serves_on(stack, pool):
    """Where no process can be started in the middle of a reload."""
    pool("workers = 3", "grace_seconds = 60")
    before, serve = stack.living(), stack.pid("serve")
    forks, reloads = told(stack, "event=fork"), told(stack, "event=reloaded")
    limit = nproc(serve)
    with stopped(before[0]):
        os.kill(serve, signal.SIGHUP)
        wait_until(lambda: len(stack.living()) == 4, 20, "the first replacement")
        nproc(serve, 1)
    wait_until(lambda: told(stack, "event=fork") > forks + 1, 20, "two tries")
    assert set(before[1:]) < set(stack.living()) and len(stack.living()) == 3
    answers(stack)
    nproc(serve, limit)
    wait_until(lambda: told(stack, "event=reloaded") > reloads, 60, "the reload")
    wait_until(lambda: len(stack.living()) == 3, 20, "3 workers")
    assert not set(before) & set(stack.living())


def resident(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    except (FileNotFoundError, ProcessLookupError):
        return 0


def sign_in(stack, name):
    """Its status; 0 when the worker was killed before it could answer."""
    try:
        return requests.post(stack.url + "/admin/login", allow_redirects=False, timeout=200,
                             data={"name": name, "password": GOOD}).status_code
    except requests.ConnectionError:
        return 0


def kill_hashing(stack, name):
    """Kills a worker while it hashes a password; whether it could be caught doing so."""
    answers(stack)
    worker = only(stack)
    idle = resident(worker)
    asking = threading.Thread(target=sign_in, args=(stack, name))
    asking.start()
    while asking.is_alive():
        if resident(worker) > idle + (20 << 20):
            os.kill(worker, signal.SIGKILL)
            asking.join()
            return True
    return False


def test_workers_killed_while_hashing_do_not_keep_their_places(stack):
    person = Person(stack, "viewer")
    assert person.post("/admin/account/password", password=GOOD, again=GOOD).status_code == 303
    killed = 0
    for _ in range(60):
        killed += kill_hashing(stack, person.name)
        if killed == 3:
            break
    assert killed == 3
    answers(stack)
    assert sign_in(stack, person.name) == 303


def test_a_request_whose_client_has_gone_is_not_begun(stack, user):
    worker = only(stack)
    dropped = stack.metric("requests_abandoned_total")
    body = json.dumps({"user_id": user, "name": "a", "timestamp": stamp(time.time_ns() // 10**6)})
    data = rawfcgi.request("POST", "/v1/page", body.encode(), HTTP_X_API_KEY=stack.key("server"))
    with stopped(worker):
        rawfcgi.connect(stack, data).close()
        kept = rawfcgi.connect(stack, data)
    said = kept.recv(4096)
    assert b"Status: 20" in said, said
    kept.close()
    wait_until(lambda: stack.metric("requests_abandoned_total") == dropped + 1, 20, "the count")
    assert stack.sql("select count(*) from page_view where subject_id = %s", "u:" + user) == [(1,)]


def test_a_connection_after_a_broken_one_has_a_time_limit_too(stack):
    """Whoever is silent then holds the worker for moments, not for ever."""
    worker = only(stack)
    half = rawfcgi.request("GET", "/healthz")[:20]
    with stopped(worker):
        rawfcgi.connect(stack, half).close()
        silent = rawfcgi.connect(stack, half)
    answers(stack)
    assert stack.living() == [worker]
    silent.close()
