# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of a chaos run whose writes must keep an order or a count: tags, hits and
definitions."""

import json
import random
import threading
import time
import uuid

from goals import goal
from enrols import enroll, running
from load import Client
from lookups import new_id


class Writers:
    """With this open, each of some threads calls step(client, number, n) for n = 1, 2, ..; every
    answer is kept."""

    key = "server"
    problems = True  # failures have a problem body

    def __init__(self, stack, threads=2):
        self.stack, self.answers, self.wrong = stack, [], []
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(n,), daemon=True)
                        for n in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _run(self, number):
        client, n = Client(self.stack), 0
        client.headers["X-API-Key"] = self.stack.key(self.key)
        while not self.ending.is_set():
            n += 1
            self.step(client, number, n)
            time.sleep(0.01)

    def send(self, client, *what):
        answer = client.send(*what)
        self.answers.append(answer)
        if self.problems and answer.fault():
            self.wrong.append(f"{answer.fault()}: {answer}")
        return answer

    def step(self, client, number, n):
        raise NotImplementedError

    def check(self):
        return self.wrong


class Tags(Writers):
    """Each sets a tag of its user to 1, 2, ... The value that was acknowledged last must stay, or
    one that was sent later without an acknowledgement; an earlier one must never be read again."""

    def __init__(self, stack, threads=3):
        super().__init__(stack, threads)
        self.paths = [f"/v1/user/{new_id('tagged')}/tag/global/n" for _ in range(threads)]
        self.sure = [0] * threads
        self.maybe = [set() for _ in range(threads)]

    def step(self, client, number, n):
        answer = self.send(client, "PUT", self.paths[number], {"value": n})
        if answer.good:
            self.sure[number], self.maybe[number] = n, set()
        else:
            self.maybe[number].add(n)
        if n % 3 == 0:
            answer = self.send(client, "GET", self.paths[number])
            self.hold(number, answer, "read at once")

    def hold(self, number, answer, when):
        """A read sees the last acknowledged value, or one that was sent after it."""
        if answer.good:
            seen = json.loads(answer.text)["value"]
            if seen != self.sure[number] and seen not in self.maybe[number]:
                self.wrong.append(f"tag {number} {when}: {seen}, not {self.sure[number]}"
                                  f" or {sorted(self.maybe[number])}: {self.paths[number]}")

    def check(self):
        for number, path in enumerate(self.paths):
            answer = Client(self.stack).send("GET", path)
            if not answer.good and self.sure[number]:
                self.wrong.append(f"tag {number} at the end: {answer}")
            self.hold(number, answer, "at the end")
        return self.wrong


class Hits(Writers):
    """Each hits a goal as a user of its own. A hit has an event id and is repeated when it fails,
    and must count once."""

    def __init__(self, stack, threads=2):
        super().__init__(stack, threads)
        self.goal = goal(stack)
        self.exp = running(stack, "b", goals=[self.goal])
        self.users = [new_id("hits") for _ in range(threads)]
        self.sure, self.maybe = [0] * threads, [0] * threads
        for user in self.users:
            enroll(stack, self.exp, user)

    def step(self, client, number, n):
        hit = {"user_id": self.users[number], "event_id": uuid.uuid4().hex}
        for _ in range(3):
            if self.send(client, "POST", f"/v1/goal/{self.goal}", hit).good:
                self.sure[number] += 1
                return
        self.maybe[number] += 1

    def check(self):
        for user, sure, maybe in zip(self.users, self.sure, self.maybe):
            rows = self.stack.sql("select coalesce(sum(c.hits), 0)::int from conversion as c"
                                  " join experiment as e on e.nr = c.experiment"
                                  " where e.id = %s and c.subject_id = %s", self.exp, "u:" + user)
            if not sure <= rows[0][0] <= sure + maybe:
                self.wrong.append(f"{rows[0][0]} hits of {user}, not {sure}..{sure + maybe}")
        return self.wrong


class Definitions(Writers):
    """All change one experiment at the same time; the values at the end must be ones that were
    sent."""

    key = "admin"
    problems = False  # failures are in the envelope

    def __init__(self, stack, threads=2):
        super().__init__(stack, threads)
        self.exp, self.sent = running(stack, "b"), {"made by a test"}
        self.dice = random.Random(1)

    def step(self, client, number, n):
        text = f"{number}-{n}"
        self.sent.add(text)
        self.send(client, "PATCH", f"/v1/experiment/{self.exp}", {"request": {"description": text}})

    def check(self):
        (text,), = self.stack.sql("select description from experiment where id = %s", self.exp)
        if text not in self.sent:
            self.wrong.append(f"nobody sent the description {text}")
        return self.wrong
