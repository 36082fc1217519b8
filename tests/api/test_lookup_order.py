# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of experiments in an answer, and the alternative that is assigned."""

import collections
import hashlib

import pytest

from lookups import (a_second_later, admin, define, found, new_id, of_devices, of_users, put_user,
                     register)

URL = "http://sunbird.org/explore"


def test_more_matched_constraints_come_first_then_user_device_url_then_the_newest(
        stack, user, client):
    """All kinds of match at once, made in an order of their own."""
    device = new_id("d")
    put_user(stack, user, team=client)
    register(stack, device, channel=client)
    by_user, by_device = of_users(team=[client]), of_devices("channel", client)
    kinds = [(None, None), (None, URL), (by_user, URL), (by_device, None), (by_user, None),
             (by_device, URL), (None, None), (by_user, None)]
    made = []
    for criteria, url in kinds:
        data = {} if url is None else {"url": url}
        made.append(define(stack, client, criteria=criteria, data=data))
    wanted = [2, 5, 7, 4, 3, 1, 6, 0]
    assert found(stack, device, client, user=user, url=URL) == [made[i] for i in wanted]
    assert found(stack, device, client, user=user) == [made[i] for i in (7, 4, 3, 6, 0)]
    assert found(stack, device, client, url=URL) == [made[i] for i in (5, 3, 1, 6, 0)]
    assert found(stack, new_id("d"), client) == [made[i] for i in (6, 0)]


def test_a_change_makes_a_definition_no_newer(stack, client):
    first, second = define(stack, client), define(stack, client)
    admin(stack, "PATCH", first, {"name": "changed"})
    a_second_later()
    assert found(stack, new_id("d"), client) == [second, first]


ALTERNATIVES = [{"name": "control"}, {"name": "blue", "payload": {"colour": [1, "b"]}},
                {"name": "red", "payload": "r"}]


def served(stack, device, client, **fields):
    """Name and payload of each alternative in the answer."""
    return [(a["data"]["alternative"], a["data"]["payload"])
            for a in register(stack, device, client, **fields)["actions"]]


@pytest.mark.parametrize("state, default, expected", [
    ("default", "blue", [("blue", {"colour": [1, "b"]})]),
    ("default", "control", [("control", None)]),
    ("default", None, []),
    (0, "red", [("red", "r")]),
    ("track", None, []), ("track", "blue", []), (3, None, [])], ids=str)
def test_a_state_other_than_enabled_serves_the_promoted_default_or_nothing(
        stack, client, state, default, expected):
    """In state track only who is enrolled is served: a look-up enrols nobody there."""
    flag = {} if default is None else {"default": default}
    define(stack, client, alternatives=ALTERNATIVES, state=state, **flag)
    for _ in range(4):
        assert served(stack, new_id("d"), client) == expected


def test_a_state_that_is_set_holds_a_second_later(stack, client):
    exp = define(stack, client, alternatives=ALTERNATIVES)
    device = new_id("d")
    before = served(stack, device, client)
    assert len(before) == 1
    promoted = [("blue", {"colour": [1, "b"]})]
    for state, expected, strangers in (
            ({"state": "default", "default": "blue"}, promoted, promoted),
            ({"state": "track"}, before, []), ({"state": 1}, before, None)):
        answer = stack.call("POST", f"/v1/experiment/{exp}/state", key="admin", json=state)
        assert answer.status_code == 200, answer.text
        a_second_later()
        for _ in range(4):
            assert served(stack, device, client) == expected
            assert strangers in (None, served(stack, new_id("d"), client))


def draw(salt, unit):
    """Where a unit falls: the published rule, by itself."""
    digest = hashlib.sha256(f"{salt}:alternative:{unit}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2 ** 53


def picked(alternatives, u):
    weights = [a.get("weight") for a in alternatives]
    shares = [1 if None in weights else w for w in weights]
    shares = [s if a.get("enabled", True) else 0 for s, a in zip(shares, alternatives)]
    reached = 0
    for share, alternative in zip(shares, alternatives):
        reached += share
        if share and reached / sum(shares) > u:
            return alternative["name"]
    raise AssertionError("nobody to draw")


LISTS = [
    ALTERNATIVES,
    [{"name": "control", "weight": 90}, {"name": "b", "weight": 10}],
    [{"name": "control", "weight": 0}, {"name": "b", "weight": 1}, {"name": "c", "weight": 99}],
    [{"name": "control", "weight": 90}, {"name": "b", "weight": 10}, {"name": "c"}],
    [{"name": "control", "weight": 1, "enabled": False}, {"name": "b", "weight": 1.5},
     {"name": "c", "weight": 0.5}],
    [{"name": "b"}, {"name": "control"}, {"name": "c", "enabled": False}],
]


@pytest.mark.parametrize("alternatives", LISTS, ids=range(len(LISTS)))
@pytest.mark.parametrize("unit", ["device", "user"])
def test_an_alternative_is_drawn_by_the_published_rule(stack, client, alternatives, unit):
    """Stable for each unit, independent of everything else, and of the user before the device."""
    exp = define(stack, client, alternatives=alternatives)
    salt, = stack.sql("select salt from experiment where id = %s", exp)[0]
    counts = collections.Counter()
    for i in range(30):
        device, user = new_id("d"), f"é-{i}" if unit == "user" else None
        wanted = picked(alternatives, draw(salt, user or device))
        assert [name for name, _ in served(stack, device, client, user=user)] == [wanted]
        counts[wanted] += 1
    assert sum(counts.values()) == 30


def test_experiments_draw_independently(stack, client):
    """Each has a salt of its own: who is in `b` of one is in either of another."""
    for _ in range(2):
        define(stack, client, alternatives=[{"name": "control"}, {"name": "b"}])
    pairs = {tuple(name for name, _ in served(stack, new_id("d"), client)) for _ in range(60)}
    assert len(pairs) == 4


def test_changed_weights_move_only_who_is_new_from_a_second_later_on(stack, client):
    """Who is enrolled stays, with what the definition now says of that alternative."""
    exp = define(stack, client, alternatives=[{"name": "control", "weight": 1},
                                              {"name": "b", "weight": 0}])
    old = [new_id("d") for _ in range(8)]
    assert {n for d in old for n, _ in served(stack, d, client)} == {"control"}
    admin(stack, "PATCH", exp, {"alternatives": [
        {"name": "control", "weight": 0, "payload": 3}, {"name": "b", "weight": 1, "payload": 7}]})
    a_second_later()
    assert {a for d in old for a in served(stack, d, client)} == {("control", 3)}
    assert {a for _ in range(8) for a in served(stack, new_id("d"), client)} == {("b", 7)}
