# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks share: the files of the tree, and the form of a finding. Every check is run from
the top of a tree, so that the self test can run them in a broken copy."""

import pathlib
import sys

TOP = pathlib.Path(".")
found = []


def files(*patterns):
    """Paths below the top that match one of the patterns, each once, in order."""
    hits = {p for pattern in patterns for p in TOP.glob(pattern) if p.is_file()}
    return sorted(p for p in hits if not {"__pycache__", "node_modules"} & set(p.parts))


def lines(path):
    return path.read_text(encoding="utf-8").split("\n")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def report(path, line, why):
    found.append(f"{path}:{line}: {why}")


def finish():
    """Ends the check: a line a finding, 1 when there is any."""
    for finding in found:
        print(finding)
    sys.exit(1 if found else 0)
