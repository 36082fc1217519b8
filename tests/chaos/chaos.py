#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mixed load behind each web server while one fault a second is caused in the stack; afterwards
every acknowledged write is read back, and the results of every experiment are recounted. A run
fails for a write that is lost, doubled or out of order, a stale read, results that differ from the
rows, a 500, and a 502 when no worker died (one that dies loses the requests that it had joined).

	tests/chaos/chaos.py [--seconds N] [--seed N] [--server lighttpd|nginx]

The same seed gives the same faults in the same order, not at the same instants. ASSAY_BIN chooses
the program, such as the sanitizer build."""

import argparse
import collections
import contextlib
import datetime
import os
import pathlib
import random
import re
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from enrols import running  # noqa: E402
from faults import Faults, settle  # noqa: E402
from load import Load  # noqa: E402
from stack import Stack, roomy  # noqa: E402
from result_rows import differences  # noqa: E402
from test_enrol_faults import Enrolling  # noqa: E402
from writers import Definitions, Hits, Tags  # noqa: E402

# Seconds by which a read may be older than a write when memcached did not get the invalidation.
SLACK = 1.0
WANTED = 3.0  # seconds without a success, at most; printed, but no failure
NEAR = 2.0  # seconds between the death of a worker and the 502 that it explains


def failures(check):
    """What a check that asserts found wrong, as a list."""
    try:
        check()
    except AssertionError as error:
        return [str(error)[:600]]
    return []


def longest_outage(begun, ended, answers):
    """The longest time between two successful answers, in seconds."""
    times = sorted(a.begun + a.seconds for a in answers if a.good)
    times = [begun] + [t for t in times if begun < t < ended] + [ended]
    return max(b - a for a, b in zip(times, times[1:]))


def deaths(log):
    """When workers died, in seconds since 1970."""
    stamps = re.findall(r"^ts=(\S+)Z level=error event=worker_died", log, re.M)
    return [datetime.datetime.fromisoformat(stamp + "+00:00").timestamp() for stamp in stamps]


def judge(stack, faults, answers):
    """What is wrong with statuses: a 500 always, and a 502 that no death of a worker explains."""
    statuses = collections.Counter(a.status for a in answers)
    died, since = deaths(stack.log()), time.time() - time.monotonic()
    wrong = [str(a)[:300] for a in answers if a.status == 500 or a.status == 502 and not any(
        abs(since + a.begun + a.seconds - at) < NEAR for at in died)][:10]
    told = ", ".join(f"{n} x {s}" for s, n in sorted(statuses.items()))
    print(f"chaos: {sum(faults.done.values())} faults: {dict(sorted(faults.done.items()))}")
    print(f"chaos: {told}; {len(died)} workers died")
    return wrong + faults.failed


def recount(stack):
    """Sums of the ledger that are not what counting the rows of all subjects gives."""
    wrong = []
    experiments = stack.sql("select id from experiment order by id")
    for exp, in experiments:
        wrong += [f"results of {exp} differ: {row}" for row in differences(stack, exp)]
    (exposures, hits, folded), = stack.sql(
        "select (select count(*) from exposure), (select sum(hits) from conversion),"
        " (select sum(n) from result_cell where goal = 0 and day = '-infinity')")
    print(f"chaos: {len(experiments)} experiments recounted: {exposures} exposures, of which"
          f" {folded or 0} folded, {hits or 0} hits, {len(wrong)} differences")
    return wrong


def run(server, seconds, seed):
    """The number of things that were wrong behind a web server."""
    stack = Stack(server, KEEP=1, ASSAY_WORKERS=4, ASSAY_CLIENT_RATE=0, ASSAY_CLIENT_NEW_RATE=0)
    try:
        load = Load(stack, requests=0, clients=4, pause=0.01, slack=SLACK)
        enrolling = Enrolling(stack, running(stack, "red", "blue"), clients=3)
        writers = [Tags(stack), Hits(stack), Definitions(stack)]
        with contextlib.ExitStack() as open_ones:
            for one in [load, enrolling, *writers]:
                open_ones.enter_context(one)
            begun, faults = time.monotonic(), Faults(stack, random.Random(seed))
            faults.run(seconds)
            ended = time.monotonic()
        settle(stack)
        answers = load.answers + enrolling.failed + [a for w in writers for a in w.answers]
        wrong = judge(stack, faults, answers) + failures(load.check) + failures(enrolling.check)
        for one in writers:
            wrong += one.check()
        gap = longest_outage(begun, ended, answers)
        print(f"chaos: {sum(a.good for a in answers)} acknowledged, longest outage {gap:.1f} s"
              f" (wanted: at most {WANTED:.0f})")
        wrong += recount(stack)
        stack.assay("jobs", "--once")  # folds what is left
        wrong += recount(stack) + stack.sanitizer_reports()
    finally:
        with contextlib.suppress(AssertionError):  # reports, which were counted already
            stack.stop()
    for line in wrong[:20]:
        print("chaos: wrong:", line[:300])
    return len(wrong)


def main():
    words = argparse.ArgumentParser(description="faults under load, then every write read back")
    words.add_argument("--seconds", type=int, default=120)
    words.add_argument("--seed", type=int, default=random.randrange(10**9))
    words.add_argument("--server", choices=["lighttpd", "nginx"])
    given = words.parse_args()
    servers = [given.server] if given.server else ["lighttpd", "nginx"]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="assay-run-", dir=roomy()) as folder:
        os.environ["TEST_RUN"] = folder
        for server in servers:
            print(f"chaos: --server {server} --seed {given.seed} --seconds {given.seconds}",
                  flush=True)
            wrong += run(server, given.seconds, given.seed)
    print(f"chaos: {wrong} wrong (seed {given.seed})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
