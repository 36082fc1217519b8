# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags travel in the telemetry of their user and context."""

import pytest

from enrols import enroll, running
from lookups import define, found, new_id


# One web server is enough: what is looked at are rows, and lines of telemetry.
def tag(told, user, tags, scope="global"):
    answer = told.stack.call("PUT", f"/v1/user/{user}/tags", params={"scope": scope}, json=tags)
    assert answer.status_code == 200, answer.text


def placed(told, user, context):
    """The event of a user who is put into a group of a segmentation in that context."""
    seg = new_id("seg")[:40]
    body = {"id": seg, "type": "manual", "name": "n", "context": context, "groups": [{"name": "g"}]}
    assert told.stack.call("POST", "/v1/segmentation", key="admin", json=body).status_code == 201
    answer = told.stack.call("PUT", f"/v1/segmentation/{seg}/member/{user}", json={"group": "g"})
    assert answer.status_code == 200, answer.text
    event, = (e for e in told.events() if e["edata"].get("segmentation") == seg)
    return event["edata"]


def test_a_group_is_told_with_the_tags_of_its_context(told, user):
    tag(told, user, {"plan": "paid"})
    tag(told, user, {"quiz.grade": 5}, "course:a")
    tag(told, user, {"quiz.grade": 1}, "course:b")
    assert placed(told, user, "course:a")["tags"] == {
        "global": {"plan": "paid"}, "course:a": {"quiz.grade": 5}}
    assert placed(told, user, "global")["tags"] == {"global": {"plan": "paid"}}


def test_who_has_no_tags_is_told_without(told, user):
    assert "tags" not in placed(told, user, "global")


@pytest.mark.parametrize("size, whole", [(4000, True), (4096 - 2, False)])
def test_many_bytes_of_tags_are_told_by_their_keys(told, user, size, whole):
    values = {"a": "x" * size, "b": "x" * (4096 - 2)}
    tag(told, user, values)
    assert placed(told, user, "global")["tags"] == {"global": values if whole else ["a", "b"]}


def test_an_enrolment_is_told_with_the_global_tags(told, user):
    tag(told, user, {"plan": "paid"})
    tag(told, user, {"quiz.grade": 5}, "course:a")
    exp = running(told.stack)
    enroll(told.stack, exp, user)
    event, = (e for e in told.events() if e["edata"].get("segmentation") == exp)
    assert event["edata"]["tags"] == {"global": {"plan": "paid"}}


def test_a_lookup_is_told_with_the_global_tags_of_the_user(told, user):
    client = new_id("c")
    tag(told, user, {"plan": "paid"})
    define(told.stack, client)
    found(told.stack, new_id("d"), client, user=user)
    assert told.lookups()[-1]["edata"]["tags"] == {"global": {"plan": "paid"}}
    found(told.stack, new_id("d"), client)
    assert "tags" not in told.lookups()[-1]["edata"]
