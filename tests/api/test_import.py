# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports of users and devices: valid rows are stored, invalid ones are reported by line, and an
interrupted run can be continued."""

import json
import os
import pwd
import signal

import psycopg2
import pytest

from imports import Feed, lines, load, stored, users
from lookups import define, found, new_id, of_devices, of_users, profile, put_user, register
from stack import Stack, wait_until

BATCH = 5000  # rows that go to the database at once


@pytest.fixture(scope="module")
def stack():
    """The command needs no web server; one is enough for the look-ups."""
    s = Stack("nginx")
    yield s
    s.stop()


@pytest.fixture
def prefix():
    return new_id("p")


def save(tmp_path, data, name="some.ndjson"):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("kind, field, mark", [("users", "user_id", "u"),
                                               ("devices", "device_id", "d")])
def test_good_lines_are_stored_and_the_last_line_says_where_it_ended(stack, tmp_path, prefix, kind,
                                                                     field, mark):
    rows = [{field: f"{prefix}-{i}", "n": i, "list": [{"a": "Ä"}], "none": None} for i in range(3)]
    done = load(stack, kind, save(tmp_path, lines(rows)))
    assert (done.code, done.counts(), done.bad) == (0, (3, 0, 3), [])
    assert done.last == "done: the file ends before line 4"
    assert stored(stack, prefix, mark) == {
        f"{prefix}-{i}": {"n": i, "list": [{"a": "Ä"}], "none": None} for i in range(3)}


@pytest.mark.parametrize("text", ["{0}\n{1}\n", "{0}\n{1}", "{0}\r\n{1}\r\n", "\ufeff{0}\n{1}\n",
                                  "\n \n{0}\n\n\t\n{1}\n\n", "  {0}  \n\t{1}\n"])
def test_lines_may_end_and_begin_in_any_way(stack, tmp_path, prefix, text):
    rows = [json.dumps(row) for row in users(prefix, 2, a="b")]
    done = load(stack, "users", save(tmp_path, text.format(*rows)))
    assert (done.code, done.counts()) == (0, (2, 0, 2))
    assert stored(stack, prefix) == {f"{prefix}-0": {"a": "b"}, f"{prefix}-1": {"a": "b"}}


def test_a_repeat_changes_nothing_and_a_change_is_seen(stack, tmp_path, prefix):
    path = save(tmp_path, lines(users(prefix, 7, a=1)))
    assert load(stack, "users", path).counts() == (7, 0, 7)
    assert load(stack, "users", path).counts() == (7, 0, 0)
    save(tmp_path, lines(users(prefix, 8, a=1) + users(prefix, 1, a=2)))
    assert load(stack, "users", path).counts() == (9, 0, 2)
    assert stored(stack, prefix)[f"{prefix}-0"] == {"a": 2}


def test_of_two_lines_about_one_user_the_later_counts(stack, tmp_path, prefix):
    rows = [{"user_id": prefix, "n": n} for n in range(2 * BATCH + 10)]
    assert load(stack, "users", save(tmp_path, lines(rows))).code == 0
    assert stored(stack, prefix) == {prefix: {"n": 2 * BATCH + 9}}


BAD_LINES = {
    b'{"user_id": "a"': "column 16: ',' or '}' is expected",
    b"[]": "must be an object",
    b"null": "must be an object",
    b"{}": "/user_id name exactly one of user_id",
    b'{"device_id": "a"}': "/device_id name exactly one of user_id",
    b'{"user_id": "a", "session_id": "b"}': "/user_id name exactly one of user_id",
    b'{"user_id": ""}': "/user_id must not be empty",
    b'{"user_id": 7}': "/user_id must be a string",
    b'{"user_id": "null"}': "/user_id is what a program sends when it has no id",
    b'{"user_id": "a", "b": 1, "b": 2}': "column 26: key appears twice",
    b'{"user_id": "\xff"}': "column 14: ",
    b'{"user_id": "a\0"}': "column 15: ",
    b'{"user_id": "a"} {"user_id": "b"}': "column 18: unexpected text after the value",
    b'{"user_id": "a", "b": "%s"}' % (b"b" * 65536): "must be at most 65536 bytes as JSON",
    b'{"user_id": "a", "b": [%s]}' % b",".join(b"%d" % i for i in range(2001)):
        "has more than 2000 values",
    b'{"user_id": "a", "b": "%s"}' % (b"b" * (1 << 20)): "longer than 1 MiB",
    b'{"user_id": "a", "b": "%s"}' % (b"b" * (5 << 20)): "longer than 1 MiB",
    b'{"user_id": "a", "%s": {"%s": 1}}' % (b"b" * 256, b"c" * 257): "column 279: key is too long",
    b'{"user_id": "a", "b": 0.%s1}' % (b"0" * 20000): "column 23: number is too long",
}


@pytest.mark.parametrize("line, reason", BAD_LINES.items(), ids=range(len(BAD_LINES)))
@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_bad_line_is_reported_and_the_rest_is_stored(
        stack, tmp_path, prefix, line, reason, place):
    good = [json.dumps(row).encode() for row in users(prefix, 2)]
    text = {"middle": b"\n".join([good[0], line, good[1], b""]),
            "end": b"\n".join([*good, line])}[place]
    done = load(stack, "users", save(tmp_path, text))
    assert (done.code, done.counts()[:2]) == (1, (3, 1))
    number = 2 if place == "middle" else 3
    assert len(done.bad) == 1 and done.bad[0].startswith(f"line {number}: {reason}")
    assert done.last == "done: the file ends before line 4"
    assert set(stored(stack, prefix)) == {f"{prefix}-0", f"{prefix}-1"}


@pytest.fixture
def refused(stack):
    """A rule that an operator has given the database, and the program knows nothing of."""
    stack.sql("alter table profile add constraint of_theirs check (not attributes ? 'refused')")
    yield {"user_id": "x", "refused": 1}
    stack.sql("alter table profile drop constraint of_theirs")


def test_all_of_many_bad_lines_are_reported(stack, tmp_path, prefix, refused):
    rows = lines(users(prefix, 3 * BATCH)).splitlines()
    theirs = lines([refused]).strip()
    wrong = {1: "x", 700: "[]", 701: theirs, BATCH: theirs, BATCH + 1: theirs, BATCH + 7: theirs,
             3 * BATCH: "?"}
    for number, text in wrong.items():
        rows[number - 1] = text
    rows[2 * BATCH - 1] = ""
    done = load(stack, "users", save(tmp_path, "\n".join(rows)))
    assert (done.code, done.counts()) == (1, (3 * BATCH - 1, 7, 3 * BATCH - 8))
    told = dict(line.split(": ", 1) for line in done.bad)
    assert set(told) == {f"line {n}" for n in wrong}
    assert all("of_theirs" in told[f"line {n}"] for n, text in wrong.items() if text == theirs)
    assert len(stored(stack, prefix)) == 3 * BATCH - 8


def test_bad_lines_go_to_a_file_of_their_own(stack, tmp_path, prefix):
    errors = tmp_path / "bad.txt"
    done = load(stack, "users", save(tmp_path, "x\n" + lines(users(prefix, 1)) + "[]\n"),
                "--errors", str(errors))
    assert (done.code, done.bad) == (1, [])
    assert errors.read_text() == ("line 1: column 1: a value is expected\n"
                                  "line 3: must be an object\n")


def test_from_continues_at_a_line(stack, tmp_path, prefix):
    path = save(tmp_path, "bad\n" + lines(users(prefix, 5)))
    done = load(stack, "users", path, "--from", "4")
    assert (done.code, done.counts()) == (0, (3, 0, 3))
    assert set(stored(stack, prefix)) == {f"{prefix}-{i}" for i in (2, 3, 4)}


def fed(stack, prefix, count, name=None):
    """An import of which a batch is stored and a part of the next is read."""
    feed = Feed(stack, "users", name=name)
    feed.write(lines(users(prefix, count)))
    wait_until(lambda: len(stored(stack, prefix)) == BATCH, what="a batch")
    return feed


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_an_import_after_the_rows_already_read(stack, prefix, sig):
    done = fed(stack, prefix, BATCH + 1000).end(sig)
    assert done.code == 1
    assert done.last == f"stopped: go on with --from {BATCH + 1001}"
    assert len(stored(stack, prefix)) == BATCH + 1000


def test_a_lost_connection_costs_nothing(stack, prefix):
    feed = fed(stack, prefix, BATCH + 1000, name=prefix)
    ended = stack.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                      " where application_name = %s", prefix, role="postgres")
    assert ended == [(True,)]
    feed.write(lines(users(prefix, 2 * BATCH)))
    done = feed.end()
    assert (done.code, done.counts()[:2]) == (0, (3 * BATCH + 1000, 0))
    assert len(stored(stack, prefix)) == 2 * BATCH


@pytest.mark.parametrize("words", [
    [], ["users"], ["groups", "x"], ["users", "x", "y"], ["users", "x", "--from"],
    ["users", "x", "--from", "0"], ["users", "x", "--from", "one"], ["users", "x", "--csw"],
    ["ip-locations", "x", "--from", "2"]])
def test_invalid_arguments_show_the_usage(stack, words):
    done = stack.assay("import", *words, check=False)
    assert done.returncode == 2
    assert "assay import users|devices FILE" in done.stderr


@pytest.mark.parametrize("path, reason", [("/nowhere/x", "No such file"), ("/", "Is a directory")])
def test_an_unreadable_file_is_reported(stack, path, reason):
    done = load(stack, "users", path)
    assert done.code == 1
    assert reason in done.err


def test_users_are_in_their_experiments_after_an_import(stack, tmp_path, prefix):
    client = new_id("c")
    put_user(stack, f"{prefix}-0", team=client)
    exp = define(stack, client, criteria=of_users(team=[client]))
    for user in (0, 1):  # now there are cached records of them
        assert found(stack, prefix, client, user=f"{prefix}-{user}") == [exp][user:]
    rows = users(prefix, 1, team="another") + users(prefix, 4, team=client.upper())[1:]
    done = load(stack, "users", save(tmp_path, lines(rows)))
    assert done.code == 0
    wait_until(lambda: found(stack, prefix, client, user=f"{prefix}-1") == [exp], 20, "the mapping")
    assert found(stack, prefix, client, user=f"{prefix}-0") == []
    assert found(stack, prefix, client, user=f"{prefix}-3") == [exp]


def test_what_a_worker_has_cached_of_a_device_does_not_undo_an_import(stack, tmp_path, prefix):
    """The record gets into the cache by a registration that changes nothing: one that writes keeps
    it out for seconds."""
    register(stack, prefix, channel="a")
    stack.sql("insert into profile select subject_id || '-2', attributes, terms, changed_at"
              " from profile where subject_id = %s", "d:" + prefix)
    device = prefix + "-2"
    register(stack, device, channel="a")
    assert profile(stack, device) == profile(stack, prefix)
    rows = [{"device_id": device, "channel": "b", "state": "Kerala"}]
    assert load(stack, "devices", save(tmp_path, lines(rows))).code == 0
    register(stack, device, fcmToken="u")
    kept = profile(stack, device)
    assert (kept["channel"], kept["state"], kept["fcmToken"]) == ("b", "Kerala", "u")


def test_devices_are_in_their_experiments_after_an_import(stack, tmp_path, prefix):
    client = new_id("c")
    register(stack, new_id("d"), channel=client)
    exp = define(stack, client, criteria=of_devices("channel", client))
    assert found(stack, prefix, client) == []
    rows = [{"device_id": prefix, "channel": client}]
    assert load(stack, "devices", save(tmp_path, lines(rows))).code == 0
    wait_until(lambda: found(stack, prefix, client) == [exp], 20, "the mapping")


def test_an_import_waits_for_the_end_of_a_running_mapping(stack, prefix):
    """It would say when the next is due, and take back what the import has asked for."""
    client = new_id("c")
    put_user(stack, f"{prefix}-0", team=client)
    exp = define(stack, client, criteria=of_users(team=[client]))
    job = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    try:
        job.cursor().execute("select from assay.audience_job where nr = (select nr from"
                             " assay.experiment where id = %s) for update", (exp,))
        feed = Feed(stack, "users")
        feed.write(lines(users(prefix, 2, team=client)))
        feed.process.stdin.close()
        wait_until(lambda: stack.sql("select 1 from pg_stat_activity where query like %s and"
                                     " wait_event_type = 'Lock' and"
                                     " clock_timestamp() - query_start > interval '3 s'",
                                     "%starts_with(e.criteria%", role="postgres"), what="waiting")
        assert feed.process.poll() is None
        job.commit()
        assert feed.end().code == 0
    finally:
        job.close()
    wait_until(lambda: found(stack, prefix, client, user=f"{prefix}-1") == [exp], 20, "the mapping")


def test_profiles_of_a_killed_import_are_mapped(stack, prefix):
    client = new_id("c")
    put_user(stack, f"{prefix}-in", team=client)
    exp = define(stack, client, criteria=of_users(team=[client]))
    feed = Feed(stack, "users")
    feed.write(lines(users(prefix, BATCH + 1000, team=client)))
    wait_until(lambda: len(stored(stack, prefix)) == BATCH + 1, what="a batch")
    feed.end(signal.SIGKILL)
    wait_until(lambda: found(stack, prefix, client, user=f"{prefix}-{BATCH - 1}") == [exp], 30,
               "the mapping")
    assert stack.sql("select 1 from bulk_import") == []


def test_an_import_that_came_to_its_end_leaves_no_more_to_map(stack, tmp_path, prefix):
    path = save(tmp_path, lines(users(prefix, 10)))
    for _ in range(2):  # the second changes nothing
        assert load(stack, "users", path).code == 0
        assert stack.sql("select 1 from bulk_import") == []


def audited(stack, action):
    """Who did it and what is kept of it, of all changes with that action."""
    return stack.sql("select account, before, after, subjects from audit where action = %s"
                     " order by nr", action)


def test_an_import_is_in_the_audit_log_once_with_counts_alone(stack, tmp_path, prefix):
    before = len(audited(stack, "import users"))
    path = save(tmp_path, lines(users(prefix, BATCH + 1)) + "no json\n")
    done = load(stack, "users", path)
    assert done.counts() == (BATCH + 2, 1, BATCH + 1)
    (account, old, new, subjects), = audited(stack, "import users")[before:]
    assert account == "cli:" + pwd.getpwuid(os.geteuid()).pw_name
    assert (old, subjects or []) == (None, [])
    assert new.pop("mapped_again") >= 0
    assert new == {"rows": BATCH + 2, "bad": 1, "changed": BATCH + 1}
    load(stack, "users", path)  # changes nothing
    assert len(audited(stack, "import users")) == before + 1
