# SPDX-License-Identifier: GPL-3.0-or-later
"""Parallel writers of one definition: whatever another transaction has just changed, a request that
waited for it ends as it would have one after the other, never by an error of the database. The
other writer here is a transaction that has changed every row of a table and commits once the
request waits for it, so each case meets the race for certain."""

import contextlib
import pathlib
import re
import threading
import uuid

import psycopg2
import pytest

import layers
import lookups
import segmentations
from pages import Person
from stack import Stack, TOP, wait_until
from test_concurrency import at_once


# What the database does is the same behind every web server.
@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd")
    yield s
    s.stop()


@pytest.fixture(scope="module")
def person(stack):
    return Person(stack, "admin")


# Tables whose rows have a version by which two writers notice each other.
VERSIONED = ("experiment", "segmentation")

# What more than one statement waits for, and then goes on with others.
SHARED = ("experiment", "segmentation", "audience_job", "cache_epoch", "layer")


def tables(stack):
    """Table: a column of its that has a value in every row."""
    return dict(stack.sql(
        "select c.relname::text, (select a.attname::text from pg_attribute as a"
        " where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = ''"
        " order by a.attnum limit 1)"
        " from pg_class as c where c.relnamespace = 'assay'::regnamespace and c.relkind = 'r'"
        " and not c.relispartition and c.relname <> 'schema_migration'"))


@contextlib.contextmanager
def changing(stack, names, raised):
    """A transaction that has written every row of these tables anew, as it was, or (raised) with
    the next version where there are versions; its cursor."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", "postgres@")
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for name, column in names.items():
            change = (f"{column} = {column}" if not raised or name not in VERSIONED
                      else "version = version + 1")
            cursor.execute(f"update assay.{name} set {change}")
        yield cursor
        connection.commit()


def overtaken(stack, names, raised, request):
    """The answer to a request that met such a transaction, and whether it had to wait for it."""
    answers, waited = [], False
    with changing(stack, names, raised) as cursor:
        thread = threading.Thread(target=lambda: answers.append(request()))
        thread.start()

        def met():
            cursor.execute("select 1 from pg_locks as l join pg_stat_activity as a using (pid)"
                           " where not l.granted and a.usename = 'assay_app'")
            return cursor.fetchall() or not thread.is_alive()
        wait_until(met, 20, "a request that waits or has ended")
        waited = thread.is_alive()
    thread.join(30)
    return answers[0], waited


def failed(stack):
    """An experiment that cannot be mapped, whose id may be defined again."""
    exp = lookups.submit(stack, "portal", criteria={
        "type": "user", "filters": {"nobody": [uuid.uuid4().hex]}})
    lookups.await_status(stack, exp, "FAILED")
    return exp


def stopped(stack):
    exp = lookups.define(stack, "portal")
    lookups.admin(stack, "POST", f"{exp}/stop", {})
    return exp


def used_segmentation(stack):
    """A segmentation that an experiment's criteria may name."""
    return {"type": "user", "filters": {f"group:{segmentations.make(stack)}": "one"}}


def a_goal(stack):
    name = lookups.new_id("goal")[:40]
    assert stack.call("POST", "/v1/goal", key="admin", json={"name": name}).status_code == 201
    return name


def in_layer(stack):
    layer, exp = layers.new_layer(stack), lookups.define(stack, "portal")
    layers.assign(stack, layer, exp, size=100)
    return layer, exp


def named(stack, person):
    """An account to be changed, with a session of its own."""
    return Person(stack, "viewer").name


def api(method, path, body=None):
    return lambda s: (lambda: s.call(method, path, key="admin", json=body))


def on(make, method, path, body=None):
    """A request about something that is made first: a function of the stack to what sends it."""
    def prepare(s, person):
        made = make(s)
        ids = made if isinstance(made, tuple) else (made,)
        what = body(s) if callable(body) else body
        return lambda: s.call(method, path.format(*ids), key="admin", json=what)
    return prepare


def form(path, **fields):
    def prepare(s, person):
        name = named(s, person)
        token = person.csrf()
        return lambda: person.post(path.format(name), csrf=token,
                                   **{k: v.format(uuid.uuid4().hex) for k, v in fields.items()})
    return prepare


def running(s):
    return lookups.define(s, "portal")


def request(**changes):
    return lambda s: {"request": {k: v(s) if callable(v) else v for k, v in changes.items()}}


def whole(**changes):
    return lambda s: {"request": lookups.body(
        "portal", **{k: v(s) if callable(v) else v for k, v in changes.items()})}


def again(s, person):
    exp = failed(s)
    body = lookups.body("portal", expId=exp)
    return lambda: s.call("POST", "/v1/experiment/create", key="admin", json={"request": body})


def revoke(s, person):
    made = s.assay("key", "create", "--class", "server", "--name", uuid.uuid4().hex).stdout
    ident = re.search(r"asy_\w+?_(\w+?)_", made)[1]
    token = person.csrf()
    return lambda: person.post(f"/admin/keys/{ident}/revoke", csrf=token)


def narrow(s, person):
    made = s.assay("key", "create", "--class", "client", "--name", uuid.uuid4().hex).stdout
    ident = re.search(r"asy_\w+?_(\w+?)_", made)[1]
    token = person.csrf()
    return lambda: person.post(f"/admin/keys/{ident}/change", csrf=token, subjects="user")


def nothing(s):
    return ()


# Statement: requests that run it.
CASES = {
    "experiment_add": [on(nothing, "POST", "/v1/experiment/create", whole()),
                       on(nothing, "POST", "/v1/experiment/create",
                          whole(criteria=used_segmentation)), again],
    "experiment_change": [on(running, "PATCH", "/v1/experiment/{}", request(name="another")),
                          on(running, "PATCH", "/v1/experiment/{}",
                             request(criteria=used_segmentation)),
                          on(running, "PATCH", "/v1/experiment/{}",
                             request(alternatives=[{"name": "control", "weight": 1},
                                                   {"name": "b", "weight": 3}])),
                          on(failed, "PATCH", "/v1/experiment/{}", request(criteria=None)),
                          on(in_layer, "PATCH", "/v1/experiment/{1}", request(name="another"))],
    "experiment_status": [on(running, "POST", "/v1/experiment/{}/stop", {}),
                        on(stopped, "POST", "/v1/experiment/{}/resume", {}),
                        on(running, "POST", "/v1/experiment/{}/refresh", {})],
    "experiment_state": [on(running, "POST", "/v1/experiment/{}/state", {"state": "track"})],
    "experiment_delete": [on(running, "DELETE", "/v1/experiment/{}"),
                        on(in_layer, "DELETE", "/v1/experiment/{1}")],
    "experiment_auto_create": [on(lambda s: lookups.new_id("e")[:40], "POST",
                              "/v1/experiment/{}/enroll",
                              {"user_id": "somebody", "alternatives": ["a", "b"]})],
    "experiment_set_alternatives": [on(running, "POST", "/v1/experiment/{}/enroll",
                             {"user_id": "somebody", "alternatives": ["a", "b"]})],
    "segmentation_add": [on(lambda s: lookups.new_id("seg")[:40], "POST", "/v1/segmentation",
                            lambda s: {"id": lookups.new_id("seg")[:40], "type": "manual",
                                       "name": "n", "groups": [{"name": "A"}]})],
    "segmentation_change": [on(segmentations.make, "PATCH", "/v1/segmentation/{}", {"name": "b"})],
    "segmentation_delete": [on(segmentations.make, "DELETE", "/v1/segmentation/{}")],
    "goal_add": [on(nothing, "POST", "/v1/goal",
                    lambda s: {"name": lookups.new_id("goal")[:40]})],
    "goal_change": [on(a_goal, "PATCH", "/v1/goal/{}", {"description": "another"})],
    "goal_retire": [on(a_goal, "DELETE", "/v1/goal/{}")],
    "layer_add": [on(nothing, "POST", "/v1/layer",
                     lambda s: {"id": lookups.new_id("layer")[:40], "unit": "user"})],
    "layer_assign": [on(in_layer, "PUT", "/v1/layer/{}/experiment/{}", {"size": 200}),
                     on(in_layer, "DELETE", "/v1/layer/{}/experiment/{}")],
    "layer_delete": [on(layers.new_layer, "DELETE", "/v1/layer/{}")],
    "account_add": [form("/admin/accounts", name="x{}", role="viewer")],
    "account_role": [form("/admin/accounts/{}/role", role="editor")],
    "account_reset": [form("/admin/accounts/{}/reset")],
    "account_disable": [form("/admin/accounts/{}/disable")],
    "key_create": [form("/admin/keys", name="x{}", kind="server")],
    "key_change": [narrow],
    "key_revoke": [revoke],
}


def statements():
    """Those of sql/query that write a definition, by the tables that hold them."""
    words = (r"(insert into|update|delete from)\s+"
             r"(experiment|segmentation|goal|layer|account|api_key)\b|"
             r"\b(layer_delete|goal_change)\(")
    return {f.stem for f in pathlib.Path(TOP, "sql/query").glob("*.sql")
            if re.search(words, re.sub(r"--.*", "", f.read_text()))}


# What the jobs and the command line run, and what follows each sign-in.
OTHERS = {"audience_claim", "audience_apply", "experiment_end", "simulate_experiment",
          "simulate_weights", "selfcheck_goal", "selfcheck_keep",
          "account_failed", "session_open", "key_used"}


# They meet nobody else's row.
INSERTS = {"goal_add", "layer_add", "account_add", "key_create"}


def test_every_statement_that_writes_a_definition_has_a_case():
    assert statements() - OTHERS <= CASES.keys()


@pytest.mark.parametrize("case", [f"{q}-{i}" for q in CASES for i in range(len(CASES[q]))])
def test_a_request_that_is_overtaken_ends_well(stack, person, case):
    name, _, i = case.rpartition("-")
    prepare, every = CASES[name][int(i)], tables(stack)
    waits = 0
    for raised, names in [(False, every), (True, every)] + [(True, {t: every[t]}) for t in SHARED]:
        answer, waited = overtaken(stack, names, raised, prepare(stack, person))
        # On a slow machine the time of a statement may be over.
        assert answer.status_code < 500 or answer.status_code == 503, (names, answer.text)
        waits += waited
    assert waits > 0 or name in INSERTS, "nothing was met: this tested nothing"


@pytest.mark.parametrize("method, path, make", [
    ("POST", "/v1/experiment/create", lambda i: {"request": lookups.body("portal", expId=i)}),
    ("POST", "/v1/segmentation", lambda i: {"id": i, "type": "manual", "name": "n",
                                            "groups": [{"name": "A"}]}),
    ("POST", "/v1/goal", lambda i: {"name": i}),
    ("POST", "/v1/layer", lambda i: {"id": i, "unit": "user"})])
def test_of_many_who_make_the_same_one_does(stack, method, path, make):
    for _ in range(5):
        body = make(lookups.new_id("x")[:40])
        answers = at_once([api(method, path, body)(stack)] * 6)
        codes = sorted(a.status_code for a in answers)
        assert codes[0] in (200, 201) and set(codes[1:]) <= {200, 400, 409, 503}, codes
        if path != "/v1/experiment/create":  # the same definition again has the same answer
            assert codes.count(201) == 1, codes


@pytest.mark.parametrize("method, path, body", [
    ("PATCH", "/v1/experiment/{}", {"request": {"name": "another"}}),
    ("PATCH", "/v1/experiment/{}", {"request": {"criteria": None, "description": "b"}}),
    ("POST", "/v1/experiment/{}/state", {"state": "track"}),
    ("POST", "/v1/experiment/{}/refresh", {})])
def test_many_writers_of_one_experiment_come_one_after_the_other(stack, method, path, body):
    exp = running(stack)
    for _ in range(5):
        answers = at_once([api(method, path.format(exp), body)(stack)] * 6)
        codes = {a.status_code for a in answers}
        assert 200 in codes and codes <= {200, 409, 412, 503}, [a.text for a in answers]
