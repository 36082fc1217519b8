# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups, as rows for the table: read when assigned, computed by a rule, exported."""

import json
import subprocess
import time
import urllib.request

from place import BUILD, Failed, resident_mb

FEW = 300
USERS, SEGMENTATIONS, TERMS = 1_000_000, 5, 20
UPLOAD = 100_000  # rows of a file
CONTEXT = "course:bench"

MEMBERS = f"""
insert into assay.membership (subject_id, segmentation, slot, group_nr, source, assigned_at)
select 'u:' || i, s.nr, 0, i % 4, 'manual', now()
from generate_series(1, {USERS}) as i, assay.segmentation as s where s.context = '{CONTEXT}'
"""


def ask(stack, path, kind="application/json", data=None):
    """The JSON that the path answers to an admin key."""
    request = urllib.request.Request(
        stack.url + path, data, {"X-API-Key": stack.env["ASSAY_ADMIN_KEY"], "Content-Type": kind})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.load(answer), answer.headers.get("Location")


def define(stack, seg, kind, groups, context=CONTEXT):
    body = {"id": seg, "type": kind, "name": seg, "context": context, "groups": groups}
    ask(stack, "/v1/segmentation", data=json.dumps(body).encode())


def rule():
    """Only the last of 20 terms holds, so that all are evaluated."""
    none = [{"group": {"segmentation": f"bench-{n % SEGMENTATIONS}", "eq": f"none {n}"}}
            if n % 2 else {"attribute": {"path": f"field.{n}", "gte": n}} for n in range(TERMS - 1)]
    return {"any": [*none, {"kind": {"eq": "user"}}]}


def groups_of(names):
    return [{"name": name} for name in names]


class Groups:
    """The rows about groups; `bench` keeps them."""

    def __init__(self, bench, paired, seconds):
        self.bench, self.paired, self.seconds = bench, paired, seconds

    def rate(self, stack, mode):
        return self.bench.wrk.run(stack, mode, FEW, self.seconds).rate

    def server(self, stack, server):
        stack.start(server, ASSAY_WORKERS="8")
        none = [f"none {n}" for n in range(TERMS)]
        for n in range(SEGMENTATIONS):
            define(stack, f"bench-{n}", "random", groups_of(["a", "b", *none]), "global")
        define(stack, "bench-rule", "rule", [{"name": "all", "rule": rule()}], "global")
        time.sleep(1.1)  # until every worker knows
        self.rate(stack, "group")
        time.sleep(6)  # the records of subjects that were just drawn are not cached before
        self.rate(stack, "group")
        for what, mode, target in (("group of an assigned user", "group", 0.65),
                                   (f"group by a rule of {TERMS} terms", "rule", 0.55)):
            rates = self.paired(lambda m=mode: self.rate(stack, m),
                                lambda: self.bench.healthz(stack))
            self.bench.add(f"{what} : GET /healthz", server, rates, "/s", target)
        stack.stop()

    def upload(self, stack):
        """Rows a second, from the request to the end of the job that reads the file."""
        stack.start("nginx")
        define(stack, "bench-file", "manual", groups_of("ab"))
        rows = "".join(f"file-{n},{'ab'[n % 2]}\n" for n in range(UPLOAD))
        began = time.monotonic()
        _, job = ask(stack, "/v1/segmentation/bench-file/upload", "text/csv",
                     f"user_id,group\n{rows}".encode())
        report = {}
        while not report.get("done"):
            time.sleep(0.05)
            report, _ = ask(stack, job)
        rate = UPLOAD / (time.monotonic() - began)
        if report["added"] != UPLOAD:
            raise Failed(f"{report['added']} of {UPLOAD} rows were added")
        self.bench.row(f"upload of {UPLOAD:,} members", "", f"{rate:,.0f} rows/s", "", "",
                       ">= 20,000", "met" if rate >= 20_000 else "NOT met")
        stack.stop()

    def export(self, stack):
        """Rows a second of the whole export, and the memory of the command."""
        stack.start("nginx")
        for n in range(SEGMENTATIONS):
            define(stack, f"bench-{n}", "manual", groups_of("abcd"))
        stack.sql("-c", MEMBERS)
        stack.sql("-c", "vacuum analyze assay.membership")
        words = [BUILD / "assay", "export", "groups", "--context", CONTEXT, "--csv", "-c",
                 stack.env["ASSAY_STATE"] + "/assay.conf"]
        began, lines, early, late = time.monotonic(), -1, 0, 0
        with subprocess.Popen(words, stdout=subprocess.PIPE) as command:
            for _ in command.stdout:
                lines += 1
                if lines == USERS // 10:
                    early = resident_mb(command.pid)
                elif lines == USERS * 9 // 10:
                    late = resident_mb(command.pid)
        rate = lines / (time.monotonic() - began)
        if lines != USERS:
            raise Failed(f"{lines} rows for {USERS} users")
        self.bench.row(f"export of {USERS:,} users x {SEGMENTATIONS} segmentations", "",
                       f"{rate:,.0f} rows/s", "", "", ">= 100,000",
                       "met" if rate >= 100_000 else "NOT met")
        self.bench.row("its memory after nine tenths : after one", "", f"{late:.1f} MB",
                       f"{early:.1f} MB", f"{late / early:.2f}", "<= 1.1",
                       "met" if late <= early * 1.1 else "NOT met")
        stack.stop()
