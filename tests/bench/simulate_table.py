#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of false verdicts in docs/statistics.md: assay simulate over a stack of its own, row by
row, as Markdown on standard output. EXPERIMENTS=400 is the number of each row, large ones having
fewer; the names of rows may be given. With --effect 0 both kinds of a simulation are A/A, so half
as many of each are run."""

import os
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
os.environ.setdefault("TEST_RUN", "")

import stack as stacks  # noqa: E402

# What it is called, the options beside --effect 0, the subjects of an experiment, and the part of
# EXPERIMENTS that is run. An arm is judged from 10 participants on, so a thin one needs an
# experiment that is large enough.
ROWS = [
    ("50:50", "", 1000, 1),
    ("9:1, 1 %", "--share 0.1 --baseline 0.01", 1000, 1),
    ("9:1, equal from half of the subjects on", "--share 0.1 --change-weights-at 0.5", 1000, 1),
    ("hits 3 days late", "--delay 3", 1000, 1),
    ("hits 7 days late", "--delay 7", 1000, 1),
    ("hits 3 days late, window of 7 days", "--delay 3 --window 0..168", 1000, 1),
    ("hits 7 days late, window of 8 days", "--delay 7 --window 0..192", 1000, 1),
    ("99:1, 5 %", "--share 0.01 --baseline 0.05", 2000, 0.5),
    ("999:1, 5 %", "--share 0.001 --baseline 0.05", 15000, 0.1),
    ("997:1:1:1, 5 %", "--arms 4 --control 0.997 --baseline 0.05", 15000, 0.1),
]
# The output's names of the columns.
COLUMNS = ["verdict, looked at every time", "confidence sequence, looked at every time",
           "chi-square, looked at every time", "sample ratio called broken"]


def rates(text):
    """{name: percent} over both kinds."""
    return {name.strip(): (float(a) + float(b)) / 2 for name, a, b in
            re.findall(r"^(\S.*\S) +([\d.]+)% +([\d.]+)%$", text, re.M)}


def main():
    experiments = int(os.environ.get("EXPERIMENTS", "400"))
    wanted = sys.argv[1:] or [row[0] for row in ROWS]
    stacks.template = lambda: None
    s = stacks.Stack("nginx", PGEXTRA="-c max_locks_per_transaction=2000")
    try:
        print("| traffic | options beside `--effect 0` | subjects | experiments |",
              " | ".join(COLUMNS), "|")
        print("|" + "---|" * (4 + len(COLUMNS)), flush=True)
        for name, options, subjects, part in ROWS:
            if name not in wanted:
                continue
            half = max(1, int(experiments * part) // 2)
            began = time.monotonic()
            done = s.assay("simulate", "--effect", "0", "--experiments", str(half),
                           "--subjects", str(subjects), *options.split(), check=False)
            if done.returncode != 0:
                sys.exit(f"{name}: {done.stderr}")
            found = rates(done.stdout)
            shown = f"`{options}`" if options else ""
            print(f"| {name} | {shown} | {subjects:,} | {2 * half} |",
                  " | ".join(f"{found[column]:.1f} %" for column in COLUMNS), "|", flush=True)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    finally:
        s.stop()


main()
