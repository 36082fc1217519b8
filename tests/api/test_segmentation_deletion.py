# SPDX-License-Identifier: GPL-3.0-or-later
"""Members go with their segmentation, also those that somebody adds at the same moment: no foreign
key sees to that, so that the rows of subjects can be spread over machines."""

import concurrent.futures
import contextlib

import psycopg2
import pytest

from lookups import new_id, put_user
from segmentations import change, make, place
from stack import wait_until
from uploads import upload

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

ASSIGN = "select membership_assign('u:' || %s, %s, 1, null, 'manual', 'a', now())"
BATCH = ("select count(*) from membership_batch(%s, '{1}', array['u:' || %s], '{null}', '{zero}',"
         " '{null}', 'a', now())")


@contextlib.contextmanager
def transaction(stack):
    """A connection as the role that serves; committed at the end."""
    connection = psycopg2.connect(stack.env["ASSAY_DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("set search_path = assay, pg_temp")
        yield cursor
    connection.commit()
    connection.close()


def number(stack, seg):
    return stack.sql("select nr from segmentation where id = %s", seg)[0][0]


def members_of(stack, nr):
    return stack.sql("select count(*) from membership where segmentation = %s", nr)[0][0]


def waits(stack, words):
    return stack.sql("select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like"
                     " %s and usename = 'assay_app'", f"%{words}%", role="postgres")


def delete(stack, seg):
    return stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin")


def assigned(cursor, nr, user):
    cursor.execute(ASSIGN, (user, nr))


def in_a_batch(cursor, nr, user):
    cursor.execute(BATCH, (nr, user))


def arrived(cursor, nr, user):
    cursor.execute("insert into preassigned values (%s, %s, 0, 1, false, 'a', now())", (user, nr))
    cursor.execute("commit; begin")
    cursor.execute("select preassigned_apply(array['u:' || %s], array[%s], now())", (user, user))


@pytest.mark.parametrize("add", [assigned, in_a_batch, arrived])
def test_a_member_who_is_being_added_goes_with_the_segmentation(stack, user, add):
    seg = make(stack, "manual")
    place(stack, seg, new_id("user"), "one")
    nr = number(stack, seg)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        with transaction(stack) as cursor:
            add(cursor, nr, user)
            deletion = pool.submit(delete, stack, seg)
            wait_until(lambda: waits(stack, "segmentation_delete"), 10, "a deletion that waits")
        assert deletion.result().status_code in (200, 204), deletion.result().text
    assert members_of(stack, nr) == 0


def test_nobody_is_added_to_a_segmentation_that_is_being_deleted(stack, user):
    seg = make(stack, "manual")
    nr = number(stack, seg)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        with transaction(stack) as cursor:
            cursor.execute("select gone from segmentation_delete(%s, null, (select definitions from"
                           " cache_epoch))", (seg,))
            assert cursor.fetchone() == (True,)
            adding = pool.submit(stack.call, "PUT", f"/v1/segmentation/{seg}/member/{user}",
                                 json={"group": "zero"})
            wait_until(lambda: waits(stack, "membership_assign") or adding.done(), 10,
                       "a request that waits")
        assert adding.result().status_code in (404, 503), adding.result().text
    assert members_of(stack, nr) == 0


def test_overlap_does_not_change_while_there_are_members(stack, user):
    seg = make(stack, "manual")
    change(stack, seg, overlap=True)
    change(stack, seg, overlap=False)
    place(stack, seg, user, "one")
    answer = stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin", json={"overlap": True})
    assert answer.status_code == 422, answer.text
    assert stack.sql("select overlap from segmentation where id = %s", seg) == [(False,)]
    change(stack, seg, name="another name")
    assert stack.call("DELETE", f"/v1/segmentation/{seg}/member/{user}").status_code in (200, 204)
    change(stack, seg, overlap=True)


def test_members_by_address_and_the_folding_of_results_do_not_wait_for_each_other(stack, user):
    """Members by address and results shared one class of advisory locks once."""
    seg = make(stack, "manual")
    upload(stack, seg, f"email,group\n{user}@example.org,one\n")
    with transaction(stack) as folding, transaction(stack) as cursor:
        folding.execute("select pg_advisory_xact_lock(lock_class('result_fold'), 1)")
        cursor.execute("select pg_try_advisory_xact_lock(lock_class('preassigned'), 1)")
        assert cursor.fetchone() == (True,)
        cursor.execute("rollback")
        put_user(stack, user, email=f"{user}@example.org")
    assert stack.sql("select 1 from membership where subject_id = %s", "u:" + user)
