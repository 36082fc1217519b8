# SPDX-License-Identifier: GPL-3.0-or-later
"""What `assay migrate` does to a database: of before, of the first release, and with functions of
another program."""

import re
import subprocess

import pytest
import requests

from deployment import deployment, installed  # noqa: F401
from shapes import MIGRATIONS, SCHEMA
from stack import TOP

# One web server is enough: none of this passes through it, but for a few calls.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)


class Database:
    """The deployment's database, from a file of SQL."""

    def __init__(self, deployment):
        self.d = deployment
        deployment.configure()

    def psql(self, *words, user="postgres"):
        return subprocess.run(
            ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h",
             str(self.d.stack.state / "run"), "-U", user, "-d", self.d.database, *words],
            check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout

    def restore(self, file):
        self.psql("-f", str(TOP / "tests/upgrade" / file))

    def migrate(self):
        return subprocess.run(
            [*self.d.user(), str(self.d.installed / "usr/bin/assay"), "migrate", "-c",
             self.d.conf], capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)

    def count(self, table):
        return int(self.psql("-c", f"select count(*) from assay.{table}"))

    def catalogue(self):
        return self.psql("-c", "select oid, relname, relnatts from pg_class where relnamespace ="
                         " 'assay'::regnamespace order by 1; select * from assay.schema_migration")


@pytest.fixture
def database(deployment):  # noqa: F811
    return Database(deployment)


def test_migrating_a_database_from_before_the_first_release_says_how_to_move(database):
    database.restore("before_release.sql")
    before = database.catalogue()
    done = database.migrate()
    assert done.returncode == 1 and done.stdout == ""
    for words in ("before the first release", "not changed", "`assay export definitions`",
                  "`assay migrate`", "`assay import definitions`"):
        assert words in done.stderr, words
    assert database.catalogue() == before


# What no job deletes, whatever the day is on which this runs.
KEPT = ("account api_key allocation audit conversion enrolment experiment exposure goal id_registry"
        " ip_location layer layer_slot membership preassigned profile segmentation tag upload"
        " upload_row").split()


def test_the_first_schema_with_data_in_it_is_migrated(database):
    """The dump that tests/upgrade/make.py has made: its data is there afterwards, and is served."""
    d = database.d
    database.restore("first_schema.sql")
    before = {table: database.count(table) for table in KEPT}
    assert all(before.values()), before
    then = database.count("schema_migration")
    done = database.migrate()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"schema version {SCHEMA}, {len(MIGRATIONS) - then} new\n")
    assert {table: database.count(table) for table in KEPT} == before
    server, admin = (d.assay("key", "create", "--class", c).stdout.strip()
                     for c in ("server", "admin"))
    d.start_pool()
    d.start_web()

    def call(method, path, key=server, **more):
        answer = requests.request(method, d.url + path, timeout=120, **more,
                                  headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code < 300, answer.text
        return answer.json()
    listed = call("GET", "/v1/experiment/list", admin)["result"]["experiments"]
    assert {"UPGRADE-A", "UPGRADE-B"} <= {e["expId"] for e in listed}
    results = call("GET", "/v1/experiment/UPGRADE-A/results")
    assert sum(a["participants"] for a in results["alternatives"]) > 0
    for experiment in ("UPGRADE-A", "UPGRADE-B"):
        assert d.assay("doctor", "--recount", experiment).stdout == \
            f"the results of {experiment} are those of the rows\n"
    again = call("POST", "/v1/experiment/UPGRADE-A/enroll", json={"user_id": "user-1"})
    stored, = database.psql("-c", "select alternative from assay.enrolment where subject_id ="
                            " 'u:user-1' order by experiment limit 1").split()
    assert again["alternative"] == {"1": "control", "2": "b"}[stored]
    assert call("GET", "/v1/user/user-1/profile")["attributes"]["plan"] == "paid"
    assert call("GET", "/v1/segmentation/upgrade-manual/group",
                params={"user_id": "user-1"})["group"]["name"] == "one"
    call("DELETE", "/v1/user/user-1")
    assert "FAILED" not in d.assay("doctor").stdout


def applied(stack):
    said = stack.assay("migrate").stdout
    first, _, rest = said.partition("\n")
    assert first == f"schema version {SCHEMA}, 0 new"
    return re.findall(r"\w+", rest.removeprefix("functions and views applied:"))


def test_functions_whose_text_has_changed_are_applied_again(stack):
    """Once: the next run does nothing. A function is put back as the program has it."""
    stack.sql("update schema_object set digest = 'another' where name in ('enrol', 'sign_in_wait')")
    stack.sql("delete from schema_object where name = 'experiment_full'")
    stack.sql("""create or replace function sign_in_wait(kind text, failures integer)
                 returns interval language plpgsql immutable as $$ begin return '1 year'; end $$""")
    assert applied(stack) == ["enrol", "sign_in_wait", "experiment_full"]
    assert stack.sql("select sign_in_wait('pair', 0)::text") == [("00:00:00",)]
    assert stack.sql("""select has_function_privilege('public', p.oid, 'execute') from pg_proc as p
                        where proname = 'sign_in_wait'""") == [(False,)]
    assert applied(stack) == []


def test_all_functions_and_views_are_recorded(stack):
    files = {f.stem for d in ("function", "view") for f in (TOP / "sql" / d).glob("*.sql")}
    assert {n for n, in stack.sql("select name from schema_object")} == files
    assert files == {n for n, in stack.sql("""
        select p.proname::text from pg_proc as p
        where p.pronamespace = 'assay'::regnamespace and not exists (
            select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
            and d.deptype = 'e')
        union select viewname::text from pg_views where schemaname = 'assay'""")}
