# SPDX-License-Identifier: GPL-3.0-or-later
"""The audience job: its messages and counters, failures that stop nothing else, and that look-ups
always have an audience."""

import contextlib
import threading
import time

import pytest

from lookups import (admin, await_status, day, define, found, new_id, of_devices, of_users,
                     register, status, submit)
from mapping import (MAPPED, get, holding, inserting, members, put_users, refreshed, stack,
                     team, versions)
from stack import wait_until


def test_without_experiments_a_registration_lists_nothing(stack):
    assert stack.at_first == {"experiments": [], "next": None}


def test_users_are_mapped_by_fields_in_nested_lists(stack, client):
    orgs = ["sunbird", "SunBird", "x", "sunbirds", "SUNBIRD", "sunbird"]
    ids = [f"{client}-{i}" for i in range(len(orgs))]
    for i, org in zip(ids, orgs):
        put_users(stack, [i], team=client, organisations=[{"orgName": "a"}, {"orgName": org}])
    exp = define(stack, client, criteria=of_users(**{
        "organisations.orgName": ["sunbird"], "team": client}))
    assert members(stack, exp) == {ids[0], ids[1], ids[4], ids[5]}
    result = get(stack, exp)
    assert (result["status_msg"], result["stats"]) == (
        MAPPED, {"usersMatched": 4, "devicesMatched": 0})
    assert result["updatedBy"] == "ExperimentDataProduct"


def test_devices_are_counted_as_devices(stack, client):
    devices = {new_id("d") for _ in range(3)}
    for device in devices:
        register(stack, device, channel=client)
    exp = define(stack, client, criteria=of_devices("channel", client))
    assert members(stack, exp) == devices
    assert get(stack, exp)["stats"] == {"usersMatched": 0, "devicesMatched": 3}


@pytest.mark.parametrize("criteria,message", [
    (of_users(nobody=True), "Users Not Found matching the Criteria"),
    (of_devices("nobody", True), "Devices Not Found matching the Criteria")])
def test_an_experiment_that_matches_nobody_fails(stack, client, criteria, message):
    exp = submit(stack, client, criteria=criteria)
    await_status(stack, exp, "FAILED")
    result = get(stack, exp)
    assert (result["status_msg"], result["stats"]) == (
        message, {"usersMatched": 0, "devicesMatched": 0})


def test_an_experiment_for_everybody_needs_no_audience(stack, client):
    exp = define(stack, client, criteria=None)
    assert (get(stack, exp)["status_msg"], versions(stack, exp)) == (MAPPED, set())


def test_a_refresh_that_finds_nobody_any_more_keeps_it_active(stack, client):
    who = new_id("u")
    put_users(stack, [who], team=client)
    exp = define(stack, client, criteria=of_users(team=client))
    stack.sql("delete from profile where subject_id = %s", "u:" + who)
    refreshed(stack, exp)
    result = get(stack, exp)
    assert (result["status"], result["status_msg"], members(stack, exp)) == (
        "ACTIVE", "Users Not Found matching the Criteria", set())


@contextlib.contextmanager
def broken(stack, condition):
    """The database refuses rows of audiences that do not meet the condition."""
    stack.sql(f"alter table audience add constraint broken check ({condition}) not valid")
    try:
        yield
    finally:
        stack.sql("alter table audience drop constraint broken")


def submit_again(stack, *exps):
    """Has them mapped as new ones, in this order."""
    for i, exp in enumerate(exps):
        stack.sql("with e as (update experiment set status = 'SUBMITTED' where id = %s"
                  " returning nr) update audience_job as j set due_at = now() + %s * interval '1 s'"
                  " from e where j.nr = e.nr", exp, i - 60)
    stack.sql("notify assay_job")


def test_criteria_that_cannot_be_read_fail_alone(stack, client, team):
    bad, good = (define(stack, client, criteria=of_users(team=client)) for _ in range(2))
    stack.sql("update experiment set criteria = '{\"type\": \"user\", \"filters\": {\"a\": {}}}'"
              " where id = %s", bad)
    with holding(stack):
        submit_again(stack, bad, good)
        await_status(stack, bad, "FAILED")
    await_status(stack, good)
    assert get(stack, bad)["status_msg"] == "Experiment Failed : the criteria cannot be read"
    assert members(stack, good) == team


def test_a_statement_that_the_database_refuses_fails_alone(stack, client, team):
    bad, good = (define(stack, client, criteria=of_users(team=client)) for _ in range(2))
    nr = stack.sql("select nr from experiment where id = %s", bad)[0][0]
    with broken(stack, f"experiment <> {nr}"):
        submit_again(stack, bad, good)
        await_status(stack, bad, "FAILED")
        await_status(stack, good)
    assert get(stack, bad)["status_msg"] == "Experiment Failed : the database refused the statement"
    assert members(stack, good) == team


@contextlib.contextmanager
def no_room_for(stack, exp):
    """The database cannot store an audience of this one now, and is not away."""
    nr = stack.sql("select nr from experiment where id = %s", exp)[0][0]
    stack.sql("create function no_room() returns trigger language plpgsql as"
              " $$ begin raise sqlstate '53100'; end $$;"
              " create trigger no_room before insert on audience for each row"
              f" when (new.experiment = {nr}) execute function no_room()")
    try:
        yield
    finally:
        stack.sql("drop trigger no_room on audience; drop function no_room")


def test_a_mapping_that_fails_for_now_lets_others_go_first(stack, client, team):
    bad, good = (define(stack, client, criteria=of_users(team=client)) for _ in range(2))
    with no_room_for(stack, bad):
        submit_again(stack, bad, good)
        await_status(stack, good)
        assert status(stack, bad) == "PROCESSING"
    await_status(stack, bad)
    assert members(stack, bad) == members(stack, good) == team


def test_a_mapping_that_keeps_failing_waits_longer_each_time(stack, client, team):
    bad = define(stack, client, criteria=of_users(team=client))
    waits = {}

    def failed(times):
        stack.sql("notify assay_job")
        row, = stack.sql("select j.attempts, extract(epoch from j.due_at - j.failed_at)::float"
                         " from audience_job as j join experiment using (nr) where id = %s", bad)
        waits.setdefault(*row)
        return row[0] >= times
    with no_room_for(stack, bad):
        submit_again(stack, bad)
        wait_until(lambda: failed(3), 30, "three failures")
        other = define(stack, client, criteria=of_users(team=client))
        await_status(stack, other)
        assert status(stack, bad) == "PROCESSING"
    waits.pop(0, None)
    assert len(waits) >= 3 and waits == {n: 2 ** (n - 1) for n in waits}
    later = [line.rpartition("detail=")[2] for line in stack.log("jobs").splitlines()
             if "event=mapping_later" in line and bad in line]
    assert [f"{n} in a row" in line for n, line in enumerate(later, 1)] == [True] * len(later)
    assert len(later) >= 3
    await_status(stack, bad)
    assert members(stack, bad) == members(stack, other) == team
    wait_until(lambda: stack.sql("select attempts, failed_at from audience_job join experiment"
                                 " using (nr) where id = %s", bad) == [(0, None)], 20, "its end")


def test_a_refresh_that_fails_leaves_the_audience_as_it_was(stack, client, team):
    exp = define(stack, client, criteria=of_users(team=client))
    before = get(stack, exp)
    nr, version = stack.sql("select nr, audience_version from experiment where id = %s", exp)[0]
    with broken(stack, f"experiment <> {nr} or version <= {version}"):
        admin(stack, "POST", exp + "/refresh", {})
        wait_until(lambda: "Failed" in get(stack, exp)["status_msg"], 20, "the failure")
        assert members(stack, exp) == team
        assert (get(stack, exp)["status"], get(stack, exp)["stats"]) == ("ACTIVE", before["stats"])
        due = stack.sql("select due_at > now() from audience_job where nr = %s", nr)
        assert due == [(True,)], "it is tried again later"
    refreshed(stack, exp)
    assert (get(stack, exp)["status_msg"], members(stack, exp)) == (MAPPED, team)


@contextlib.contextmanager
def watching(look):
    """What look() gives, over and over while the block runs."""
    seen, stop = [], threading.Event()

    def run():
        while not stop.is_set():
            seen.append(look())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def test_a_refresh_has_no_moment_without_an_audience(stack, client, team):
    device = new_id("d")
    register(stack, device, channel=client)
    users = define(stack, client, criteria=of_users(team=client))
    devices = define(stack, client, criteria=of_devices("channel", client))
    wait_until(lambda: found(stack, device, client) == [devices], 20, "the first look-up")
    with watching(lambda: found(stack, device, client)) as looked, \
            watching(lambda: members(stack, users)) as seen:
        for _ in range(5):
            refreshed(stack, users)
            refreshed(stack, devices)
    assert len(looked) > 20 and [x for x in looked if x != [devices]] == []
    assert len(seen) > 20 and [x for x in seen if x != team] == []
    wait_until(lambda: len(versions(stack, users)) == 1, 20, "the reaping")


def test_active_experiments_are_mapped_again_periodically(stack, client, team):
    stack.end("jobs")
    stack.again("jobs", ASSAY_REFRESH_SECONDS=1)
    try:
        exp = define(stack, client, criteria=of_users(team=client))
        mapped = lambda: stack.sql("select computed_at from audience_job join experiment using (nr)"
                                   " where id = %s", exp)[0][0]
        for _ in range(2):
            before = mapped()
            wait_until(lambda: mapped() > before, 20, "the next mapping")
        assert members(stack, exp) == team
    finally:
        stack.end("jobs")
        stack.again("jobs", ASSAY_REFRESH_SECONDS=900)


def test_an_experiment_past_its_last_day_becomes_inactive(stack, client):
    exp, other = define(stack, client), define(stack, client)
    stack.sql("update experiment set start_date = %s, end_date = %s where id = %s",
              day(-3), day(-1), exp)
    stack.sql("update experiment set end_date = %s where id = %s", day(), other)
    await_status(stack, exp, "INACTIVE")
    assert get(stack, exp)["status_msg"] == "Experiment is over"
    assert status(stack, other) == "ACTIVE"


def test_a_definition_wakes_the_job(stack, client):
    """Without the notice each of these would wait for the next look, 5 seconds apart."""
    began = time.monotonic()
    for _ in range(6):
        define(stack, client, criteria=None)
    assert time.monotonic() - began < 15


def test_a_mapping_is_logged(stack, client, team):
    exp = define(stack, client, criteria=of_users(team=client))
    told = f"{exp}: {len(team)} subjects in "
    wait_until(lambda: any("event=mapped" in line and told in line
                           for line in stack.log("jobs").splitlines()), 20, "the line")


COUNTED = ["mappings_total", "mapping_failures_total", "mapping_seconds_total"]


def test_mappings_are_counted_for_all_workers_to_show_over_restarts_of_the_job(stack, client, team):
    """What workers show is what jobs did, which are other processes."""
    look = lambda: [stack.metric(name) for name in COUNTED]
    stack.end("jobs")  # with what it has begun
    before = look()
    stack.again("jobs")
    with holding(stack):
        exp = submit(stack, client, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the mapping")
        seen = time.monotonic()
        assert look() == before
        wait_until(lambda: time.monotonic() > seen + 0.5, 5, "a mapping of half a second")
    await_status(stack, exp)
    wait_until(lambda: look()[0] == before[0] + 1, 10, "the count")
    done = look()
    assert done[1] == before[1] and 0.5 <= done[2] - before[2] < 60
    stack.sql("update experiment set criteria = '{\"type\": \"user\", \"filters\": {\"a\": {}}}'"
              " where id = %s", exp)
    submit_again(stack, exp)
    await_status(stack, exp, "FAILED")
    wait_until(lambda: look()[1] == before[1] + 1, 10, "the failure")
    assert look()[0] == done[0]
    stack.end("jobs")
    stack.again("jobs")
    assert [look()[:2] for _ in range(8)] == [[done[0], before[1] + 1]] * 8
