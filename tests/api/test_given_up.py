# SPDX-License-Identifier: GPL-3.0-or-later
"""A write that was answered with 503 is not committed later. A backend that is stopped at the
very statement of a write is given up; when it goes on it finds the statement, and must not
commit it: neither a statement by itself nor the commit of a transaction, whether the backend
could be ended from another connection meanwhile or not."""

import uuid

import psycopg2
import pytest

import enrols
import lookups
import segmentations
import uploads
from proxy import Proxy
from stack import Stack, gone, wait_until

# What the jobs keep, or every request notes.
NOISE = ("audience_job", "job_counter", "page_view_hour", "page_view_week", "api_key",
         "result_delta", "result_cell", "result_histogram", "result_ledger",
         "bulk_import", "cache_epoch")


@pytest.fixture(scope="module")
def stack():
    # One worker: the statements of a request meet the connection that is watched.
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=1)
    s.end("serve")
    proxy = s.proxy = Proxy(s.env["ASSAY_DATABASE_URL"], f"{s.var}/proxy")
    s.again("serve", ASSAY_DATABASE_URL=proxy.url)
    wait_until(lambda: s.call("GET", "/readyz").status_code == 200, 20, "the pool")
    yield s
    proxy.close()
    s.stop()


def contents(stack):
    """A digest of every table."""
    names = [n for n, in stack.sql(
        "select c.relname::text from pg_class as c where c.relnamespace = 'assay'::regnamespace"
        " and c.relkind in ('r', 'p') and not c.relispartition") if n not in NOISE]
    return {n: stack.sql(f"select count(*), md5(string_agg(t::text, '|' order by t::text))"
                         f" from assay.{n} as t")[0] for n in names}


def enrol(s, user):
    exp = enrols.running(s)
    return "POST", f"/v1/experiment/{exp}/enroll", {"user_id": user}


def put_alternative(s, user):
    exp = enrols.running(s, "b")
    return "PUT", f"/v1/experiment/{exp}/alternative", {"user_id": user, "alternative": "b"}


def incorporate(s, user):
    exp = enrols.running(s)
    session = uuid.uuid4().hex
    enrols.enroll(s, exp, {"session_id": session})
    return "POST", f"/v1/user/{user}/incorporate", {"session_id": session}


def hit(s, user):
    exp, goal = enrols.running(s), lookups.new_id("g")[:40]
    assert s.call("POST", "/v1/goal", key="admin", json={"name": goal}).status_code == 201
    enrols.enroll(s, exp, user)
    return "POST", f"/v1/goal/{goal}", {"user_id": user}


def page(s, user):
    return "POST", "/v1/page", {"user_id": user, "name": "a", "timestamp": "2024-01-01T00:00:00Z"}


def tags(s, user):
    return "PUT", f"/v1/user/{user}/tags?scope=global", {"a": 1}


def profile(s, user):
    return "PUT", f"/v1/user/{user}/profile", {"a": 1}


def erase(s, user):
    profile_of(s, user)
    return "DELETE", f"/v1/user/{user}", None


def profile_of(s, user):
    assert s.call("PUT", f"/v1/user/{user}/profile", json={"a": 2}).status_code == 200


def member(s, user):
    return "PUT", f"/v1/segmentation/{segmentations.make(s, 'manual', ('A',))}/member/{user}", {
        "group": "A"}


def create(s, user):
    return "POST", "/v1/experiment/create", {"request": lookups.body("portal")}


def change(s, user):
    return "PATCH", f"/v1/experiment/{lookups.define(s, 'portal')}", {"request": {"name": "b"}}


def file(s, user):
    return "POST", f"/v1/segmentation/{uploads.make(s)}/upload", f"user_id,group\n{user},A\n"


# Statement at which its backend stops, and the request.
WRITES = [(b"enrol\0", enrol), (b"enrol\0", put_alternative),
          (b"subject_incorporate\0", incorporate), (b"goal_hit\0", hit),
          (b"page_view_add_one\0", page), (b"tag_put\0", tags),
          (b"profile_put\0", profile), (b"subject_erase\0", erase),
          (b"membership_assign\0", member), (b"experiment_add\0", create),
          (b"experiment_change\0", change),
          # transactions
          (b"commit\0", create), (b"commit\0", file)]


def send(stack, method, path, body):
    kind = {"data": body, "headers": {"Content-Type": "text/csv"}} if isinstance(body, str) else {
        "json": body, "headers": {"Idempotency-Key": uuid.uuid4().hex} if "create" in path else {}}
    return stack.call(method, path, key="admin", timeout=30, **kind)


@pytest.mark.parametrize("reconnect", [True, False], ids=["ended", "not-ended"])
@pytest.mark.parametrize("statement, make", WRITES, ids=lambda v: getattr(
    v, "__name__", v.strip(b"\0").decode() if isinstance(v, bytes) else None))
def test_an_abandoned_write_is_not_committed_later(stack, user, statement, make, reconnect):
    request = make(stack, user)
    before = contents(stack)
    stack.proxy.freeze_at(statement, reconnect)
    try:
        answer = send(stack, *request)
        frozen = list(stack.proxy.frozen)
    finally:
        stack.proxy.go_on()
        stack.proxy.open = True
    assert frozen, "the statement was not met: " + answer.text
    wait_until(lambda: gone(frozen[0]), 20, "the end of the backend")
    assert answer.status_code == 503, answer.text
    assert contents(stack) == before
    # The same again is done.
    wait_until(lambda: stack.call("GET", "/readyz").status_code == 200, 20, "service")
    again = wait_until(lambda: (a := send(stack, *request)).status_code != 503 and a, 20, "a write")
    assert again.status_code in (200, 201), again.text
    assert contents(stack) != before


def test_a_backend_that_is_held_at_its_commit_is_ended(stack, user):
    """The clock was compared in time; then the commit had to wait."""
    stack.sql("""create function assay.hold() returns trigger language plpgsql as
                 $$ begin perform pg_advisory_xact_lock(77, 77); return null; end $$;
                 grant execute on function assay.hold to public;
                 create constraint trigger hold after insert on assay.page_view
                 deferrable initially deferred for each row execute function assay.hold()""")
    try:
        holder = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
        holder.cursor().execute("select pg_advisory_lock(77, 77)")
        before = contents(stack)
        answer = send(stack, *page(stack, user))
        held = stack.sql("select pid from pg_stat_activity where query like '%page_view_add%'"
                         " and usename = 'assay_app' and state = 'active'", role="postgres")
        holder.close()
        assert answer.status_code == 503, answer.text
        for pid, in held:
            wait_until(lambda pid=pid: gone(pid), 20, "the end of the backend")
        assert contents(stack) == before
    finally:
        stack.sql("drop trigger hold on assay.page_view; drop function assay.hold()")
