# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema and the roles as the catalogue of the database has them: data can be distributed by
subject, and the role that serves requests has no more rights than requests need."""

import pathlib
import re

import psycopg2
import pytest

# One web server is enough: none of this passes through it.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

TOP = pathlib.Path(__file__).resolve().parents[2]
QUERIES = sorted((TOP / "sql/query").glob("*.sql"))
SERVED = [q for q in QUERIES if "\n-- role: owner\n" not in q.read_text()]
# A DO block has no parameters and cannot be prepared by a statement; every start runs it.
OWNED = [q for q in QUERIES if q not in SERVED and "\ndo $$\n" not in q.read_text()]


# What an extension brings along is not ours.
OURS = """pronamespace = 'assay'::regnamespace and not exists (
    select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')"""


def rows(stack, text):
    return [r[0] for r in stack.sql(text)]


@pytest.fixture
def app(stack):
    """A connection as the role that serves requests; whatever it did is rolled back."""
    connection = psycopg2.connect(stack.env["ASSAY_DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("set search_path = assay, pg_temp")
        cursor.execute("set statement_timeout = 5000")
        yield cursor
    connection.rollback()
    connection.close()


def test_every_table_has_a_primary_key(stack):
    assert "page_view" in rows(stack, "select relname from pg_class where relkind = 'p'")
    assert rows(stack, """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = 'assay'::regnamespace and c.relkind in ('r', 'p')
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
        """) == []


def test_every_table_has_a_stated_life(stack):
    """sql/README.md says of each table how long its rows are kept, and of no others."""
    text = (TOP / "sql/README.md").read_text().partition("## How long rows are kept")[2]
    told = re.findall(r"^\| (\w+) \| (.*) \|$", text, re.M)
    assert told[0] == ("table", "life") and all(life.strip() for _, life in told)
    assert sorted(name for name, _ in told[1:]) == sorted(rows(stack, """
        select c.relname::text from pg_class c
        where c.relnamespace = 'assay'::regnamespace and c.relkind in ('r', 'p')
        and c.relname !~ '^page_view_[0-9]{8}$'"""))


def test_subject_is_part_of_every_unique_key(stack):
    """Also of those that a constraint of exclusion makes."""
    keys = stack.sql("""
        select i.indexrelid::regclass::text, a.attnum = any (i.indkey[:i.indnkeyatts - 1])
        from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'subject_id'
        where c.relnamespace = 'assay'::regnamespace and (i.indisunique or i.indisexclusion)""")
    assert len(keys) >= 2
    assert [name for name, contains in keys if not contains] == []


def test_subject_is_text_compared_by_bytes_everywhere(stack):
    assert set(stack.sql("""
        select a.atttypid::regtype::text, a.attnotnull, l.collname::text
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_collation l on l.oid = a.attcollation
        where c.relnamespace = 'assay'::regnamespace and c.relkind in ('r', 'p')
        and a.attname = 'subject_id'""")) == {("text", True, "C")}


def test_foreign_keys_of_subjects_carry_the_subject(stack):
    """From a subject's table only to definitions, or to a subject's table by subject_id."""
    assert rows(stack, """
        select f.conname::text from pg_constraint f
        join pg_attribute a on a.attrelid = f.conrelid and a.attname = 'subject_id'
        join pg_attribute b on b.attrelid = f.confrelid and b.attname = 'subject_id'
        where f.contype = 'f' and not exists (
            select from generate_subscripts(f.conkey, 1) as k
            where f.conkey[k] = a.attnum and f.confkey[k] = b.attnum)""") == []


def test_there_is_no_trigger(stack):
    assert rows(stack, """
        select tgname::text from pg_trigger where not tgisinternal
        union all select evtname::text from pg_event_trigger
        union all select rulename::text from pg_rules where schemaname = 'assay'""") == []


def test_numbers_that_the_database_hands_out_are_bigint(stack):
    assert rows(stack, """
        select attrelid::regclass || '.' || attname from pg_attribute
        join pg_class c on c.oid = attrelid and relnamespace = 'assay'::regnamespace
        where (attidentity <> '' and atttypid <> 'bigint'::regtype)""") == []
    assert rows(stack, """
        select sequencename::text from pg_sequences
        where schemaname = 'assay' and data_type <> 'bigint'::regtype""") == []


# Called by others only, which have fixed the path; deadline_check uses nothing that a path could
# hide.
INNER = {"activity_record", "deadline_check", "exposure_add", "exposure_confirm", "result_bin",
         "result_day", "result_withdraw", "subject_is_bot", "subject_lock"}


# Functions of the owner's rights, for what the serving role must not do otherwise.
OWNER_RIGHTS = {
    "account_add", "account_disable", "account_rehash", "account_reset", "account_set_password",
    "account_set_role", "audit_forget", "key_change", "key_create", "key_revoke", "session_close",
    "session_close_all", "session_open", "session_seen", "sign_in_link_use"}


def test_functions_run_with_the_rights_of_their_caller_and_a_fixed_path(stack):
    functions = stack.sql(f"""
        select p.oid::regprocedure::text, prosecdef, lanname::text, pronargs,
            exists (select from unnest(proconfig) s where s like 'search_path=%')
        from pg_proc p join pg_language l on l.oid = prolang
        where {OURS}""")
    assert functions
    for name, definer, language, arguments, fixed in functions:
        assert definer == (name.partition("(")[0] in OWNER_RIGHTS), name
        assert fixed == (name.partition("(")[0] not in INNER), name
        assert language != "sql" or arguments == 0, name


def test_the_roles_have_no_superuser_rights(stack):
    for role in ("assay_app", "assay_owner"):
        assert stack.sql("""
            select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
            from pg_roles where rolname = %s""", role) == [(False,) * 5]
    assert stack.sql("""select count(*) from pg_auth_members
        where member = 'assay_app'::regrole""") == [(0,)]


def test_serving_role_owns_nothing(stack):
    assert rows(stack, """
        select classid::regclass || ' ' || objid from pg_shdepend
        where refobjid = 'assay_app'::regrole and deptype = 'o'""") == []


def test_serving_role_cannot_change_the_schema_or_empty_a_table(stack):
    """By what the catalogue grants: for every table, in every schema of the database."""
    assert rows(stack, """
        select c.oid::regclass::text from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'assay'::regnamespace
        and has_table_privilege('assay_app', c.oid, 'truncate, references, trigger')""") == []
    assert rows(stack, """
        select nspname::text from pg_namespace
        where nspname !~ '^pg_temp' and has_schema_privilege('assay_app', oid, 'create')""") == []
    assert stack.sql("""
        select has_database_privilege('assay_app', current_database(), 'create')""") == [(False,)]


def test_serving_role_has_on_each_table_what_requests_need(stack):
    """The whole list: a right that is added must be added here as well."""
    rights = stack.sql("""
        select c.relname::text, string_agg(lower(g.privilege_type), ' ' order by g.privilege_type)
        from pg_class c, aclexplode(c.relacl) g
        where c.relnamespace = 'assay'::regnamespace and g.grantee = 'assay_app'::regrole
        group by c.relname""")
    columns = stack.sql("""
        select attrelid::regclass::text, attname::text, lower(g.privilege_type)
        from pg_attribute a, aclexplode(attacl) g
        where g.grantee = 'assay_app'::regrole and not attisdropped""")
    assert dict(rights) == {
        "account": "select", "api_key": "select", "audit": "insert select",
        "session": "select",
        "sign_in_throttle": "insert select update", "audience": "delete insert select",
        "cache_epoch": "select update",
        "confirmed": "delete insert select", "conversion": "delete insert select update",
        "decision": "insert select",
        "enrolment": "delete insert select update", "erasure": "usage",
        "experiment": "delete insert select update",
        "experiment_full": "select", "experiment_shown": "select",
        "exposure": "delete insert select", "goal": "insert select update",
        "goal_event": "delete insert select",
        "idempotency": "insert select update", "ip_location": "select",
        "job_counter": "select", "layer": "delete insert select update",
        "layer_slot": "delete insert select", "audience_job": "delete insert select update",
        "membership": "delete insert select update", "id_registry": "delete insert select",
        "preassigned": "delete insert select update",
        "segmentation": "delete insert select update", "tag": "delete insert select update",
        "rate_refusal": "insert select update",
        "upload": "delete insert select update",
        "upload_row": "delete insert select update", "page_view": "delete insert select",
        "page_view_week": "select",
        "profile": "delete insert select update",
        "result_cell": "select", "result_delta": "insert select", "result_histogram": "select",
        "result_ledger": "select",
        "result_window": "insert select",
        "schema_migration": "select", "allocation": "insert select",
        "waiting_goal": "delete insert select update"}
    assert columns == [("api_key", "last_used_at", "update")]


def test_strangers_have_no_rights(stack):
    """PUBLIC may not run the owner's functions, read a table, or connect."""
    assert rows(stack, f"""
        select p.oid::regprocedure::text
        from pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) g
        where {OURS} and g.grantee = 0""") == []
    assert sorted(rows(stack, f"""
        select p.proname::text from pg_proc p
        where {OURS} and has_function_privilege('assay_app', p.oid, 'execute')""")) == sorted([
            "activity_record", "audience_erase_subject", "audience_replace", "audience_write_lock",
            "deadline_check", "enrol", "enrol_many", "experiment_visibility", "exposure_add",
            "exposure_confirm", "goal_hit", "goal_hit_many", "layer_delete",
            "layer_slot_assign", "lock_class", "lock_wait_holders", "membership_assign",
            "membership_batch", "membership_check_overlap", "page_view_activity",
            "preassigned_apply", "preassigned_apply_late", "result_bin", "result_day",
            "result_withdraw",
            "segmentation_delete", "sign_in_claim", "sign_in_succeeded", "sign_in_wait",
            "subject_confirm", "subject_erase", "subject_incorporate",
            "subject_incorporate_experiment", "subject_is_bot", "subject_lock", "tag_put",
            "term_instant", "term_number", "upload_forget", "upload_scrub", "visit_record",
            "waiting_goal_replay", *OWNER_RIGHTS])
    assert rows(stack, """
        select c.relname::text from pg_class c, aclexplode(c.relacl) g
        where relnamespace = 'assay'::regnamespace and g.grantee = 0""") == []
    assert rows(stack, """
        select g.privilege_type from pg_namespace, aclexplode(nspacl) g
        where nspname = 'assay' and g.grantee = 0
        union all select g.privilege_type from pg_database, aclexplode(datacl) g
        where datname = current_database() and g.grantee = 0""") == []


REFUSED = [
    "create table t (n integer)",
    "create schema s",
    "create temporary table t (n integer)",
    "alter table page_view add column n integer",
    "drop table page_view",
    "truncate page_view",
    "create index on page_view (name)",
    "update page_view set name = 'x'",
    "update api_key set kind = 'admin'",
    "update api_key set secret_hash = sha256('')",
    "delete from api_key",
    "update account set name = 'x'",
    "delete from account",
    "update audit set account = 'x'",
    "delete from audit",
    "insert into schema_migration values (9, 'x', 'x', now())",
    "select * from page_view_partitions(date '2012-01-01', date '2012-01-01', now())",
    "select pg_read_file('/etc/passwd')",
    "copy (select 1) to program 'true'",
    "set role assay_owner",
    "alter role assay_app superuser",
    "set session_replication_role = replica",
    "alter database assay set fsync = off",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_serving_role_is_refused(app, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        app.execute(statement)


def prepare_and_run(cursor, path):
    """As a worker does: the types of parameters come from the text alone; all of them NULL, which
    is no row, but gets as far as that."""
    text = re.sub(r"^--.*\n", "", path.read_text(), flags=re.M).strip()
    if text.startswith("listen"):  # SQL cannot prepare it, the protocol can
        cursor.execute(text)
        return
    cursor.execute(f"prepare {path.stem} as {text}")
    cursor.execute("select cardinality(parameter_types) from pg_prepared_statements")
    count = cursor.fetchone()[0]
    nulls = f"({', '.join(['null'] * count)})" if count else ""
    try:
        cursor.execute(f"execute {path.stem}{nulls}")
    except psycopg2.errors.NotNullViolation:
        pass
    except psycopg2.Error as e:
        assert e.pgcode == "AS002", "what asks for a session that allows it may say so"


@pytest.mark.parametrize("path", SERVED, ids=lambda p: p.stem)
def test_query_of_requests_runs_as_the_serving_role(app, path):
    prepare_and_run(app, path)


@pytest.mark.parametrize("path", OWNED, ids=lambda p: p.stem)
def test_query_of_the_owner_runs_as_the_owner(stack, path):
    owner = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
    try:
        with owner.cursor() as cursor:
            cursor.execute("set search_path = assay, pg_temp")
            prepare_and_run(cursor, path)
    finally:
        owner.rollback()
        owner.close()
