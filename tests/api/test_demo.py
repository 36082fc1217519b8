# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo of `make run`: a directory, two experiments over it, four with results."""

import pytest

from lookups import admin, found
from stack import Stack


VERDICTS = {"CHECKOUT-BUTTON": "Winner: green.", "HERO-TEXT": "No difference shown yet.",
            "NEW-SEARCH": "Do not trust these numbers: the split is broken.",
            "CREATOR-TIPS": "No difference shown yet."}


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
    assert set(listed) == {"U1234", "D1234", *VERDICTS}
    assert {e["status"] for e in listed.values()} == {"ACTIVE"}
    assert listed["U1234"]["stats"] == {"usersMatched": 500, "devicesMatched": 0}
    assert 10 <= listed["D1234"]["stats"]["devicesMatched"] <= 100


@pytest.mark.parametrize("device, client, user, ids", [
    ("demo-device-001", "app", None, ["D1234"]), ("demo-device-001", "portal", None, []),
    ("demo-device-002", "app", None, []), ("demo-device-002", "portal", "demo-003", ["U1234"]),
    ("demo-device-002", "portal", "demo-001", [])])
def test_a_look_up_finds_the_experiment_of_its_client(stack, device, client, user, ids):
    assert found(stack, device, client, user=user) == ids


@pytest.mark.parametrize("exp, verdict", VERDICTS.items())
def test_the_demo_has_the_documented_results(stack, exp, verdict):
    told = stack.call("GET", f"/v1/experiment/{exp}/results").json()
    assert told["verdict"]["text"] == verdict
    assert sum(a["participants"] for a in told["alternatives"]) > 900


def test_page_views_feed_a_goal_of_the_demo(stack):
    goal, = stack.call("GET", "/v1/experiment/CREATOR-TIPS/results").json()["goals"]
    assert goal["goal"] == "signup"
    assert all(a["conversions"] > 0 for a in goal["alternatives"])


def test_demo_enrolments_follow_the_bucketing(stack):
    for user in ("demo-001", "demo-042", "demo-4999"):
        gates = stack.call("GET", "/v1/experiment/HERO-TEXT/explain",
                           params={"user_id": user}).json()
        drawn, = [g for g in gates["gates"] if g["gate"] == "assigned"]
        assert gates["reason"] == "ENROLLED"
        assert gates["alternative"] == drawn["alternative"]
