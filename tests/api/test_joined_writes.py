# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that wait for a worker at the same time share one commit: each of them gets the answer
that it would get alone, once it is on the disk, and none pays for another."""

import concurrent.futures
import contextlib
import json
import os
import signal
import time
import uuid

import pytest

import rawfcgi
from enrols import enroll, running
from joined import (NOW, Sent, blocked, counts, happens, joined_first, locked,  # noqa: F401
                    names, page, pool, sending, stored, together, view)
from load import Load, Race, stamp
from stack import SERVERS, Stack, gone, wait_until
from workers import only, stopped


@pytest.fixture(scope="module", params=SERVERS)
def stack(request):
    """A pool of a single worker, so that whatever waits waits for this one, and for the deadline of
    its request."""
    s = Stack(request.param, KEEP=1, ASSAY_WORKERS=1, ASSAY_CACHE_TIMEOUT_MS=1000,
              ASSAY_STATEMENT_TIMEOUT_MS=5000)
    yield s
    s.stop()


def test_requests_that_wait_together_share_a_transaction(stack):
    users = []

    def make():
        users[:] = names(12)
        return [page(view(u), headers={"X-Request-Id": f"id-{u}"}) for u in users]
    sent = together(stack, make)
    assert sent.statuses == [200] * 12
    assert [a.json() for a in sent.answers] == [
        {"received": 1, "recorded": 1, "duplicates": 0, "errors": []}] * 12
    assert [a.headers["X-Request-Id"] for a in sent.answers] == [f"id-{u}" for u in users]
    have = stored(stack, users)
    assert {count for count, _ in have.values()} == {1} and len(have) == 12
    assert len({xmin for _, made in have.values() for xmin in made}) == 1


def test_each_has_its_log_line_and_is_counted(stack):
    users = names(6)
    before = stack.metric("request_seconds_count")
    sent = Sent(stack, [page(view(u), headers={"X-Request-Id": f"log-{u}"}) for u in users])
    assert sent.statuses == [200] * 6
    # Those of the metrics themselves are counted, too.
    asked = 1 + 3 + 3
    assert stack.metric("request_seconds_count") == before + 6 + asked
    for u in users:
        line, = [text for text in stack.log().splitlines() if f"id=log-{u}" in text]
        assert "route=/page status=200" in line and "subject=" in line


def test_a_request_that_is_alone_is_not_joined(stack, user):
    before = counts(stack)
    assert stack.call("POST", "/v1/page", json=view(user)).json()["recorded"] == 1
    assert counts(stack) == before


def test_what_the_cache_held_about_each_is_not_believed_afterwards(stack):
    users = []

    def make():
        users[:] = names(8)
        for u in users:
            for _ in range(2):
                assert stack.call("GET", f"/v1/user/{u}").status_code == 200
        return [page(view(u)) for u in users]
    together(stack, make)
    for u in users:
        profile = stack.call("GET", f"/v1/user/{u}").json()
        assert profile["number_pages_viewed_the_last_7_days"] == 1


def test_bad_requests_among_good_ones_cost_these_nothing(stack):
    users = []

    def make():
        users[:] = names(5)
        a, b, c, d, e = users
        return [page(view(a)), page(view(b, name="")), page(view(c)),
                page(view(d), key=None),
                page([view(e), {"user_id": e, "name": 7}]),
                ("POST", "/v1/page", {"data": "[{", "headers": {
                    "Content-Type": "application/json"}})]
    sent = together(stack, make, good=3)
    assert sent.statuses == [200, 422, 200, 401, 200, 400]
    good, mixed = sent.answers[0].json(), sent.answers[4].json()
    assert (good["recorded"], good["errors"]) == (1, [])
    assert (mixed["received"], mixed["recorded"]) == (2, 1)
    assert {x["index"] for x in mixed["errors"]} == {1}
    assert set(stored(stack, users)) == {users[0], users[2], users[4]}


def test_what_is_no_page_view_is_served_beside_them(stack):
    users = names(4)
    sent = Sent(stack, [page(view(users[0])), ("GET", "/healthz", {}), page(view(users[1])),
                        ("GET", "/v1/nowhere", {}), page(view(users[2])),
                        ("DELETE", f"/v1/user/{users[3]}", {}), page(view(users[3]))])
    assert sent.statuses == [200, 200, 200, 404, 200, 200, 200]
    assert set(stored(stack, users)) >= set(users[:3])


def test_each_is_told_which_of_its_views_were_there_before(stack):
    users = []

    def make():
        users[:] = names(3)
        a, b, c = users
        assert stack.call("POST", "/v1/page", json=view(b)).json()["recorded"] == 1
        return [page([view(a), view(b), view(a, NOW + 1)]), page(view(b)), page(view(c)),
                page([view(c, NOW + 1), view(c, NOW + 2), view(c, NOW + 1)])]
    sent = together(stack, make)
    assert [(a.json()["recorded"], a.json()["duplicates"]) for a in sent.answers] == [
        (2, 1), (0, 1), (1, 0), (2, 1)]
    assert {u: n for u, (n, _) in stored(stack, users).items()} == dict(zip(users, (2, 1, 3)))


def test_one_view_that_two_requests_send_is_stored_once(stack):
    users = []

    def make():
        users[:] = names(1)
        return [page(view(users[0])) for _ in range(5)]
    sent = together(stack, make)
    assert sorted(a.json()["recorded"] for a in sent.answers) == [0, 0, 0, 0, 1]
    assert sorted(a.json()["duplicates"] for a in sent.answers) == [0, 1, 1, 1, 1]
    assert stored(stack, users)[users[0]][0] == 1


def test_a_large_batch_is_a_transaction_of_its_own(stack):
    a, b, many = names(3)
    body = [view(many, NOW + n) for n in range(65)]
    sent = Sent(stack, [page(view(a)), page(body), page(view(b))])
    assert sent.statuses == [200] * 3
    assert sent.answers[1].json()["recorded"] == 65
    have = stored(stack, [a, b, many])
    assert {u: n for u, (n, _) in have.items()} == {a: 1, b: 1, many: 65}
    assert set(have[many][1]).isdisjoint(have[a][1] + have[b][1])


def test_bots_and_keys_are_each_request_s_own(stack):
    """A worker reads all of them before it answers the first."""
    told = stack.assay("key", "create", "--class", "client", "--name", uuid.uuid4().hex,
                       "--subjects", "session").stdout
    narrow = next(word for word in told.split() if word.startswith("asy_"))
    users = []
    googlebot = {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}

    def make():
        users[:] = names(4)
        a, b, c, d = users
        seen = {"session_id": uuid.uuid4().hex, "name": "home", "timestamp": stamp(NOW)}
        return [page(view(a)), page(view(b), key="client"),
                page(view(c), key="client", headers=googlebot),
                page(view(d), key=None, headers={"X-API-Key": narrow}),
                page(seen, key=None, headers={"X-API-Key": narrow})]
    sent = together(stack, make, good=3)
    assert sent.statuses == [200, 200, 200, 403, 200]
    assert sent.answers[2].json()["bots"] == 1
    assert set(stored(stack, users)) == set(users[:2])


def test_joined_views_hit_the_goals_of_each_subject(stack):
    exp, goal = running(stack), "goal-" + uuid.uuid4().hex[:12]
    path = "/" + goal
    assert stack.call("POST", "/v1/goal", key="admin", json={
        "name": goal, "page": path}).status_code == 201
    users = []

    def make():
        users[:] = names(4)
        for u in users:
            enroll(stack, exp, u)
        return [page(view(u, int(time.time() * 1000), name=path)) for u in users]
    together(stack, make)
    hits = stack.sql("select substr(c.subject_id, 3), c.hits::integer from conversion as c"
                     " join goal as g on g.nr = c.goal where g.name = %s"
                     " and c.subject_id = any (%s)", goal, [f"u:{u}" for u in users])
    assert dict(hits) == {u: 1 for u in users}


@pytest.mark.parametrize("deferred", [False, True], ids=["statement", "commit"])
def test_when_it_fails_each_is_stored_alone(stack, deferred):
    users, bad = [], "bad-" + uuid.uuid4().hex

    def make():
        users[:] = names(6)
        return [page(view(u, name=bad if i == 3 else "home")) for i, u in enumerate(users)]
    with happens(stack, "page_view", f"new.name = '{bad}'", "raise exception 'never'", deferred):
        sent = together(stack, make, failures=1)
    assert sent.statuses == [200, 200, 200, 500, 200, 200]
    have = stored(stack, users)
    assert set(have) == set(users) - {users[3]}
    assert {n for n, _ in have.values()} == {1}
    assert len({xmin for _, made in have.values() for xmin in made}) == 5


def test_when_the_database_cannot_serve_them_none_is_stored_and_all_may_try_again(stack):
    users, bad = [], "full-" + uuid.uuid4().hex

    def make():
        users[:] = names(5)
        return [page(view(u, name=bad if i == 2 else "home")) for i, u in enumerate(users)]
    full = "raise exception 'no space left' using errcode = '53100'"
    with happens(stack, "page_view", f"new.name = '{bad}'", full):
        sent = wait_until(lambda: (s := Sent(stack, make())).statuses == [503] * 5 and s, 20,
                          "a shared failure")
        assert sent.failures == 0 and sent.commits == 0
        assert stored(stack, users) == {}
        assert all(a.headers["Retry-After"].isdigit() for a in sent.answers)
    again = Sent(stack, [page(view(u)) for u in users])
    assert [a.json()["recorded"] for a in again.answers] == [1] * 5
    assert {n for n, _ in stored(stack, users).values()} == {1}


def test_nobody_is_answered_before_the_commit(stack):
    """Which waits here, with everything done before."""
    users, slow = names(4), "slow-" + uuid.uuid4().hex
    with happens(stack, "page_view", f"new.name = '{slow}'",
                 "perform pg_advisory_xact_lock(77, 78)", deferred=True), \
            concurrent.futures.ThreadPoolExecutor(4) as threads:
        with locked(stack, "select pg_advisory_lock(77, 78)") as holder:
            futures = sending(threads, stack, [page(view(u, name=slow)) for u in users])
            wait_until(lambda: blocked(stack), 20, "a commit that waits")
            assert not any(f.done() for f in futures)
            assert stored(stack, users) == {}
            holder.cursor().execute("select pg_advisory_unlock_all()")
        statuses = [f.result().status_code for f in futures]
    # Where the machine was slower than the deadline of the requests they say so.
    have = stored(stack, users)
    assert set(statuses) <= {200, 503}
    assert {u for u, s in zip(users, statuses) if s == 200} == set(have)


def test_after_the_deadline_all_are_refused_and_none_is_stored(stack):
    users = names(5)
    with concurrent.futures.ThreadPoolExecutor(5) as threads:
        with locked(stack):
            statuses = [f.result().status_code for f in sending(
                threads, stack, [page(view(u)) for u in users])]
    assert statuses == [503] * 5
    wait_until(lambda: not blocked(stack), 20, "the end of the backend")
    assert stored(stack, users) == {}
    assert Sent(stack, [page(view(u)) for u in users]).statuses == [200] * 5


def test_a_worker_killed_in_between_loses_nothing_that_was_acknowledged(stack):
    users = names(6)
    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        with locked(stack):
            futures = sending(threads, stack, [page(view(u)) for u in users])
            wait_until(lambda: blocked(stack), 20, "a statement that waits")
            os.kill(only(stack), signal.SIGKILL)
            statuses = [f.result().status_code for f in futures]
    assert 200 not in statuses
    wait_until(lambda: stack.call("GET", "/readyz").status_code == 200, 20, "a worker")
    again = [stack.call("POST", "/v1/page", json=view(u)).json() for u in users]
    assert all(a["recorded"] + a["duplicates"] == 1 for a in again)
    assert {n for n, _ in stored(stack, users).values()} == {1}


def test_a_worker_that_is_stuck_with_several_is_ended(stack):
    users, stuck = names(4), stack.metric("workers_stuck_total")
    worker = only(stack)
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        with locked(stack):
            futures = sending(threads, stack, [page(view(u)) for u in users])
            wait_until(lambda: blocked(stack), 20, "a statement that waits")
            with stopped(worker):
                wait_until(lambda: gone(worker), 60, "the end of the worker")
            statuses = [f.result().status_code for f in futures]
    assert 200 not in statuses
    wait_until(lambda: stack.call("GET", "/readyz").status_code == 200, 20, "a worker")
    assert stack.metric("workers_stuck_total") == stuck + 1
    line, = [text for text in stack.log().splitlines() if f"pid {worker}," in text
             and "worker_stuck" in text]
    assert " in /page: killed" in line


def raw_page(stack, user):
    body = f'{{"user_id":"{user}","name":"a","timestamp":"{stamp(NOW)}"}}'.encode()
    return rawfcgi.request("POST", "/v1/page", body, HTTP_X_API_KEY=stack.key("server"))


@pytest.mark.parametrize("large", [False, True], ids=["another route", "a large batch"])
def test_a_request_behind_them_has_its_own_time(stack, large):
    """They wait until their deadline for something that it does not need."""
    a, b, c = names(3)
    slow = f"new.subject_id in ('u:{a}', 'u:{b}')"
    own = {"HTTP_X_API_KEY": stack.key("server")}
    batch = json.dumps([view(c, NOW + n) for n in range(65)]).encode()
    behind = (rawfcgi.request("POST", "/v1/page", batch, **own) if large else
              rawfcgi.request("GET", f"/v1/user/{c}/experiments", **own))
    with happens(stack, "page_view", slow, "perform pg_sleep(60)"):
        with stopped(only(stack)):
            waiting = [rawfcgi.connect(stack, raw_page(stack, u)) for u in (a, b)]
            waiting.append(rawfcgi.connect(stack, behind))
        statuses = [rawfcgi.answer(s)[0] for s in waiting]
    for s in waiting:
        s.close()
    assert statuses == [503, 503, 200]
    assert set(stored(stack, [a, b, c])) == ({c} if large else set())


def test_nobody_waits_for_a_request_that_has_not_arrived(stack):
    """It is served as soon as it has, and until then those before it have their answers."""
    a, b, late = names(3)
    with stopped(only(stack)):
        first, second = (rawfcgi.connect(stack, raw_page(stack, u)) for u in (a, b))
        half = rawfcgi.connect(stack, raw_page(stack, late)[:-20])
    assert [rawfcgi.answer(s)[0] for s in (first, second)] == [200, 200]
    half.sendall(raw_page(stack, late)[-20:])
    status, _ = rawfcgi.answer(half)
    for s in (first, second, half):
        s.close()
    # Where the machine slept for seconds in between it was given up.
    assert status in (200, 400)
    assert set(stored(stack, [a, b, late])) == {a, b} | ({late} if status == 200 else set())


def test_an_erasure_beside_them_finds_all_or_comes_first(pool):  # noqa: F811
    """A view that is acknowledged after the erasure has begun may be there; one that was before is
    not, and what profiles say is what is stored."""
    for _ in range(6):
        users = names(6)
        with concurrent.futures.ThreadPoolExecutor(12) as threads:
            before = [pool.call("POST", "/v1/page", json=view(u, NOW - 1)) for u in users]
            assert {a.status_code for a in before} == {200}
            erased = [threads.submit(pool.call, "DELETE", f"/v1/user/{u}") for u in users[::2]]
            views = [threads.submit(pool.call, "POST", "/v1/page", json=view(u)) for u in users]
            assert {f.result().status_code for f in views} == {200}
            assert {f.result().status_code for f in erased} == {200}
        have = {u: n for u, (n, _) in stored(pool, users).items()}
        for i, u in enumerate(users):
            assert have.get(u, 0) in ((0, 1) if i % 2 == 0 else (2,))
            profile = pool.call("GET", f"/v1/user/{u}").json()
            assert profile["number_pages_viewed_the_last_7_days"] == have.get(u, 0)


def test_many_writers_land_once_each_whatever_happens_to_workers(pool):  # noqa: F811
    """And what was erased stays so, and nobody reads what is no more."""
    with contextlib.ExitStack() as open_load:
        with joined_first(pool):
            load = open_load.enter_context(Load(pool, requests=3000, clients=16))
        for n in range(12):
            os.kill(wait_until(lambda: pool.living(), 5, "a worker")[n % 2 - 1], signal.SIGKILL)
            time.sleep(0.2)
    load.check()
    # lighttpd says so when the worker that it asked for the error was killed, too.
    broken = {a for a in load.refused() if "The program broke off its answer" in a.text}
    assert {a.status for a in load.refused() if a not in broken} <= {502, 503}


def test_nobody_reads_a_profile_from_before_a_joined_write(pool):  # noqa: F811
    with contextlib.ExitStack() as traffic:
        with joined_first(pool):
            race = traffic.enter_context(Race(pool, writers=6))
            traffic.enter_context(Load(pool, requests=600, clients=6))
        wait_until(lambda: len(race.reads) > 400, 60, "reads")
    race.check()
