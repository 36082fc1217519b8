# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make run` shows a stranger: a directory, and two experiments over it."""

import pytest

from lookups import admin, found
from stack import Stack


@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd", demo=True)
    yield s
    s.stop()


def test_the_directory_is_there(stack):
    assert stack.sql("select left(subject_id, 7), count(*) from profile"
                     " group by 1 order by 1") == [("d:demo-", 5000), ("u:demo-", 5000)]


def test_the_experiments_are_mapped_when_it_says_where_it_is(stack):
    listed = {e["expId"]: e for e in admin(stack, "GET", "list")["experiments"]}
    assert {name: e["status"] for name, e in listed.items()} == {"U1234": "ACTIVE",
                                                                 "D1234": "ACTIVE"}
    assert listed["U1234"]["stats"] == {"usersMatched": 500, "devicesMatched": 0}
    assert 10 <= listed["D1234"]["stats"]["devicesMatched"] <= 100


@pytest.mark.parametrize("device, client, user, ids", [
    ("demo-device-001", "app", None, ["D1234"]), ("demo-device-001", "portal", None, []),
    ("demo-device-002", "app", None, []), ("demo-device-002", "portal", "demo-003", ["U1234"]),
    ("demo-device-002", "portal", "demo-001", [])])
def test_a_look_up_finds_the_experiment_of_its_client(stack, device, client, user, ids):
    assert found(stack, device, client, user=user) == ids
