# SPDX-License-Identifier: GPL-3.0-or-later
"""The rolling window of 7 x 24 hours: sessions, days and ties, with the clock of the pool held
still and moved by hand: a profile is a fact about now, so it changes without any write.

This file is not for sanitizers: their library and libfaketime wait for each other at start."""

import glob
import os
import tempfile
import uuid

import psycopg2
import pytest

from shapes import ZEROS, assert_problem, erased, export, post, profile, receipt, view, viewed
from stack import Stack, servers_of, wait_until

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), "libfaketime.so.1")
NOW = "2012-12-09T12:00:00.000Z"

A, B, C, P = "A", "B", "C", "P"

# Users for the tests of cached profiles, posted first of all: the cache takes nothing about a
# user for some seconds after a write, and these pass meanwhile.
EARLY = {
    "erased": [("09 10:00", A)],
    "future": [("09 11:59", A), ("10 11:59:30", B)],
    "leaves": [("09 10:00", A), ("09 11:00", B)],
}


class Clock:
    """What the pool believes the time is: a file that libfaketime reads at each look."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="assay-clock-")
        os.chmod(self.folder.name, 0o755)
        self.file = self.folder.name + "/now"
        self.set(NOW)

    def set(self, when):
        with open(self.file + ".new", "w") as f:
            f.write(when.replace("T", " ").rstrip("Z"))
        os.chmod(self.file + ".new", 0o644)
        os.replace(self.file + ".new", self.file)

    def wrap(self):
        """The command before the pool."""
        return (f"env LD_PRELOAD={LIBRARY} FAKETIME_TIMESTAMP_FILE={self.file}"
                " FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1")


@pytest.fixture(scope="module", params=servers_of(__name__))
def held(request):
    """A stack whose pool lives in December 2012; its jobs, in the present, let nothing go."""
    clock = Clock()
    s = Stack(request.param, WRAP=clock.wrap(), TZ="UTC", ASSAY_RETENTION_DAYS=36500)
    early = uuid.uuid4().hex
    for case, batch in EARLY.items():
        post(s, [view(early + case, at(when), name) for when, name in batch])
    yield s, clock, early
    s.stop()


@pytest.fixture
def early(held):
    """Of the users of EARLY: their ids without the case."""
    return held[2]


@pytest.fixture
def stack(held):
    return held[0]


@pytest.fixture
def clock(held):
    held[1].set(NOW)
    yield held[1]
    held[1].set(NOW)


def at(text):
    """'09 10:00' as an instant of December 2012; an offset may follow."""
    day, _, time = text.partition(" ")
    time, plus, offset = time.partition("+")
    time += ":00" if time.count(":") == 1 else ""
    return f"2012-12-{day}T{time}{plus + offset if plus else 'Z'}"


def numbers(body):
    return tuple(body[k] for k in ZEROS)


def settled(stack, user):
    """The profile once the cache serves it: the tombstone of a write stands for seconds."""
    def hit():
        before = stack.metric("cache_hits_total")
        profile(stack, user)
        return stack.metric("cache_hits_total") > before
    wait_until(hit, 20, "a cached profile")
    return profile(stack, user)


# (case, events in order of arrival, (views, minutes, days, most viewed, distinct pages))
CASES = [
    (1, [("09 10:00", A)], (1, 1, 1, A, 1)),
    (2, [("09 10:00", A), ("09 10:10", B)], (2, 11, 1, B, 2)),
    (3, [("09 10:00", A), ("09 10:30:00.000", B)], (2, 31, 1, B, 2)),
    (4, [("09 10:00", A), ("09 10:30:00.001", B)], (2, 2, 1, B, 2)),
    (5, [("09 10:00", A), ("09 10:29:59.999", B)], (2, 31, 1, B, 2)),
    ("5 rounded", [("09 10:00", A), ("09 10:00:00.100", B)], (2, 1.002, 1, B, 2)),
    (7, [("09 10:20", B), ("09 10:00", A), ("09 10:10", A)], (3, 21, 1, A, 2)),
    (8, [("09 10:00", A), ("09 10:00", A)], (1, 1, 1, A, 1)),
    (9, [("09 10:00", A), ("09 10:00", B)], (1, 1, 1, A, 1)),
    (10, [("09 10:00", A), ("09 11:00+01:00", A)], (1, 1, 1, A, 1)),
    (11, [("08 23:50", A), ("09 00:10", A)], (2, 21, 2, A, 1)),
    ("11 UTC days", [("09 00:30+01:00", A), ("09 01:00+01:00", A)], (2, 31, 2, A, 1)),
    (13, [("02 12:00:00.000", A), ("02 12:00:00.001", B)], (2, 1, 1, B, 2)),
    ("13 outside", [("02 11:59:59.999", A), ("02 12:00:00.000", B)], (1, 1, 1, B, 1)),
    (14, [("02 00:30:12.984", "Pricing Page")], (0, 0, 0, None, 0)),
    (15, [("09 11:59", B), ("09 12:00:00.001", A)], (1, 1, 1, B, 1)),
    ("15 now", [("09 11:59", B), ("09 12:00:00.000", A)], (2, 2, 1, A, 2)),
    (17, [("09 10:00:00", A), ("09 10:02:29", B), ("09 10:02:30", C)], (3, 3.5, 1, C, 3)),
    (20, [("02 18:00", P)] + [(f"{d:02d} 06:00", P) for d in range(3, 10)], (8, 8, 7, P, 1)),
    ("chain", [(f"09 0{i // 2}:{i % 2 * 3}0", A) for i in range(9)], (9, 241, 1, A, 1)),
    ("count before tie", [("09 09:00", A), ("09 09:01", A), ("09 09:02", B)], (3, 3, 1, A, 2)),
    ("future is no tie", [("09 10:00", A), ("09 10:10", B), ("09 13:00", A)], (2, 11, 1, B, 2)),
]


@pytest.mark.parametrize("way", ["one by one", "batch"])
@pytest.mark.parametrize("case, events, expected", CASES, ids=[str(c[0]) for c in CASES])
def test_the_profile_of_a_window(stack, clock, user, case, events, expected, way):
    batch = [view(user, at(when), name) for when, name in events]
    for part in [batch] if way == "batch" else batch:
        assert post(stack, part).status_code == 200
    expected = dict(zip(ZEROS, expected))
    body = profile(stack, user)
    assert body == dict(expected, user_id=user)
    assert all(isinstance(body[k], type(v)) for k, v in expected.items()), "18, not 18.0"


def test_an_unknown_user_is_zeros_and_echoed(stack, clock, user):
    assert profile(stack, user) == dict(ZEROS, user_id=user)


def test_a_user_with_old_views_only_is_as_an_unknown_one(stack, clock, user):
    post(stack, [view(user, "1970-01-01T00:00:00Z"), view(user, at("01 12:00"))])
    assert profile(stack, user) == dict(ZEROS, user_id=user)
    assert len(export(stack, user)) == 2


def test_what_is_finer_than_a_millisecond_is_cut_before_duplicates_are_found(stack, clock, user):
    assert post(stack, view(user, at("09 10:00:00.123"), A)).json() == receipt(1, 1)
    for text in ("09 10:00:00.1230001", "09 10:00:00.123999999999"):
        assert post(stack, view(user, at(text), B)).json() == receipt(1, 0, duplicates=1)
    assert [(r["timestamp"], r["name"]) for r in export(stack, user)] == [
        (at("09 10:00:00.123"), A)]


def test_a_leap_second_is_the_second_after_it(stack, clock, user):
    """The second :60 exists at the end of a UTC day only."""
    assert post(stack, view(user, "2012-06-30T23:59:60Z")).json() == receipt(1, 1)
    assert post(stack, view(user, "2012-07-01T01:59:60.5+02:00")).json() == \
        receipt(1, 0, duplicates=1)
    assert [r["timestamp"] for r in export(stack, user)] == ["2012-07-01T00:00:00.000Z"]
    assert_problem(post(stack, view(user, "2012-06-30T23:58:60Z")), 422, "/timestamp")


@pytest.mark.parametrize("when, stored", [
    ("1970-01-01T00:00:00.000Z", True), ("1969-12-31T23:59:59.999Z", False),
    ("2012-12-10T12:00:00.000Z", True), ("2012-12-10T12:00:00.001Z", False),
    ("2012-12-10T13:00:00.000+01:00", True), ("2012-12-10T11:30:00.000-01:00", False),
    ("9999-12-31T23:59:59.999Z", False), ("0000-01-01T00:00:00Z", False)])
def test_a_timestamp_lies_between_1970_and_a_day_from_now(stack, clock, user, when, stored):
    answer = post(stack, view(user, when))
    if stored:
        assert answer.json() == receipt(1, 1)
    else:
        assert_problem(answer, 422, "/timestamp")
    assert len(export(stack, user)) == stored


def test_a_future_view_counts_once_its_time_has_come(stack, clock, early):
    """The cached profile changes by itself, to the millisecond."""
    user = early + "future"
    assert numbers(settled(stack, user)) == (1, 1, 1, A, 1)
    clock.set(at("10 11:59:29.999"))
    assert numbers(profile(stack, user)) == (1, 1, 1, A, 1)
    clock.set(at("10 11:59:30.000"))
    assert numbers(profile(stack, user)) == (2, 2, 2, B, 2)


def test_page_names_are_case_sensitive_and_untrimmed(stack, clock, user):
    post(stack, [view(user, at(f"09 10:0{i}"), n) for i, n in enumerate(["a", "A", " a", "a"])])
    assert numbers(profile(stack, user)) == (4, 4, 1, "a", 3)


def test_a_view_leaves_the_window_without_any_write(stack, clock, early):
    """The cached profile changes by itself, to the millisecond, there and back."""
    user = early + "leaves"
    assert numbers(settled(stack, user)) == (2, 2, 1, B, 2)
    for now, expected in [("16 10:00:00.000", 2), ("16 10:00:00.001", 1), ("16 11:00:00.000", 1),
                          ("16 11:00:00.001", 0), ("16 12:00:00.000", 0), ("09 12:00:00.000", 2)]:
        clock.set(at(now))
        assert viewed(stack, user) == expected, now


def test_another_window_ends_at_the_same_now(stack, clock, user):
    post(stack, [view(user, at("08 12:00:00.000"), A), view(user, at("08 11:59:59.999"), B)])
    body = profile(stack, user, days=1)
    assert (body["from"], body["to"]) == (at("08 12:00:00.000"), NOW)
    assert (body["number_pages_viewed"], body["most_viewed_page"]) == (1, A)


def test_deadlines_hold_although_the_clock_stands_still(stack, clock, user):
    """They are measured by the monotonic clock: a wrong or stepping wall clock ends no wait."""
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    try:
        connection.cursor().execute("lock table assay.page_view in access exclusive mode")
        answer = stack.call("GET", f"/v1/user/{user}", timeout=120)
    finally:
        connection.close()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert viewed(stack, user) == 0


def test_a_cached_profile_does_not_outlive_its_erasure(stack, clock, early):
    user = early + "erased"
    assert numbers(settled(stack, user)) == (1, 1, 1, A, 1)
    for gone in (1, 0):
        answer = stack.call("DELETE", f"/v1/user/{user}")
        assert erased(answer, user) == gone
        assert profile(stack, user) == dict(ZEROS, user_id=user)
    post(stack, view(user, at("09 11:00"), B))
    assert numbers(profile(stack, user)) == (1, 1, 1, B, 1)
