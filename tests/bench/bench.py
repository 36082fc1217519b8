# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed and memory as ratios: what HTTP delivers, compared with what the same machine delivers
without it a moment before or after. Prints one table; see tests/bench/run.sh for the settings."""

import collections
import datetime
import json
import os
import signal
import subprocess
import sys
import time

import statements
from enrolments import Enrolments
from experiments import Experiments
from groups import Groups
from joined import WORKERS, Joined
from joined import PARTS as CPU_PARTS
from pages import Pages
from place import BUILD, CONNECTIONS, Failed, Stack, Wrk, machine, pgbench, resident_mb

SECONDS = int(os.environ.get("BENCH_SECONDS", 4))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
PARTS = os.environ.get("BENCH_PARTS",
                       "lighttpd nginx joined workers size memory lookup enrol flags results "
                       "import mapping groups pages").split()

LOAD = os.getloadavg()[0]  # of other programs, because nothing of the bench has run yet

USERS = 100_000  # of 10 page views each
FEW = 300  # who are read again and again
NOW = datetime.datetime.now(datetime.timezone.utc)
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
TODAY = f"assay.page_view_{MIDNIGHT:%Y%m%d}"

Row = collections.namedtuple("Row", "what server measured reference ratio target verdict")


def text_of(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


WINDOW = {"since": text_of(NOW - datetime.timedelta(days=7)), "now": text_of(NOW), "days": 7,
          "ahead": text_of(NOW + datetime.timedelta(days=1))}


def say(text):
    print(f"{time.monotonic() - BEGAN:6.0f} s  {text}", file=sys.stderr, flush=True)


BEGAN = time.monotonic()


def paired(measure, *references):
    """The round with the middle ratio, as a list: the measured rate, the references' rates."""
    rounds = sorted(([take() for take in (measure, *references)] for _ in range(ROUNDS)),
                    key=lambda rates: rates[0] / rates[1])
    return rounds[len(rounds) // 2]


class Bench:
    """The measurements of a stack and the rows that they gave."""

    def __init__(self):
        self.rows = []
        self.workers = []
        self.cpu = []
        self.wrk = Wrk(int(MIDNIGHT.timestamp()))

    def row(self, *words):
        self.rows.append(Row(*words))
        say(", ".join(words))

    def add(self, what, server, rates, unit, target):
        ratio = rates[0] / rates[1]
        self.rows.append(Row(what, server, f"{rates[0]:,.0f} {unit}", f"{rates[1]:,.0f} {unit}",
                             f"{ratio:.2f}", "" if target is None else f">= {target}",
                             "" if target is None else "met" if ratio >= target else "NOT met"))
        say(f"{server}: {what}: {rates[0]:,.0f} / {rates[1]:,.0f} = {ratio:.2f}")

    # What is measured: functions of a stack that give a rate.

    def healthz(self, stack):
        return self.wrk.run(stack, "health", USERS, SECONDS).rate

    def cached(self, stack):
        before = stack.metrics()
        load = self.wrk.run(stack, "profile", FEW, SECONDS)
        after = stack.metrics()
        hits = after["cache_hits_total"] - before["cache_hits_total"]
        # Each user may be missing at first, and once more when a minute has passed.
        if hits < load.requests - 2 * FEW:
            raise Failed(f"only {hits:.0f} of {load.requests} profiles came from the cache")
        return load.rate

    def uncached(self, stack):
        """The worst case of the cache: it is asked and filled for users who do not come again."""
        stack.forget_cache()
        before = stack.metrics()
        load = self.wrk.run(stack, "profile", USERS, SECONDS)
        after = stack.metrics()
        computed = after["profiles_computed_total"] - before["profiles_computed_total"]
        if computed < load.requests:
            raise Failed(f"only {computed:.0f} of {load.requests} profiles were computed")
        return load.rate

    def window(self, stack):
        return self.wrk.run(stack, "window", USERS, SECONDS).rate

    def posted(self, stack, mode, size):
        """Rows a second, after checking that every acknowledged row is in the database."""
        fresh(stack)
        load = self.wrk.run(stack, mode, USERS, SECONDS)
        rows = int(stack.sql("-c", f"select count(*) from {TODAY}"))
        if rows < load.requests * size:
            raise Failed(f"{rows} rows after {load.requests} answers for {size} each")
        return load.rate * size

    def page(self, stack):
        return self.posted(stack, "page", 1)

    def batch(self, stack):
        return self.posted(stack, "batch", 1000)

    # Parts of the table.

    def server(self, stack, server):
        stack.start(server, ASSAY_WORKERS="8")
        self.wrk.run(stack, "health", USERS, 2)
        self.wrk.run(stack, "profile", FEW, 1)
        cached = paired(lambda: self.cached(stack), lambda: self.healthz(stack))
        self.add("profile, cached : GET /healthz", server, cached, "/s", 0.7)
        uncached = paired(lambda: self.uncached(stack), lambda: reference_profile(stack),
                          lambda: self.window(stack))
        self.add("profile, uncached : pgbench, same statement", server, uncached[:2], "/s", 0.5)
        self.add("(profile with ?days=, past the cache : the same)", server,
                 [uncached[2], uncached[1]], "/s", None)
        page = paired(lambda: self.page(stack), lambda: reference_insert(stack),
                      lambda: reference_page(stack))
        self.add("page view, durable : pgbench, plain insert", server, page[:2], "/s", 0.5)
        self.add("(the same : pgbench, same statement)", server, [page[0], page[2]], "/s", None)
        batch = paired(lambda: self.batch(stack), lambda: reference_batch(stack))
        self.add("batches of 1,000 : pgbench, same statement", server, batch, "rows/s", 0.7)
        stack.stop()

    def by_workers(self, stack):
        """The ratios by the number of workers; measured once each, behind nginx."""
        for count in (2, 4, 8, 16):
            stack.start("nginx", ASSAY_WORKERS=str(count))
            self.wrk.run(stack, "health", USERS, 1)
            floor, cached = self.healthz(stack), self.cached(stack)
            uncached, bare = self.uncached(stack), reference_profile(stack)
            page, insert = self.page(stack), reference_insert(stack)
            self.workers.append((str(count), f"{floor:,.0f}", f"{cached / floor:.2f}",
                                 f"{uncached / bare:.2f}", f"{page / insert:.2f}"))
            say(f"workers: {self.workers[-1]}")
            stack.stop()

    def size(self, stacks):
        """The latency of the same profiles in tables of different sizes, over one connection."""
        say("loading 10 million views")
        for stack, users in stacks:
            if stack.process is None:
                stack.start("nginx", ASSAY_WORKERS="8")
            if stack.sql("-c", "select to_regclass('assay.bench_size')") != "":
                continue
            load_data(stack, users)
        for stack, _ in stacks:
            self.wrk.run(stack, "window", 10_000, 2, connections=1)
        latencies = [[self.wrk.run(stack, "window", 10_000, SECONDS, connections=1).median_us
                      for stack, _ in stacks] for _ in range(ROUNDS)]
        small, middle, large = sorted(latencies, key=lambda l: l[0] / l[-1])[ROUNDS // 2]
        for what, us in (("100,000 views", small), ("1 million views", middle)):
            ratio = us / large
            self.rows.append(Row(f"profile among 10 million views : among {what}", "nginx",
                                 f"{large / 1000:.2f} ms", f"{us / 1000:.2f} ms", f"{ratio:.2f}",
                                 ">= 0.9", "met" if ratio >= 0.9 else "NOT met"))
        say(f"sizes: {small}, {middle}, {large} us")
        nodes = plan_nodes(stacks[-1][0])
        self.rows.append(Row("its plan", "", ", ".join(sorted(nodes)), "", "", "by index only",
                             "met" if all("Index" in n for n in nodes) else "NOT met"))

    def memory(self, stack, server):
        """The size of a worker after so many requests; there is only one, which serves them all."""
        stack.start(server, ASSAY_WORKERS="1", ASSAY_MAX_REQUESTS="0")
        (worker,) = stack.workers()
        command = self.wrk.command(stack, "mixed", 10_000, 600)
        load = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        sizes = []
        for goal in (10_000, 100_000):
            while stack.metrics()["request_seconds_count"] < goal:
                time.sleep(0.05)
            sizes.append(resident_mb(worker))
        load.send_signal(signal.SIGINT)
        load.communicate()
        if stack.workers() != [worker]:
            raise Failed("the worker did not live to the end")
        first, last = sizes
        good = last < 15 and last <= first * 1.05
        self.rows.append(Row("a worker after 100,000 mixed requests : after 10,000", server,
                             f"{last:.1f} MB", f"{first:.1f} MB", f"{last / first:.2f}",
                             "< 15 MB, <= 1.05", "met" if good else "NOT met"))
        say(f"{server}: a worker has {first:.1f} MB, {last:.1f} MB")
        stack.stop()


def load_data(stack, users):
    stack.load(text_of(MIDNIGHT), 1, users)
    stack.sql("-c", "create table assay.bench_size as select 1")


def fresh(stack):
    """Empties the partition of the day that the bench writes to."""
    stack.sql("-c", f"truncate {TODAY}")


def reference_profile(stack):
    return pgbench(stack, statements.profile(), SECONDS, **WINDOW)


def reference_insert(stack, connections=CONNECTIONS):
    fresh(stack)
    return pgbench(stack, statements.plain_insert(), SECONDS, connections,
                   midnight=text_of(MIDNIGHT), **statements.page_values())


def reference_page(stack):
    fresh(stack)
    return pgbench(stack, statements.page_insert(), SECONDS, midnight=text_of(MIDNIGHT),
                   **statements.page_values())


def reference_batch(stack):
    fresh(stack)
    return 1000 * pgbench(stack, statements.batch_insert(), SECONDS,
                          **statements.batch_values(text_of(MIDNIGHT)))


def plan_nodes(stack):
    """How the plan of the profile reads the table: the set of its scans' types."""
    text = stack.sql("-c", statements.plan_of_profile(["u:77", *WINDOW.values()]))
    nodes, found = [json.loads(text[text.index("[\n"):])[0]["Plan"]], set()
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node.get("Relation Name", "").startswith("page_view"):
            found.add(node["Node Type"])
    return found


def lines(header, rows):
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def report(bench):
    text = "\n".join([
        *lines(("measured : reference", "server", "measured", "reference", "ratio", "target",
                "verdict"), bench.rows), "",
        *(lines(("workers", "GET /healthz /s", "cached", "uncached", "page view"), bench.workers)
          if bench.workers else ()), "",
        *(lines(("durable write", "server", "workers", "connections", "/s", "p50 / p99 ms",
                 "rows a commit", *(f"{part}, us" for part in CPU_PARTS.values()), "sum, us",
                 "pgbench: PostgreSQL, us"),
                bench.cpu) if bench.cpu else ()), "",
        f"{CONNECTIONS} connections, 8 workers, {USERS * 10:,} views of {USERS:,} users; the "
        f"middle of {ROUNDS} rounds of {SECONDS} s, each next to its reference; load average "
        f"before the first: {LOAD:.1f}. {machine()}"])
    (BUILD / "table.txt").write_text(text + "\n")
    print(text)


def joined(bench, stack):
    if "joined" not in PARTS:
        return
    rows = Joined(bench, paired, SECONDS, (reference_insert, fresh))
    for server in ("nginx", "lighttpd"):
        for workers in WORKERS:
            rows.server(stack, server, workers)
    stack.forget()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: told to stop"))
    bench = Bench()
    experiments = Experiments(bench, paired, SECONDS)
    enrolments = Enrolments(bench, paired, SECONDS)
    groups = Groups(bench, paired, SECONDS)
    small, middle, large = Stack("small"), Stack("middle"), Stack("large")
    try:
        if set(PARTS) & {"lighttpd", "nginx", "workers", "size"}:
            middle.start("nginx")
            say(f"loading {USERS * 10:,} views")
            load_data(middle, USERS)
            middle.stop()
        for server in ("lighttpd", "nginx"):
            if server in PARTS:
                bench.server(middle, server)
        if "workers" in PARTS:
            bench.by_workers(middle)
        if "size" in PARTS:
            bench.size([(small, USERS // 10), (middle, USERS), (large, USERS * 10)])
        large.forget()
        middle.forget()
        small.stop()
        joined(bench, small)
        if "memory" in PARTS:
            bench.memory(small, "lighttpd")
            bench.memory(small, "nginx")
        small.forget()
        if "lookup" in PARTS:
            for server in ("lighttpd", "nginx"):
                experiments.lookup(small, server)
                small.forget()
        for part, measure in (("enrol", enrolments.server), ("flags", enrolments.flags)):
            for server in ("lighttpd", "nginx") if part in PARTS else ():
                measure(small, server)
                small.forget()
        if "results" in PARTS:
            enrolments.results(small, BUILD)
            small.forget()
        if "groups" in PARTS:
            for server in ("lighttpd", "nginx"):
                groups.server(small, server)
                small.forget()
            groups.upload(small)
            groups.export(small)
            small.forget()
        if "pages" in PARTS:
            for server in ("lighttpd", "nginx"):
                Pages(bench, paired, SECONDS).server(small, server)
                small.forget()
        if "import" in PARTS:
            experiments.imports(large)
        if "mapping" in PARTS:
            experiments.mapping(large)
        report(bench)
    except Failed as why:
        sys.exit(f"bench: {why}")
    finally:
        for stack in (small, middle, large):
            stack.forget()


if __name__ == "__main__":
    main()
