# SPDX-License-Identifier: GPL-3.0-or-later
"""Durable writes with a joint commit: their rates by the number of connections, and the CPU time
that each row costs in every part. A busy machine disturbs CPU time much less than rates."""

import os
import pathlib

from enrolments import ENROLLED, FEW, MANY, Enrolments
from experiments import await_active, define
from place import Failed

WORKERS = os.environ.get("BENCH_WORKERS", "8 4 2").split()
CONNECTIONS = (16, 64, 256)
POOL = 60  # most connections of pgbench: the database takes 100
TARGETS = {16: 0.6, 64: 1.0, 256: 1.2}
PARTS = {"postgres": "PostgreSQL", "serve": "workers", "web": "web server",
         "memcached": "memcached"}
TICK = os.sysconf("SC_CLK_TCK")


def parents():
    """{process: its parent} of all processes."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def spent(pid):
    """Seconds of CPU time of a process and of its children that have ended."""
    try:
        words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, words[11:15])) / TICK


def cpu(stack):
    """{part: seconds of CPU time so far}"""
    tree = parents()

    def whole(pid):
        return spent(pid) + sum(whole(child) for child, parent in tree.items() if parent == pid)
    return {part: whole(stack.pid(part)) for part in PARTS}


class Joined:
    """The rows; `bench` keeps them, and those about CPU time in bench.cpu."""

    def __init__(self, bench, paired, seconds, references):
        self.bench, self.paired, self.seconds = bench, paired, seconds
        self.plain_insert, self.fresh = references
        self.taken, self.bare = [], []

    def measure(self, stack, mode, users, connections):
        """The rate of rows; what each of them cost is kept."""
        before, counts = cpu(stack), stack.metrics()
        load = self.bench.wrk.run(stack, mode, users, self.seconds, connections=connections)
        after, ended = cpu(stack), stack.metrics()
        served, commits, joined = (ended[name] - counts[name] for name in (
            "request_seconds_count", "joint_commits_total", "joint_changes_total"))
        us = [(after[part] - before[part]) * 1e6 / served for part in PARTS]
        # A request that was not joined with others had a commit of its own.
        self.taken.append((us, served / (served - joined + commits), load))
        return load.rate

    def reference(self, stack, connections):
        """The rate of pgbench; what its rows cost the database is kept."""
        before = cpu(stack)
        rate = self.plain_insert(stack, connections)
        spent_us = (cpu(stack)["postgres"] - before["postgres"]) * 1e6
        self.bare.append(spent_us / (rate * self.seconds))
        return rate

    def page(self, stack, connections):
        self.fresh(stack)
        return self.measure(stack, "page", 100_000, connections)

    def first(self, stack, connections):
        before = int(stack.sql("-c", "select count(*) from assay.enrolment"))
        rate = self.measure(stack, "enroll_first", FEW, connections)
        rows = int(stack.sql("-c", "select count(*) from assay.enrolment")) - before
        if rows < self.taken[-1][2].requests:
            raise Failed(f"{rows} enrolments after {self.taken[-1][2].requests} answers")
        return rate

    def hit(self, stack, connections):
        stack.sql("-c", "truncate assay.conversion")
        return self.measure(stack, "goal", MANY, connections)

    def row(self, what, where, rates, target):
        """A ratio with its target, and the costs of the round with the middle rate."""
        server, workers, connections = where
        self.bench.add(f"{what}, {connections} connections, {workers} workers", server, rates,
                       "/s", target)
        us, size, load = min(self.taken, key=lambda t: abs(t[2].rate - rates[0]))
        bare = f"{sorted(self.bare)[len(self.bare) // 2]:.0f}" if self.bare else ""
        self.taken, self.bare = [], []
        self.bench.cpu.append((
            what.split(" : ")[0], server, str(workers), str(connections), f"{rates[0]:,.0f}",
            f"{load.median_us / 1000:.1f} / {load.high_us / 1000:.1f}", f"{size:.1f}",
            *(f"{u:.0f}" for u in us), f"{sum(us):.0f}", bare))

    def server(self, stack, server, workers):
        stack.start(server, ASSAY_WORKERS=workers)
        if stack.sql("-c", "select 1 from assay.experiment where id = 'BENCH-RUN-0'") == "":
            define(stack, "BENCH-RUN-0", None)
            await_active(stack, 1, 60)
            stack.sql("-c", ENROLLED)
        enrolments = Enrolments(self.bench, self.paired, 1)
        enrolments.load(stack, "enroll", FEW)
        for n in CONNECTIONS:
            rates = self.paired(lambda n=n: self.page(stack, n),
                                lambda n=n: self.reference(stack, min(n, POOL)))
            self.row("page view, durable : pgbench, plain insert", (server, workers, n), rates,
                     TARGETS[n])
        for what, take, target in (("goal hit, durable : page view", self.hit, 0.8),
                                   ("first enrolment, durable : page view", self.first, 0.7)):
            measured = []

            def of_this(take=take, measured=measured):
                rate = take(stack, 64)
                measured.append(self.taken[-1])
                return rate
            rates = self.paired(of_this, lambda: self.page(stack, 64))
            self.taken = measured
            self.row(what, (server, workers, 64), rates, target)
        stack.stop()
