# SPDX-License-Identifier: GPL-3.0-or-later
"""How PostgreSQL reads page views for the program: asked with the program's own settings and
statements, on a connection of the program's own role."""

import re

import psycopg2
import pytest

from stack import TOP

# For $1, $2, ..: a subject and what the statement asks with it.
READS = {
    "profile": ("u:nobody", "now() - interval '7 days'", "now()", "7", "now() + interval '1 day'"),
    "subject_export": ("u:nobody", "'1970-01-01'", "100"),
    "subject_erase": ("u:nobody",),
}


def statement(name):
    return (TOP / f"sql/query/{name}.sql").read_text()


def scans(plan):
    """The plan's nodes that read a partition of page_view."""
    if re.match("page_view", plan.get("Relation Name", "")) and "Scan" in plan["Node Type"]:
        yield plan
    for below in plan.get("Plans", []):
        yield from scans(below)


def analyse_everything(stack):
    connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze) assay.page_view")
    connection.close()


@pytest.mark.parametrize("name", READS)
def test_partitions_analysed_while_empty_are_read_by_index(stack, name):
    analyse_everything(stack)
    connection = psycopg2.connect(stack.env["ASSAY_DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute(statement("session").replace("$1", "%s"), ("1000",))
        cursor.execute(f"prepare asked as {statement(name)}")
        values = ", ".join([f"'{READS[name][0]}'", *READS[name][1:]])
        cursor.execute(f"explain (format json) execute asked ({values})")
        (plan,) = cursor.fetchone()
    connection.close()
    found = list(scans(plan[0]["Plan"]))
    assert found
    assert {scan["Node Type"] for scan in found} <= {"Index Scan", "Index Only Scan",
                                                     "Bitmap Heap Scan"}
