# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolments, goals and results, as rows for the table."""

import http.client
import json
import os
import threading
import time
import urllib.parse
import urllib.request

from experiments import await_active, define
from place import Failed

FEW = 300  # who are enrolled and ask again and again
MANY = 10_000  # who hit the goal
MILLION = 1_000_000
PER_SECOND, AT_ONCE = 200, 4
# Millions of participants whose results are read, and the milliseconds that it may take.
SIZES = [int(n) for n in os.environ.get("BENCH_SIZES", "1").split()]
MOST_MS = {1: 10, 5: 25}

# Users in-1 .. in-MANY are enrolled in BENCH-RUN-0, and two goals exist.
ENROLLED = f"""
insert into assay.enrolment (subject_id, experiment, alternative, allocation, source,
	enrolled_at)
select 'u:in-' || i, e.nr, 1 + i % 2, 1, 'drawn', now()
from generate_series(1, {MANY}) as i, assay.experiment as e where e.id = 'BENCH-RUN-0';
insert into assay.exposure (subject_id, experiment, alternative, allocation, forced,
	earlier_exposures, exposed_at)
select 'u:in-' || i, e.nr, 1 + i % 2, 1, false, 0, now()
from generate_series(1, {MANY}) as i, assay.experiment as e where e.id = 'BENCH-RUN-0';
insert into assay.goal (name, test, description, created_at) values
('bench-buy', 'chi2', '', now()), ('bench-look', 'mwu', '', now());
"""

# Inserted in the order in which subjects would come, within 14 days.
LARGE = """
insert into assay.exposure (subject_id, experiment, alternative, allocation, forced,
	earlier_exposures, exposed_at)
select 'u:{prefix}-' || i, e.nr, 1 + i % 2, 1, false, 0,
	now() - ({count} - i) * interval '1209600 seconds' / {count}
from generate_series(1, {count}) as i, assay.experiment as e where e.id = '{id}';
insert into assay.conversion (subject_id, experiment, alternative, goal, hits, forced, allocation,
	first_at, last_at)
select 'u:{prefix}-' || i, e.nr, 1 + i % 2, g.nr, 1 + abs(hashint8(i)) % 5, false, 1, now(), now()
from generate_series(1, {count}) as i, assay.experiment as e, assay.goal as g
where e.id = '{id}' and g.name like 'bench%';
set search_path = assay;
select result_rebuild(nr) from experiment where id = '{id}';
"""


# The deltas of 100,000 subjects that hit a goal once.
DELTAS = """
insert into assay.result_delta (experiment, goal, alternative, allocation, day, n, sum, squares,
	hits_to)
select e.nr, 100 + i % 2, 1 + i % 2, 1, current_date, 1, 1, 1, 1
from assay.experiment as e, generate_series(1, 100000) as i where e.id = 'BENCH-RUN-0'
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
    """Somebody new, so many times a second, who is enrolled in an experiment."""

    def __init__(self, stack, experiment):
        self.path = f"/v1/experiment/{experiment}/enroll"
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
            connection.request("POST", self.path, json.dumps(body), self.headers)
            count += b'"new":true' in connection.getresponse().read()
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
    """The rows about enrolments, goal hits, flags and results; `bench` keeps them."""

    def __init__(self, bench, paired, seconds):
        self.bench, self.paired, self.seconds = bench, paired, seconds
        self.cpu = {}  # by what was measured: microseconds of PostgreSQL a request, of each round

    def load(self, stack, mode, users):
        return self.bench.wrk.run(stack, mode, users, self.seconds)

    def spent(self, stack, what, take):
        """A rate, and the CPU time of PostgreSQL, which means something under load, too."""
        before = stack.database_us()
        rate = take()
        self.cpu.setdefault(what, []).append((stack.database_us() - before) / (rate * self.seconds))
        return rate

    def first(self, stack):
        """Enrolments a second, after checking that they are in the database."""
        before = int(stack.sql("-c", "select count(*) from assay.enrolment"))
        load = self.load(stack, "enroll_first", FEW)
        rows = int(stack.sql("-c", "select count(*) from assay.enrolment")) - before
        if rows < load.requests:
            raise Failed(f"{rows} enrolments after {load.requests} answers")
        return load.rate

    def hits(self, stack, users=MANY):
        stack.sql("-c", "truncate assay.conversion")
        load = self.load(stack, "goal", users)
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
        self.cpu = {}
        for what, take, target in (("first enrolment", self.first, 0.8),
                                   ("goal hit", self.hits, 0.7),
                                   ("goal hit of one user", lambda s: self.hits(s, 1), None)):
            rates = self.paired(lambda w=what, t=take: self.spent(stack, w, lambda: t(stack)),
                                lambda: self.spent(stack, "page view",
                                                   lambda: self.bench.page(stack)))
            self.bench.add(f"{what}, durable : page view", server, rates, "/s", target)
        self.report_cpu(server)
        self.define(stack, 1, 9)
        self.load(stack, "enroll_all", FEW)
        time.sleep(6)  # the records of subjects that were just enrolled are not cached before
        self.load(stack, "enroll_all", FEW)
        every = self.paired(lambda: self.load(stack, "enroll_all", FEW).rate,
                            lambda: healthz(stack))
        self.bench.add("enroll in 10 experiments, enrolled : GET /healthz", server, every, "/s",
                       0.5)
        stack.stop()

    def report_cpu(self, server):
        """Rows of the CPU time of PostgreSQL, as the middle of the rounds."""
        middle = {what: sorted(rounds)[len(rounds) // 2] for what, rounds in self.cpu.items()}
        for what in middle:
            if what != "page view":
                self.bench.row(f"{what}, CPU of PostgreSQL : page view", server,
                               f"{middle[what]:,.0f} us", f"{middle['page view']:,.0f} us",
                               f"{middle[what] / middle['page view']:.2f}", "", "")

    # Flags of OpenFeature.

    def tag(self, stack):
        """The ETag of all flags of user in-1."""
        request = urllib.request.Request(
            stack.url + "/ofrep/v1/evaluate/flags", b'{"context":{"targetingKey":"in-1"}}',
            {"X-API-Key": stack.env["ASSAY_SERVER_KEY"], "Content-Type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.headers["ETag"]

    def flags(self, stack, server):
        stack.start(server, ASSAY_WORKERS="8")
        self.define(stack, 0, 9)
        stack.sql("-c", ENROLLED)
        self.load(stack, "flag", FEW)
        self.load(stack, "enroll_all", FEW)
        time.sleep(6)  # the records of subjects that were just enrolled are not cached before
        self.load(stack, "flags", FEW)
        os.environ["BENCH_TAG"] = self.tag(stack)
        for what, mode, target in (("one flag, enrolled", "flag", 0.6),
                                   ("10 flags", "flags", 0.5),
                                   ("10 flags, 304", "flags_kept", 0.6)):
            rates = self.paired(lambda m=mode: self.load(stack, m, FEW).rate,
                                lambda: self.bench.healthz(stack))
            self.bench.add(f"{what} : GET /healthz", server, rates, "/s", target)
        stack.stop()

    # Results.

    def read(self, stack, experiment):
        """The median of reading results beside enrolments in the experiment, in milliseconds."""
        with Others(stack, experiment) as others:
            times, until = [], time.monotonic() + self.seconds
            while time.monotonic() < until:
                times.append(ask(stack, f"/v1/experiment/{experiment}/results"))
        if others.rate < PER_SECOND * 0.5:
            raise Failed(f"{others.rate:.0f} enrolments a second")
        return sorted(times)[len(times) // 2] * 1000

    def below(self, what, rounds, most):
        """A row of times in milliseconds."""
        median = sorted(rounds)[len(rounds) // 2]
        spread = f"{min(rounds):.1f} to {max(rounds):.1f} ms"
        self.bench.row(what, "nginx", f"{median:.1f} ms", spread, "", f"<= {most} ms",
                       "met" if median <= most else "NOT met")

    def fold_rate(self, stack):
        """Deltas folded a second by one connection, since it was opened; jobs may fold, too."""
        stack.sql("-c", DELTAS)
        began = time.monotonic()
        folds = ["-c", "select result_fold(20000)"] * 5
        folded = stack.sql("-c", "set search_path = assay", *folds)
        seconds = time.monotonic() - began
        return sum(int(line) for line in folded.splitlines()) / seconds

    def folding(self, stack):
        rates = [self.fold_rate(stack) for _ in range(3)]
        self.bench.row("folding of results, deltas/s", "PostgreSQL",
                       f"{sorted(rates)[1]:,.0f}", f"{min(rates):,.0f} to {max(rates):,.0f}", "",
                       ">= 10,000", "met" if sorted(rates)[1] >= 10000 else "NOT met")

    def results(self, stack, folder):
        del folder
        stack.start("nginx", ASSAY_WORKERS="8")
        self.define(stack, 0, 0)
        stack.sql("-c", ENROLLED)
        self.folding(stack)
        for place, millions in enumerate(SIZES):
            name = f"BENCH-{millions}M"
            define(stack, name, None)
            await_active(stack, 2 + place, 60)
            stack.sql("-c", LARGE.format(prefix=name.lower(), id=name,
                                         count=millions * MILLION))
            for table in ("exposure", "conversion", "result_cell"):
                stack.sql("-c", f"vacuum analyze assay.{table}")
            rounds = [self.read(stack, name) for _ in range(3)]
            self.below(f"results of {millions}M participants, {2 * millions}M conversions, beside "
                       f"{PER_SECOND} enrolments/s into it", rounds, MOST_MS.get(millions, 25))
        stack.stop()
