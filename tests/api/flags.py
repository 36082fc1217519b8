# SPDX-License-Identifier: GPL-3.0-or-later
"""Flags as clients of OpenFeature ask for them."""

from enrols import running
from lookups import new_id

BASE = "/ofrep/v1/evaluate/flags"


def ask(stack, flag=None, context=None, key="server", query="", **more):
    """The answer to a request for one flag, or for all of them."""
    path = "/ofrep/v1/evaluate/flags" if flag is None else f"/ofrep/v1/evaluate/flags/{flag}"
    return stack.call("POST", path + query, key=key, json={"context": context or {}}, **more)


def evaluate(stack, flag, context, status=200, **more):
    answer = ask(stack, flag, context, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


def everything(stack, context, **more):
    """All flags by their keys."""
    answer = ask(stack, None, context, **more)
    assert answer.status_code == 200, answer.text
    return {f["key"]: f for f in answer.json()["flags"]}


def switch(stack, **more):
    """A boolean flag."""
    return running(stack, {"name": "control", "payload": False}, {"name": "on", "payload": True},
                   **more)


def subject(**more):
    return {"targetingKey": new_id("user"), **more}
