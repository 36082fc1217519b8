#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes first_schema.sql, a dump of the schema of the first migrations with data in every table,
and sql/migration/frozen, the checksums of these migrations. Run it once, when they are to change no
more; tests/api/test_migrate.py restores the dump and migrates it.

    tests/upgrade/make.py"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/api"))
os.environ.setdefault("TEST_RUN", tempfile.mkdtemp(prefix="assay-upgrade-"))

from enrols import enroll  # noqa: E402
from goals import confirm, hit, view, visit  # noqa: E402
from lookups import admin, await_status, body  # noqa: E402
from stack import Stack, wait_until  # noqa: E402
from uploads import profile, upload  # noqa: E402

# Rows that no request makes within a short time.
ROWS = """
    insert into bulk_import values ('import-1', 'user', now());
    insert into rate_refusal (recorded_at, refused, most, address)
    values (now(), 100, 80, '192.0.2.1');
    insert into sign_in_throttle (kind, key, failures, failed_at)
    values ('network', decode(repeat('00', 32), 'hex'), 1, now());
    insert into session select decode(repeat('01', 32), 'hex'), id, 'csrf', now(), now()
    from account limit 1;
    insert into tag values ('u:user-1', 'global', 'level', '3', 'somebody', now());
    insert into job_counter values ('mappings_total', 1) on conflict do nothing;
"""


def post(stack, path, json, status=201, **more):
    answer = stack.call("POST", path, key="admin", json=json, **more)
    assert answer.status_code == status, answer.text
    return answer


def define(stack):
    post(stack, "/v1/goal", {"name": "purchase", "page": "Thank you"})
    post(stack, "/v1/layer", {"id": "upgrade-layer", "unit": "user"})
    for kind in ("manual", "random"):
        post(stack, "/v1/segmentation", {"id": f"upgrade-{kind}", "type": kind, "name": kind,
                                         "groups": [{"name": "one"}, {"name": "two"}]})
    alternatives = [{"name": "control"}, {"name": "b"}]
    admin(stack, "POST", "create", {**body("upgrade", alternatives=alternatives,
                                           goals=["purchase"]), "expId": "UPGRADE-A"})


def act(stack):
    for n in range(1, 41):
        user = f"user-{n}"
        profile(stack, user, plan="paid" if n % 2 else "free", email=f"{user}@example.org")
        enroll(stack, "UPGRADE-A", user)
        visit(stack, user)
        view(stack, user, "Home")
        if n % 3 == 0:
            hit(stack, "purchase", user, event_id=f"event-{n}")
    for n in range(1, 4):
        enroll(stack, "UPGRADE-A", {"session_id": f"session-{n}"}, key="client")
        hit(stack, "purchase", {"session_id": f"session-{n}"})
    confirm(stack, {"session_id": "session-1"})
    rows = "".join(f"user-{n},one\n" for n in range(1, 20)) + "user-2,two\nuser-3,none\n"
    upload(stack, "upgrade-manual", "user_id,group\n" + rows)
    upload(stack, "upgrade-manual", "email,group\nnobody@example.org,two\n")
    post(stack, "/v1/goal", {"name": "signup"}, headers={"Idempotency-Key": "key-1"})
    stack.call("GET", "/v1/experiment/UPGRADE-A/results")


def define_with_criteria(stack):
    """When there is somebody who meets them."""
    alternatives = [{"name": "control"}, {"name": "b"}]
    paid = {"type": "user", "filters": {"plan": "paid"}}
    admin(stack, "POST", "create", {**body("upgrade", criteria=paid, alternatives=alternatives,
                                           layer={"id": "upgrade-layer", "size": 100}),
                                    "expId": "UPGRADE-B"})
    await_status(stack, "UPGRADE-B")


def import_places(stack, folder):
    file = folder / "places.csv"
    file.write_text("network,country,city\n192.0.2.0/24,Utopia,Amaurot\n")
    stack.assay("import", "ip-locations", str(file))


def dump(stack):
    url = stack.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", "postgres@")
    text = subprocess.run(["pg_dump", "-d", url], check=True, capture_output=True, text=True).stdout
    # Meta-commands of newer clients, which older ones do not know.
    return "".join(line for line in text.splitlines(True)
                   if not line.startswith(("\\restrict", "\\unrestrict")))


def freeze():
    migrations = sorted((TOP / "sql/migration").glob("*.sql"))
    (TOP / "sql/migration/frozen").write_text("".join(
        f"{hashlib.sha256(m.read_bytes()).hexdigest()} {m.name}\n" for m in migrations))


def main():
    folder = pathlib.Path(os.environ["TEST_RUN"])
    stack = Stack("lighttpd", FORGET=0)
    try:
        define(stack)
        await_status(stack, "UPGRADE-A")
        act(stack)
        define_with_criteria(stack)
        import_places(stack, folder)
        wait_until(lambda: stack.sql("select 1 from audience limit 1"), 30, "an audience")
        stack.assay("jobs", "--once")  # counts page views
        for statement in ROWS.split(";\n"):
            if statement.strip():
                stack.sql(statement)
        empty = [name for name, in stack.sql(
            "select relname::text from pg_class where relnamespace = 'assay'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition")
            if stack.sql(f"select 1 from {name} limit 1") == []]
        text = dump(stack)
    finally:
        stack.stop()
        shutil.rmtree(folder)
    if empty:
        sys.exit(f"no rows in {', '.join(empty)}")
    (TOP / "tests/upgrade/first_schema.sql").write_text(text)
    freeze()
    print(f"tests/upgrade/first_schema.sql: {len(text)} bytes")


main()
