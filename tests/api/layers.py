# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of layers: create, read, assign and release slots."""

from lookups import new_id


def new_layer(stack, unit="user", **more):
    """A new layer; its id."""
    layer = new_id("layer")[:40]
    answer = stack.call("POST", "/v1/layer", key="admin", json={"id": layer, "unit": unit, **more})
    assert answer.status_code == 201, answer.text
    return layer


def read(stack, layer):
    answer = stack.call("GET", f"/v1/layer/{layer}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def members(stack, layer):
    return {m["experiment"]: m["slots"] for m in read(stack, layer)["members"]}


def assign(stack, layer, exp, status=200, **wish):
    answer = stack.call("PUT", f"/v1/layer/{layer}/experiment/{exp}", key="admin", json=wish)
    assert answer.status_code == status, answer.text
    return answer


def release(stack, layer, exp, status=200):
    answer = stack.call("DELETE", f"/v1/layer/{layer}/experiment/{exp}", key="admin")
    assert answer.status_code == status, answer.text
    return answer
