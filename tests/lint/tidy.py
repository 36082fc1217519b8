#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-tidy over all sources; .clang-tidy says which checks. Without --analyze those of the static
analyzer are left out, which take fifteen times as long as the others: `make lint` runs the quick
ones, `make check` all. A file that was clean is not looked at again until it, a header that it
includes, or the checks have changed.

    tests/lint/tidy.py [--analyze]

How many files it looked at, and for how long, is in build/lint/tidy.txt."""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

TOP = pathlib.Path.cwd()
CLEAN = pathlib.Path("build/lint/tidy")
FINDING = re.compile(r"^(.*?):(\d+):\d+: (?:error|warning): (.*)$", re.M)
JOBS = 2
ANALYZE = "--analyze" in sys.argv[1:]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout


def digest(source, tool):
    """Of everything that the findings depend on, or None when the build does not know it."""
    rules = pathlib.Path("build/release") / source.relative_to(TOP).with_suffix(".d")
    if not rules.is_file():
        return None
    total = hashlib.sha256(f"{tool} {ANALYZE}".encode())
    names = rules.read_text().split("\n\n")[0].split(":", 1)[1].replace("\\\n", " ").split()
    for name in [".clang-tidy", *names]:
        total.update(pathlib.Path(name).read_bytes() if os.path.exists(name) else b"")
    return total.hexdigest()


def check(source):
    """The findings about a file, each once."""
    checks = [] if ANALYZE else ["--checks=-clang-analyzer-*"]
    done = subprocess.run(["clang-tidy", "--quiet", "-p", ".", *checks, str(source)],
                          capture_output=True, text=True)
    found = {f"{os.path.relpath(name)}:{line}: {why}"
             for name, line, why in FINDING.findall(done.stdout)}
    if done.returncode != 0 and not found:
        found = {f"{source.relative_to(TOP)}:0: clang-tidy fails: {done.stderr.strip()[-200:]}"}
    return found


def main():
    began = time.monotonic()
    subprocess.run(["make", "-s", "compile_commands.json"], check=True, stdout=subprocess.DEVNULL)
    CLEAN.mkdir(parents=True, exist_ok=True)
    tool = output("clang-tidy", "--version")
    sources = sorted(TOP.glob("app/**/*.c"))
    known = {s: digest(s, tool) for s in sources}
    todo = [s for s in sources if known[s] is None or not (CLEAN / known[s]).exists()]
    findings = set()
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for source, found in zip(todo, pool.map(check, todo)):
            findings |= found
            if not found and known[source] is not None:
                (CLEAN / known[source]).touch()
    print("\n".join(sorted(findings)), end="\n" if findings else "")
    summary = (f"clang-tidy: {len(todo)} of {len(sources)} files looked at, "
               f"{len(findings)} findings, {time.monotonic() - began:.0f} s")
    pathlib.Path("build/lint/tidy.txt").write_text(summary + "\n")
    if ANALYZE:
        print(summary + f"\n{len(sources)} passed" if not findings else summary)
    return bool(findings)


sys.exit(main())
