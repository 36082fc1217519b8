# SPDX-License-Identifier: GPL-3.0-or-later
"""Concurrent clients that check consistency. Each posts, reads and erases users of its own,
compares every answer with what was acknowledged before, and the tables with it at the end."""

import bisect
import http.client
import json
import random
import threading
import time
import urllib.parse
import uuid


def stamp(ms):
    """Milliseconds since 1970 as the service writes them."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(ms // 1000)) + f"{ms % 1000:03d}Z"


class Answer:
    """One request and its outcome; status 0 when there was no answer."""

    def __init__(self, method, path):
        self.method, self.path = method, path
        self.status, self.headers, self.text = 0, {}, ""
        self.begun = time.monotonic()
        self.seconds = 0.0

    def __repr__(self):
        return f"{self.method} {self.path} -> {self.status} in {self.seconds:.2f} s: {self.text}"

    @property
    def good(self):
        return 200 <= self.status < 300

    def fault(self):
        """What is wrong with the answer; "" for a success or a problem body."""
        if self.status == 0:
            return ""
        kind = "application/json" if self.good else "application/problem+json"
        if not self.headers.get("Content-Type", "").startswith(kind):
            return "wrong content type"
        try:
            body = json.loads(self.text)
        except ValueError:
            return "no JSON"
        if not self.good and body.get("status") != self.status:
            return "the problem body names another status"
        if self.status == 503 and not self.headers.get("Retry-After", "").isdigit():
            return "503 without Retry-After"
        return ""


class Client:
    """One connection, opened when it is needed."""

    def __init__(self, stack):
        self.host = urllib.parse.urlsplit(stack.url).netloc
        self.headers = {"X-API-Key": stack.key("server"), "Content-Type": "application/json"}
        self.http = None

    def send(self, method, path, body=None):
        answer = Answer(method, path)
        try:
            if self.http is None:
                self.http = http.client.HTTPConnection(self.host, timeout=200)
            data = None if body is None else json.dumps(body)
            self.http.request(method, path, data, self.headers)
            response = self.http.getresponse()
            answer.text = response.read().decode()
            answer.headers, answer.status = response.headers, response.status
        except (OSError, http.client.HTTPException) as error:
            answer.text = repr(error)
            self.http = None
        answer.seconds = time.monotonic() - answer.begun
        return answer


class Person:
    """What must, and what may, be stored about one user."""

    def __init__(self, name):
        self.name = name
        self.sure = set()   # acknowledged
        self.maybe = set()  # sent but not acknowledged: it may be stored or not
        self.past = []      # (until, least, most) of the states before

    def change(self, sure, maybe):
        least, most = self.bounds(0)
        self.past.append((time.monotonic(), least, most))
        self.sure, self.maybe = sure, maybe

    def bounds(self, since):
        """Least and most views that a read may see that began after `since`."""
        least, most = len(self.sure), len(self.sure | self.maybe)
        recent = [p for p in self.past if p[0] > since > 0]
        return min([least] + [p[1] for p in recent]), max([most] + [p[2] for p in recent])


class Load:
    """With this open, clients send requests; at its end at least so many were sent. slack is how
    many seconds a read may lag behind an acknowledged write: 0 but where stated."""

    def __init__(self, stack, requests=2000, clients=8, pause=0.0, slack=0.0, users=4):
        self.stack, self.requests, self.pause, self.slack = stack, requests, pause, slack
        self.prefix = "load-" + uuid.uuid4().hex[:12]
        self.people = [[Person(f"{self.prefix}-{c}-{u}") for u in range(users)]
                       for c in range(clients)]
        self.next_ms = int(time.time() * 1000) - 3600_000
        self.answers, self.wrong = [], []
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(c,), daemon=True)
                        for c in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.requests = 0
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def refused(self):
        return [a for a in self.answers if not a.good]

    def _run(self, number):
        client, dice = Client(self.stack), random.Random(number)
        while not (self.ending.is_set() and len(self.answers) >= self.requests):
            person = dice.choice(self.people[number])
            draw = dice.random()
            if draw < 0.45:
                self._post(client, person, 1)
            elif draw < 0.6:
                self._post(client, person, dice.randint(2, 12))
            elif draw < 0.93:
                self._read(client, person)
            else:
                self._erase(client, person)
            if self.pause:
                time.sleep(self.pause)

    def _send(self, client, method, path, body=None):
        answer = client.send(method, path, body)
        self.answers.append(answer)
        if answer.fault():
            self.wrong.append(f"{answer.fault()}: {answer}")
        return answer

    def _post(self, client, person, count):
        with self.lock:
            first = self.next_ms
            self.next_ms += count
        new = set(range(first, first + count))
        views = [{"user_id": person.name, "name": f"page {ms % 5}", "timestamp": stamp(ms)}
                 for ms in new]
        if self._send(client, "POST", "/v1/page", views if count > 1 else views[0]).good:
            person.change(person.sure | new, person.maybe)
        else:
            person.change(person.sure, person.maybe | new)

    def _read(self, client, person):
        answer = self._send(client, "GET", f"/v1/user/{person.name}")
        if not answer.good:
            return
        seen = json.loads(answer.text)["number_pages_viewed_the_last_7_days"]
        least, most = person.bounds(answer.begun - self.slack if self.slack else 0)
        if not least <= seen <= most:
            self.wrong.append(f"{seen} views of {person.name}, not {least}..{most}")

    def _erase(self, client, person):
        if self._send(client, "DELETE", f"/v1/user/{person.name}").good:
            person.change(set(), person.maybe)
        else:
            person.change(set(), person.maybe | person.sure)

    def check(self):
        """Every answer was proper and no read stale; what was acknowledged is stored, once, and
        nothing else but what may be."""
        assert not self.wrong, self.wrong[:5]
        assert len(self.answers) >= self.requests
        rows = self.stack.sql(
            "select substr(subject_id, 3), (extract(epoch from viewed_at) * 1000)::bigint"
            " from page_view where subject_id like %s", f"u:{self.prefix}%")
        stored = {}
        for name, ms in rows:
            stored.setdefault(name, []).append(ms)
        for person in (p for mine in self.people for p in mine):
            have = stored.pop(person.name, [])
            assert len(have) == len(set(have)), f"doubled for {person.name}"
            assert person.sure <= set(have), f"lost of {person.name}: {person.sure - set(have)}"
            extra = set(have) - person.sure - person.maybe
            assert not extra, f"{person.name} holds what was erased or never sent: {extra}"
        assert not stored


class Race:
    """With this open, each writer writes about a user whom readers read at the same time, a few
    times, and then goes on to another, for a written user stays out of the cache for seconds. At
    the end every read must have seen a state that the user had while it was under way."""

    def __init__(self, stack, writers=3, readers=2, slack=0.0, pause=0.03):
        self.stack, self.slack, self.pause = stack, slack, pause
        self.prefix = "race-" + uuid.uuid4().hex[:12]
        self.names = [f"{self.prefix}-{n}" for n in range(writers)]
        # Of each user the writes as (sent, acknowledged, views afterwards).
        self.writes = {name: [(0.0, 0.0, 0)] for name in self.names}
        self.reads = []
        self.refused = []
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(n,)) for n in range(writers)]
        self.threads += [threading.Thread(target=self._read, args=(n % writers,))
                         for n in range(readers * writers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _write(self, number):
        client, dice = Client(self.stack), random.Random(number)
        ms, rounds = int(time.time() * 1000) - 3600_000, 0
        while not self.ending.is_set():
            rounds += 1
            name = f"{self.prefix}-{number}-{rounds}"
            self.writes[name] = [(0.0, 0.0, 0)]
            self.names[number] = name
            for count in (1, 2, 0, 1):
                time.sleep(self.pause * dice.random())
                ms += 1
                answer = self._change(client, name, ms, count, dice.random() < 0.3)
                if not answer.good:
                    self.refused.append(answer)
                    return
                self.writes[name].append((answer.begun, answer.begun + answer.seconds, count))

    @staticmethod
    def _change(client, name, ms, count, many):
        if count == 0:
            return client.send("DELETE", f"/v1/user/{name}")
        view = {"user_id": name, "name": "a", "timestamp": stamp(ms)}
        # In a batch with others there are more than are told one by one.
        others = [dict(view, user_id=f"{name}-{n}") for n in range(6)]
        return client.send("POST", "/v1/page", others + [view] if many else view)

    def _read(self, number):
        client = Client(self.stack)
        while not self.ending.is_set():
            name = self.names[number]
            answer = client.send("GET", f"/v1/user/{name}")
            if not answer.good:
                self.refused.append(answer)
                return
            seen = json.loads(answer.text)["number_pages_viewed_the_last_7_days"]
            self.reads.append((name, answer.begun, answer.begun + answer.seconds, seen))

    def stale(self):
        """The reads that saw none of the states of their time."""
        found = []
        for name, begun, ended, seen in self.reads:
            writes = self.writes[name]
            last = bisect.bisect(writes, begun - self.slack, key=lambda w: w[1]) - 1
            allowed = [w[2] for w in writes[last:] if w[0] <= ended]
            if seen not in allowed:
                found.append((name, seen, allowed, begun - writes[last][1]))
        return found

    def check(self):
        assert self.refused == []
        assert len(self.reads) > 200, "hardly a race"
        stale = self.stale()
        assert not stale, f"{len(stale)} of {len(self.reads)}: {stale[:5]}"
