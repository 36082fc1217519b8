# SPDX-License-Identifier: GPL-3.0-or-later
"""Mappings that take long: several processes share the work, one may die in the middle of it, and
people go on changing what is being mapped."""

import pathlib
import signal

import pytest

from lookups import admin, await_status, define, of_users, status, submit
from mapping import (get, holding, inserting, members, put_users, stack, team, versions,
                     workers)
from stack import gone, wait_until
from test_definition_changes import patch


@pytest.fixture
def second(stack):
    """A second jobs process, like the first."""
    proc = pathlib.Path(f"/proc/{stack.pid('jobs')}")
    stack.ended["second"] = [(proc / name).read_bytes().split(b"\0")[:-1]
                             for name in ("cmdline", "environ")]
    pid = stack.again("second")
    wait_until(lambda: "partitions" in stack.log("second"), 20, "the second one")
    yield pid
    if not gone(pid):
        stack.end("second")


def test_two_processes_share_the_work(stack, client, team, second):
    with holding(stack):
        exps = [submit(stack, client, criteria=of_users(team=client)) for _ in range(3)]
        wait_until(lambda: len(workers(stack, *exps)) == 2, 20, "two at work")
        assert workers(stack, *exps) == {f"pid {stack.pid('jobs')}", f"pid {second}"}
        assert sorted(status(stack, e) for e in exps) == ["PROCESSING", "PROCESSING", "SUBMITTED"]
    for exp in exps:
        await_status(stack, exp)
        assert members(stack, exp) == team
    assert workers(stack, *exps) == set()


def test_one_long_mapping_does_not_keep_the_other_process_from_the_rest(stack, client, team,
                                                                      second):
    with holding(stack):
        long = submit(stack, client, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the long mapping")
        for _ in range(5):
            define(stack, client, criteria=None)
        assert status(stack, long) == "PROCESSING"
    await_status(stack, long)


def killed(stack):
    """Kills the jobs process in the middle of a mapping, which is held, and starts another. The
    server goes on with what the first one asked, until it notices, within a second, that nobody
    listens."""
    pids = wait_until(lambda: inserting(stack), 20, "a mapping")
    stack.end("jobs", signal.SIGKILL)
    return pids, stack.again("jobs")


def test_another_process_finishes_what_a_killed_one_began(stack, client, team):
    with holding(stack):
        exp = submit(stack, client, criteria=of_users(team=client))
        pids, again = killed(stack)
        assert status(stack, exp) == "PROCESSING"
        wait_until(lambda: workers(stack, exp) == {f"pid {again}"}, 20, "the other one")
        wait_until(lambda: set(inserting(stack)).isdisjoint(pids), 20, "the end of the first")
    await_status(stack, exp)
    assert members(stack, exp) == team
    assert get(stack, exp)["stats"] == {"usersMatched": len(team), "devicesMatched": 0}
    wait_until(lambda: len(versions(stack, exp)) == 1, 20, "the reaping")
    assert workers(stack, exp) == set()


def test_a_killed_refresh_leaves_the_old_audience_in_effect(stack, client, team):
    exp = define(stack, client, criteria=of_users(team=client))
    more = {f"held-{client}-more"}
    with holding(stack):
        stack.sql("insert into profile select 'u:' || %s, attributes, terms, now() from profile"
                  " where subject_id = %s", *more, "u:" + min(team))
        admin(stack, "POST", exp + "/refresh", {})
        killed(stack)
        assert (status(stack, exp), members(stack, exp)) == ("ACTIVE", team)
    wait_until(lambda: members(stack, exp) == team | more, 20, "the new audience")
    wait_until(lambda: len(versions(stack, exp)) == 1, 20, "the reaping")


def test_a_stop_during_a_mapping_stays(stack, client, team):
    with holding(stack):
        exp = submit(stack, client, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the mapping")
        assert admin(stack, "POST", exp + "/stop", {})["status"] == "STOPPED"
    wait_until(lambda: not workers(stack, exp), 20, "the end of the mapping")
    assert (status(stack, exp), members(stack, exp)) == ("STOPPED", set())
    admin(stack, "POST", exp + "/resume", {})
    await_status(stack, exp)
    assert members(stack, exp) == team
    wait_until(lambda: len(versions(stack, exp)) == 1, 20, "the reaping")


def test_a_delete_during_a_mapping_is_made_at_once(stack, client, team):
    with holding(stack):
        exp = submit(stack, client, criteria=of_users(team=client))
        nr = stack.sql("select nr from experiment where id = %s", exp)[0][0]
        wait_until(lambda: inserting(stack), 20, "the mapping")
        admin(stack, "DELETE", exp)
        assert get(stack, exp) is None
    wait_until(lambda: not inserting(stack), 20, "the end of the mapping")
    wait_until(lambda: stack.sql("select count(*) from audience where experiment = %s", nr) ==
               [(0,)], 20, "the reaping")
    assert stack.sql("select count(*) from audience_job where nr = %s", nr) == [(0,)]


@pytest.mark.parametrize("first", [True, False], ids=["first", "refresh"])
def test_criteria_changed_during_a_mapping_count_in_the_end(stack, client, team, first):
    exp = None if first else define(stack, client, criteria=of_users(team=client))
    with holding(stack):
        if first:
            exp = submit(stack, client, criteria=of_users(team=client))
        else:
            admin(stack, "POST", exp + "/refresh", {})
        wait_until(lambda: inserting(stack), 20, "the mapping")
        patch(stack, exp, criteria=of_users(team=client + "x"))
    wait_until(lambda: members(stack, exp) == {f"{i}-x" for i in team}, 20, "the new audience")
    await_status(stack, exp)


def test_a_refresh_asked_for_during_a_mapping_is_made(stack, client, team):
    exp = define(stack, client, criteria=of_users(team=client))
    refresh = lambda: admin(stack, "POST", exp + "/refresh", {})
    with holding(stack):
        refresh()
        wait_until(lambda: inserting(stack), 20, "the mapping")
        put_users(stack, [f"{client}-late"], team=client)
        refresh()
    wait_until(lambda: members(stack, exp) == team | {f"{client}-late"}, 20, "the second")
