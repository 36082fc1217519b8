# SPDX-License-Identifier: GPL-3.0-or-later
"""Two changes of definitions never wait for each other: both lock experiments in one order, and
before the generation of the definitions. Another transaction holds what both need until both wait,
so each case meets the race for certain."""

import contextlib
import threading
import time

import psycopg2

from lookups import define, new_id
from segmentations import make
from stack import wait_until

# A statement gives up after half a second of waiting for a lock and is tried again, so two that
# wait for each other are undone, but leave a word in the log of the database.
GIVES_UP = 0.5


def race(stack, exp, first, second):
    """Sends both requests while a transaction holds the row of the experiment: their statuses,
    whether both still waited for the first time when it let go, and whether any of them gave up
    afterwards."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", "postgres@")
    answers, threads = [None, None], []
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("select from assay.experiment where id = %s for update", (exp,))

        def waiting():
            cursor.execute("select count(distinct pid) from pg_locks join pg_stat_activity using"
                           " (pid) where not granted and usename = 'assay_app'")
            return cursor.fetchone()[0]

        def send(i, request):
            answers[i] = request().status_code
        began = time.monotonic()
        for i, request in enumerate((first, second)):
            threads.append(threading.Thread(target=send, args=(i, request)))
            threads[i].start()
            wait_until(lambda i=i: waiting() > i, 20, "a request that waits")
        logged = len(stack.log("postgres"))
        connection.commit()
        staged = time.monotonic() - began < GIVES_UP
    for thread in threads:
        thread.join(60)
    return answers, staged, "canceling statement due to lock timeout" in \
        stack.log("postgres")[logged:]


def statuses(stack, make_case):
    """The statuses of the two requests of a case of which neither gave up. A busy machine may be
    too slow for a try, so there are many."""
    gave_up = 0
    while gave_up < 5:
        answers, staged, late = race(stack, *make_case())
        if staged and not late:
            return answers
        gave_up += staged
    raise AssertionError("the requests waited for each other")


def patch(stack, path, changes):
    return lambda: stack.call("PATCH", path, key="admin", json=changes)


def test_a_rename_of_alternatives_and_one_of_groups_do_not_deadlock(stack):
    def case():
        seg = make(stack, "manual", ["one"])
        filters = {f"group:{seg}": "one"}
        first = define(stack, new_id("c"), alternatives=[{"name": "control"}, {"name": "b"}],
                       criteria={"type": "user", "filters": filters})
        other = define(stack, new_id("c"), criteria={"type": "user", "filters": {
            **filters, f"group:{first}": "b"}})
        renamed = [{"name": "control"}, {"name": "b", "rename": "c"}]
        groups = stack.call("GET", f"/v1/segmentation/{seg}").json()["groups"]
        return (other,
                patch(stack, f"/v1/experiment/{first}", {"request": {"alternatives": renamed}}),
                patch(stack, f"/v1/segmentation/{seg}", {"groups": [dict(groups[0], name="uno")]}))
    assert statuses(stack, case) == [200, 200]


def test_a_deletion_and_a_change_of_an_experiment_do_not_deadlock(stack):
    def case():
        exp = define(stack, new_id("c"))
        return (exp, patch(stack, f"/v1/experiment/{exp}", {"request": {"description": "again"}}),
                lambda: stack.call("DELETE", f"/v1/experiment/{exp}", key="admin"))
    # Whichever comes first.
    assert statuses(stack, case) in ([200, 200], [404, 200])
