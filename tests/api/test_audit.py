# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: a change and its row are committed together or not at all."""

import contextlib
import re
import threading
import time

import psycopg2

from lookups import new_id
from shapes import post, views


@contextlib.contextmanager
def no_audit(stack, action):
    """No row of this action can be added to the audit log."""
    stack.sql(f"alter table audit add constraint audit_test check (action <> '{action}') not valid")
    try:
        yield
    finally:
        stack.sql("alter table audit drop constraint audit_test")


def rows(stack, action):
    return stack.sql("select account, key_id, target, after from audit where action = %s "
                     "order by nr", action)


def views_of(stack, user):
    return stack.sql("select count(*) from page_view where subject_id = %s", "u:" + user)[0][0]


def test_an_erasure_by_a_server_key_is_in_the_audit_log_without_the_id(stack, user):
    post(stack, views(user, 3))
    answer = stack.call("DELETE", f"/v1/user/{user}")
    assert answer.json()["user_id"] == user and answer.json()["deleted"]["page_views"] == 3
    account, key, target, after = rows(stack, "DELETE /user/:id")[-1]
    assert (account, key) == (None, stack.key("server").split("_")[2])
    assert re.fullmatch("[0-9a-f]{16}", target)
    assert after == {"deleted": answer.json()["deleted"]}
    assert stack.sql("select count(*) from audit as a where position(%s in a::text) > 0",
                     user) == [(0,)]


def test_an_erasure_without_its_audit_row_does_not_happen(stack, user):
    post(stack, views(user, 3))
    with no_audit(stack, "DELETE /user/:id"):
        assert stack.call("DELETE", f"/v1/user/{user}").status_code >= 400
        assert views_of(stack, user) == 3
    answer = stack.call("DELETE", f"/v1/user/{user}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["deleted"]["page_views"] == 3


def test_a_repeated_erasure_gets_the_same_receipt_which_is_stored_without_the_id(stack, user):
    post(stack, views(user, 3))
    key = new_id("key")
    first, again = (stack.call("DELETE", f"/v1/user/{user}", headers={"Idempotency-Key": key})
                    for _ in range(2))
    assert first.json()["deleted"]["page_views"] == 3
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    (stored,), = stack.sql("select i::text from idempotency as i where key = %s", key)
    assert user not in stored


def test_an_erasure_that_met_a_lock_is_run_again_on_the_same_connection(stack, user):
    """Locks are waited for half a second, then the whole transaction begins anew; nothing is
    asked of the one that has failed."""
    stack.call("PUT", f"/v1/user/{user}/profile", json={"a": 1})
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    cursor = connection.cursor()
    cursor.execute("select 1 from assay.profile where subject_id = %s for update", ["u:" + user])
    answers = []
    caller = threading.Thread(
        target=lambda: answers.append(stack.call("DELETE", f"/v1/user/{user}")))
    caller.start()
    time.sleep(0.8)
    connection.close()
    caller.join()
    assert answers[0].status_code == 200, answers[0].text
    assert answers[0].json()["deleted"]["profile"] == 1
    assert "transaction is aborted" not in stack.log()
