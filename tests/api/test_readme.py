# SPDX-License-Identifier: GPL-3.0-or-later
"""README's commands, pasted into a shell one after the other, do what README shows.

Every block marked sh that calls curl is run. A block marked json or text right after it shows
what comes out: the text line by line, the JSON as a part of the last document printed. Instants,
dates, made-up request ids and rates differ from run to run and count as equal. Where README shows
nothing, the command must not have been refused."""

import json
import os
import re
import subprocess

import pytest

from stack import BINARY, TOP, Stack

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
VOLATILE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?|\b[0-9a-f]{32}\b"
                      r"|\d+\.\d s, \d+ rows/s")


@pytest.fixture(scope="module", params=["lighttpd", "nginx"])
def fresh(request):
    """A stack for this file alone, as `make run` makes it: README's examples have fixed ids."""
    s = Stack(request.param, demo=True)
    yield s
    s.stop()


def blocks():
    """(script, kind and text of what it shows) for each block of README that calls curl."""
    found = FENCE.findall((TOP / "README.md").read_text())
    found.append(("", ""))
    return [(script, after if after[0] in ("json", "text") else ("", ""))
            for (kind, script), after in zip(found, found[1:]) if kind == "sh" and "curl" in script]


def paste(stack, script):
    names = ("URL", "STATE", "SERVER_KEY", "CLIENT_KEY", "ADMIN_KEY")
    path = os.path.dirname(BINARY) + ":" + os.environ["PATH"]
    env = {"PATH": path, **{f"ASSAY_{n}": stack.env[f"ASSAY_{n}"] for n in names}}
    done = subprocess.run(["sh", "-e"], input=script, env=env, capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    return done.stdout


def documents(text):
    """The JSON texts of an output, which curl prints one after the other."""
    at, decoder = 0, json.JSONDecoder()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        yield value


def holds(whole, part):
    """Whether part is in whole: all members of an object, all of a list in order, else equal."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            k in whole and holds(whole[k], v) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(holds, whole, part))
    return type(whole) is type(part) and whole == part


def test_the_commands_of_readme_do_what_readme_shows(fresh):
    found = blocks()
    assert len(found) >= 5, "README has lost its commands"
    assert sum(kind != "" for _, (kind, _) in found) >= 5, "README shows no answers any more"
    for script, (kind, shown) in found:
        output = VOLATILE.sub("~", paste(fresh, script))
        shown = VOLATILE.sub("~", shown)
        if kind == "json":
            assert holds(list(documents(output))[-1], json.loads(shown)), (script, output)
        elif kind == "text":
            assert [line for line in shown.splitlines() if line not in output] == [], script
        else:
            assert not re.search(r'"/docs#|"status":"failed"|_ERROR"', output), (script, output)


@pytest.mark.parametrize("whole, part, expected", [
    ({"a": 1, "b": [2, {"c": 3, "d": 4}]}, {"b": [2, {"c": 3}]}, True), ({"a": 1}, {"b": 1}, False),
    ({"a": 1}, {"a": 2}, False), ([1, 2], [1], False), ({"a": True}, {"a": 1}, False)])
def test_what_readme_shows_is_compared_strictly(whole, part, expected):
    assert holds(whole, part) is expected
