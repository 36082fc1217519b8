# SPDX-License-Identifier: GPL-3.0-or-later
"""Results under parallel writes always equal the rows."""

import json
import multiprocessing
import random
import time

import pytest

from enrols import running
from lookups import new_id
from result_rows import a_goal, differences, results

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

SECONDS = 4
WRITERS = 3
SUBJECTS = 12  # few, so that they meet


def truth(stack, exp):
    """Participants and conversions as the rows have them, by plain counting."""
    return {
        "participants": dict(stack.sql(
            "select x.alternative, count(*) from exposure as x join experiment as e "
            "on e.nr = x.experiment where e.id = %s and not forced group by 1", exp)),
        "conversions": {(g, a, h): n for g, a, h, n in stack.sql(
            "select g.name, c.alternative, c.hits, count(*) from conversion as c "
            "join experiment as e on e.nr = c.experiment join goal as g on g.nr = c.goal "
            "where e.id = %s and not forced and g.nr >= 100 group by 1, 2, 3", exp)},
    }


def told(stack, exp, names=("control", "b", "c")):
    """The same as results tell it."""
    answer = results(stack, exp)
    return {
        "participants": {names.index(a["name"]) + 1: a["participants"]
                         for a in answer["alternatives"] if a["participants"]},
        "conversions": {(g["goal"], names.index(a["name"]) + 1, int(h)): n
                        for g in answer["goals"] for a in g["alternatives"]
                        for h, n in (a["histogram"] or {}).items() if h != "0"},
    }


class Writer:
    """One who does to subjects anything that counts."""

    def __init__(self, stack, exps, goals, page, seed):
        self.stack, self.exps, self.goals, self.page = stack, exps, goals, page
        self.random = random.Random(seed)
        self.users = [f"racer-{i}" for i in range(SUBJECTS)]
        self.sessions = [f"session-{i}" for i in range(SUBJECTS)]

    def subject(self):
        if self.random.random() < 0.5:
            return {"user_id": self.random.choice(self.users)}
        return {"session_id": self.random.choice(self.sessions)}

    def post(self, method, path, body=None, key="server"):
        answer = self.stack.call(method, path, key=key, json=body)
        assert answer.status_code in (200, 204), answer.text

    def enroll(self):
        self.post("POST", f"/v1/experiment/{self.random.choice(self.exps)}/enroll", self.subject())

    def enroll_all(self):
        self.post("POST", "/v1/enroll", {**self.subject(), "experiments": self.exps})

    def put(self):
        name = self.random.choice(["control", "b", "c"])
        self.post("PUT", f"/v1/experiment/{self.random.choice(self.exps)}/alternative",
                  {**self.subject(), "alternative": name})

    def erase(self):
        self.post("DELETE", "/v1/user/" + self.random.choice(self.users))

    def view(self):
        """Many subjects' pages in one transaction, in the order that they come."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        self.post("POST", "/v1/page", [
            {**self.subject(), "name": self.page,
             "timestamp": f"{at}.{self.random.randrange(1000):03d}Z"} for _ in range(6)])

    def hit(self):
        self.post("POST", f"/v1/goal/{self.random.choice(self.goals)}",
                  {**self.subject(), "count": self.random.randrange(3)})

    def visit(self):
        self.post("POST", "/v1/visit", self.subject())

    def confirm(self):
        self.post("POST", "/v1/confirm_human", {"session_id": self.random.choice(self.sessions)})

    def incorporate(self):
        self.post("POST", f"/v1/user/{self.random.choice(self.users)}/incorporate",
                  {"session_id": self.random.choice(self.sessions)})

    def run(self, until):
        doors = [self.enroll] * 4 + [self.enroll_all] * 2 + [self.put] * 2 + [self.hit] * 5 + [
            self.view] * 3 + [self.visit, self.confirm, self.incorporate, self.erase]
        while time.monotonic() < until:
            self.random.choice(doors)()


def write(stack, exps, goals, page, seed, until, outcome):
    try:
        Writer(stack, exps, goals, page, seed).run(until)
        outcome.put(None)
    except BaseException as why:
        outcome.put(f"writer {seed}: {why!r}")


def read(stack, exps, until, outcome):
    """Asks all the time; what is told of one experiment at a time must hang together."""
    try:
        while time.monotonic() < until:
            for exp in exps:
                answer = results(stack, exp)
                for goal in answer["goals"]:
                    for arm, cell in zip(answer["alternatives"], goal["alternatives"]):
                        done = sum(n for h, n in (cell["histogram"] or {}).items() if h != "0")
                        assert done == cell["conversions"], json.dumps(answer)
                        assert done <= arm["participants"], json.dumps(answer)
        outcome.put(None)
    except BaseException as why:
        outcome.put(f"reader: {why!r}")


@pytest.mark.parametrize("seed", [1, 2])
def test_results_equal_the_rows_after_any_writing(stack, seed):
    """Writers and readers at once, in processes of their own; a pause now and then, in which
    results must be what plain SQL says, before and after folding."""
    goals, page = [a_goal(stack) for _ in range(2)], new_id("page")
    stack.sql("update goal set page = %s where name = %s", page, goals[0])
    exps = [running(stack, "b", "c", goals=goals) for _ in range(3)]
    for turn in range(3):
        outcome = multiprocessing.Queue()
        until = time.monotonic() + SECONDS / 3
        jobs = [multiprocessing.Process(target=write, args=(
            stack, exps, goals, page, seed * 100 + turn * 10 + i, until, outcome))
            for i in range(WRITERS)]
        jobs += [multiprocessing.Process(target=read, args=(stack, exps, until, outcome))
                 for _ in range(2)]
        for job in jobs:
            job.start()
        assert [found for found in (outcome.get(timeout=600) for _ in jobs) if found] == [], seed
        for job in jobs:
            job.join()
        for exp in exps:
            now = truth(stack, exp)
            assert told(stack, exp) == now, (seed, turn)
            stack.sql("select result_fold(1000000)")
            assert told(stack, exp) == now, (seed, turn)
            assert differences(stack, exp) == [], (seed, turn)


def test_a_reader_sees_everything_committed_before_its_request(stack):
    """The writer is told that it is done, then asks: his own participant is always there."""
    exp = running(stack, "b")
    until = time.monotonic() + SECONDS
    outcome = multiprocessing.Queue()
    readers = [multiprocessing.Process(target=read, args=(stack, [exp], until, outcome))
               for _ in range(3)]
    for reader in readers:
        reader.start()
    for done in range(1, 41):
        user = new_id("user")
        answer = stack.call("PUT", f"/v1/experiment/{exp}/alternative",
                            json={"user_id": user, "alternative": "b"})
        assert answer.status_code == 200
        assert told(stack, exp, ("control", "b"))["participants"] == {2: done}
    assert [outcome.get(timeout=600) for _ in readers] == [None] * 3
    for reader in readers:
        reader.join()
