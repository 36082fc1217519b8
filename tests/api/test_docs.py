# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of README.md and docs/*.md, pasted into a shell one after the other, do what the
page shows.

Every block marked sh that calls curl is run. A block marked json or text right after it shows
what comes out: the text line by line, the JSON as a part of the last document printed. Instants,
dates, made-up request ids and rates differ from run to run and count as equal. Where a page shows
nothing, the command must not have been refused. The pages share a stack, but none sees the
experiments and segmentations of another."""

import json
import os
import re
import subprocess

import pytest

from stack import BINARY, SERVERS, TOP, Stack

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
VOLATILE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?|\b[0-9a-f]{32}\b"
                      r"|\d+\.\d s, \d+ rows/s")


@pytest.fixture(scope="module", params=SERVERS)
def fresh(request):
    """A stack for this file alone, as `make run` makes it: the examples have fixed ids."""
    s = Stack(request.param, demo=True)
    yield s
    s.stop()


def blocks(page):
    """(script, kind and text of what it shows) for each block of a page that calls curl."""
    found = FENCE.findall((TOP / page).read_text())
    found.append(("", ""))
    return [(script, after if after[0] in ("json", "text") else ("", ""))
            for (kind, script), after in zip(found, found[1:]) if kind == "sh" and "curl" in script]


PAGES = [page for page in ["README.md", *sorted(f"docs/{p.name}" for p in TOP.glob("docs/*.md"))]
         if blocks(page)]
# Pages that show the API, with the number of answers that they show at least.
SHOWN = {"README.md": 4, "docs/experiments.md": 7, "docs/goals-and-results.md": 5,
         "docs/http.md": 1, "docs/page-views.md": 5, "docs/segmentation.md": 6}


def definitions(stack):
    """Paths of the experiments and segmentations that there are."""
    text = stack.assay("export", "definitions").stdout
    found = json.loads(text)
    return {f"/v1/experiment/{e['expId']}" for e in found["experiments"]} | {
        f"/v1/segmentation/{s['id']}" for s in found["segmentations"]}


@pytest.fixture
def clean(fresh):
    """The stack, from which what a page defines is deleted afterwards: again and again, since some
    definitions refer to others."""
    before = definitions(fresh)
    yield fresh
    while left := definitions(fresh) - before:
        assert any([fresh.call("DELETE", path, key="admin").ok for path in sorted(left)]), left


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


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_do_what_it_shows(clean, page):
    for script, (kind, shown) in blocks(page):
        output = VOLATILE.sub("~", paste(clean, script))
        shown = VOLATILE.sub("~", shown)
        if kind == "json":
            assert holds(list(documents(output))[-1], json.loads(shown)), (script, output)
        elif kind == "text":
            assert [line for line in shown.splitlines() if line not in output] == [], script
        else:
            assert not re.search(r'"/docs#|"status":"failed"|_ERROR"', output), (script, output)


def test_pages_of_the_api_show_commands_with_their_answers():
    for page, least in SHOWN.items():
        assert sum(kind != "" for _, (kind, _) in blocks(page)) >= least, page


@pytest.mark.parametrize("whole, part, expected", [
    ({"a": 1, "b": [2, {"c": 3, "d": 4}]}, {"b": [2, {"c": 3}]}, True), ({"a": 1}, {"b": 1}, False),
    ({"a": 1}, {"a": 2}, False), ([1, 2], [1], False), ({"a": True}, {"a": 1}, False)])
def test_what_a_page_shows_is_compared_strictly(whole, part, expected):
    assert holds(whole, part) is expected
