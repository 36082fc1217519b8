# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolments, goals and results, as rows for the table."""

import http.client
import json
import re
import threading
import time
import urllib.parse
import urllib.request

from experiments import await_active, define
from place import Failed

FEW = 300  # who are enrolled and ask again and again
MANY = 10_000  # who hit the goal
MILLION = 1_000_000
PER_SECOND, AT_ONCE = 100, 4
ENROLL = "/v1/experiment/BENCH-RUN-0/enroll"

# The numbers of BENCH-RUN-0 and -0 alone: users in-1 .. in-MANY have its alternatives.
ENROLLED = f"""
insert into assay.enrolment select 'u:in-' || i, e.nr, 1 + i % 2, 1, 'drawn', now()
from generate_series(1, {MANY}) as i, assay.experiment as e where e.id = 'BENCH-RUN-0';
insert into assay.exposure select 'u:in-' || i, e.nr, 1 + i % 2, 1, false, 0, now()
from generate_series(1, {MANY}) as i, assay.experiment as e where e.id = 'BENCH-RUN-0';
insert into assay.goal (name, test, description, created_at) values
('bench-buy', 'chi2', '', now()), ('bench-look', 'mwu', '', now());
"""

# In the order in which subjects would come, within 14 days, and half of BIG's among another's.
LARGE = f"""
insert into assay.exposure select 'u:big-' || i, e.nr, 1 + i % 2, 1, false, 0,
	now() - ({MILLION} - i) * interval '1.2 seconds'
from generate_series(1, {MILLION}) as i, assay.experiment as e where e.id = 'BENCH-BIG';
insert into assay.conversion select 'u:big-' || i, e.nr, 1 + i % 2, g.nr,
	1 + abs(hashint8(i)) % 5, false, now(), now()
from generate_series(1, {MILLION}) as i, assay.experiment as e, assay.goal as g
where e.id = 'BENCH-BIG' and g.name like 'bench%';
"""

BARE = """\\timing on
set search_path = assay;
select alternative, count(*) from exposure
where experiment = (select nr from experiment where id = 'BENCH-BIG') group by 1;
select goal, alternative, hits, count(*) from conversion
where experiment = (select nr from experiment where id = 'BENCH-BIG') group by 1, 2, 3;
"""


def ask(stack, path):
    """Seconds that a GET took."""
    request = urllib.request.Request(stack.url + path,
                                     headers={"X-API-Key": stack.env["ASSAY_SERVER_KEY"]})
    began = time.monotonic()
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        answer.read()
    return time.monotonic() - began


class Others:
    """Somebody new, so many times a second: enrolled, or (the reference) seen on a page."""

    def __init__(self, stack, enrol):
        self.enrol = enrol
        self.threads = [threading.Thread(target=self.run) for _ in range(AT_ONCE)]
        self.rate = 0
        self.where = urllib.parse.urlsplit(stack.url)
        self.headers = {"X-API-Key": stack.env["ASSAY_SERVER_KEY"],
                        "Content-Type": "application/json"}
        self.done = threading.Event()

    def run(self):
        connection = http.client.HTTPConnection(self.where.hostname, self.where.port)
        began, count = time.monotonic(), 0
        while not self.done.wait(max(0, began + count * AT_ONCE / PER_SECOND - time.monotonic())):
            body = {"user_id": f"late-{id(connection)}-{time.monotonic_ns()}"}
            if not self.enrol:
                body |= {"name": "Page 1", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                                      time.gmtime())}
            connection.request("POST", ENROLL if self.enrol else "/v1/page", json.dumps(body),
                               self.headers)
            text = connection.getresponse().read()
            count += b'"new":true' in text or b'"recorded":1' in text
        self.rate += count / (time.monotonic() - began)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()


class Enrolments:
    """The rows about who is in what and what came of it; `bench` keeps them."""

    def __init__(self, bench, paired, seconds):
        self.bench, self.paired, self.seconds = bench, paired, seconds

    def load(self, stack, mode, users):
        return self.bench.wrk.run(stack, mode, users, self.seconds)

    def first(self, stack):
        """Enrolments a second that are in the database."""
        before = int(stack.sql("-c", "select count(*) from assay.enrolment"))
        load = self.load(stack, "enroll_first", FEW)
        rows = int(stack.sql("-c", "select count(*) from assay.enrolment")) - before
        if rows < load.requests:
            raise Failed(f"{rows} enrolments after {load.requests} answers")
        return load.rate

    def hits(self, stack):
        stack.sql("-c", "truncate assay.conversion")
        load = self.load(stack, "goal", MANY)
        hits = int(stack.sql("-c", "select coalesce(sum(hits), 0) from assay.conversion "
                             "where goal >= 100"))
        if hits < load.requests:
            raise Failed(f"{hits} hits after {load.requests} answers")
        return load.rate

    def define(self, stack, first, last):
        for n in range(first, last + 1):
            define(stack, f"BENCH-RUN-{n}", None)
        await_active(stack, last + 1, 60)
        time.sleep(1.1)  # until every worker knows

    def server(self, stack, server):
        stack.start(server, ASSAY_WORKERS="8")
        self.define(stack, 0, 0)
        stack.sql("-c", ENROLLED)
        self.load(stack, "enroll", FEW)
        healthz = self.bench.healthz
        again = self.paired(lambda: self.load(stack, "enroll", FEW).rate, lambda: healthz(stack))
        self.bench.add("enroll, enrolled : GET /healthz", server, again, "/s", 0.65)
        first = self.paired(lambda: self.first(stack), lambda: self.bench.page(stack))
        self.bench.add("first enrolment, durable : page view", server, first, "/s", 0.8)
        hits = self.paired(lambda: self.hits(stack), lambda: self.bench.page(stack))
        self.bench.add("goal hit, durable : page view", server, hits, "/s", 0.7)
        self.define(stack, 1, 9)
        self.load(stack, "enroll_all", FEW)
        time.sleep(6)  # the cache stays shut for who was enrolled just now
        self.load(stack, "enroll_all", FEW)
        every = self.paired(lambda: self.load(stack, "enroll_all", FEW).rate,
                            lambda: healthz(stack))
        self.bench.add("enroll in 10 experiments, enrolled : GET /healthz", server, every, "/s",
                       0.5)
        stack.stop()

    # Results.

    def count(self, stack):
        """Counts a second of the large experiment, which nobody has asked for."""
        stack.sql("-c", "truncate assay.result")
        return 1 / ask(stack, "/v1/experiment/BENCH-BIG/results")

    def bare(self, stack):
        times = re.findall(r"^Time: ([0-9.]+) ms", stack.sql("-c", "select 1", "-f", self.script),
                           re.M)
        return 1000 / sum(float(ms) for ms in times[-2:])

    def kept(self, stack):
        return 1e6 / self.bench.wrk.run(stack, "results", FEW, self.seconds,
                                        connections=1).median_us

    def kept_beside(self, stack, enrol):
        before = stack.metrics()["results_counted_total"]
        with Others(stack, enrol) as others:
            rate = self.kept(stack)
        if others.rate < PER_SECOND * 0.9 or stack.metrics()["results_counted_total"] != before:
            raise Failed(f"{others.rate:.0f} others a second, or results were counted again")
        return rate

    def slower(self, what, rates, most):
        """A row of two times, of which the first may be so many times the other."""
        ratio = rates[1] / rates[0]
        self.bench.row(what, "nginx", f"{1000 / rates[0]:,.1f} ms", f"{1000 / rates[1]:,.1f} ms",
                       f"{ratio:.2f}", f"<= {most}", "met" if ratio <= most else "NOT met")

    def results(self, stack, folder):
        self.script = folder / "bare.sql"
        self.script.write_text(BARE)
        stack.start("nginx", ASSAY_WORKERS="8")
        self.define(stack, 0, 0)
        stack.sql("-c", ENROLLED)
        define(stack, "BENCH-BIG", None)
        await_active(stack, 2, 60)
        stack.sql("-c", LARGE)
        for table in ("exposure", "conversion"):
            stack.sql("-c", f"vacuum analyze assay.{table}")
        self.slower("results of 1,000,000 participants, 2,000,000 conversions : bare aggregates",
                    self.paired(lambda: self.count(stack), lambda: self.bare(stack)), 1.5)
        beside = self.paired(lambda: self.kept_beside(stack, True),
                             lambda: self.kept_beside(stack, False))
        self.slower("the same, kept, beside 100 enrolments/s elsewhere : beside 100 page views/s",
                    beside, 1.1)
        stack.stop()
