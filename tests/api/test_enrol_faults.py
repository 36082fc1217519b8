# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolment while workers are killed and the cache dies and forgets; and what settings change."""

import json
import os
import random
import signal
import threading
import time

import pytest

from enrols import alternative, enroll, rows, running, somebody
from load import Client
from lookups import new_id
from stack import Stack, servers_of, wait_until


@pytest.fixture(scope="module", params=servers_of(__name__))
def stack(request):
    s = Stack(request.param, KEEP=1, ASSAY_WORKERS=4)
    yield s
    s.stop()


class Enrolling:
    """With this open, clients enrol users of their own again and again, and remember what they
    were told; nobody may ever be told anything else."""

    def __init__(self, stack, exp, clients=6):
        self.stack, self.exp, self.told, self.wrong, self.failed = stack, exp, {}, [], []
        self.count, self.ending = 0, threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(n,), daemon=True)
                        for n in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _run(self, number):
        client, dice, users = Client(self.stack), random.Random(number), []
        while not self.ending.is_set():
            if not users or dice.random() < 0.4:
                users.append(new_id())
            user = dice.choice(users[-8:])
            if dice.random() < 0.4:
                answer = client.send("GET", f"/v1/experiment/{self.exp}/alternative?user_id={user}")
            else:
                answer = client.send("POST", f"/v1/experiment/{self.exp}/enroll",
                                     {"user_id": user})
            self.count += 1
            if not answer.good:
                self.failed.append(answer)
                continue
            self._hold(user, json.loads(answer.text))

    def _hold(self, user, seen):
        if user in self.told and (seen["enrolled"], seen["alternative"]) != (True, self.told[user]):
            self.wrong.append((user, self.told[user], seen))
        if seen["enrolled"]:
            self.told[user] = seen["alternative"]

    def check(self):
        """What was told is stored, each once, with its one exposure."""
        assert not self.wrong, self.wrong[:3]
        (made,), = self.stack.sql("select alternatives from experiment where id = %s", self.exp)
        names = {a["id"]: a["name"] for a in made}
        kept = {r[0][2:]: names[r[2]] for r in rows(self.stack, "enrolment", self.exp)}
        shown = [(r[0][2:], names[r[2]]) for r in rows(self.stack, "exposure", self.exp)]
        assert {u: kept.get(u) for u in self.told} == self.told
        assert sorted(shown) == sorted(kept.items())
        assert len(self.told) > 50, "hardly anybody was enrolled"


def test_killed_workers_lose_nothing_that_was_acknowledged(stack):
    exp, kills, dice = running(stack, "red", "blue"), 0, random.Random(3)
    with Enrolling(stack, exp) as load:
        while kills < 12:
            seen = load.count
            wait_until(lambda seen=seen: load.count > seen + 40, 20, "answers")
            os.kill(dice.choice(wait_until(stack.workers, 10, "a worker")), signal.SIGKILL)
            kills += 1
    assert len(load.failed) <= kills * 6
    load.check()


def gone_and_back(stack):
    for _ in range(3):
        stack.end("memcached", signal.SIGKILL)
        time.sleep(0.3)
        stack.again("memcached")
        time.sleep(0.5)


def forgetful(stack):
    for _ in range(80):
        stack.memcached(b"flush_all")
        time.sleep(0.02)


@pytest.mark.parametrize("fault", [gone_and_back, forgetful], ids=lambda f: f.__name__)
def test_whatever_the_cache_does_no_answer_contradicts_the_row(stack, fault):
    exp = running(stack, "red", "blue", "green")
    with Enrolling(stack, exp) as load:
        fault(stack)
        wait_until(lambda: len(load.told) > 50, 20, "enrolments")
    assert load.failed == []
    load.check()


def test_all_enrolment_routes_work_without_a_cache(stack):
    exp, user = running(stack, "red", "blue"), somebody()
    kept = enroll(stack, exp, user)["alternative"]
    stack.end("memcached", signal.SIGKILL)
    try:
        for _ in range(6):
            assert enroll(stack, exp, user)["alternative"] == kept
            assert alternative(stack, exp, user)["alternative"] == kept
        all_of = stack.call("POST", "/v1/enroll", json={"user_id": user}).json()["experiments"]
        assert {o["experiment"]: o["alternative"] for o in all_of}[exp] == kept
        assert enroll(stack, exp, somebody())["new"]
    finally:
        stack.again("memcached")


def restart(stack, **settings):
    stack.end("serve")
    stack.again("serve", **settings)
    wait_until(lambda: stack.call("GET", "/readyz", key=None).status_code == 200, 20, "the pool")


def test_without_auto_create_an_unknown_experiment_answers_control(stack):
    known = running(stack, "red")
    restart(stack, ASSAY_AUTO_CREATE=0)
    try:
        exp, before = new_id("exp"), stack.sql("select count(*) from experiment")
        for more in ({}, {"alternatives": ["red"]}, {"alternatives": {"red": 1}}):
            seen = enroll(stack, exp, somebody(), **more)
            assert (seen["alternative"], seen["reason"], seen["enrolled"]) == \
                ("control", "UNKNOWN", False)
        assert alternative(stack, exp, somebody())["reason"] == "UNKNOWN"
        assert stack.sql("select count(*) from experiment") == before
        assert enroll(stack, known, somebody(), alternatives=["new"])["enrolled"]
        (made,), = stack.sql("select alternatives from experiment where id = %s", known)
        assert [a["name"] for a in made] == ["control", "red"]
    finally:
        restart(stack, ASSAY_AUTO_CREATE=1)


def test_sessions_participate_at_once_only_without_verification(stack):
    exp, waits, counts = running(stack, "red"), {"session_id": new_id()}, {"session_id": new_id()}
    kept = enroll(stack, exp, waits)
    assert (kept["enrolled"], kept["reason"]) == (True, "ASSIGNED")
    assert enroll(stack, exp, waits)["alternative"] == kept["alternative"]
    assert rows(stack, "exposure", exp) == []
    restart(stack, ASSAY_VERIFY_HUMAN=0)
    try:
        enroll(stack, exp, counts)
        assert [r[0] for r in rows(stack, "exposure", exp)] == ["s:" + counts["session_id"]]
    finally:
        restart(stack, ASSAY_VERIFY_HUMAN=1)
    assert len(rows(stack, "enrolment", exp)) == 2
