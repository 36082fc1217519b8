# SPDX-License-Identifier: GPL-3.0-or-later
"""Page views of bots: with a client key they are counted in the answer and not stored; views that a
server sends for a bot are stored."""

import json

import pytest

from goals import BOT
from lookups import new_id

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"}
HEADLESS = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Safari/537.36"}


def views(n):
    return [{"user_id": new_id("user"), "name": "/", "timestamp": f"2013-01-01T00:00:{i:02}Z"}
            for i in range(n)]


def send(stack, body, key="client", headers=None):
    answer = stack.call("POST", "/v1/page", key=key, headers=headers or {}, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def stored(stack, items):
    """Of how many users of the items something is stored."""
    subjects = ["u:" + item["user_id"] for item in items]
    return (stack.sql("select count(*) from page_view where subject_id = any (%s)", subjects)[0][0],
            stack.sql("select count(*) from profile where subject_id = any (%s)", subjects)[0][0])


@pytest.mark.parametrize("agent", [BOT, HEADLESS], ids=["crawler", "headless"])
@pytest.mark.parametrize("form", ["one", "array", "lines"])
def test_views_of_a_bot_leave_nothing(stack, form, agent):
    items = views(1 if form == "one" else 3)
    body = {"json": items[0] if form == "one" else items}
    headers = dict(agent)
    if form == "lines":
        body = {"data": "".join(json.dumps(item) + "\n" for item in items)}
        headers["Content-Type"] = "application/x-ndjson"
    assert send(stack, body, headers=headers) == {
        "received": len(items), "recorded": 0, "duplicates": 0, "bots": len(items), "errors": []}
    assert stored(stack, items) == (0, 0)
    headers.update(PERSON)
    said = send(stack, body, headers=headers)
    assert (said["recorded"], "bots" in said) == (len(items), False)
    assert stored(stack, items)[0] == len(items)


def test_bad_views_of_a_bot_are_named_and_not_counted_as_views(stack):
    items = [*views(2), {**views(1)[0], "name": 7}]
    said = send(stack, {"json": items}, headers=BOT)
    assert (said["received"], said["recorded"], said["bots"]) == (3, 0, 2)
    assert [(e["index"], e["pointer"]) for e in said["errors"]] == [(2, "/2/name")]
    assert stored(stack, items) == (0, 0)


def test_views_that_a_server_sends_for_a_bot_are_kept(stack):
    items = [{**item, "user_agent": BOT["User-Agent"]} for item in views(2)]
    assert send(stack, {"json": items}, key="server")["recorded"] == 2
    assert stored(stack, items)[0] == 2
