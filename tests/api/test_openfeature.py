# SPDX-License-Identifier: GPL-3.0-or-later
"""The SDKs of OpenFeature for JavaScript, as their users run them."""

import json
import re

import pytest
import requests

from clientkeys import make
from enrols import put, rows, running
from flags import evaluate, subject, switch
from goals import goal
from lookups import a_second_later, admin, new_id, of_users, put_user
from openfeature import prepare, run, run_json
from stack import TOP


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("openfeature"))


def header(stack, kind="server"):
    return [["Authorization", "Bearer " + stack.key(kind)]]


def values(stack, who):
    """A flag of each type, in which the subject is put into `b`; with default and value."""
    made = []
    for kind, unset, payload in (("Boolean", False, True), ("String", "x", "y"),
                                 ("Number", 0, 0.5), ("Object", {}, {"a": [1]})):
        flag = running(stack, {"name": "b", "payload": payload})
        put(stack, flag, who["targetingKey"], "b")
        made.append((flag, kind, unset, payload))
    return made


def test_the_server_sdk_gets_values_of_every_type(stack, folder):
    who = subject()
    flags = values(stack, who)
    for base in (stack.url, stack.url + "/v1"):
        said = run_json(folder, "server.mjs", BASE=base, HEADERS=header(stack),
                        ASK=[[f, k, d, who] for f, k, d, _ in flags])
        assert [s["value"] for s in said] == [v for _, _, _, v in flags]
        assert {(s["reason"], s["variant"]) for s in said} == {("TARGETING_MATCH", "b")}
        assert [s["flagMetadata"]["experiment"] for s in said] == [f for f, _, _, _ in flags]


@pytest.mark.parametrize("form", [("Authorization", "Bearer {}"), ("Authorization", "{}"),
                                  ("X-API-Key", "{}")])
def test_the_server_sdk_enrols_with_every_form_of_a_key(stack, folder, form):
    flag, who = switch(stack), subject()
    said, = run_json(folder, "server.mjs", BASE=stack.url, ASK=[[flag, "Boolean", False, who]],
                     HEADERS=[[form[0], form[1].format(stack.key("client"))]])
    assert said["reason"] == "SPLIT" and "errorCode" not in said
    assert len(rows(stack, "enrolment", flag)) == 1
    assert evaluate(stack, flag, who)["variant"] == said["variant"]


def test_the_server_sdk_is_told_what_is_wrong(stack, folder):
    flag, mixed, who = switch(stack), running(stack, {"name": "b", "payload": 1}), subject()
    put(stack, mixed, who["targetingKey"], "control")
    said = run_json(folder, "server.mjs", BASE=stack.url, HEADERS=header(stack), ASK=[
        ["no-such-flag", "Boolean", True, who], [flag, "Boolean", True, {}],
        [flag, "String", "x", who], [flag, "Boolean", True, {**who, "kind": "multi"}]])
    assert [s["errorCode"] for s in said] == [
        "FLAG_NOT_FOUND", "TARGETING_KEY_MISSING", "TYPE_MISMATCH", "INVALID_CONTEXT"]
    assert [s["value"] for s in said] == [True, True, "x", True]
    wrong, = run_json(folder, "server.mjs", BASE=stack.url, HEADERS=[["Authorization", "Bearer x"]],
                      ASK=[[flag, "Boolean", True, who]])
    assert wrong["errorCode"] == "GENERAL" and wrong["value"] is True


def test_the_server_sdk_hits_goals(stack, folder):
    name, who = goal(stack), subject()
    flag = switch(stack)
    run_json(folder, "server.mjs", BASE=stack.url, HEADERS=header(stack), GOAL=name,
             KEY=stack.key("server"), WHO=who["targetingKey"],
             ASK=[[flag, "Boolean", False, who]])
    hits, = stack.sql("select c.hits from conversion as c "
                      "join experiment as e on e.nr = c.experiment where e.id = %s", flag)
    assert hits == (3,)


def test_the_web_sdk_looks_then_tells_what_it_used(stack, folder):
    used, unused, who = switch(stack), switch(stack), subject()
    name = goal(stack)
    said = run_json(folder, "web.mjs", BASE=stack.url, KEY=stack.key("client"), CONTEXT=who,
                    GOAL=name, ASK=[[used, "Boolean", False]])
    first, second = said["first"][0], said["second"][0]
    assert first["reason"] == "SPLIT" and first["flagMetadata"]["enrolled"] is False
    assert second["flagMetadata"]["enrolled"] is True
    assert second["variant"] == first["variant"] and second["value"] == first["value"]
    assert said["statuses"][0] == 200 and said["statuses"][-1] == 304
    assert [len(rows(stack, "enrolment", e)) for e in (used, unused)] == [1, 0]
    assert len(rows(stack, "exposure", used)) == 1
    hits, = stack.sql("select c.hits from conversion as c "
                      "join experiment as e on e.nr = c.experiment where e.id = %s", used)
    assert hits == (3,)


def test_the_web_sdk_gets_values_winners_and_errors(stack, folder):
    who = subject()
    flags = values(stack, who)
    over = switch(stack)
    admin(stack, "PATCH", over, {"default": "on"})
    admin(stack, "POST", f"{over}/stop")
    a_second_later()
    said = run_json(folder, "web.mjs", BASE=stack.url + "/v1", KEY=stack.key("client"), CONTEXT=who,
                    ASK=[[f, k, d] for f, k, d, _ in flags] + [
                        [over, "Boolean", False], ["no-such-flag", "Boolean", True]])["first"]
    assert [s["value"] for s in said] == [v for _, _, _, v in flags] + [True, True]
    assert said[-2]["reason"] == "STATIC"
    assert said[-1]["errorCode"] == "FLAG_NOT_FOUND"


def test_the_web_sdk_tells_the_kind_and_what_the_audience_needs(stack, folder):
    put_user(stack, new_id("user"), plan="pro")
    flag = running(stack, "b", criteria=of_users(plan=["pro"]))
    sessions = switch(stack)
    who, visitor = subject(plan="pro"), {"targetingKey": new_id("s"), "kind": "session"}
    for context, exp in ((who, flag), (visitor, sessions)):
        run_json(folder, "web.mjs", BASE=stack.url, KEY=stack.key("client"), CONTEXT=context,
                 ASK=[[exp, "String" if exp == flag else "Boolean",
                       "x" if exp == flag else False]])
    assert len(rows(stack, "enrolment", flag)) == 1
    assert stack.sql("select count(*) from enrolment where subject_id = %s",
                     "s:" + visitor["targetingKey"]) == [(1,)]


def test_a_page_of_another_site_may_load_the_script(stack):
    answer = requests.get(stack.url + "/assets/assay-openfeature.js", timeout=100)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    others = requests.get(stack.url + "/assets/admin.css", timeout=100)
    assert "Access-Control-Allow-Origin" not in others.headers


def example(path, heading):
    """The first program in JavaScript behind some words of a page."""
    text = (TOP / path).read_text(encoding="utf-8")
    return re.search(r"```js\n(.*?)```", text[text.index(heading):], re.S).group(1)


def signup_form(stack):
    """The experiment of the examples."""
    if stack.call("GET", "/v1/experiment/list?q=signup-form").json()["result"]["experiments"]:
        return "signup-form"
    return running(stack, "short", expId="signup-form")


@pytest.mark.parametrize("place", [("README.md", "**By OpenFeature**"),
                                   ("docs/openfeature.md", "**JavaScript on a server**")])
def test_the_example_for_a_server_evaluates_a_flag(stack, folder, place):
    signup_form(stack)
    said = run(folder, example(*place), ASSAY_URL=stack.url,
               ASSAY_SERVER_KEY=stack.key("server")).strip()
    assert said == evaluate(stack, "signup-form", {"targetingKey": "alice"})["value"]


def test_the_readme_installs_what_the_tests_run():
    text = (TOP / "README.md").read_text(encoding="utf-8")
    named = re.search(r"^npm i (.*)$", text, re.M).group(1).split()
    pinned = json.loads((TOP / "tests/openfeature/package.json").read_text(encoding="utf-8"))
    assert named and set(named) <= set(pinned["dependencies"])


def test_the_example_for_a_page_evaluates_a_flag_and_enrols(stack, folder):
    signup_form(stack)
    session = new_id("s")
    before = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in {
        "url": stack.url, "key": stack.key("client"), "sessionId": session}.items())
    program = example("docs/openfeature.md", "**JavaScript in a page**")
    after = "\nconsole.log(form); await assay.settled(); process.exit(0);\n"
    said = run(folder, before + program + after).strip()
    assert said in ("control", "short")
    assert stack.call("GET", "/v1/experiment/signup-form/alternative",
                      params={"session_id": session}).json()["enrolled"] is True
