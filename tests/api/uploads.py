# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of uploads: segmentations, files of members, and their reports."""

from lookups import new_id
from stack import wait_until

COUNTS = ("total", "added", "present", "preassigned")


def make(stack, kind="manual", groups=("A", "B"), **more):
    """A new segmentation with these groups."""
    body = {"id": new_id("seg")[:40], "type": kind, "name": "n",
            "groups": [{"name": g} if isinstance(g, str) else g for g in groups], **more}
    answer = stack.call("POST", "/v1/segmentation", key="admin", json=body)
    assert answer.status_code == 201, answer.text
    return body["id"]


def upload(stack, seg, text, status=200, **more):
    """The answer to a file; a list of rows is one with user_id and group."""
    if isinstance(text, list):
        text = "user_id,group\n" + "".join(f"{user},{group}\n" for user, group in text)
    headers = {"Content-Type": "text/csv", **more.pop("headers", {})}
    answer = stack.call("POST", f"/v1/segmentation/{seg}/upload", headers=headers, timeout=600,
                        data=text.encode() if isinstance(text, str) else text, **more)
    assert answer.status_code == status, answer.text
    return answer


def counts(report):
    """The number of rows by outcome, without outcomes that did not occur."""
    found = {name: report[name] for name in COUNTS}
    found.update((name, len(report[name])) for name in ("changed", "failed"))
    return {name: n for name, n in found.items() if n}


def group(stack, seg, user):
    answer = stack.call("GET", f"/v1/segmentation/{seg}/group", params={"user_id": user})
    assert answer.status_code == 200, answer.text
    return (answer.json()["group"] or {}).get("name")


def mail():
    """An address that no other test uses, in letters of both cases."""
    return new_id("Mail") + "@Example.org"


def finished(stack, answer, seconds=60):
    """The report of a job once it is done."""
    assert answer.status_code == 202, answer.text
    where = answer.headers["Location"]
    return wait_until(lambda: (r := stack.call("GET", where).json())["done"] and r, seconds,
                      "the end of the upload")
