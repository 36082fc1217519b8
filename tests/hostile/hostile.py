#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends generated requests to every route and counts what must not happen: an answer of 5xx, a
worker that dies, a report of a sanitizer.

	tests/hostile/hostile.py [--count N] [--seed N] [--first N] [--server lighttpd|nginx]

The same seed gives the same requests; --first and --count choose some of them. ASSAY_BIN chooses
the program, such as the sanitizer build."""

import argparse
import collections
import concurrent.futures
import contextlib
import os
import pathlib
import random
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from generate import Generator, routes  # noqa: E402
from pages import Person  # noqa: E402
from rawhttp import exchange  # noqa: E402
from samples import EXPERIMENTS, NAMES, day  # noqa: E402
from stack import Stack, gone, roomy, wait_until  # noqa: E402

KEYS = {"KEY_CLIENT": "client", "KEY_SERVER": "server", "KEY_ADMIN": "admin", "KEY_LOCAL": "admin"}
CLIENTS = 2  # more would meet the bound on passwords hashed at once, and be right to get a 503


class Hostile:
    """Requests against a stack, and what was wrong with the answers."""

    def __init__(self, stack, seed):
        self.stack, self.generator = stack, threading.local()
        self.seed, self.wrong, self.statuses = seed, [], collections.Counter()
        self.accepted = set()  # routes that let a request through
        self.person, self.token, self.lock = None, "", threading.Lock()
        self.workers = set(stack.workers())
        self.sign_in()

    def prepare(self):
        """A few things of the names that requests use, so that not all of them end at a 404."""
        for name in NAMES[:6]:
            for method, path, body in (
                    ("POST", "/v1/layer", {"id": name, "unit": "user"}),
                    ("POST", "/v1/goal", {"name": name}),
                    ("POST", "/v1/segmentation", {
                        "id": name, "type": "manual", "name": name,
                        "groups": [{"name": "h-1"}, {"name": "h-2"}]}),
                    ("PUT", f"/v1/user/{name}/profile", {"email": f"{name}@example.org"})):
                self.stack.call(method, path, key="admin", json=body)
        for exp in EXPERIMENTS:
            self.stack.call("POST", "/v1/experiment/create", key="admin", json={"request": {
                "expId": exp, "name": exp, "createdBy": "h", "description": "d", "criteria": None,
                "data": {"startDate": day(), "endDate": None, "key": "k", "client": "c"},
                "alternatives": [{"name": n} for n in ("control", "h-1", "h-2")]}})
            self.stack.call("POST", f"/v1/experiment/{exp}/enroll", json={"user_id": "h-1"})

    def sign_in(self):
        self.person = Person(self.stack, "admin")
        self.token = self.person.csrf()

    def credentials(self, who):
        if who == "KEY_NONE":
            return [], self.token
        if who in KEYS:
            return ["X-API-Key: " + self.stack.key(KEYS[who])], self.token
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.person.session.cookies)
        return ["Cookie: " + cookies], self.token

    def send(self, n):
        """The n-th request. A 503 may be a slow machine: it counts when it comes three times."""
        if not hasattr(self.generator, "of"):
            self.generator.of = Generator(self.seed)
        label, data = self.generator.of.request(n, self.credentials)
        for _ in range(3):
            answer = exchange(self.stack, data, seconds=60)
            if answer.status != 503:
                break
        self.statuses[answer.status] += 1
        if 200 <= answer.status < 400:
            self.accepted.add(label)
        if answer.status >= 500 or answer.status == 0:
            self.wrong.append(f"{n}: {label} -> {answer.status} {answer.body[:300]}")
        if "/account" in label or "/logout" in label:
            self.renew()

    def renew(self):
        """Some forms end the session that they came with."""
        with self.lock:
            if self.person.get("/admin").status_code == 303:
                self.sign_in()

    def run(self, first, count):
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            for begin in range(first, first + count, 2000):
                self.prepare()  # what was deleted by the requests before is there again
                list(pool.map(self.send, range(begin, min(begin + 2000, first + count))))
        if any(gone(pid) for pid in self.workers):
            died = [line for line in self.stack.log().splitlines()
                    if "event=worker_" in line or "Assertion" in line]
            self.wrong.append(f"workers died: {died[:5]}")
        if gone(self.stack.pid("jobs")):
            self.wrong.append("the jobs died")
        self.wrong += self.stack.sanitizer_reports()


def start(server):
    """No bound on rates: what is measured here is what a request does, not how many there are."""
    s = Stack(server, KEEP=1, ASSAY_WORKERS=4, ASSAY_MAX_REQUESTS=0, ASSAY_CLIENT_RATE=0,
              ASSAY_CLIENT_NEW_RATE=0)
    wait_until(lambda: len(s.workers()) == 4, 60, "the workers")
    return s


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--count", type=int, default=50000)
    words.add_argument("--seed", type=int, default=random.randrange(10**9))
    words.add_argument("--first", type=int, default=0)
    words.add_argument("--server", default="lighttpd", choices=["lighttpd", "nginx"])
    given = words.parse_args()
    print(f"hostile: --server {given.server} --seed {given.seed} --first {given.first}"
          f" --count {given.count}", flush=True)
    with tempfile.TemporaryDirectory(prefix="assay-run-", dir=roomy()) as folder:
        os.environ["TEST_RUN"] = folder
        stack = start(given.server)
        try:
            hostile = Hostile(stack, given.seed)
            hostile.run(given.first, given.count)
        finally:
            with contextlib.suppress(AssertionError):  # reports, which were counted already
                stack.stop()
    told = ", ".join(f"{n} x {status}" for status, n in sorted(hostile.statuses.items()))
    print(f"hostile: {told}")
    never = sorted({f"{m} {p}" for m, p, *_ in routes()} - hostile.accepted)
    print(f"hostile: routes that accepted none of them: {', '.join(never) or 'none'}")
    for line in hostile.wrong[:50]:
        print(line)
    print(f"hostile: {len(hostile.wrong)} wrong (seed {given.seed})")
    return 1 if hostile.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
