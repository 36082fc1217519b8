# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache never changes an answer: the rules of tombstone and epoch, seen from outside.

This file is not for sanitizers: its times are real, and test_cache_values.py runs the same code."""

import contextlib
import hashlib
import os
import re
import signal
import threading
import time
import urllib.parse

import psycopg2
import pytest

from load import Client, Race, stamp
from shapes import SCHEMA
from stack import Stack, wait_until

# Tries in a row after which every worker of 4 has most likely been met.
ALL = 12


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=4)
    yield s
    s.stop()


@pytest.fixture(scope="module")
def patient():
    """One whose cache is never late, however busy the machine is: it is always told of writes."""
    s = Stack("nginx", ASSAY_WORKERS=4, ASSAY_CACHE_TIMEOUT_MS=1000)
    yield s
    s.stop()


@pytest.fixture
def client(stack):
    return Client(stack)


@pytest.fixture(autouse=True)
def cache_in_use(stack, client):
    """Whatever the test before did to epoch and breaker is over."""
    now = int(time.time())
    stack.sql("update cache_epoch set value = %s where value >= %s", now - 1, now)
    await_hit(stack, client, "warm", 20)


def post(client, *users):
    """One page view of each user, in one request, now."""
    now = int(time.time() * 1000)
    views = [{"user_id": u, "name": "a", "timestamp": stamp(now)} for u in users]
    answer = client.send("POST", "/v1/page", views)
    assert answer.status == 200, answer
    return answer


def seen(client, user):
    answer = client.send("GET", f"/v1/user/{user}")
    assert answer.status == 200, answer
    return int(re.search(r"viewed_the_last_7_days\":(\d+)", answer.text)[1])


def await_hit(stack, client, user, seconds=9):
    """Reads a profile until the cache answers; every answer is checked by the caller."""
    def hit():
        before = stack.metric("cache_hits_total")
        found.append(seen(client, user))
        return stack.metric("cache_hits_total") > before
    found = []
    wait_until(hit, seconds, "a cached profile")
    return found


def stored(stack):
    """Keys and raw values that memcached holds."""
    dump = stack.memcached(b"lru_crawler metadump hash", b"END\r\n")
    keys = [urllib.parse.unquote_to_bytes(k) for k in re.findall(rb"^key=(\S+)", dump, re.M)]
    found = {}
    for key in keys:
        head, _, data = stack.memcached(b"get " + key).partition(b"\r\n")
        if head.startswith(b"VALUE"):
            found[key] = data[:int(head.split()[3])]
    return found


def epoch(stack):
    return stack.sql("select value from cache_epoch")[0][0]


@contextlib.contextmanager
def locked(stack, table, mode="access exclusive"):
    """Nobody reads or writes the table meanwhile; in share mode, nobody writes it."""
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    connection.cursor().execute(f"lock table assay.{table} in {mode} mode")
    try:
        yield
    finally:
        connection.close()


@contextlib.contextmanager
def frozen(stack):
    """memcached accepts connections and bytes but does nothing."""
    os.kill(stack.pid("memcached"), signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(stack.pid("memcached"), signal.SIGCONT)


def open_breaker(stack, client):
    """With a frozen memcached: until nobody even asks it."""
    opened = stack.metric("cache_breaker_opened_total")

    def tried():
        seen(client, "nobody")
        return stack.metric("cache_breaker_opened_total") > opened
    wait_until(tried, 5, "an open breaker")


def test_a_post_is_seen_by_the_next_read_of_every_worker(stack, client, user):
    for count in range(4):
        assert [seen(client, user) for _ in range(ALL)] == [count] * ALL
        post(client, user)


def test_a_batch_is_seen_by_the_next_read_of_every_worker(stack, client, user):
    """More users than are told one by one."""
    users = [f"{user}-{n}" for n in range(40)]
    for count in range(2):
        for name in users:
            assert [seen(client, name) for _ in range(3)] == [count] * 3
        post(client, *users)
    assert [seen(client, name) for name in users] == [2] * 40


def test_an_erased_profile_never_comes_back_from_the_cache(stack, client, user):
    post(client, user)
    assert set(await_hit(stack, client, user)) == {1}
    assert client.send("DELETE", f"/v1/user/{user}").status == 200
    assert [seen(client, user) for _ in range(ALL)] == [0] * ALL
    assert set(await_hit(stack, client, user)) == {0}


def test_a_reader_that_meets_a_tombstone_stores_nothing(stack, client, user):
    def within_its_life():
        """Tombstones last five seconds; on a slow machine another one may be needed."""
        stack.memcached(b"flush_all")
        written = time.monotonic()
        post(client, user + str(written))
        before = stack.metric("cache_tombstones_total")
        assert [seen(client, user + str(written)) for _ in range(ALL)] == [1] * ALL
        met = stack.metric("cache_tombstones_total") - before
        kept = stored(stack)
        return time.monotonic() < written + 4 and (met, set(kept.values()))
    assert wait_until(within_its_life, 30) == (ALL, {b"as1-tombstone"})


def test_a_key_holds_schema_epoch_kind_and_hash_and_no_byte_of_the_user(stack, client):
    stack.memcached(b"flush_all")
    client.send("GET", "/v1/user/%0D%20set%20x%e2%98%83")
    assert seen(client, "%20" * 100 + "z") == 0
    for key in stored(stack):
        assert re.fullmatch(rb"assay:%d:\d+:profile:[0-9a-f]{32}" % SCHEMA, key)


def test_no_read_is_older_than_the_write_before_it(patient):
    with Race(patient) as race:
        time.sleep(5)
    race.check()


def test_a_write_that_the_cache_was_not_told_of_is_seen_within_a_second(stack, client, user):
    """memcached holds the old profile, is away during the write, and back at once."""
    post(client, user)
    assert set(await_hit(stack, client, user)) == {1}
    raised = stack.metric("cache_epoch_raised_total")
    with frozen(stack):
        open_breaker(stack, client)
        post(client, user)
    acknowledged = time.monotonic()
    late = []
    while time.monotonic() < acknowledged + 2:
        begun = time.monotonic()
        count = seen(client, user)
        if begun > acknowledged + 1:
            late.append(count)
    assert set(late) == {2}
    assert stack.metric("cache_epoch_raised_total") > raised
    assert set(await_hit(stack, client, user, 15)) == {2}


def test_nobody_uses_the_cache_while_the_epoch_lies_ahead(stack, client, user):
    assert set(await_hit(stack, client, user, 15)) == {0}
    ahead = int(time.time()) + 5
    stack.sql("update cache_epoch set value = %s", ahead)
    time.sleep(1.1)  # for so long a worker may believe the old one
    before = [stack.metric(f"cache_{m}_total") for m in ("hits", "misses", "tombstones")]
    for _ in range(ALL):
        seen(client, user)
    assert time.time() < ahead
    assert [stack.metric(f"cache_{m}_total") for m in ("hits", "misses", "tombstones")] == before
    assert set(await_hit(stack, client, user)) == {0}


def test_an_epoch_far_ahead_hides_no_write(stack, client, user):
    """It comes from a clock that was wrong. The cache is in use, and the epoch can be raised."""
    stack.sql("update cache_epoch set value = %s", int(time.time()) + 3600)
    time.sleep(1.1)
    assert set(await_hit(stack, client, user)) == {0}
    with frozen(stack):
        open_breaker(stack, client)
        post(client, user)
    time.sleep(1.1)
    wait_until(lambda: stored(stack), 5, "memcached")
    assert [seen(client, user) for _ in range(ALL)] == [1] * ALL
    assert epoch(stack) < time.time() + 10


def test_the_epoch_is_raised_past_every_write_under_way(stack, client, user):
    """Another worker may have read the old epoch up to a second ago and write for three more."""
    time.sleep(1.1)  # the key is looked up again
    with locked(stack, "api_key"):
        writer = threading.Thread(target=post, args=(Client(stack), user))
        writer.start()
        wait_until(lambda: stack.sql("select 1 from pg_locks where not granted"), 5, "the wait")
        time.sleep(0.8)
        os.kill(stack.pid("memcached"), signal.SIGSTOP)
        released = time.time()
    writer.join()
    os.kill(stack.pid("memcached"), signal.SIGCONT)
    assert epoch(stack) > released + 4


def test_an_add_that_memcached_makes_late_is_never_read(stack, client, user):
    """Readers have missed and hold an old profile when memcached freezes; it stores them when it
    goes on, long after a write was acknowledged."""
    users = [f"{user}-{n}" for n in range(4)]
    readers = [threading.Thread(target=seen, args=(Client(stack), name)) for name in users]
    with locked(stack, "page_view"):
        for reader in readers:
            reader.start()
        wait_until(lambda: len(stack.sql("select 1 from pg_locks where not granted")) == 4, 5)
        os.kill(stack.pid("memcached"), signal.SIGSTOP)
    for reader in readers:
        reader.join()
    post(client, *users)
    acknowledged = time.monotonic()
    os.kill(stack.pid("memcached"), signal.SIGCONT)
    late = wait_until(lambda: [v for v in stored(stack).values() if b'"views":0' in v], 5)
    assert late, "no late add: this tested nothing"
    time.sleep(max(0, acknowledged + 1 - time.monotonic()))
    end = time.monotonic() + 7
    while time.monotonic() < end:
        assert [seen(client, name) for name in users] == [1] * 4


def key_of(subject):
    """How the keys of a subject end."""
    return hashlib.blake2b(subject.encode(), digest_size=16).hexdigest().encode()


def test_a_wiped_cache_is_not_filled_with_what_was_read_before_a_write(stack, client, user):
    """A registration reads the user's record and waits for the table of profiles. Meanwhile the
    user gets a tag, and memcached forgets the tombstone of that."""
    device = {"request": {"ext": {"userid": user}, "producer": "p"}}
    reader = threading.Thread(target=Client(stack).send, args=(
        "POST", f"/v1/device/register/{user}", device))
    with locked(stack, "profile", "share"):
        reader.start()
        wait_until(lambda: stack.sql("select 1 from pg_locks where not granted"), 5, "the wait")
        begun = time.monotonic()
        assert any(key.endswith(key_of(f"u:{user}")) for key in stored(stack))
        tag = client.send("PUT", f"/v1/user/{user}/tag/global/k", {"value": "new"})
        assert tag.status == 201, tag
        stack.memcached(b"flush_all")
    reader.join()
    assert time.monotonic() < begun + 1.8, "too slow: this tested nothing"
    kept = {key: value for key, value in stored(stack).items()
            if key.endswith(key_of(f"u:{user}"))}
    assert kept == {}, "what was read before the write"
