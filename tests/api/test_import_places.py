# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that says where addresses are: replaced as a whole, and used when a device registers
behind a proxy that is known."""

import os
import pwd

import pytest

from imports import Feed, load
from lookups import new_id, profile, register
from stack import Stack, wait_until

HEAD = "first,last,state,district,city,country\n"


@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd", ASSAY_PROXIES="127.0.0.1")
    yield s
    s.stop()


@pytest.fixture
def places(stack, tmp_path):
    """Replaces the table by the text of a CSV file; the outcome."""
    def replace(text, *options):
        path = tmp_path / "places.csv"
        path.write_text(text)
        return load(stack, "ip-locations", path, *options)
    return replace


def table(stack):
    return stack.sql("select host(first), host(last), place->>'state' from ip_location"
                     " order by first")


def seen_from(stack, address):
    """What the profile of a new device says of where it is."""
    device = new_id("d")
    register(stack, device, headers={"X-Forwarded-For": address}, channel="c")
    stored = profile(stack, device)
    return {k: stored[k] for k in ("state", "district", "city", "country") if k in stored}


def test_a_device_is_where_its_address_is(stack, places):
    done = places(HEAD + "10.0.0.0,10.0.0.255,Karnataka,Bengaluru Urban,Bengaluru,India\n"
                  "2001:db8::,2001:db8::ffff,Kerala,,Kochi,India\n"
                  "10.0.2.7,10.0.2.7,Goa,,,\n")
    assert (done.code, done.counts(), done.last) == (0, (3, 0, 3),
                                                     "done: the file ends before line 5")
    bengaluru = {"state": "Karnataka", "district": "Bengaluru Urban", "city": "Bengaluru",
                 "country": "India"}
    for address, where in [("10.0.0.0", bengaluru), ("10.0.0.255", bengaluru), ("10.0.1.0", {}),
                           ("9.255.255.255", {}), ("10.0.2.7", {"state": "Goa"}),
                           ("2001:db8::1", {"state": "Kerala", "city": "Kochi",
                                            "country": "India"}),
                           ("2001:db8::1:0", {}), ("8.8.8.8, 10.0.0.9", bengaluru)]:
        assert seen_from(stack, address) == where, address


@pytest.mark.parametrize("network, first, last", [
    ("192.0.2.0/24", "192.0.2.0", "192.0.2.255"), ("192.0.2.7/32", "192.0.2.7", "192.0.2.7"),
    ("192.0.2.7", "192.0.2.7", "192.0.2.7"), ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
    ("10.128.0.0/9", "10.128.0.0", "10.255.255.255"),
    ("2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"),
    ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")])
def test_a_network_is_a_range(stack, places, network, first, last):
    done = places(f"country,network,state\nIndia,{network},Assam\n")
    assert done.code == 0
    assert table(stack) == [(first, last, "Assam")]


BAD = {
    "10.0.0.9,10.0.0.8,A,,,": "/last must be of the same family as first, and not below it",
    "10.0.0.9,2001:db8::,A,,,": "/last must be of the same family as first, and not below it",
    "10.0.0.256,10.0.0.8,A,,,": "/first must be an address",
    "a,b,A,,,": "/first must be an address; /last must be an address",
    "10.0.0.8,,A,,,": "give first and last, or network",
    ",,A,,,": "give first and last, or network",
    "10.0.0.8,10.0.0.9," + "A" * 101 + ",,,": "/state must be at most 100 bytes long",
    '10.0.0.8,10.0.0.9,"A\tB",,,': "/state must not contain control characters",
    "10.0.0.8,10.0.0.9": "2 fields, but the header row has 6",
}


@pytest.mark.parametrize("line, reason", BAD.items(), ids=range(len(BAD)))
def test_a_bad_line_is_reported_and_the_others_are_stored(stack, places, line, reason):
    done = places(HEAD + f"10.1.0.0,10.1.0.1,B,,,\n{line}\n10.2.0.0,10.2.0.1,C,,,\n")
    assert (done.code, done.counts()) == (1, (3, 1, 2))
    assert done.bad == [f"line 3: {reason}"]
    assert [row[2] for row in table(stack)] == ["B", "C"]


@pytest.mark.parametrize("network, reason", [
    ("10.0.0.1/24", "has bits set after its prefix"),
    ("2001:db8::1/64", "has bits set after its prefix"),
    ("10.0.0.0/33", "must be an address and a prefix, as 192.0.2.0/24"),
    ("10.0.0.0/", "must be an address and a prefix, as 192.0.2.0/24"),
    ("10.0.0/8", "must be an address and a prefix, as 192.0.2.0/24"),
    ("2001:db8::/129", "must be an address and a prefix, as 192.0.2.0/24")])
def test_an_invalid_network_is_reported(places, network, reason):
    done = places(f"network,state\n{network},A\n10.2.0.0/16,B\n")
    assert (done.code, done.bad) == (1, [f"line 2: /network {reason}"])


@pytest.mark.parametrize("second, overlaps", [
    ("10.0.0.5,10.0.0.9", True), ("10.0.0.0,10.0.0.1", True), ("10.0.0.1,10.0.0.1", True),
    ("9.0.0.0,10.0.0.1", True), ("10.0.0.2,10.0.0.4", True), ("10.0.0.6,10.0.0.9", False),
    ("9.0.0.0,10.0.0.0", False)])
@pytest.mark.parametrize("between", [0, 6000])
def test_of_two_ranges_that_overlap_one_is_refused(stack, places, second, overlaps, between):
    """Near each other in the file, or so far apart that they go to the database separately."""
    fill = "".join(f"11.{i // 250}.{i % 250}.0,11.{i // 250}.{i % 250}.9,F,,,\n"
                   for i in range(between))
    done = places(HEAD + "10.0.0.1,10.0.0.5,A,,,\n" + fill + second + ",B,,,\n")
    assert done.counts() == (between + 2, int(overlaps), between + 2 - int(overlaps))
    states = [row[2] for row in table(stack) if row[2] != "F"]
    assert len(states) == 2 - int(overlaps)
    assert [("overlaps" in line) for line in done.bad] == [True] * int(overlaps)
    if between and overlaps:
        assert done.bad[0].startswith(f"line {between + 3}: ")
        assert done.bad[0].endswith("overlaps 10.0.0.1-10.0.0.5 of a line before")


@pytest.mark.parametrize("text", [HEAD, HEAD + "a,b,c,d,e,f\n"])
def test_the_table_stays_when_no_line_is_good(stack, places, text):
    assert places("network,state\n10.2.0.0/16,B\n").code == 0
    done = places(text)
    assert (done.code, done.last) == (1, "stopped: nothing was replaced")
    assert table(stack) == [("10.2.0.0", "10.2.255.255", "B")]


def test_the_table_stays_when_the_columns_are_missing(stack, places):
    assert places("Network;STATE\n10.2.0.0/16;B\n").code == 0
    done = places("a,b\n1,2\n")
    assert (done.code, done.out) == (1, "")
    assert done.err == ("assay import: the header row has no column `network` or `first`: "
                        "it has `a`, `b`\n")
    assert table(stack) == [("10.2.0.0", "10.2.255.255", "B")]


def test_look_ups_see_the_whole_old_table_or_the_whole_new_one(stack, places):
    """Another import that has begun and not ended changes nothing, and holds a second one off."""
    assert places("network,state\n10.3.0.0/16,B\n").code == 0
    feed = Feed(stack, "ip-locations")
    feed.write("network,state\n" + "".join(f"11.{i // 250}.{i % 250}.0/28,C\n"
                                           for i in range(5001)))
    wait_until(lambda: stack.sql("select 1 from pg_stat_activity where query like %s"
                                 " and state = 'idle in transaction'", "%cross join lateral%"),
               what="a batch")
    assert seen_from(stack, "10.3.0.1") == {"state": "B"}
    second = places("network,state\n10.4.0.0/16,D\n")
    assert (second.code, second.last) == (1, "stopped: nothing was replaced")
    assert "another import of ip-locations is under way" in second.err
    assert feed.end().code == 0
    assert seen_from(stack, "10.3.0.1") == {}
    assert seen_from(stack, "11.0.0.1") == {"state": "C"}


def test_the_audit_log_says_who_replaced_the_table(stack, places):
    def audited():
        return stack.sql("select account, before, after from audit"
                         " where action = 'import ip-locations' order by nr")
    before = len(audited())
    assert places("network,state\n10.5.0.0/16,B\n10.5.1.0/24,C\n").code == 1
    (account, old, new), = audited()[before:]
    assert account == "cli:" + pwd.getpwuid(os.geteuid()).pw_name
    assert (old, new) == (None, {"rows": 2, "bad": 1, "changed": 1})
    assert places("network,state\nx,B\n").code == 1
    assert len(audited()) == before + 1
