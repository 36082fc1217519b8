# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes by people and by the audience job to one definition: neither undoes the other, even if a
process is killed in between."""

import concurrent.futures
import contextlib
import signal

import psycopg2
import pytest

from lookups import (a_second_later, admin, audience_version, await_status, day, define, found,
                     new_id, of_users, put_user, submit)
from mapping import (MAPPED, get, holding, inserting, members, put_users, stack, team,
                     versions)
from stack import wait_until
from test_definition_changes import call, etag, patch
from test_live_audience import await_waiting, half_mapped, held

JOB = "audience_job where nr = (select nr from experiment where id = %s)"

# The job's claim waits where a lock is held, with what it has seen until then.
SLOW_CLAIM = """
create function assay.wait_at_claim() returns trigger language plpgsql as $$
begin
    while current_query() like '%pg_try_advisory_lock%' and exists (
        select from pg_locks where locktype = 'advisory' and objid = 4703)
    loop
        perform pg_sleep(0.02);
    end loop;
    return null;
end $$;
create trigger wait_at_claim before update on audience_job for each statement
    execute function assay.wait_at_claim();
"""


def due(stack, exp):
    stack.sql("with j as (update audience_job set due_at = now() - interval '1 hour' where nr ="
              " (select nr from experiment where id = %s)) select pg_notify('assay_job', '')", exp)


def over(stack, exp):
    """Its last day has passed."""
    stack.sql("update experiment set start_date = %s, end_date = %s, data = data ||"
              " jsonb_build_object('startDate', %s::text, 'endDate', %s::text) where id = %s",
              *[day(-3), day(-1)] * 2, exp)
    await_status(stack, exp, "INACTIVE")


def remapped(stack, exp):
    """The job refreshes it by itself."""
    before = audience_version(stack, exp)
    due(stack, exp)
    wait_until(lambda: audience_version(stack, exp) != before and
               stack.sql(f"select due_at > now() from {JOB}", exp) == [(True,)], 20, "the refresh")


def read(stack, exp, tag):
    """A GET by somebody who has a version of it."""
    return stack.call("GET", f"/v1/experiment/{exp}", key="admin",
                      headers={"If-None-Match": tag, "Accept-Encoding": "identity"})


@pytest.fixture
def exp(stack, client):
    """An experiment in effect of one user."""
    put_users(stack, [f"{client}-0"], team=client)
    return define(stack, client, criteria=of_users(team=client))


def test_a_refresh_by_the_job_leaves_a_version_that_was_read_valid(stack, client, exp):
    before, tag = get(stack, exp), etag(stack, exp)
    put_users(stack, [f"{client}-1"], team=client)
    remapped(stack, exp)
    after = get(stack, exp)
    assert after["stats"] == {"usersMatched": 2, "devicesMatched": 0}
    assert {**after, "stats": before["stats"]} == before, "the job is no author"
    assert call(stack, "PATCH", exp, {"name": "changed"}, tag).status_code == 200
    assert call(stack, "PATCH", exp, {"name": "again"}, tag).status_code == 412
    assert get(stack, exp)["expName"] == "changed"


def test_a_conditional_read_returns_only_new_stats(stack, client, exp):
    tag = etag(stack, exp)
    for form in (tag, "W/" + tag, tag[:-1] + '-gzip"', f'"x", {tag}', "*", tag.strip('"')):
        answer = read(stack, exp, form)
        assert (answer.status_code, answer.content) == (304, b""), form
        assert answer.headers["ETag"] == tag
    for form in ('"1.1"', tag[:-2] + '"', "x"):
        assert read(stack, exp, form).status_code == 200, form
    put_users(stack, [f"{client}-1"], team=client)
    remapped(stack, exp)
    answer = read(stack, exp, tag)
    assert answer.status_code == 200
    assert answer.json()["result"]["stats"]["usersMatched"] == 2
    assert read(stack, exp, answer.headers["ETag"]).status_code == 304
    assert patch(stack, exp, name="changed")
    assert read(stack, exp, answer.headers["ETag"]).status_code == 200


def test_the_first_mapping_and_the_end_leave_a_version_that_was_read_valid(stack, client, team):
    with holding(stack):
        exp = submit(stack, client, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the mapping")
        first = etag(stack, exp)
    await_status(stack, exp)
    assert etag(stack, exp) != first
    assert call(stack, "PATCH", exp, {"name": "changed"}, first).status_code == 200
    second = etag(stack, exp)
    over(stack, exp)
    assert read(stack, exp, second).status_code == 200
    assert call(stack, "PATCH", exp, {"name": "again"}, second).status_code == 200


def test_criteria_that_were_null_for_a_while_do_not_bring_the_old_audience_back(stack, client,
                                                                              team):
    member, outsider, late = min(team), new_id("u"), f"held-{client}-late"
    exp = define(stack, client, criteria=of_users(team=client))
    put_user(stack, outsider, team="none")
    looked = lambda user: found(stack, "device", client, user=user)
    patch(stack, exp, criteria=None)
    wait_until(lambda: versions(stack, exp) == set(), 20, "the end of the rows")
    assert get(stack, exp)["stats"] == {"usersMatched": 0, "devicesMatched": 0}
    put_users(stack, [member], team="none")
    put_users(stack, [late], team=client)
    with holding(stack):
        patch(stack, exp, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the mapping")
        a_second_later()
        assert [looked(u) for u in (member, outsider, late)] == [[exp]] * 3, "as it was until then"
    wait_until(lambda: members(stack, exp) == team - {member} | {late}, 20, "the new audience")
    a_second_later()
    assert [looked(u) for u in (member, outsider, late)] == [[], [], [exp]]


@pytest.mark.parametrize("null", [True, False], ids=["over null", "at once"])
def test_a_mapping_of_outdated_criteria_has_no_effect(stack, client, team,
                                                                         null):
    exp = define(stack, client, criteria=of_users(team=client))
    done = lambda: stack.log("jobs").count(f"{exp}: ")
    wait_until(lambda: done() == 1, 20, "the first mapping")
    with holding(stack):
        due(stack, exp)
        wait_until(lambda: inserting(stack), 20, "the mapping")
        if null:
            patch(stack, exp, criteria=None)
        patch(stack, exp, criteria=of_users(team=client + "x"))
    wait_until(lambda: members(stack, exp) == {f"{i}-x" for i in team}, 20, "the new audience")
    wait_until(lambda: stack.sql(f"select due_at > now() from {JOB}", exp) == [(True,)], 20,
               "the end of the mapping")
    wait_until(lambda: done() > 1, 20, "the line")
    assert done() == 2


def test_rows_of_a_stopped_mapping_are_deleted(stack, client, team):
    with holding(stack):
        exp = submit(stack, client, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the mapping")
        admin(stack, "POST", exp + "/stop", {})
    wait_until(lambda: not inserting(stack), 20, "the end of the mapping")
    wait_until(lambda: versions(stack, exp) == set(), 20, "the end of the rows")
    stack.sql("insert into audience select 'u:' || %s, nr, 7 from experiment where id = %s",
              client, exp)
    wait_until(lambda: versions(stack, exp) == set(), 20, "the end of rows left over from before")


@pytest.mark.parametrize("resume", ["resume", "a later end"])
def test_a_revived_experiment_includes_profiles_changed_meanwhile(stack, client, exp, resume):
    if resume == "resume":
        admin(stack, "POST", exp + "/stop", {})
    else:
        over(stack, exp)
    put_users(stack, [f"{client}-0"], team="none")
    put_users(stack, [f"{client}-1"], team=client)
    if resume == "resume":
        admin(stack, "POST", exp + "/resume", {})
    else:
        assert patch(stack, exp, data={"endDate": None})["result"]["status"] == "ACTIVE"
    wait_until(lambda: members(stack, exp) == {f"{client}-1"}, 20, "the audience of now")


def test_criteria_that_replace_null_while_it_is_over_are_mapped_before_it_is_in_effect(stack,
                                                                                     client, team):
    exp = define(stack, client, criteria=None)
    over(stack, exp)
    patch(stack, exp, criteria=of_users(team=client))
    with holding(stack):
        patch(stack, exp, data={"endDate": None})
        wait_until(lambda: inserting(stack), 20, "the mapping")
        a_second_later()
        assert found(stack, "device", client, user=new_id("u")) == []
    await_status(stack, exp)
    assert found(stack, "device", client, user=min(team)) == [exp]


def test_another_process_catches_up_for_a_killed_one(stack, client, exp):
    """The audience is in effect then, and somebody who was just being written is not in it."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"]
    with contextlib.closing(psycopg2.connect(url)) as writer:
        before = audience_version(stack, exp)
        with half_mapped(stack, exp):
            cursor = writer.cursor()
            cursor.execute("set search_path = assay; select audience_write_lock()")
            cursor.execute("insert into profile select 'u:' || %s, attributes, terms, now()"
                           " from profile where subject_id = %s",
                           (f"{client}-late", f"u:{client}-0"))
        assert audience_version(stack, exp) != before
        stack.end("jobs", signal.SIGKILL)
        writer.commit()
    assert members(stack, exp) == {f"{client}-0"}, "it had caught up"
    stack.again("jobs")
    wait_until(lambda: members(stack, exp) == {f"{client}-0", f"{client}-late"}, 20, "the rest")


@pytest.mark.parametrize("how", ["leaves", "is erased"])
def test_a_profile_that_leaves_during_catch_up_is_not_in_the_audience(stack, client, exp, how):
    user = f"held-{client}"
    with concurrent.futures.ThreadPoolExecutor() as pool, holding(stack) as release:
        with half_mapped(stack, exp):
            stack.sql("insert into profile select 'u:' || %s, attributes, terms, now()"
                      " from profile where subject_id = %s", user, f"u:{client}-0")
        wait_until(lambda: inserting(stack), 20, "the one who joins")
        if how == "leaves":
            done = pool.submit(put_user, stack, user, team="none")
        else:
            done = pool.submit(stack.call, "DELETE", f"/v1/user/{user}")
        wait_until(lambda: done.done() or stack.sql(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock'", role="postgres"),
                   10, "the end, or waiting")
        release()
        done.result(10)
    wait_until(lambda: stack.sql(f"select due_at > now() from {JOB}", exp) == [(True,)], 20,
               "the end of the mapping")
    assert members(stack, exp) == {f"{client}-0"}
    assert found(stack, "device", client, user=user) == []


def test_criteria_changed_just_as_the_job_takes_it_up_are_mapped(stack, client, team, exp):
    """The claim waits with what it saw before the change, and takes the row as it is after it."""
    stack.sql(SLOW_CLAIM)
    url = stack.env["ASSAY_OWNER_DATABASE_URL"]
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool, \
                contextlib.closing(psycopg2.connect(url)) as claims:
            with held(stack, "select from experiment where id = %s for update", exp):
                changed = pool.submit(patch, stack, exp, criteria=of_users(team=client + "x"))
                await_waiting(stack, 1)
                claims.cursor().execute("select pg_advisory_lock(4703)")
                due(stack, exp)
                wait_until(lambda: stack.sql(
                    "select 1 from pg_stat_activity where wait_event = 'PgSleep' and query like"
                    " '%%pg_try_advisory_lock%%' and pid <> pg_backend_pid()", role="postgres"),
                           10, "the claim")
            changed.result(10)
        wait_until(lambda: members(stack, exp) == {f"{i}-x" for i in team}, 20, "the new audience")
    finally:
        stack.sql("drop trigger wait_at_claim on audience_job; drop function wait_at_claim")


def test_a_changed_modulus_is_mapped_again(stack, client, exp):
    before = audience_version(stack, exp)
    patch(stack, exp, data={"key": "another"})
    patch(stack, exp, name="no reason")
    assert stack.sql(f"select due_at > now() from {JOB}", exp) == [(True,)]
    assert audience_version(stack, exp) == before
    patch(stack, exp, data={"modulus": 7})
    wait_until(lambda: audience_version(stack, exp) > before, 20, "the mapping")
    assert (get(stack, exp)["status"], get(stack, exp)["status_msg"]) == ("ACTIVE", MAPPED)


def test_criteria_that_replace_a_rule_are_for_nobody_until_they_are_mapped(stack, client, team):
    rule = {"attribute": {"path": "team", "eq": client}}
    exp = define(stack, client, criteria={"type": "rule", "filters": rule})
    with holding(stack):
        patch(stack, exp, criteria=of_users(team=client))
        wait_until(lambda: inserting(stack), 20, "the mapping")
        a_second_later()
        answer = stack.call("POST", f"/v1/experiment/{exp}/enroll",
                            json={"user_id": sorted(team)[0]}).json()
        assert (answer["reason"], answer["enrolled"]) == ("NOT_IN_AUDIENCE", False)
    wait_until(lambda: members(stack, exp) == team, 20, "the new audience")
