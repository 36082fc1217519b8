#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part calls which, by the symbols of the object files: includes show only what a file could
call. Reads build/release, which make keeps up to date."""

import collections
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path.cwd()
OBJECTS = pathlib.Path("build/release/app")
SOURCES_MOST = 20

# A part may call parts of lower floors; parts of one floor are neighbours and do not call each
# other. handler/ itself has the table of routes; cmd and job use the setup of run.
FLOOR = {"base": 1, "core": 2, "store": 2, "view": 3, "service": 3, "web": 3, "handler/api": 4,
         "handler/page": 4, "handler": 5, "run": 6, "cmd": 7, "job": 7, "main": 8}

# json-c asserts, which ends the process, when these get a value of another type.
GUARDED = {"json_object_array_length", "json_object_array_get_idx", "json_object_object_length",
           "json_object_object_del"}
GUARD = "base/jsonutil"

# Statements are run by operations, in service/: a door that ran one would have rules of its own.
STATEMENTS = {"db_query", "db_query_built", "db_send", "db_collect", "db_script", "db_begin",
              "db_commit", "db_rollback"}

bad = False


def report(name, text):
    global bad
    bad = True
    print(f"app/{name}.c:0: {text}")


def part_of(name):
    """The part of the program that a file belongs to, "handler/api" for handler/api/subject/tag."""
    for depth in (2, 1):
        path = "/".join(name.split("/")[:depth])
        if path in FLOOR and path != name:
            return path
    return name if name == "main" else name.split("/")[0]


def symbols():
    """File -> symbols it defines, file -> symbols it needs."""
    subprocess.run(["make", "-s", "-j2", "build/release/assay"], check=True,
                   stdout=subprocess.DEVNULL)
    defined, needed = {}, collections.defaultdict(set)
    for source in sorted(TOP.glob("app/**/*.c")):
        name = str(source.relative_to(TOP / "app").with_suffix(""))
        out = subprocess.run(["nm", str(OBJECTS / f"{name}.o")], check=True, text=True,
                             capture_output=True).stdout
        for line in out.splitlines():
            *_, kind, symbol = line.split()
            if kind == "U":
                needed[name].add(symbol)
            elif kind in "TDBRCVW":
                defined[symbol] = name
    return defined, needed


def check_floors(calls):
    for name in sorted(calls):
        for other in sorted(calls[name]):
            a, b = part_of(name), part_of(other)
            if a not in FLOOR or b not in FLOOR:
                report(name, f"no floor is known for {a} or {b}")
            elif FLOOR[b] > FLOOR[a]:
                report(name, f"calls {other}, which is above it")
            elif FLOOR[b] == FLOOR[a] and a != b:
                report(name, f"calls {other} of a neighbour")
            elif a == b and a.startswith("handler/"):
                report(name, f"calls the handler {other}: what both need belongs to service or web")


def circles(calls):
    """The strongly connected components with more than one file (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(calls[v]):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            i = stack.index(v)
            component = sorted(stack[i:])
            del stack[i:]
            if len(component) > 1:
                found.append(component)

    for v in sorted(calls):
        if v not in index:
            visit(v)
    return found


def main():
    sys.setrecursionlimit(10000)
    defined, needed = symbols()
    calls = {name: set() for name in set(defined.values()) | set(needed)}
    for name, wanted in needed.items():
        calls[name] = {defined[s] for s in wanted if s in defined} - {name}
        for symbol in sorted(wanted & GUARDED):
            if name != GUARD:
                report(name, f"calls {symbol}, which asserts: base/jsonutil.h has a safe one")
        for symbol in sorted(wanted & STATEMENTS):
            if name.startswith("handler/"):
                report(name, f"calls {symbol}: a statement belongs to service")
    check_floors(calls)
    for component in circles(calls):
        report(component[0], "is in a circle of calls: " + " ".join(component))
    for folder, _, files in os.walk("app"):
        count = sum(f.endswith(".c") for f in files)
        if count > SOURCES_MOST:
            print(f"{folder}:0: {count} sources; a folder has at most {SOURCES_MOST}")
            return 1
    return 1 if bad else 0


sys.exit(main())
