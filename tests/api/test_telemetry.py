# SPDX-License-Identifier: GPL-3.0-or-later
"""One complete telemetry line for each look-up, with hashed ids; and look-ups that work although
the file cannot be written."""

import concurrent.futures
import os
import pathlib
import re
import signal
import time

import pytest

from lookups import define, found, new_id, register
from stack import servers_of, wait_until
from telemetry_stack import TelemetryStack

NAMES = ["eid", "ets", "ver", "mid", "actor", "context", "object", "edata", "@timestamp"]


@pytest.fixture(scope="module", params=servers_of(__name__))
def telemetry(request):
    t = TelemetryStack(request.param)
    yield t
    t.stop()


@pytest.fixture(scope="module")
def odd():
    """A stack whose pool may be ended and run again."""
    t = TelemetryStack("nginx", KEEP=1, ASSAY_TELEMETRY_FILE="")
    yield t
    t.stop()


def params(event):
    return event["edata"]["params"]


def last(telemetry, count=1):
    return telemetry.lookups()[-count:]


def test_a_lookup_leaves_one_line_in_the_printed_shape(telemetry, client):
    exps = [define(telemetry.stack, client) for _ in range(2)]
    before, begun = len(telemetry.lookups()), time.time()
    ids = found(telemetry.stack, new_id("d"), client, user="someone", url="http://a/b")
    assert ids == exps[::-1]
    events = telemetry.lookups()
    assert len(events) == before + 1
    event = events[-1]
    assert list(event) == NAMES
    assert abs(event["ets"] / 1000 - begun) < 10
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(event["ets"] // 1000))
    assert event["@timestamp"] == at
    assert re.fullmatch("[0-9A-F]{32}", event["mid"])
    assert (event["eid"], event["ver"], event["object"]) == ("LOG", "3.0", None)
    assert event["actor"] == {"id": "", "type": "System"}
    assert event["context"] == {
        "channel": "analytics.api", "env": "analytics", "sid": None, "did": None, "cdata": None,
        "pdata": {"id": "AnalyticsAPI", "ver": "3.0", "pid": "experiment", "model": None},
        "rollup": None}
    assert event["edata"]["type"] == "api_access"
    assert [p["experimentId"] for p in params(event)] == ids
    assert all((p["title"], p["url"]) == ("experiment", "http://a/b") for p in params(event))


def test_a_look_up_without_a_match_is_logged_too(telemetry, client):
    assert found(telemetry.stack, new_id("d"), client) == []
    entry, = params(telemetry.lookups()[-1])
    assert "experimentId" not in entry
    assert (entry["userId"], entry["url"], entry["title"]) == (None, None, "experiment")


def test_undelivered_experiments_are_not_logged(telemetry, client):
    define(telemetry.stack, client, state="track")
    assert found(telemetry.stack, new_id("d"), client) == []
    assert ["experimentId" in p for p in params(telemetry.lookups()[-1])] == [False]


@pytest.mark.parametrize("path, body, key, code", [
    ("register/{}", {}, "client", 400), ("register/{}", {"request": {}}, None, 401),
    ("register/{}", {"request": {"did": "x"}}, "client", 400), ("profile/{}", None, "server", 404)])
def test_only_served_look_ups_are_logged(telemetry, path, body, key, code):
    before = len(telemetry.lookups())
    answer = telemetry.stack.call("GET" if body is None else "POST",
                             "/v1/device/" + path.format(new_id("d")), key=key, json=body)
    assert answer.status_code == code, answer.text
    assert len(telemetry.lookups()) == before


def test_ids_are_hashed_with_a_key_and_stay_recognisable(telemetry):
    device, user = new_id("d"), new_id("u")
    for _ in range(2):
        register(telemetry.stack, device, user=user)
    register(telemetry.stack, user)
    first, second, third = (params(e)[0] for e in last(telemetry, 3))
    assert first == second
    assert re.fullmatch("[0-9a-f]{32}", first["deviceId"])
    assert re.fullmatch("[0-9a-f]{32}", first["userId"])
    assert first["deviceId"] != first["userId"]
    assert third["deviceId"] != first["deviceId"]
    text = telemetry.path.read_text()
    assert device not in text and user not in text


def test_every_event_has_an_id_of_its_own(telemetry):
    for _ in range(20):
        register(telemetry.stack, new_id("d"))
    assert len({e["mid"] for e in telemetry.events()}) == len(telemetry.events())


def test_parallel_lookups_leave_whole_lines(telemetry, client):
    """Long ones: a line of many workers must still be one write."""
    exps = [define(telemetry.stack, client) for _ in range(20)]
    before = len(telemetry.lookups())
    urls = [f"http://a/{n}/" + "x" * 1500 for n in range(32)]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        done = list(pool.map(lambda u: found(telemetry.stack, new_id("d"), client, url=u), urls))
    assert all(sorted(ids) == sorted(exps) for ids in done)
    events = telemetry.lookups()[before:]
    assert sorted(params(e)[0]["url"] for e in events) == sorted(urls)
    assert all(len(params(e)) == 20 for e in events)


def test_a_rotation_loses_no_line(telemetry):
    """Renamed, then SIGHUP: what workers that end still write goes to the old file."""
    old = telemetry.path.with_suffix(".1")
    before, served = len(telemetry.lookups()), []
    workers = set(telemetry.stack.workers())
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        def ask(_):
            url = new_id("http://r/")
            register(telemetry.stack, new_id("d"), url=url)
            served.append(url)
        calls = [pool.submit(ask, n) for n in range(20)]
        telemetry.path.rename(old)
        os.kill(telemetry.stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: not workers & set(telemetry.stack.workers()), 20, "new workers")
        calls += [pool.submit(ask, n) for n in range(20)]
        for call in calls:
            call.result(20)
    events = telemetry.lookups(old)[before:] + telemetry.lookups()
    assert sorted(params(e)[0]["url"] for e in events) == sorted(served)
    assert len(telemetry.lookups()) >= 20


def test_ids_are_raw_where_the_operator_says_so(odd):
    odd.restart(ASSAY_TELEMETRY_FILE=odd.path, ASSAY_TELEMETRY_RAW_IDS=1)
    register(odd.stack, "a-device", user="é/user")
    entry, = params(odd.lookups()[-1])
    assert (entry["deviceId"], entry["userId"]) == ("a-device", "é/user")


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/", "/dev/full", "{}/pipe", ""])
def test_a_file_that_cannot_be_written_never_fails_a_lookup(odd, path):
    """No folder, a folder, a full disk, a pipe that nobody reads, and no file at all."""
    if path.endswith("pipe"):
        os.mkfifo(odd.folder / "pipe")
        os.chmod(odd.folder / "pipe", 0o666)
    seen = odd.restart(ASSAY_TELEMETRY_FILE=path.format(odd.folder))
    for _ in range(3):
        begun = time.monotonic()
        register(odd.stack, new_id("d"))
        assert time.monotonic() - begun < 5
    assert odd.stack.metric("lookups_total") == 3
    assert odd.stack.metric("telemetry_lost_total") == (3 if path == "/dev/full" else 0)
    complaint = "event=telemetry" in odd.stack.log()[seen:]
    assert complaint == (path not in ("/dev/full", ""))


def test_telemetry_is_off_unless_it_is_asked_for(stack):
    """The shared stack sets nothing."""
    register(stack, new_id("d"))
    folders = [pathlib.Path(f"/proc/{pid}/fd") for pid in stack.workers()]
    names = [os.readlink(fd) for folder in folders for fd in folder.iterdir()]
    assert [n for n in names if "telemetry" in n or n.endswith("json")] == []
