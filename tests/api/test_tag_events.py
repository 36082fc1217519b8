# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags travel in the telemetry of their user and context."""

import pytest

from enrols import enroll, running
from lookups import define, found, new_id


# One web server is enough: what is looked at are rows, and lines of telemetry.
def tag(telemetry, user, tags, scope="global"):
    answer = telemetry.stack.call("PUT", f"/v1/user/{user}/tags", params={"scope": scope},
                                  json=tags)
    assert answer.status_code == 200, answer.text


def placed(telemetry, user, context):
    """The event of a user who is put into a group of a segmentation in that context."""
    seg = new_id("seg")[:40]
    body = {"id": seg, "type": "manual", "name": "n", "context": context, "groups": [{"name": "g"}]}
    stack = telemetry.stack
    assert stack.call("POST", "/v1/segmentation", key="admin", json=body).status_code == 201
    answer = stack.call("PUT", f"/v1/segmentation/{seg}/member/{user}", json={"group": "g"})
    assert answer.status_code == 200, answer.text
    event, = (e for e in telemetry.events() if e["edata"].get("segmentation") == seg)
    return event["edata"]


def test_a_group_is_logged_with_the_tags_of_its_context(telemetry, user):
    tag(telemetry, user, {"plan": "paid"})
    tag(telemetry, user, {"quiz.grade": 5}, "course:a")
    tag(telemetry, user, {"quiz.grade": 1}, "course:b")
    assert placed(telemetry, user, "course:a")["tags"] == {
        "global": {"plan": "paid"}, "course:a": {"quiz.grade": 5}}
    assert placed(telemetry, user, "global")["tags"] == {"global": {"plan": "paid"}}


def test_a_user_without_tags_has_none_in_telemetry(telemetry, user):
    assert "tags" not in placed(telemetry, user, "global")


@pytest.mark.parametrize("size, whole", [(4000, True), (4096 - 2, False)])
def test_large_tags_are_logged_by_their_keys(telemetry, user, size, whole):
    values = {"a": "x" * size, "b": "x" * (4096 - 2)}
    tag(telemetry, user, values)
    assert placed(telemetry, user, "global")["tags"] == {"global": values if whole else ["a", "b"]}


def test_an_enrolment_is_logged_with_the_global_tags(telemetry, user):
    tag(telemetry, user, {"plan": "paid"})
    tag(telemetry, user, {"quiz.grade": 5}, "course:a")
    exp = running(telemetry.stack)
    enroll(telemetry.stack, exp, user)
    event, = (e for e in telemetry.events() if e["edata"].get("segmentation") == exp)
    assert event["edata"]["tags"] == {"global": {"plan": "paid"}}


def test_a_look_up_is_logged_with_the_global_tags_of_the_user(telemetry, user):
    client = new_id("c")
    tag(telemetry, user, {"plan": "paid"})
    define(telemetry.stack, client)
    found(telemetry.stack, new_id("d"), client, user=user)
    assert telemetry.lookups()[-1]["edata"]["tags"] == {"global": {"plan": "paid"}}
    found(telemetry.stack, new_id("d"), client)
    assert "tags" not in telemetry.lookups()[-1]["edata"]
