# SPDX-License-Identifier: GPL-3.0-or-later
"""How much one address may do with a client key. The stack believes a proxy on this machine, so a
test comes from any address; one web server is enough for what the workers share."""

import concurrent.futures
import html
import os
import signal
import time

import pytest

from clientkeys import call, id_of, make, ways
from enrols import enroll, running
from goals import goal
from lookups import define, new_id
from pages import Person
from shapes import assert_problem, view
from stack import Stack, wait_until


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1, ASSAY_PROXIES="127.0.0.1", ASSAY_CLIENT_RATE=1,
              ASSAY_CLIENT_NEW_RATE=0, ASSAY_WORKERS=4)
    yield s
    s.stop()


@pytest.fixture(scope="module")
def exp(stack):
    return running(stack, "b")


numbers = iter(range(1, 60000))


def address():
    """One that nobody else has."""
    n = next(numbers)
    return {"X-Forwarded-For": f"198.18.{n >> 8}.{n & 255}"}


def alternative(stack, key, exp, headers):
    return call(stack, key, "GET", f"/v1/experiment/{exp}/alternative",
                headers=headers, params={"session_id": "somebody"})


def until_refused(ask, most=200):
    """How many answers there were before one was 429, and that one."""
    for n in range(most):
        answer = ask()
        if answer.status_code == 429:
            return n, answer
        assert answer.status_code in (200, 204), answer.text
    raise AssertionError("nothing was refused")


def enroll_new(stack, key, exp, headers, **subject):
    return call(stack, key, "POST", f"/v1/experiment/{exp}/enroll", headers=headers,
                json=subject or {"user_id": new_id("user")})


def test_over_the_rate_it_is_429_with_seconds_to_wait(stack, exp):
    """The configured rate is 1: a burst of 10 and what comes back meanwhile."""
    before, key, here = stack.metric("client_requests_throttled_total"), make(stack), address()
    count, answer = until_refused(lambda: alternative(stack, key, exp, here))
    assert count >= 10
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.json()["type"] == "/docs#throttled" and "requests" in answer.json()["detail"]
    seconds = answer.headers["Retry-After"]
    assert seconds.isdigit() and int(seconds) >= 1
    assert stack.metric("client_requests_throttled_total") > before
    wait_until(lambda: alternative(stack, key, exp, here).status_code == 200, 20, "the next one")


def test_each_key_and_each_address_has_a_rate_of_its_own(stack, exp):
    key, here = make(stack), address()
    until_refused(lambda: alternative(stack, key, exp, here))
    assert alternative(stack, key, exp, address()).status_code == 200
    assert alternative(stack, make(stack), exp, here).status_code == 200


def test_all_routes_of_a_client_key_share_one_rate(stack, exp):
    """Also those that the key may not call, and views in whatever form."""
    key, here = make(stack, "--rate", "1"), address()
    asked = ways(stack, exp, goal(stack))
    until_refused(lambda: alternative(stack, key, exp, here))
    refused = 0
    for ask in asked.values():
        refused += ask(key, {"session_id": new_id()}, headers=here).status_code == 429
    refused += call(stack, key, "GET", "/v1/user/ann", headers=here).status_code == 429
    refused += call(stack, key, "POST", f"/v1/device/register/{new_id()}", headers=here,
                    json={"request": {}}).status_code == 429
    # A slow machine may give one or two of the nine back meanwhile.
    assert refused >= 5


def test_a_page_of_an_origin_can_read_that_it_was_refused(stack, exp):
    key, here = make(stack, "--origin", "https://shop.example"), address()
    here = {**here, "Origin": "https://shop.example"}
    _, answer = until_refused(lambda: alternative(stack, key, exp, here))
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_an_image_is_answered_and_not_counted(stack, exp):
    key, here, name, who = make(stack), address(), goal(stack), new_id("session")
    until_refused(lambda: alternative(stack, key, exp, here))
    before = stack.metric("client_requests_throttled_total")
    answers = [stack.call("GET", f"/v1/goal/{name}.png", key=None, headers=here,
                          params={"key": key, "session_id": who}) for _ in range(5)]
    assert all(a.status_code == 200 and a.content[:4] == b"\x89PNG" for a in answers)
    assert stack.metric("client_requests_throttled_total") > before


@pytest.mark.parametrize("kind", ["server", "admin"])
def test_server_and_admin_keys_have_no_rate(stack, exp, kind):
    key, here = make(stack, kind=kind), address()
    for _ in range(40):
        assert alternative(stack, key, exp, here).status_code == 200
        assert enroll_new(stack, key, exp, here).status_code == 200


def test_a_key_has_its_own_rate(stack, exp):
    here = address()
    key = make(stack, "--rate", "0")
    assert {alternative(stack, key, exp, here).status_code for _ in range(60)} == {200}
    wide = make(stack, "--rate", "1000000")
    assert {alternative(stack, wide, exp, here).status_code for _ in range(60)} == {200}
    narrow = make(stack, "--rate", "1")
    assert until_refused(lambda: alternative(stack, narrow, exp, here))[0] >= 10


def test_a_rate_is_changed_on_the_page_of_the_key(stack, exp):
    key, here, admin = make(stack), address(), Person(stack, "admin")
    until_refused(lambda: alternative(stack, key, exp, here))
    assert admin.post(f"/admin/keys/{id_of(key)}/change", rate="0").status_code == 303
    wait_until(lambda: {alternative(stack, key, exp, here).status_code
                        for _ in range(30)} == {200}, 20, "the end of the rate")


@pytest.mark.parametrize("first, second, shared", [
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("203.0.113.9", "::ffff:203.0.113.9", True), ("203.0.113.9", "203.0.113.8", False)])
def test_a_network_of_ipv6_is_one_address(stack, exp, first, second, shared):
    key = make(stack)
    until_refused(lambda: alternative(stack, key, exp, {"X-Forwarded-For": first}))
    answers = [alternative(stack, key, exp, {"X-Forwarded-For": second}).status_code
               for _ in range(8)]
    assert (429 in answers) is shared


def test_an_address_in_a_header_of_a_stranger_is_ignored(stack, exp):
    """The last entry is what the proxy has seen."""
    key, here = make(stack), address()["X-Forwarded-For"]
    n = iter(range(1000))
    until_refused(lambda: alternative(
        stack, key, exp, {"X-Forwarded-For": f"10.9.8.{next(n) % 256}, {here}"}))


# ---- subjects never seen before ----------------------------------------------------------------

@pytest.fixture(scope="module")
def slow(stack):
    """A key with which one new subject a second may come, 25 at once."""
    return make(stack, "--rate", "0", "--new-rate", "1")


def stored(stack, kind, ids):
    return stack.sql("select count(distinct subject_id) from (select subject_id from enrolment "
                     "union select subject_id from profile) as t where subject_id = any (%s)",
                     [f"{kind}:{i}" for i in ids])[0][0]


def test_invented_users_meet_the_limit_before_anything_is_written(stack, exp, slow):
    here, users, said = address(), [], []
    before = stack.metric("client_subjects_throttled_total")
    for _ in range(200):
        users.append(new_id("user"))
        said.append(enroll_new(stack, slow, exp, here, user_id=users[-1]))
        if said[-1].status_code == 429:
            break
    assert said[-1].status_code == 429 and len(users) > 25
    assert "new subjects" in said[-1].json()["detail"]
    assert said[-1].headers["Retry-After"].isdigit()
    assert stored(stack, "u", users) == len(users) - 1
    assert stored(stack, "u", users[-1:]) == 0
    assert stack.metric("client_subjects_throttled_total") > before
    # Known ones never meet it, whatever they do; nor does who only looks.
    for user in users[:20]:
        assert enroll_new(stack, slow, exp, here, user_id=user).status_code == 200
    assert alternative(stack, slow, exp, here).status_code == 200


def exhaust(stack, slow, exp, here):
    until_refused(lambda: enroll_new(stack, slow, exp, here))


def refused(stack, slow, exp, here, ask):
    """Whether a request of somebody new is refused while the bucket is empty."""
    for _ in range(20):
        exhaust(stack, slow, exp, here)
        answer = ask()
        if answer.status_code == 429:
            return True
    return False


def test_all_ways_to_be_new_share_the_limit(stack, exp, slow):
    here = address()
    for kind in ("user", "device", "session"):
        assert refused(stack, slow, exp, here, lambda k=kind: call(
            stack, slow, "POST", "/v1/enroll", headers=here, json={f"{k}_id": new_id()}))
    devices = []

    def register():
        devices.append(new_id("device"))
        return call(stack, slow, "POST", f"/v1/device/register/{devices[-1]}", headers=here,
                    json={"request": {"fcmToken": "x"}})
    assert refused(stack, slow, exp, here, register)
    assert stored(stack, "d", devices[-1:]) == 0


def test_a_known_device_brings_no_new_users_past_the_limit(stack, slow, exp):
    here, client = address(), new_id("client")
    mine = define(stack, client)
    stack.call("POST", f"/v1/experiment/{mine}/state", key="admin", json={"state": "enabled"})
    device, users = new_id("device"), []

    def start(user=None, token="a"):
        request = {"producer": f"tests.{client}", "fcmToken": token}
        if user:
            request["ext"] = {"userid": user}
        return call(stack, slow, "POST", f"/v1/device/register/{device}", headers=here,
                    json={"request": request})
    wait_until(lambda: start().json()["result"]["actions"], 20, "the experiment")

    def invent():
        users.append(new_id("user"))
        return start(users[-1], token=users[-1])
    assert refused(stack, slow, exp, here, invent)
    assert stored(stack, "u", users[-1:]) == 0
    # Nothing was written of the device, either.
    assert stack.sql("select attributes ->> 'fcmToken' <> %s from profile where subject_id = %s",
                     users[-1], "d:" + device) == [(True,)]
    # It starts again and again itself, and with a user whom the directory knows.
    known = new_id("user")
    stack.call("PUT", f"/v1/user/{known}/profile", json={"a": 1})
    exhaust(stack, slow, exp, here)
    for n in range(10):
        assert start(token=str(n)).status_code == 200
        assert start(known).status_code == 200


@pytest.mark.parametrize("how", ["profile", "tag", "group", "enrolled by the operator"])
def test_a_school_behind_one_address_never_meets_the_limit(stack, exp, slow, how):
    here, user = address(), new_id("user")
    if how == "profile":
        stack.call("PUT", f"/v1/user/{user}/profile", json={"school": 1})
    elif how == "tag":
        stack.call("PUT", f"/v1/user/{user}/tag/global/a", json={"value": 1})
    elif how == "group":
        name = new_id("s")[:40]
        assert stack.call("POST", "/v1/segmentation", key="admin", json={
            "id": name, "type": "manual", "name": "a", "groups": [{"id": 1, "name": "g"}]}
        ).status_code in (200, 201)
        answer = stack.call("PUT", f"/v1/segmentation/{name}/member/{user}", json={"group": "g"})
        assert answer.status_code == 200, answer.text
    else:
        enroll(stack, running(stack), user)
    exhaust(stack, slow, exp, here)
    for _ in range(5):
        assert enroll_new(stack, slow, exp, here, user_id=user).status_code == 200


def test_a_new_subject_that_is_enrolled_in_nothing_is_not_counted(stack, slow):
    here = address()
    off = running(stack)
    stack.call("POST", f"/v1/experiment/{off}/stop", key="admin", json={})
    wait_until(lambda: enroll_new(stack, slow, off, here).json()["reason"] != "ASSIGNED", 10,
               "the stop")
    for _ in range(60):
        assert enroll_new(stack, slow, off, here).status_code == 200
        answer = call(stack, slow, "POST", "/v1/page", headers=here, json=view(new_id()))
        assert answer.status_code == 200


# ---- workers share it, whatever becomes of them ------------------------------------------------

def test_workers_together_give_no_more_than_one_would(stack, exp):
    key, here = make(stack, "--rate", "2"), address()
    with concurrent.futures.ThreadPoolExecutor(8) as many:
        begun = time.monotonic()
        answers = [f.result().status_code for f in
                   [many.submit(alternative, stack, key, exp, here) for _ in range(300)]]
        took = time.monotonic() - begun
    # Two of the four workers may make the bucket at the same moment.
    assert 20 <= answers.count(200) <= 4 * 20 + 2 * (took + 2)
    assert answers.count(429) == 300 - answers.count(200)


def test_killed_workers_leave_nothing_stuck(stack, exp):
    key = make(stack, "--rate", "5")
    places = [address() for _ in range(40)]
    for _ in range(8):
        with concurrent.futures.ThreadPoolExecutor(6) as many:
            asked = [many.submit(alternative, stack, key, exp, p) for p in places]
            for pid in stack.workers()[:2]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            for f in asked:
                assert f.result().status_code in (200, 429, 502, 503)
    wait_until(lambda: all(alternative(stack, key, exp, p).status_code == 200 for p in places), 60,
               "all addresses")
    here = address()
    assert until_refused(lambda: alternative(stack, key, exp, here), 2000)[0] >= 50


# ---- the hint ----------------------------------------------------------------------------------

HINT = "name it in `proxies`"


def flood(stack, key, exp, headers, count):
    """So many refusals."""
    until_refused(lambda: alternative(stack, key, exp, headers))
    left = count
    while left > 0:
        left -= alternative(stack, key, exp, headers).status_code == 429


@pytest.fixture
def fresh():
    """A stack in which nothing was refused, behind a proxy that it knows."""
    s = Stack("lighttpd", ASSAY_PROXIES="127.0.0.1", ASSAY_CLIENT_RATE=1, ASSAY_WORKERS=2)
    yield s
    s.stop()


def overview(stack, person):
    return html.unescape(person.get("/admin").text)


def test_overview_and_doctor_point_at_an_unconfigured_proxy(fresh):
    viewer, exp, key = Person(fresh, "viewer"), running(fresh), make(fresh)
    assert HINT not in overview(fresh, viewer)
    assert HINT not in fresh.assay("doctor", check=False).stdout
    flood(fresh, key, exp, {"X-Forwarded-For": "10.1.2.3"}, 20)
    wait_until(lambda: HINT in overview(fresh, viewer), 20, "the hint")
    assert "10.1.2.3" in overview(fresh, viewer)
    told = fresh.assay("doctor", check=False).stdout
    line, = [x for x in told.splitlines() if HINT in x]
    assert line.startswith("warning") and "10.1.2.3" in line
    # Where they come from many addresses there is nothing to ask for.
    for n in range(4):
        flood(fresh, key, exp, {"X-Forwarded-For": f"2001:db8:0:{n}::1"}, 25)
    wait_until(lambda: HINT not in overview(fresh, viewer), 20, "no hint")
    assert HINT not in fresh.assay("doctor", check=False).stdout


def test_the_hint_expires_after_an_hour_and_the_address_after_a_day(fresh):
    viewer, exp, key = Person(fresh, "viewer"), running(fresh), make(fresh)
    flood(fresh, key, exp, {"X-Forwarded-For": "2001:db8:5:6::7"}, 12)
    wait_until(lambda: "2001:db8:5:6::/64" in overview(fresh, viewer), 20, "the hint")
    fresh.sql("update rate_refusal set recorded_at = recorded_at - interval '61 minutes'")
    wait_until(lambda: HINT not in overview(fresh, viewer), 20, "no hint")
    fresh.sql("update rate_refusal set recorded_at = recorded_at - interval '24 hours'")
    fresh.assay("jobs", "--once")
    assert fresh.sql("select * from rate_refusal") == []


def test_the_default_limits_admit_a_usual_visitor():
    s = Stack("lighttpd", ASSAY_CLIENT_RATE=200, ASSAY_CLIENT_NEW_RATE=20, ASSAY_WORKERS=2)
    try:
        exp = running(s)
        for n in range(60):
            answer = enroll_new(s, s.key("client"), exp, {}, session_id=f"s{n}")
            assert answer.status_code == 200
        assert_problem(enroll_new(s, "asy_client_00000000_" + "0" * 48, exp, {}), 401)
    finally:
        s.stop()
