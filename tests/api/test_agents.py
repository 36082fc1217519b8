# SPDX-License-Identifier: GPL-3.0-or-later
"""Bot detection against the user agents of three public collections: two of browsers, one of
crawlers. tests/agents pins their versions; npm installs them."""

import json
import re
import subprocess

import requests

from enrols import running
from lookups import new_id
from stack import TOP

AGENTS = TOP / "tests/agents"
MODULES = AGENTS / "node_modules"


def collection(path):
    """A file of the packages, which are installed once by whoever comes first."""
    subprocess.run(["flock", AGENTS / "package.json", "sh", "-c",
                    f'[ "{MODULES}/.package-lock.json" -nt "{AGENTS}/package-lock.json" ] || '
                    f'npm ci --prefix "{AGENTS}" --no-audit --no-fund --ignore-scripts'],
                   check=True, capture_output=True, timeout=1200)
    return json.loads((MODULES / path).read_text(encoding="utf-8"))


def bots(stack, agents):
    """Those of the agents that are taken for bots, when a server says them."""
    exp, user = running(stack, "red"), new_id("user")
    found = []
    with requests.Session() as session:
        session.headers["X-API-Key"] = stack.key("server")
        for agent in agents:
            answer = session.post(f"{stack.url}/v1/experiment/{exp}/enroll", timeout=100,
                                  json={"user_id": user, "user_agent": agent})
            assert answer.status_code == 200, answer.text
            if answer.json()["reason"] == "BOT":
                found.append(agent)
    return found


def crawlers(library):
    """The examples of crawlers, or those of the HTTP libraries among them."""
    return [agent
            for entry in collection("crawler-user-agents/crawler-user-agents.json")
            if ("http-library" in entry["tags"]) == library
            for agent in entry["instances"]]


def test_crawlers_are_bots(stack):
    agents = crawlers(library=False)
    missed = set(agents) - set(bots(stack, agents))
    assert len(agents) > 2000
    assert len([a for a in agents if a in missed]) <= len(agents) / 100, sorted(missed)


def test_libraries_are_people(stack):
    """All but those that say crawler, bot or the like themselves."""
    agents = [a for a in crawlers(library=True) if not re.search("(?i)bot|crawl|http://", a)]
    assert len(agents) > 50
    assert set(bots(stack, agents)) <= {"Scrapy/1.0.3 (+http://scrapy.org)",
                                        "Mozilla/4.5 (compatible; HTTrack 3.0x; Windows 98)",
                                        "larbin_2.6.2 (larbin@correa.org)"}


def test_browsers_are_people(stack):
    agents = {a for name in ("index", "desktop", "mobile")
              for a in collection(f"top-user-agents/src/{name}.json")}
    agents |= {entry["userAgent"] for entry in collection("user-agents/dist/user-agents.json")}
    assert len(agents) > 900
    assert bots(stack, sorted(agents)) == []


def test_the_list_is_what_the_script_writes():
    """The list in the tree follows the package that is pinned."""
    collection("crawler-user-agents/package.json")
    said = subprocess.run(["/usr/bin/python3", "-B", TOP / "etc/crawlers.py"], check=True,
                          capture_output=True, text=True, timeout=600).stdout
    assert said == (TOP / "app/core/subject/crawlers.def").read_text(encoding="utf-8")
