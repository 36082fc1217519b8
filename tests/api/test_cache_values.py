# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in memcached: answers are those of the database, and what does not belong
there is counted."""

import random
import re
import time
import urllib.parse
import uuid

import pytest

from load import Client, stamp
from stack import Stack, wait_until

USERS = 30


@pytest.fixture(scope="module")
def stack():
    # Not a test of time-outs: on a busy machine the breaker must not open.
    s = Stack("nginx", ASSAY_WORKERS=4, ASSAY_CACHE_TIMEOUT_MS=1000)
    yield s
    s.stop()


@pytest.fixture(scope="module")
def people(stack):
    """Users, each with another number of views, and what a read of them says."""
    client, now = Client(stack), int(time.time() * 1000)
    names = [f"value-{uuid.uuid4().hex}" for _ in range(USERS)]
    views = [{"user_id": name, "name": f"page {n}", "timestamp": stamp(now - 60_000 * view)}
             for n, name in enumerate(names) for view in range(n + 1)]
    assert client.send("POST", "/v1/page", views).status == 200
    wait_until(lambda: len(fill(stack, client, names)) == USERS, 15, "cached profiles")
    return {name: client.send("GET", f"/v1/user/{name}").text for name in names}


def fill(stack, client, names):
    """Reads everybody; the values that memcached holds afterwards, by key."""
    for name in names:
        client.send("GET", f"/v1/user/{name}")
    dump = stack.memcached(b"lru_crawler metadump hash", b"END\r\n")
    keys = [urllib.parse.unquote_to_bytes(k) for k in re.findall(rb"^key=(\S+)", dump, re.M)]
    values = {}
    for key in keys:
        head, _, data = stack.memcached(b"get " + key).partition(b"\r\n")
        value = data[:int(head.split()[3])] if head.startswith(b"VALUE") else b""
        if b":profile:" in key and value.startswith(b"as1:"):
            values[key] = value
    return values


def noise(value):
    return random.Random(value).randbytes(len(value))


def flipped(value):
    """One bit of the content is another."""
    return value[:-3] + bytes([value[-3] ^ 1]) + value[-2:]


WRONG = {
    "empty": lambda value: b"",
    "one byte": lambda value: b"a",
    "noise": noise,
    "cut short": lambda value: value[:-7],
    "head only": lambda value: value[:20],
    "longer": lambda value: value + b" ",
    "flipped": flipped,
    "json alone": lambda value: b'{"views":1}',
    "large": lambda value: value[:20] + b"x" * 900_000,
    "tombstone and more": lambda value: b"as1-tombstone ",
    "old": lambda value: value.replace(b"as1:", b"as0:"),
}


def store(stack, values):
    for key, value in values.items():
        command = b"set %b 0 60 %d\r\n%b" % (key, len(value), value)
        assert stack.memcached(command) == b"STORED\r\n"


def read_all(stack, people):
    client = Client(stack)
    return {name: client.send("GET", f"/v1/user/{name}").text for name in people}


@pytest.mark.parametrize("how", WRONG)
def test_a_foreign_value_is_a_miss_and_counted(stack, people, how):
    values = fill(stack, Client(stack), people)
    store(stack, {key: WRONG[how](value) for key, value in values.items()})
    before = stack.metric("cache_bad_values_total")
    assert read_all(stack, people) == people
    assert stack.metric("cache_bad_values_total") == before + USERS
    stack.memcached(b"flush_all")


def test_a_value_of_another_key_is_a_miss_and_counted(stack, people):
    values = fill(stack, Client(stack), people)
    others = list(values.values())[1:] + list(values.values())[:1]
    store(stack, dict(zip(values, others)))
    before = stack.metric("cache_bad_values_total")
    assert read_all(stack, people) == people
    assert stack.metric("cache_bad_values_total") == before + USERS
    stack.memcached(b"flush_all")


def test_good_values_are_answered_from_the_cache(stack, people):
    """Else the tests above would show nothing."""
    fill(stack, Client(stack), people)
    before = stack.metric("cache_hits_total")
    assert read_all(stack, people) == people
    assert stack.metric("cache_hits_total") == before + USERS
