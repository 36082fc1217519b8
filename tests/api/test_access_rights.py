# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role of the workers can and cannot do to keys, accounts, sessions and the audit log: all
but the last change by functions only, which ask for a session that allows it."""

import hashlib
import secrets

import psycopg2
import pytest

from lookups import new_id
from pages import Person

# One web server is enough: the tests talk to the database.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)


@pytest.fixture
def app(stack):
    """A connection as the role that serves requests; whatever it did is rolled back."""
    connection = psycopg2.connect(stack.env["ASSAY_DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("set search_path = assay, pg_temp")
        yield cursor
    connection.rollback()
    connection.close()


def digest(token):
    """What a worker computes of a token."""
    return hashlib.blake2b(token.encode(), digest_size=32).digest()


def session_of(person):
    return digest(next(iter(person.session.cookies)).value)


REFUSED = [
    "insert into api_key (id, kind, name, secret_hash, created_at) "
    "values ('0badc0de', 'admin', 'x', sha256(''), now())",
    "update api_key set revoked_at = null",
    "update api_key set signing_secret = 'x'",
    "insert into account (name, role, created_at) values ('x', 'admin', now())",
    "update account set role = 'admin'",
    "update account set password = 'x'",
    "update account set disabled_at = null",
    "insert into session (hash, account, csrf, created_at, seen_at) "
    "select sha256(''), id, 'x', now(), now() from account",
    "update session set seen_at = now()",
    "delete from session",
    "select * from sign_in_link",
    "insert into sign_in_link (hash, account, expires_at) values (sha256(''), 1, now())",
    "delete from sign_in_link",
    "update audit set before = null",
    "update audit set subjects = '{}'",
    "delete from audit",
    "truncate audit",
    "delete from idempotency",
    "select session_account(sha256(''), now())",
    "select session_authorize(sha256(''), now(), false)",
    "select account_link('admin', sha256(''), now())",
    "select sign_in_link_add(1, sha256(''), now())",
    "select account_sign_out(1)",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_workers_role_changes_no_table_of_access(app, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        app.execute(statement)


def test_the_workers_role_adds_to_the_audit_log(app):
    app.execute("insert into audit (occurred_at, action, status) values (now(), 'x', 200)")
    assert app.rowcount == 1


# Each begins with a digest of the session on whose behalf it is called.
OF_ADMINS = {
    "key_create": "select key_create(%s, now(), '0badc0de', 'admin', 'x', sha256(''), '{}', null, "
                  "'', '{user}', null, true, null, null)",
    "key_change": "select key_change(%s, now(), '0badc0de', '{user}', false, null, true, null, "
                  "null)",
    "key_revoke": "select key_revoke(%s, now(), '0badc0de')",
    "account_add": "select account_add(%s, now(), 'somebody', 'admin', sha256(''), now())",
    "account_reset": "select account_reset(%s, now(), 'admin', sha256(''), now())",
    "account_set_role": "select account_set_role(%s, now(), 'admin', 'viewer')",
    "account_disable": "select account_disable(%s, now(), 'admin')",
}
OF_ANYBODY = {
    "account_set_password": "select account_set_password(%s, now(), 'x', sha256(''), 'x')",
    "account_rehash": "select account_rehash(%s, now(), 'x')",
    "session_close_all": "select session_close_all(%s, now())",
}


def refused(app, statement, session):
    """Whether the function finds no session that allows it."""
    app.execute("savepoint before")
    try:
        app.execute(statement, [session])
        return False
    except psycopg2.Error as e:
        assert e.pgcode == "AS002", e
        return True
    finally:
        app.execute("rollback to before")


@pytest.fixture(scope="module")
def people(stack):
    return {role: Person(stack, role) for role in ("viewer", "editor", "admin")}


@pytest.mark.parametrize("statement", [*OF_ADMINS.values()], ids=[*OF_ADMINS])
def test_a_function_of_admins_asks_for_the_live_session_of_one(app, people, statement):
    assert refused(app, statement, None)
    assert refused(app, statement, secrets.token_bytes(32))
    assert refused(app, statement, session_of(people["viewer"]))
    assert refused(app, statement, session_of(people["editor"]))
    assert not refused(app, statement, session_of(people["admin"]))


@pytest.mark.parametrize("statement", [*OF_ANYBODY.values()], ids=[*OF_ANYBODY])
def test_a_function_on_the_own_account_asks_for_a_live_session(app, people, statement):
    assert refused(app, statement, None)
    assert refused(app, statement, secrets.token_bytes(32))
    assert not refused(app, statement, session_of(people["viewer"]))


@pytest.mark.parametrize("statement", [*{**OF_ADMINS, **OF_ANYBODY}.values()],
                         ids=[*OF_ADMINS, *OF_ANYBODY])
def test_the_session_table_holds_no_digest_that_opens_a_session(app, statement):
    app.execute("select hash from session")
    hashes = [row[0] for row in app.fetchall()]
    assert hashes and all(refused(app, statement, h) for h in hashes)


@pytest.mark.parametrize("end", [
    "update session set seen_at = seen_at - interval '31 minutes' where account = {}",
    "update session set created_at = created_at - interval '13 hours' where account = {}",
    "update account set disabled_at = now() where id = {}",
    "update account set role = 'editor' where id = {}",
    "delete from session where account = {}"])
def test_an_ended_session_allows_nothing(stack, app, end):
    admin = Person(stack, "admin")
    statement = OF_ADMINS["key_create"]
    assert not refused(app, statement, session_of(admin))
    app.connection.rollback()
    app.execute("set search_path = assay, pg_temp")
    number, = stack.sql("select id from account where name = %s", admin.name)[0]
    stack.sql(end.format(number))
    assert refused(app, statement, session_of(admin))


@pytest.mark.parametrize("claimed", ["-20 minutes", "-2 hours", "1 hour"])
@pytest.mark.parametrize("age", ["seen_at = seen_at - interval '31 minutes'",
                                 "created_at = created_at - interval '13 hours'"])
def test_an_old_session_allows_nothing_whatever_time_a_worker_claims(stack, app, age, claimed):
    admin = Person(stack, "admin")
    statement = OF_ADMINS["key_create"].replace("now()", f"now() + interval '{claimed}'")
    assert not refused(app, statement, session_of(admin))
    app.connection.rollback()
    app.execute("set search_path = assay, pg_temp")
    stack.sql(f"update session set {age} where account = (select id from account where name = %s)",
              admin.name)
    assert refused(app, statement, session_of(admin))
    for at in ("now()", f"now() + interval '{claimed}'"):
        app.execute(f"select session_seen(%s, {at})", [session_of(admin)])
    assert refused(app, statement, session_of(admin))


def test_a_session_ages_by_the_clock_of_the_server(stack, app, people):
    fresh = secrets.token_bytes(32)
    app.execute("select session_seen(%s, now() + interval '1 year')", [session_of(people["admin"])])
    app.execute("select account_set_password(%s, now() + interval '1 year', 'x', %s, 'x')",
                [session_of(people["viewer"]), secrets.token_bytes(32)])
    app.execute("select session_open(id, %s, 'x', now() + interval '1 year') from account"
                " where name = %s", [fresh, people["viewer"].name])
    assert app.fetchone() == (True,)
    app.execute("select max(greatest(created_at, seen_at)) <= clock_timestamp() from session")
    assert app.fetchone() == (True,)


def test_an_old_link_opens_nothing_whatever_time_a_worker_claims(stack, app, people):
    link = stack.assay("user", "link", people["editor"].name).stdout.strip()
    token = link.partition("token=")[2]
    stack.sql("update sign_in_link set expires_at = now() - interval '1 minute'"
              " where account = (select id from account where name = %s)", people["editor"].name)
    app.execute("select name from sign_in_link_use(%s, now() - interval '1 hour', %s, 'x')",
                [digest(token), secrets.token_bytes(32)])
    assert app.fetchall() == []


def test_no_link_lasts_longer_than_a_day(stack):
    name = new_id("account")
    stack.sql("select account_add(null, now(), %s, 'viewer', %s, now() + interval '1 year')",
              name, secrets.token_bytes(32))
    assert stack.sql("select l.expires_at <= now() + interval '1 day' from sign_in_link as l"
                     " join account as a on a.id = l.account where a.name = %s", name) == [(True,)]


def test_an_admin_cannot_change_their_own_rights(app, people):
    session, name = session_of(people["admin"]), people["admin"].name
    app.execute("select account_disable(%s, now(), %s), account_set_role(%s, now(), %s, 'viewer'), "
                "account_reset(%s, now(), %s, sha256(''), now())", [session, name] * 3)
    assert app.fetchone() == (False, None, False)
    app.execute("select role, disabled_at from account where name = %s", [name])
    assert app.fetchone() == ("admin", None)


def test_a_session_changes_its_own_account_only(app, people):
    app.execute("select account_set_password(%s, now(), 'x', sha256('y'), 'x')",
                [session_of(people["editor"])])
    app.execute("select name from account where password = 'x'")
    assert app.fetchall() == [(people["editor"].name,)]


def test_a_link_is_used_by_the_digest_of_its_token_once(stack, app, people):
    link = stack.assay("user", "link", people["viewer"].name).stdout.strip()
    token = link.partition("token=")[2]
    use = "select name from sign_in_link_use(%s, now(), %s, 'x')"
    stored = stack.sql("select hash from sign_in_link")
    for wrong in (None, secrets.token_bytes(32), *(bytes(row[0]) for row in stored)):
        app.execute(use, [wrong, secrets.token_bytes(32)])
        assert app.fetchall() == []
    for names in ([(people["viewer"].name,)], []):
        app.execute(use, [digest(token), secrets.token_bytes(32)])
        assert app.fetchall() == names


def test_no_session_is_opened_for_an_account_without_a_password(app, people):
    """Whether a password is right only the worker can tell."""
    app.execute("select session_open(id, %s, 'x', now()) from account where name = %s",
                [secrets.token_bytes(32), people["viewer"].name])
    assert app.fetchone() == (False,)


def test_the_owner_role_needs_no_session(stack):
    name = new_id("account")
    assert stack.sql("select account_add(null, now(), %s, 'viewer', sha256(''), now())",
                     name) == [(True,)]
    assert stack.sql("select role from account where name = %s", name) == [("viewer",)]
