# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory and the experiments over it: look-ups, mapping, imports, as rows for the table."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from place import BUILD, TOP, Failed

MILLION = 1_000_000
FEW = 300  # devices that are looked up again and again
STATES = ("Karnataka", "Andhra Pradesh", "Gujarat", "Rajasthan", "Maharashtra")
ALL_USERS = {"type": "user", "filters": {"emailVerified": [True, False]}}
ALL_DEVICES = {"type": "device", "filters": [
    {"name": "country", "operator": "EQ", "value": "India"}]}


def in_state(state):
    return {"type": "device", "filters": [
        {"name": "state", "operator": "IN", "value": [state]}]}


def entries(kind, count):
    """A file of profiles for `assay import`: those of the demo, but as many as wanted."""
    path = BUILD / f"{kind}-{count}"
    if not path.exists():
        with open(path, "w", encoding="utf-8") as out:
            subprocess.run(["awk", "-v", f"kind={kind}", "-v", f"count={count}", "-v",
                            f"today={int(time.time()) // 86400}", "-f",
                            TOP / "sql/demo_directory.awk"],
                           stdin=subprocess.DEVNULL, stdout=out, check=True)
    return path


def import_file(stack, kind, path):
    """Seconds that the command took and the megabytes that it had at most."""
    began = time.monotonic()
    child = subprocess.Popen(
        [BUILD / "assay", "import", kind, path, "-c", f"{stack.env['ASSAY_STATE']}/assay.conf"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise Failed(f"the import of {kind} ended with {child.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024


def call(stack, path, request=None):
    """An answer in the envelope, with the admin key."""
    data = None if request is None else json.dumps({"request": request}).encode()
    ask = urllib.request.Request(stack.url + "/v1/experiment/" + path, data, {
        "X-API-Key": stack.env["ASSAY_ADMIN_KEY"], "Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise Failed(f"{path}: {refused.read().decode()}") from refused


def define(stack, exp, criteria):
    call(stack, "create", {
        "expId": exp, "name": exp, "createdBy": "bench", "description": "of the bench",
        "criteria": criteria,
        "data": {"startDate": time.strftime("%Y-%m-%d", time.gmtime()), "endDate": None,
                 "key": "/bench", "client": "bench"}})


def await_active(stack, count, seconds):
    """Waits until so many definitions are in effect."""
    deadline = time.monotonic() + seconds
    while int(stack.sql("-c", "select count(*) from assay.experiment where status = 'ACTIVE'")) \
            < count:
        if time.monotonic() > deadline:
            raise Failed(f"{count} experiments are not mapped after {seconds} s")
        time.sleep(0.02)


def peak_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+)", status, re.M).group(1)) / 1024


class Experiments:
    """The rows about a directory; `bench` keeps them."""

    def __init__(self, bench, paired, seconds):
        self.bench, self.paired, self.seconds = bench, paired, seconds
        self.mapped = 0

    # Look-ups.

    def lookups(self, stack):
        return self.bench.wrk.run(stack, "lookup", FEW, self.seconds).rate

    def cached_lookups(self, stack):
        before = stack.metrics()
        load = self.bench.wrk.run(stack, "lookup", FEW, self.seconds)
        after = stack.metrics()
        hits = after["cache_hits_total"] - before["cache_hits_total"]
        if hits < load.requests - 2 * FEW:
            raise Failed(f"only {hits:.0f} of {load.requests} records came from the cache")
        return load.rate

    def settle(self, stack):
        """Waits until records are cached: for some seconds they are not after an import, nor after
        a first look-up, which enrols its device."""
        for _ in range(2):
            time.sleep(7)
            self.bench.wrk.run(stack, "lookup", FEW, 2)

    def lookup(self, stack, server):
        """20 definitions by state, of which a device is in some; then 980 more, of which it is in
        none; then no cache."""
        stack.start(server, KEEP="1")
        import_file(stack, "devices", entries("devices", 10_000))
        path = BUILD / "elsewhere"
        path.write_text("".join(f'{{"device_id":"elsewhere-{n}","state":"Elsewhere {n}"}}\n'
                                for n in range(980)))
        import_file(stack, "devices", path)
        for n in range(20):
            define(stack, f"BENCH-{n}", in_state(STATES[n % len(STATES)]))
        await_active(stack, 20, 60)
        self.settle(stack)
        healthz = self.bench.healthz
        warm = self.paired(lambda: self.cached_lookups(stack), lambda: healthz(stack))
        self.bench.add("look-up, 20 experiments, cached : GET /healthz", server, warm, "/s", 0.6)
        for n in range(980):
            define(stack, f"ELSEWHERE-{n}", in_state(f"Elsewhere {n}"))
        await_active(stack, 1000, 300)
        self.settle(stack)
        many = self.paired(lambda: self.cached_lookups(stack), lambda: healthz(stack))
        self.bench.add("look-up, 1,000 experiments : 20, both by their /healthz", server,
                       [many[0], many[1] * warm[0] / warm[1]], "/s", 0.5)
        stack.sql("-c", "delete from assay.experiment where id like 'ELSEWHERE%'",
                  "-c", "update assay.cache_epoch set definitions = definitions + 1")
        os.kill(stack.pid("memcached"), signal.SIGTERM)
        self.bench.wrk.run(stack, "lookup", FEW, 2)
        cold = self.paired(lambda: self.lookups(stack), lambda: healthz(stack))
        self.bench.add("look-up, memcached stopped : GET /healthz", server, cold, "/s", 0.3)
        stack.stop()

    # The directory.

    def fill(self, stack, kind):
        """Imports a million profiles, and tells how fast unless they are there."""
        prefix = kind[0] + ":"
        if int(stack.sql("-c", "select count(*) from (select from assay.profile where "
                         f"left(subject_id, 2) = '{prefix}' limit 1) p")) > 0:
            return None
        return import_file(stack, kind, entries(kind, MILLION))

    def imports(self, stack):
        stack.start("nginx")
        for kind in ("users", "devices"):
            seconds, megabytes = self.fill(stack, kind)
            rate = MILLION / seconds
            self.bench.row(f"import of 1,000,000 {kind} ({megabytes:.0f} MB at most)", "",
                           f"{rate:,.0f} rows/s", "", "", ">= 30,000 rows/s",
                           "met" if rate >= 30_000 else "NOT met")
        stack.stop()

    def await_quiet(self, stack):
        """Waits until no job holds its claim; a job looks again for profiles that changed."""
        while stack.sql("-c", "select 1 from pg_locks where locktype = 'advisory' and "
                        "classid = 4702112 limit 1"):
            time.sleep(0.02)

    def map_million(self, stack, criteria):
        """Rows a second of a definition that everybody of a kind is in, from its creation on."""
        stack.sql("-c", "truncate assay.audience")
        self.mapped += 1
        exp = f"ALL-{self.mapped}"
        began = time.monotonic()
        define(stack, exp, criteria)
        await_active(stack, self.mapped, 300)
        seconds = time.monotonic() - began
        rows = int(stack.sql("-c", "select count(*) from assay.audience"))
        if rows < MILLION:
            raise Failed(f"{rows} of {MILLION} are mapped")
        self.await_quiet(stack)
        return rows / seconds

    def bare_insert(self, stack, prefix):
        """The reference: one plain statement that writes the same rows."""
        stack.sql("-c", "truncate assay.audience")
        began = time.monotonic()
        stack.sql("-c", "insert into assay.audience (subject_id, experiment, version) select "
                  "subject_id, 1, 1 from assay.profile where subject_id like "
                  f"'{prefix}:%'")
        return MILLION / (time.monotonic() - began)

    def mapping(self, stack):
        stack.start("nginx")
        self.fill(stack, "users")
        self.fill(stack, "devices")
        stack.sql("-c", "vacuum analyze assay.profile")
        time.sleep(12)  # profiles that changed so shortly before a mapping are decided twice
        before = peak_mb(stack.pid("jobs"))
        for kind, criteria in (("users", ALL_USERS), ("devices", ALL_DEVICES)):
            rates = self.paired(lambda c=criteria: self.map_million(stack, c),
                                lambda k=kind: self.bare_insert(stack, k[0]))
            self.bench.add(f"mapping of 1,000,000 {kind} : bare insert .. select", "", rates,
                           "rows/s", 0.67)
        after = peak_mb(stack.pid("jobs"))
        self.bench.row("jobs after 6 such mappings : before", "", f"{after:.1f} MB",
                       f"{before:.1f} MB", f"{after / before:.2f}", "<= 1.1",
                       "met" if after <= before * 1.1 else "NOT met")
        stack.stop()
