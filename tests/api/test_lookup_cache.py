# SPDX-License-Identifier: GPL-3.0-or-later
"""Look-ups with the cache: whatever happens to memcached, to an audience or to a definition, no
answer is more than a second out of date."""

import concurrent.futures
import json
import os
import signal
import threading
import time

import pytest

from load import Client
from lookups import (a_second_later, admin, audience_version, define, new_id, of_devices, of_users,
                     put_user, register, request)
from stack import Stack, wait_until

# Stops at the same time as look-ups; a batch of them shares the second that is waited.
ROUNDS, BATCH = 1000, 100


# One web server is enough: the cache is the program's.
@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd", KEEP=1, ASSAY_WORKERS=2)
    yield s
    s.stop()


class App:
    """Asks again and again from one device, on one connection; what and when it was told."""

    def __init__(self, stack, client, device, user=None):
        self.client, self.device, self.answers = Client(stack), device, []
        self.body = {"request": request(client, user=user)}
        self.running = True
        self.thread = threading.Thread(target=self.run)

    def ask(self):
        """The experiments of one look-up, with the moment at which it began."""
        begun = time.monotonic()
        answer = self.client.send("POST", f"/v1/device/register/{self.device}", self.body)
        assert answer.status == 200, answer
        return begun, tuple(
            a["data"]["id"] for a in json.loads(answer.text)["result"]["actions"])

    def run(self):
        while self.running:
            self.answers.append(self.ask())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.running = False
        self.thread.join()

    def heard(self, count):
        """Waits for so many more answers."""
        goal = len(self.answers) + count
        wait_until(lambda: len(self.answers) >= goal or not self.thread.is_alive(), 30, "answers")
        assert self.thread.is_alive(), "a look-up failed"


def test_a_repeated_look_up_comes_from_the_cache(stack, client):
    """Whichever worker answers: once the tombstone of the first registration is gone."""
    define(stack, client)
    app = App(stack, client, new_id("d"))
    for _ in range(4):
        app.ask()
    wait_until(lambda: _hits(stack, app, 20) >= 20, 20, "twenty look-ups from the cache")


def _hits(stack, app, count):
    before = stack.metric("cache_hits_total")
    for _ in range(count):
        app.ask()
    return stack.metric("cache_hits_total") - before


def test_a_cached_empty_record_does_not_hide_a_new_experiment(stack, client):
    """A device that was in nothing is in what comes, without a change of its own."""
    device = new_id("d")
    register(stack, device, channel=client)
    app = App(stack, client, device)
    for _ in range(6):
        assert app.ask()[1] == ()
    everybody = define(stack, client)
    channel = define(stack, client, criteria=of_devices("channel", client))
    a_second_later()
    for _ in range(6):
        assert app.ask()[1] == (channel, everybody)


def test_memcached_comes_and_goes_and_every_answer_is_right(stack, client):
    device, user = new_id("d"), new_id("u")
    put_user(stack, user, team=client)
    exps = (define(stack, client, criteria=of_users(team=[client])), define(stack, client))
    a_second_later()
    with App(stack, client, device, user) as app:
        for sig in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            app.heard(100)
            stack.end("memcached", sig)
            app.heard(100)
            (stack.state / "run/memcached.sock").unlink(missing_ok=True)
            stack.again("memcached")
    assert {ids for _, ids in app.answers} == {exps}


def test_writes_while_memcached_is_away_are_seen_within_a_second(stack, client):
    """It comes back with what it had: here it was only frozen."""
    user, device = new_id("u"), new_id("d")
    put_user(stack, new_id("m"), team=client)
    exp = define(stack, client, criteria=of_users(team=[client]))
    put_user(stack, user, team=client)
    app = App(stack, client, device, user)
    for _ in range(8):
        assert app.ask()[1] == (exp,)
    pid = stack.pid("memcached")
    os.kill(pid, signal.SIGSTOP)
    try:
        put_user(stack, user, team="none")
        a_second_later()
        for _ in range(8):
            assert app.ask()[1] == ()
    finally:
        os.kill(pid, signal.SIGCONT)
    for _ in range(200):
        assert app.ask()[1] == ()


def test_a_frozen_memcached_holds_up_lookups_but_not_for_long(stack, client):
    exp = define(stack, client)
    a_second_later()
    app = App(stack, client, new_id("d"))
    app.ask()
    pid = stack.pid("memcached")
    os.kill(pid, signal.SIGSTOP)
    try:
        answers = [app.ask() for _ in range(60)]
        took = time.monotonic() - answers[0][0]
    finally:
        os.kill(pid, signal.SIGCONT)
    assert {ids for _, ids in answers} == {(exp,)}
    assert took < 10, "sixty waits of a second would be sixty"
    wait_until(lambda: _hits(stack, app, 10) >= 10, 20, "the cache's return")


def test_an_experiment_is_there_at_every_moment_of_its_refreshes(stack, client):
    """A new audience replaces the old one in one step, and the old rows go away afterwards."""
    user, devices = new_id("u"), [new_id("d") for _ in range(2)]
    put_user(stack, user, team=client)
    for device in devices:
        register(stack, device, channel=client)
    exps = (define(stack, client, criteria=of_users(team=[client])),
            define(stack, client, criteria=of_devices("channel", client)))
    a_second_later()
    apps = [App(stack, client, device, user) for device in devices]
    with apps[0], apps[1]:
        for n in range(40):
            exp = exps[n % 2]
            before = audience_version(stack, exp)
            admin(stack, "POST", f"{exp}/refresh")
            wait_until(lambda: audience_version(stack, exp) != before, 20, "the refresh")
            apps[n % 2].heard(3)
    assert {ids for app in apps for _, ids in app.answers} == {exps}


def test_a_user_who_changes_teams_is_seen_at_once_by_every_worker(stack, client):
    """Two workers, two connections: a write is visible to the very next read of either."""
    user = new_id("u")
    put_user(stack, new_id("m"), team=client)
    exp = define(stack, client, criteria=of_users(team=[client]))
    a_second_later()
    apps = [App(stack, client, new_id("d"), user) for _ in range(4)]
    for n in range(100):
        put_user(stack, user, team=client if n % 2 else "none")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = [ids for _, ids in pool.map(App.ask, apps)]
        assert answers == [(exp,) if n % 2 else ()] * 4, f"after write {n}"


def _stop(stack, exp):
    """When the stop was answered."""
    admin(stack, "POST", f"{exp}/stop")
    return time.monotonic()


def test_of_a_stop_and_a_lookup_at_one_time_none_is_stale_after_a_second(stack):
    """Each experiment with an app of its own; what was asked a second after a stop was answered
    must know of it."""
    clients = [new_id("c") for _ in range(BATCH)]
    exps = [define(stack, c) for c in clients]
    apps = [App(stack, c, new_id("d")) for c in clients]
    for n in range(ROUNDS // BATCH):
        wait_until(lambda: all(app.ask()[1] for app in apps), 20, "all experiments")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            stops, asks = [], []
            for exp, app in zip(exps, apps):
                stops.append(pool.submit(_stop, stack, exp))
                asks.append(pool.submit(app.ask))
            stopped = [call.result(20) for call in stops]
            answers = [[call.result(20)] for call in asks]
        while time.monotonic() < max(stopped) + 1.0:
            for app, heard in zip(apps, answers):
                heard.append(app.ask())
        for app, at, heard in zip(apps, stopped, answers):
            heard.append(app.ask())
            assert heard[-1][1] == (), f"round {n}"
            assert [begun for begun, ids in heard if ids and begun > at + 1.0] == []
        for exp in exps:
            admin(stack, "POST", f"{exp}/resume")
