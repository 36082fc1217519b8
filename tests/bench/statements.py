# SPDX-License-Identifier: GPL-3.0-or-later
"""The statements that pgbench runs: those of sql/query word for word, except that pgbench can only
make numbers, so the server builds ids and times from them."""

import random
import re

from place import TOP, Failed

PAGE = "https://www.example.com/page/"

# The same views as tests/bench/load.lua posts, one at a time.
ONE_VIEW = "\\set user random(1, 100000)\n\\set shift random(0, 86399999)\n"
AT = "(:midnight::timestamptz + :shift * interval '1 millisecond')"

NO_EXPERIMENT = ("true", "false", "now()")  # it counts, but nobody is in one


def query(name, *values):
    """A statement of the program with pgbench's variables, or other terms, for $1, $2, .."""
    lines = (TOP / f"sql/query/{name}.sql").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return re.sub(r"\$(\d)", lambda found: values[int(found.group(1)) - 1], text) + ";\n"


def profile():
    return "\\set user random(1, 100000)\n" + query(
        "page_view_summary", "('u:' || :user::text)", ":since", ":now", ":days", ":ahead")


def plain_insert():
    """The reference: a plain insert of one row."""
    return ONE_VIEW + ("insert into page_view (subject_id, viewed_at, name, url, referrer)\n"
                       f"values ('u:' || :user::text, {AT}, :name, :url, :referrer)\n"
                       "on conflict do nothing;\n")


def page_insert():
    """The program's statement with one row."""
    return ONE_VIEW + query("page_view_add_one", "('u:' || :user::text)", AT, ":name", ":url",
                            ":referrer", *NO_EXPERIMENT)


def page_values():
    return {"name": "Page 5", "url": PAGE + "5", "referrer": PAGE + "6"}


def batch_insert():
    """1,000 rows; the client sends the arrays as text each time, like the program. One addition
    makes the rows new each time."""
    text = query("page_view_add", ":users", ":ats", ":names", ":urls", ":referrers",
                 "'{}'", *NO_EXPERIMENT[1:])
    moved = text.replace("select v.subject_id, v.viewed_at,",
                         "select v.subject_id, v.viewed_at + :shift * interval '1 millisecond',")
    if moved == text:
        raise Failed("sql/query/page_view_add.sql is not what the bench expects")
    return "\\set shift random(0, 86399999)\n" + moved


def array(items):
    return "{" + ",".join("NULL" if i is None else f'"{i}"' for i in items) + "}"


def batch_values(midnight):
    users = random.Random(1).sample(range(1, 100001), 1000)
    return {"users": array(f"u:{u}" for u in users),
            "ats": array([midnight] * 1000),
            "names": array(f"Page {u % 16}" for u in users),
            "urls": array(f"{PAGE}{u % 16}" for u in users),
            "referrers": array(f"{PAGE}{(u % 16 + 1) % 16}" if u % 4 else None for u in users)}


def plan_of_profile(values):
    """The plan that a worker has, as JSON."""
    settings = query("connection_settings", "'0'")
    text = query("page_view_summary", "$1", "$2", "$3", "$4", "$5")
    words = ", ".join(f"'{v}'" for v in values)
    return (f"{settings}\nprepare profile as {text}\n"
            f"explain (analyze, format json) execute profile ({words});")
