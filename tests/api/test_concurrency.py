# SPDX-License-Identifier: GPL-3.0-or-later
"""Many callers at once: nothing is lost, doubled, mixed up or answered with a 5xx."""

import concurrent.futures
import threading

import pytest

from shapes import ZEROS, ago, erased, post, profile, receipt, view, viewed

CALLERS = 50


def at_once(calls):
    """The results of calls that all start together, each on a thread of its own."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(30)
        return call()
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def rows(stack, subject):
    return stack.sql("select count(*) from page_view where subject_id = %s", subject)[0][0]


def test_parallel_posts_and_deletes_of_one_user_add_up(stack, user):
    def add(i):
        return post(stack, [view(user, ago(seconds=300 + 10 * i + k)) for k in range(5)])

    def erase():
        return stack.call("DELETE", f"/v1/user/{user}")
    calls = [(lambda i=i: add(i)) if i % 2 else erase for i in range(2 * CALLERS)]
    answers = at_once(calls)
    assert {a.status_code for a in answers} == {200}
    recorded = sum(a.json().get("recorded", 0) for a in answers)
    deleted = sum(a.json().get("deleted", {}).get("page_views", 0) for a in answers)
    assert recorded == 5 * CALLERS
    left = rows(stack, "u:" + user)
    assert left == recorded - deleted
    assert [viewed(stack, user) for _ in range(8)] == [left] * 8
    assert erased(erase(), user) == left
    assert rows(stack, "u:" + user) == 0
    assert [profile(stack, user) for _ in range(8)] == [dict(ZEROS, user_id=user)] * 8


def test_one_view_posted_by_many_is_recorded_once(stack, user):
    body = view(user, ago(minutes=1))
    answers = [a.json() for a in at_once([lambda: post(stack, body)] * CALLERS)]
    assert sorted(a["recorded"] for a in answers) == [0] * (CALLERS - 1) + [1]
    assert sorted(a["duplicates"] for a in answers) == [0] + [1] * (CALLERS - 1)
    assert viewed(stack, user) == 1


def test_different_views_of_one_instant_leave_one_and_nobody_fails(stack, user):
    at = ago(minutes=1)
    calls = [lambda i=i: post(stack, view(user, at, f"page {i}")) for i in range(CALLERS)]
    answers = [a.json() for a in at_once(calls)]
    assert sum(a["recorded"] for a in answers) == 1
    winner = next(i for i, a in enumerate(answers) if a["recorded"] == 1)
    assert profile(stack, user)["most_viewed_page_last_7_days"] == f"page {winner}"


def test_the_same_batch_in_opposite_orders_ends_without_a_deadlock(stack, user):
    """Two statements that take the same rows in opposite orders would wait for each other until
    the lock's time-out and answer 503. New rows each time: only the first to come is waited for."""
    for i in range(15):
        batch = [view(f"{user}-{i}-{k}", ago(minutes=1)) for k in range(500)]
        answers = at_once([lambda way=way: post(stack, batch[::way]) for way in (1, -1, 1, -1)])
        assert {a.status_code for a in answers} == {200}
        assert sum(a.json()["recorded"] for a in answers) == len(batch)
        assert sum(a.json()["duplicates"] for a in answers) == 3 * len(batch)


@pytest.mark.parametrize("write", ["single", "batch"])
def test_a_read_after_an_acknowledged_write_sees_it(stack, user, write):
    """No worker may hand out what was true before a write that a caller knows of."""
    acknowledged, stale, done = [0], [], threading.Event()
    size = 1 if write == "single" else 3

    def read():
        while not done.is_set():
            known = acknowledged[0]
            seen = viewed(stack, user)
            if seen < known:
                stale.append((seen, known))
    readers = [threading.Thread(target=read) for _ in range(4)]
    for r in readers:
        r.start()
    try:
        for i in range(60):
            batch = [view(user, ago(seconds=900 - 3 * i - k)) for k in range(size)]
            assert post(stack, batch).json() == receipt(size, size)
            acknowledged[0] += size
    finally:
        done.set()
        for r in readers:
            r.join()
    assert stale == []


def test_a_read_that_begins_after_an_erasure_sees_nothing(stack, user):
    for i in range(20):
        post(stack, view(user, ago(seconds=600 - i)))
        at_once([lambda: viewed(stack, user)] * 4 + [
            lambda: stack.call("DELETE", f"/v1/user/{user}")])
        assert at_once([lambda: viewed(stack, user)] * 4) == [0] * 4


def test_answers_are_never_mixed_up(stack, user):
    def life(i):
        own = f"{user}-{i}"
        for n in range(1, 6):
            assert post(stack, view(own, ago(seconds=300 - n))).json() == receipt(1, 1)
            body = profile(stack, own)
            assert (body["user_id"], body["number_pages_viewed_the_last_7_days"]) == (own, n)
        answer = stack.call("DELETE", f"/v1/user/{own}", headers={"X-Request-Id": own})
        assert erased(answer, own) == 5
        assert answer.headers["X-Request-Id"] == own
        return own
    assert len(set(at_once([lambda i=i: life(i) for i in range(24)]))) == 24
