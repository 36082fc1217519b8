# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: a change and its row are committed together or not at all."""

import contextlib
import os
import pwd
import re
import threading
import time

import psycopg2
import pytest

from lookups import new_id
from pages import Person
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


GOOD = "seven ochre lighthouses drifting"


def noted(stack, account):
    """What the audit log says that an account did."""
    return stack.sql("select action, target, status, before, after from audit "
                     "where account = %s order by nr", account)


def test_password_changes_and_sign_outs_are_in_the_audit_log(stack):
    viewer = Person(stack, "viewer")
    assert viewer.post("/admin/account/password", password=GOOD, again=GOOD).status_code == 303
    assert viewer.post("/admin/account/sign_out").status_code == 303
    entered, password, out = noted(stack, viewer.name)
    assert entered[:3] == ("POST /admin/enter", viewer.name, 200)
    assert password == ("POST /admin/account/password", viewer.name, 200, None, {})
    assert out == ("POST /admin/account/sign_out", viewer.name, 200, None, {})


@pytest.mark.parametrize("path, fields", [
    ("/admin/account/password", {"password": GOOD, "again": GOOD}),
    ("/admin/account/sign_out", {})])
def test_a_change_of_the_own_account_without_its_audit_row_does_not_happen(stack, path, fields):
    viewer = Person(stack, "viewer")
    with no_audit(stack, f"POST {path}"):
        assert viewer.post(path, **fields).status_code >= 400
    assert stack.sql("select password, (select count(*) from session where account = a.id) "
                     "from account as a where name = %s", viewer.name) == [(None, 1)]


def test_commands_are_in_the_audit_log_with_who_ran_them(stack):
    """The actor is the user of the system."""
    name, actor = new_id("account"), "cli:" + pwd.getpwuid(os.geteuid()).pw_name
    link = stack.assay("user", "add", name, "--role", "viewer").stdout
    stack.assay("user", "link", name)
    stack.assay("user", "reset", name)
    stack.assay("user", "disable", name)
    key = stack.assay("key", "create", "--class", "client", "--name", name, "--signed").stdout
    text, signing = key.split()
    number = text.split("_")[2]
    stack.assay("key", "revoke", number)
    told = stack.sql("select account, action, target, after from audit "
                     "where target in (%s, %s) order by nr", name, number)
    assert [(account, action) for account, action, _, _ in told] == [
        (actor, what) for what in ("user add", "user link", "user reset", "user disable",
                                   "key create", "key revoke")]
    assert told[0][3] == {"name": name, "role": "viewer"}
    assert told[4][3]["class"] == "client" and told[4][3]["signed"] is True
    for secret in (link.strip().partition("token=")[2], text.split("_")[3], signing):
        assert secret and secret not in str(told)


@pytest.mark.parametrize("command", ["key create", "user add"])
def test_a_command_whose_audit_row_cannot_be_written_changes_nothing(stack, command):
    name = new_id("x")
    words = ["--class", "client", "--name", name] if "key" in command else [name, "--role", "admin"]
    with no_audit(stack, command):
        done = stack.assay(*command.split(), *words, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert stack.sql("select name from api_key where name = %s union all "
                     "select name from account where name = %s", name, name) == []


def rows_of(stack, table, name):
    return stack.sql(f"select count(*) from {table} where name = %s", name)[0][0]


def test_a_repeated_request_for_a_key_makes_one_and_shows_its_secret_once(stack):
    admin, label, key = Person(stack, "admin"), new_id("label"), new_id("key")
    first, again = (admin.post("/admin/keys", headers={"Idempotency-Key": key},
                               **{"class": "client", "name": label, "signed": "1"})
                    for _ in range(2))
    secrets = re.findall(r"<pre><code>([^<]+)</code></pre>", first.text)
    assert (first.status_code, again.status_code, len(secrets)) == (200, 200, 2)
    assert rows_of(stack, "api_key", label) == 1
    assert "shown once" in again.text and "Create a key" not in again.text
    assert secrets[0].split("_")[2] in again.text
    (stored,), = stack.sql("select i::text from idempotency as i where key = %s", key)
    audit = str(stack.sql("select a::text from audit as a"))
    for secret in (secrets[0].split("_")[3], secrets[1]):
        assert secret not in again.text + stored + audit + stack.log()


def test_a_repeated_request_for_an_account_makes_one_and_shows_its_link_once(stack):
    admin, name, key = Person(stack, "admin"), new_id("name"), new_id("key")
    first, again = (admin.post("/admin/accounts", headers={"Idempotency-Key": key}, name=name,
                               role="viewer") for _ in range(2))
    token = re.search("token=([0-9a-f]{64})", first.text).group(1)
    assert (first.status_code, again.status_code) == (200, 200)
    assert rows_of(stack, "account", name) == 1
    assert token not in again.text and "shown once" in again.text
    (stored,), = stack.sql("select i::text from idempotency as i where key = %s", key)
    assert token not in stored


def test_a_link_that_is_used_again_under_its_idempotency_key_opens_no_session(stack):
    name = Person(stack, "viewer").name
    link = stack.assay("user", "link", name).stdout.strip()
    first, again = (stack.call("POST", "/admin/enter", key=None, allow_redirects=False,
                               data={"token": link.partition("token=")[2]},
                               headers={"Idempotency-Key": "link"}) for _ in range(2))
    assert first.status_code == 303 and "Set-Cookie" in first.headers
    assert again.status_code == 422 and "Set-Cookie" not in again.headers
