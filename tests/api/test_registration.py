# SPDX-License-Identifier: GPL-3.0-or-later
"""What a registration stores: fields over fields, the place of the client's address, and nothing
at all when nothing is new."""

import concurrent.futures

import pytest

from lookups import day, new_id, profile, register
from stack import Stack, servers_of, wait_until

HERE = {"state": "Karnataka", "district": "Bangalore", "city": "Bangalore", "country": "IN"}
THERE = {"state": "Tamil Nadu", "district": "Chennai"}

RANGES = [
    ("115.99.217.0", "115.99.217.255", HERE),
    ("106.51.74.185", "106.51.74.185", THERE),
    ("10.0.0.0", "10.0.0.9", {}),
    ("2001:db8::", "2001:db8::ffff", {"state": "Goa"}),
]


@pytest.fixture(scope="module", params=servers_of(__name__))
def stack(request):
    """The tests come from 127.0.0.1, so that is the proxy; 192.0.2.7 is another."""
    s = Stack(request.param, ASSAY_PROXIES="127.0.0.1, 192.0.2.7")
    for first, last, place in RANGES:
        s.sql("insert into ip_location values (%s, %s, %s::jsonb)", first, last,
              str(place).replace("'", '"'))
    yield s
    s.stop()


FIELDS = {"channel": "c", "uaspec": {"agent": "Mozilla", "ver": "70.0"}, "fcmToken": "some-token",
          "producer": "sunbird.app", "dspec": {"os": "Ubuntu", "cpu": [1, 2.5, None], "x": {}},
          "userDeclaredLocation": {"state": "TamilNadu", "district": "chennai"}}


def test_a_first_registration_is_stored_as_sent(stack, device):
    register(stack, device, headers={"User-Agent": "Chrome/70 (X11)"}, **FIELDS)
    kept = profile(stack, device)
    first = kept.pop("first_access")
    assert first.startswith(day() + "T") and first.endswith("Z")
    assert kept.pop("user_agent") == "Chrome/70 (X11)"
    assert kept == dict(FIELDS, last_access=day())


@pytest.mark.parametrize("agent, kept", [
    ("é".encode(), "é"), (b"a\xe9b", "a\ufffdb"), (b"\xff\xfe", "\ufffd\ufffd"), (b"", None),
    (b"\xf0\x9f\x98\x80", "😀"), (b"x" * 4000, "x" * 4000)], ids=range(6))
def test_any_user_agent_is_stored(stack, device, agent, kept):
    register(stack, device, headers={"User-Agent": agent})
    assert (profile(stack, device).get("user_agent") or None) == kept
    register(stack, device, headers={"User-Agent": agent})


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("how", ["omitted", "null"])
def test_an_omitted_field_keeps_its_value(stack, device, name, how):
    register(stack, device, **FIELDS)
    again = {k: v for k, v in FIELDS.items() if k != name}
    if how == "null":
        again[name] = None
    register(stack, device, **again)
    assert profile(stack, device)[name] == FIELDS[name]


@pytest.mark.parametrize("name, value", [
    ("channel", "other"), ("channel", ""), ("dspec", {"os": "b"}), ("dspec", {}),
    ("userDeclaredLocation", {"state": "Goa"})], ids=str)
def test_a_sent_field_is_replaced_and_nothing_else(stack, device, name, value):
    register(stack, device, **FIELDS)
    before = profile(stack, device)
    register(stack, device, **{name: value})
    assert profile(stack, device) == dict(before, **{name: value})


def test_the_first_access_stays_and_the_last_moves_by_the_day(stack, device):
    register(stack, device)
    stack.sql("""update profile set attributes = attributes || '{"last_access": "2020-01-02",
              "first_access": "2020-01-01T00:00:00.000Z"}' where subject_id = %s""", "d:" + device)
    # What workers have cached of it must not hide that.
    stack.sql("update cache_epoch set value = value + 1, definitions = definitions + 1")
    wait_until(lambda: register(stack, device) and profile(stack, device)["last_access"] == day(),
               5, "the day")
    assert profile(stack, device)["first_access"] == "2020-01-01T00:00:00.000Z"


def row(stack, device):
    """Where the stored row lies and who touched it: even a lock would show."""
    return stack.sql("select xmin, xmax, ctid, changed_at from profile where subject_id = %s",
                     "d:" + device)


def wal(stack):
    return stack.sql("select pg_current_wal_insert_lsn()", role="postgres")[0][0]


@pytest.mark.parametrize("fields", [
    {}, FIELDS, {"dspec": {"n": [2.0, 1e16, -0.0, 2 ** 63 - 1, 1e-7]}}, {"channel": ""}],
    ids=["nothing", "all", "numbers", "empty"])
def test_a_registration_that_changes_nothing_writes_nothing(stack, device, fields):
    register(stack, device, **fields)
    before = row(stack, device)

    def silent():
        start = wal(stack)
        for _ in range(12):
            register(stack, device, **fields)
        return wal(stack) == start
    # Others write now and then (statistics, checkpoints): one quiet moment proves it.
    wait_until(silent, 20, "a dozen registrations without a byte of WAL")
    assert row(stack, device) == before


def test_parallel_registrations_of_one_device_are_one_device(stack, device):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: register(stack, device, channel=f"c{n}"), range(32)))
    assert all(a["actions"] == [] for a in answers)
    assert profile(stack, device)["channel"] in {f"c{n}" for n in range(32)}


@pytest.mark.parametrize("forwarded, place", [
    ("115.99.217.196", HERE), ("115.99.217.0", HERE), ("115.99.217.255", HERE),
    ("115.99.218.0", {}), ("115.99.216.255", {}), ("106.51.74.185", THERE), ("106.51.74.186", {}),
    ("10.0.0.5", {}), ("192.168.1.1", {}), ("127.0.0.1", {}), ("2001:db8::7", {"state": "Goa"}),
    ("2001:db8::1:0", {}), ("::ffff:7300:1", {}), ("xyz", {}), ("", {}),
    ("115.99.217.196:80", HERE),
    ("[2001:db8::7]:80", {"state": "Goa"}), ("::ffff:115.99.217.196", HERE),
    ("115.99.217", {}), ("999.1.1.1", {}), (",", {}),
    # The last that is no proxy of ours counts: what stands before it anybody may have written.
    ("106.51.74.185, 115.99.217.196", HERE), ("106.51.74.185,115.99.217.196", HERE),
    ("115.99.217.196, 192.0.2.7", HERE), ("106.51.74.185 , 115.99.217.196 , 127.0.0.1", HERE),
    ("115.99.217.196, xyz", {}), ("115.99.217.196, 192.0.2.8", {})])
def test_a_device_is_where_its_address_is_or_nowhere(stack, device, forwarded, place):
    register(stack, device, headers={"X-Forwarded-For": forwarded})
    kept = profile(stack, device)
    assert {k: v for k, v in kept.items()
            if k not in ("first_access", "last_access", "user_agent")} == place
    answer = stack.call("GET", f"/v1/device/profile/{device}").json()["result"]
    assert answer["ipLocation"] == {"state": place.get("state", ""),
                                    "district": place.get("district", "")}


def test_a_proxy_may_say_the_address_in_x_real_ip(stack, device):
    register(stack, device, headers={"X-Real-IP": "115.99.217.196"})
    assert profile(stack, device)["city"] == "Bangalore"


def test_declared_and_found_location_stand_side_by_side(stack, device):
    declared = {"state": "Karnataka", "district": "Tumkur"}
    register(stack, device, headers={"X-Forwarded-For": "106.51.74.185"},
             userDeclaredLocation=declared)
    answer = stack.call("GET", f"/v1/device/profile/{device}").json()["result"]
    assert answer["userDeclaredLocation"] == declared
    assert answer["ipLocation"] == THERE


def test_a_device_that_moved_is_at_its_new_place_alone(stack, device):
    """The old place may have said more than the new one does."""
    register(stack, device, headers={"X-Forwarded-For": "115.99.217.196"}, channel="a")
    register(stack, device, headers={"X-Forwarded-For": "106.51.74.185"}, channel="b")
    kept = profile(stack, device)
    assert {name: kept.get(name) for name in HERE} == \
        {"state": "Tamil Nadu", "district": "Chennai", "city": None, "country": None}


def test_an_unchanged_device_has_its_present_location(stack, device):
    """However often it came before, and whatever the cache holds of it."""
    for _ in range(2):
        for address, state in (("115.99.217.196", "Karnataka"), ("106.51.74.185", "Tamil Nadu")):
            for _ in range(3):
                register(stack, device, headers={"X-Forwarded-For": address})
                assert profile(stack, device)["state"] == state


def test_an_address_of_an_unknown_place_takes_no_place_away(stack, device):
    register(stack, device, headers={"X-Forwarded-For": "106.51.74.185"}, channel="a")
    register(stack, device, headers={"X-Forwarded-For": "xyz"}, channel="b")
    assert profile(stack, device)["state"] == "Tamil Nadu"


def test_without_proxies_nobody_can_say_another_address(device):
    s = Stack("nginx")
    try:
        s.sql("insert into ip_location values ('115.99.217.0', '115.99.217.255',"
              " '{\"state\": \"Karnataka\"}'), ('127.0.0.1', '127.0.0.1', '{\"state\": \"Goa\"}')")
        for name in ("X-Forwarded-For", "X-Real-IP", "Remote-Addr", "Forwarded"):
            who = new_id("d")
            register(s, who, headers={name: "115.99.217.196"})
            assert profile(s, who)["state"] == "Goa"
    finally:
        s.stop()
