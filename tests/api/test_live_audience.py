# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile write updates audiences at once: the first look-up after it sees the right experiments,
whatever else happens at the same time."""

import concurrent.futures
import contextlib
import random

import psycopg2
import pytest

from lookups import (a_second_later, admin, audience_version, define, found, new_id, of_devices,
                     of_users, profile, put_user, register, submit)
from criteria_model import holds
from stack import wait_until
from test_preview import OPERATORS, device_filter, plain
from test_preview import profile as random_profile

# One web server is enough: the database decides, whoever asks.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)


@pytest.fixture
def member(stack, client):
    """A user who keeps the audience of `team` from being empty."""
    who = new_id("m")
    put_user(stack, who, team=client)
    return who


@pytest.fixture
def exp(stack, client, member):
    """An experiment in effect over the users of a team."""
    return define(stack, client, criteria=of_users(team=[client]))


def test_a_new_device_is_in_its_experiments_with_its_first_registration(stack, client):
    register(stack, new_id("d"), channel=client)
    exp = define(stack, client, criteria=of_devices("channel", client))
    for _ in range(8):
        assert found(stack, new_id("d"), client, channel=client) == [exp]
        assert found(stack, new_id("d"), client, channel=client + "2") == []


def test_an_agent_and_a_field_of_a_field_decide_too(stack, client):
    fields = {"dspec": {"os": client}, "headers": {"User-Agent": "agent " + client}}
    register(stack, new_id("d"), **fields)
    first = define(stack, client, criteria=of_devices("dspec.os", client.upper()))
    second = define(stack, client, criteria=of_devices("user_agent", "agent " + client))
    assert found(stack, new_id("d"), client, **fields) == [second, first]


def test_a_changed_device_leaves_and_joins_at_once(stack, client, device):
    for name in ("a", "b"):
        register(stack, new_id("d"), channel=client + name)
    first = define(stack, client, criteria=of_devices("channel", client + "a"))
    second = define(stack, client, criteria=of_devices("channel", client + "b"))
    for _ in range(6):
        assert found(stack, device, client, channel=client + "a") == [first]
        assert found(stack, device, client) == [first]
        assert found(stack, device, client, channel=client + "b") == [second]
        assert found(stack, device, client, channel=client + "c") == []


def test_a_changed_user_leaves_and_joins_at_once(stack, client, device, user, exp):
    for _ in range(6):
        put_user(stack, user, team="none")
        assert found(stack, device, client, user=user) == []
        put_user(stack, user, team=client.upper())
        assert found(stack, device, client, user=user) == [exp]


def test_users_in_bulk_leave_and_join_at_once(stack, client, device, exp):
    users = [new_id("u") for _ in range(50)]
    for i in (0, 1):
        people = [{"user_id": u, "team": client if n % 2 == i else "none"}
                  for n, u in enumerate(users)]
        assert stack.call("POST", "/v1/users", json=people).status_code == 200
        assert [found(stack, device, client, user=u) for u in users] == \
            [[exp] if n % 2 == i else [] for n in range(50)]


def test_a_profile_written_when_an_experiment_takes_effect_is_in_its_audience(
        stack, client, member):
    """Workers know definitions up to a second late; the audience may not."""
    devices, users = [new_id("d") for _ in range(8)], [new_id("u") for _ in range(8)]
    register(stack, new_id("d"), channel=client)
    for who in devices:
        register(stack, who)
    of_team = submit(stack, client, criteria=of_users(team=[client]))
    of_channel = submit(stack, client, criteria=of_devices("channel", client))
    for exp in (of_team, of_channel):
        wait_until(lambda: stack.sql("select status from experiment where id = %s", exp) ==
                   [("ACTIVE",)], 20, "the mapping")
    for who in users:
        put_user(stack, who, team=client)
    first = [found(stack, who, client, channel=client) for who in devices]
    assert first == [[of_channel]] * 8
    assert [found(stack, new_id("d"), client, user=who) for who in users] == [[of_team]] * 8


def test_changed_criteria_decide_on_what_is_written_after_the_answer(stack, client, exp, user):
    put_user(stack, user, team=client + "2")
    admin(stack, "PATCH", exp, {"criteria": of_users(team=[client + "2"])})
    late = [new_id("u") for _ in range(8)]
    for who in late:
        put_user(stack, who, team=client + "2")
    wait_until(lambda: found(stack, new_id("d"), client, user=user) == [exp], 20, "the audience")
    assert [found(stack, new_id("d"), client, user=who) for who in late] == [[exp]] * 8


@contextlib.contextmanager
def held(stack, statement, *params):
    """Keeps the locks of a statement until the block ends."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"]
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("set search_path = assay")
            cursor.execute(statement, params)
        yield
        connection.commit()
    finally:
        connection.close()


def await_waiting(stack, count):
    """Until so many statements wait for a lock."""
    wait_until(lambda: stack.sql("select count(*) from pg_stat_activity"
                                 " where wait_event_type = 'Lock'", role="postgres")[0][0] >= count,
               10, "a statement that waits")


def audience(stack, exp):
    return {s for s, in stack.sql("select a.subject_id from audience a join experiment e"
                                  " on a.experiment = e.nr and a.version = e.audience_version"
                                  " where e.id = %s", exp)}


@contextlib.contextmanager
def half_mapped(stack, exp):
    """While an audience is complete but not yet in effect; afterwards it is."""
    before = audience_version(stack, exp)
    with held(stack, "select 1 from experiment where id = %s for update", exp):
        stack.sql("update audience_job set due_at = now() where nr = (select nr from experiment"
                  " where id = %s)", exp)
        stack.sql("notify assay_job")
        await_waiting(stack, 1)
        yield
    wait_until(lambda: audience_version(stack, exp) != before, 20, "the new audience")


@pytest.mark.parametrize("others", [True, False], ids=["others", "nobody"])
def test_a_profile_written_during_a_mapping_counts_as_it_is_afterwards(
        stack, client, user, member, exp, others):
    """Also when the mapping itself found nobody."""
    leaver = new_id("u")
    put_user(stack, leaver, team=client)
    if not others:
        for who in (leaver, member):
            put_user(stack, who, team="none")
    with half_mapped(stack, exp):
        put_user(stack, user, team=client)
        put_user(stack, leaver, team="none")
    wanted = {"u:" + user} | ({"u:" + member} if others else set())
    wait_until(lambda: audience(stack, exp) == wanted, 5, f"the audience {wanted}")
    assert found(stack, new_id("d"), client, user=user) == [exp]
    assert found(stack, new_id("d"), client, user=leaver) == []


def test_a_user_erased_during_a_mapping_is_in_no_audience(stack, client, user, exp):
    put_user(stack, user, team=client)
    with half_mapped(stack, exp):
        assert stack.call("DELETE", f"/v1/user/{user}").json()["deleted"]["profile"] == 1
    wait_until(lambda: stack.sql("select 1 from audience where subject_id = %s", "u:" + user) == [],
               5, "the end of the rows of the erased user")
    assert found(stack, new_id("d"), client, user=user) == []


def test_a_write_under_way_while_an_audience_comes_into_effect_counts(stack, client, user, exp):
    before = audience_version(stack, exp)
    put_user(stack, user, team="none")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        with held(stack, "select 1 from profile where subject_id = %s for update", "u:" + user):
            done = pool.submit(put_user, stack, user, team=client)
            await_waiting(stack, 1)
            stack.sql("update audience_job set due_at = now() where nr = (select nr from experiment"
                      " where id = %s)", exp)
            stack.sql("notify assay_job")
            wait_until(lambda: audience_version(stack, exp) != before, 5, "the new audience")
        done.result(10)
    wait_until(lambda: "u:" + user in audience(stack, exp), 5, "the user's row")
    assert found(stack, new_id("d"), client, user=user) == [exp]


@pytest.mark.parametrize("teams", [("{}", "none"), ("none", "{}")], ids=["in-out", "out-in"])
def test_of_two_writes_at_once_profile_and_audience_keep_the_same(
        stack, client, user, exp, teams):
    put_user(stack, user, team="before")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        with held(stack, "select 1 from profile where subject_id = %s for update", "u:" + user):
            done = []
            for n, team in enumerate(teams, 1):
                done.append(pool.submit(put_user, stack, user, team=team.format(client)))
                await_waiting(stack, n)
        for call in done:
            call.result(10)
    kept = stack.sql("select attributes ->> 'team' from profile where subject_id = %s", "u:" + user)
    assert found(stack, new_id("d"), client, user=user) == ([exp] if kept == [(client,)] else [])


def device_criteria(r, i, client):
    """Every operator in turn, over what devices of this client say of themselves."""
    chosen = plain(device_filter(r, OPERATORS[i % len(OPERATORS)]))
    chosen["name"] = "dspec." + chosen["name"]
    return {"type": "device", "filters": [
        chosen, {"name": "channel", "operator": "EQ", "value": client}]}


def rows_by_rules(criteria, devices):
    return {"d:" + name for name, kept in devices.items() if holds(criteria, kept)}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_mapping_a_registration_and_a_plain_evaluator_agree_on_devices(stack, client, seed):
    """First the database decides, then, as every device changes, the program; look-ups follow."""
    r = random.Random(seed)
    said = {new_id("d"): plain(random_profile(r)) for _ in range(80)}
    for name, dspec in said.items():
        register(stack, name, channel=client, dspec=dspec)
    devices = {name: profile(stack, name) for name in said}
    chosen = [device_criteria(r, i, client) for i in range(88)]
    made = {define(stack, client, criteria=c): c for c in chosen if rows_by_rules(c, devices)}
    assert len(made) > 20, "most criteria select nobody: this tested little"
    for exp, c in made.items():
        assert audience(stack, exp) == rows_by_rules(c, devices), c
    a_second_later()
    names = list(said)
    for name, other in zip(names, names[1:] + names[:1]):
        ids = found(stack, name, client, channel=client, dspec=said[other])
        devices[name] = profile(stack, name)
        assert ids == [exp for exp, c in reversed(made.items()) if holds(c, devices[name])]
    for exp, c in made.items():
        assert audience(stack, exp) == rows_by_rules(c, devices), c


def test_a_mapping_that_waits_for_a_writer_holds_up_no_other(stack, client, user, exp):
    before = audience_version(stack, exp)
    with held(stack, "select audience_write_lock()"):
        stack.sql("update audience_job set due_at = now() where nr = (select nr from experiment"
                  " where id = %s)", exp)
        stack.sql("notify assay_job")
        wait_until(lambda: stack.sql("select 1 from pg_stat_activity where state = 'active'"
                                     " and query like '%%audience_wait_writers()%%'"
                                     " and pid <> pg_backend_pid()", role="postgres"),
                   10, "the mapping that waits")
        put_user(stack, user, team=client)
        assert audience_version(stack, exp) == before, "it did not wait"
    wait_until(lambda: audience_version(stack, exp) != before, 20, "the new audience")
    assert found(stack, new_id("d"), client, user=user) == [exp]
