# SPDX-License-Identifier: GPL-3.0-or-later
"""How PostgreSQL reads the rows of subjects for the program: asked with the program's own settings
and statements, also those within functions, and with the rights of the program's own role."""

import json

import psycopg2
import pytest

from enrols import running
from stack import TOP

# One web server is enough: none of this passes through it.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

# For $1, $2, ..: a subject and what the statement asks with it. EXPERIMENT: one in which the
# subject is enrolled; a first enrolment reads no row.
READS = {
    "page_view_summary": ("now() - interval '7 days'", "now()", "7", "now() + interval '1 day'"),
    "subject_export": ("'1970-01-01'", "100"),
    "subject_record": ("null",),
    "subject_erase": (),
    "enrolment_list": (),
    "enrol": ("'{EXPERIMENT}'", "'{1}'", "'{1}'", "'{null}'", "'drawn'", "true", "now()"),
}

# The same without a file: the calls that other statements make.
CALLS = {
    "visit_record": "visit_record('u:nobody', true, now())",
    "activity_record": "activity_record('{u:nobody}', '{1}', '{1}', '{null}', true, true, now())",
    "page_view_activity": "page_view_activity('{u:nobody}', array[now()], '{home}', true, now())",
    "subject_confirm": "subject_confirm('s:nobody', now())",
    "subject_incorporate": "subject_incorporate('s:nobody', 'u:nobody', now())",
}


def statement(name):
    return (TOP / f"sql/query/{name}.sql").read_text()


def scans(plan):
    """The plan's nodes that read a table."""
    if "Relation Name" in plan and "Scan" in plan["Node Type"]:
        yield plan
    for below in plan.get("Plans", []):
        yield from scans(below)


def analyse_everything(stack):
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze) assay.page_view")
    connection.close()


def explaining(stack):
    """A connection that tells the plan of everything that it runs."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", "postgres@")
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("load 'auto_explain'")
        cursor.execute("""set auto_explain.log_nested_statements = on;
            set auto_explain.log_min_duration = 0; set auto_explain.log_format = json;
            set session authorization assay_app""")
        cursor.execute(statement("connection_settings").replace("$1", "%s"), ("10000",))
        cursor.execute("set client_min_messages = log")
    return connection


def plans(connection, prepared, experiment):
    """The plan of every statement that was run for this one, with subjects who are enrolled."""
    with connection.cursor() as cursor:
        for subject in ("u:nobody", "s:nobody"):
            cursor.execute("select from enrol(%s, array[%s]::bigint[], '{1}', '{1}', '{null}',"
                           " 'drawn', true, now())", (subject, experiment))
        del connection.notices[:]
        cursor.execute(prepared)
    return [json.loads(n[n.index("{"):])["Plan"] for n in connection.notices if "plan:" in n]


@pytest.fixture(scope="module")
def experiment(stack):
    (nr,), = stack.sql("select nr from experiment where id = %s", running(stack))
    return nr


@pytest.mark.parametrize("name", [*READS, *CALLS])
def test_rows_of_subjects_are_read_by_index(stack, experiment, name):
    """Also of partitions that were analysed while they were empty."""
    analyse_everything(stack)
    subjects = {t for t, in stack.sql("""
        select attrelid::regclass::text from pg_attribute
        where attname = 'subject_id' and attnum > 0""")}
    connection = explaining(stack)
    if name in CALLS:
        run = f"select * from {CALLS[name]}"
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"prepare asked as {statement(name)}")
        values = ", ".join(["'u:nobody'", *READS[name]])
        run = f"execute asked ({values})".replace("EXPERIMENT", str(experiment))
    found = [scan for plan in plans(connection, run, experiment) for scan in scans(plan)
             if scan["Relation Name"] in subjects]
    connection.rollback()
    connection.close()
    assert found
    assert {scan["Node Type"] for scan in found} <= {"Index Scan", "Index Only Scan",
                                                     "Bitmap Heap Scan"}
