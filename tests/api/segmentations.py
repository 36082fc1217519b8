# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of segmentations: create, change, read and place members."""

from lookups import new_id


def make(stack, kind="random", groups=("zero", "one"), status=201, **more):
    """A new segmentation with these groups; its id, or the answer when it is refused."""
    body = dict({"id": new_id("seg")[:40], "type": kind, "name": "a name",
                 "groups": [g if isinstance(g, dict) else {"name": g} for g in groups]}, **more)
    answer = stack.call("POST", "/v1/segmentation", key="admin", json=body)
    assert answer.status_code == status, answer.text
    return body["id"] if status == 201 else answer.json()


def change(stack, seg, status=200, **changes):
    answer = stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin", json=changes)
    assert answer.status_code == status, answer.text
    return answer.json()


def group(stack, seg, user, assign=False):
    """The answer to a read of the user's group."""
    answer = stack.call("GET", f"/v1/segmentation/{seg}/group",
                        params={"user_id": user, "assign": str(assign).lower()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def name_of(stack, seg, user, assign=False):
    found = group(stack, seg, user, assign)["group"]
    return found and found["name"]


def place(stack, seg, user, name, status=200):
    answer = stack.call("PUT", f"/v1/segmentation/{seg}/member/{user}", json={"group": name})
    assert answer.status_code == status, answer.text
    return answer.json()


def members(stack, seg):
    """The rows of members as they are stored."""
    return stack.sql("select m.subject_id, m.group_nr, m.source from assay.membership as m "
                     "join assay.segmentation as s on s.nr = m.segmentation where s.id = %s "
                     "order by 1, 2", seg)
