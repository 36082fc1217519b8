# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of PostgreSQL is full: writes get 503, reads work as long as PostgreSQL answers, what
was acknowledged is stored, and with free space everything works again."""

import contextlib
import uuid

import psycopg2
import pytest

import enrols
import lookups
import segmentations
import uploads
from disk import SmallDisk
from load import Client, Load
from pages import Person
from stack import Stack, wait_until

MIB = 1 << 20

# More rows than the pages that are there already have room for.
TRIES = 3000


def serves(stack):
    client = Client(stack)
    return all(client.send("GET", f"/v1/user/{uuid.uuid4()}").status == 200 for _ in range(8))


@contextlib.contextmanager
def small(part, spare):
    """A stack of its own, and the disk on which that part of its cluster is."""
    # A read lags only where the cache was late, which is not what is tested here.
    s = Stack("nginx", KEEP=1, ASSAY_WORKERS=2, ASSAY_CACHE_TIMEOUT_MS=1000)
    disk = None
    try:
        disk = SmallDisk(s, part, spare)
        wait_until(lambda: serves(s), 20, "service")
        yield disk
    finally:
        s.stop()
        if disk is not None:
            disk.close()


@pytest.fixture(scope="module")
def disk():
    """With the tables on it."""
    with small("base", 8 * MIB) as d:
        yield d


@pytest.fixture(scope="module")
def stack(disk):
    return disk.stack


class Things:
    """What was stored while there was room, to be read and written about."""

    def __init__(self, stack):
        self.user, self.goal = lookups.new_id("user"), lookups.new_id("g")[:40]
        assert stack.call("POST", "/v1/goal", key="admin",
                          json={"name": self.goal}).status_code == 201
        self.exp = enrols.running(stack, "b", goals=[self.goal])
        self.free = enrols.running(stack, "b")
        self.seg = segmentations.make(stack, "manual", ("A", "B"))
        enrols.enroll(stack, self.exp, self.user)
        lookups.put_user(stack, self.user, age=10)
        uploads.upload(stack, self.seg, [(self.user, "A")])
        self.viewer, self.editor = Person(stack, "viewer"), Person(stack, "editor")
        self.csrf = self.editor.csrf()


@pytest.fixture(scope="module")
def things(stack):
    return Things(stack)


@pytest.fixture
def full(things, disk):
    """No byte of it is free."""
    disk.fill()


READS = ["/v1/user/{t.user}", "/v1/user/{t.user}?days=3", "/v1/user/{t.user}/export",
         "/v1/user/{t.user}/experiments", "/v1/user/{t.user}/profile", "/v1/users",
         "/v1/user/{t.user}/tags?scope=global", "/v1/experiment/list", "/v1/experiment/{t.exp}",
         "/v1/experiment/{t.exp}/alternative?user_id={t.user}",
         "/v1/experiment/{t.exp}/explain?user_id={t.user}", "/v1/experiment/{t.exp}/results",
         "/v1/layer", "/v1/segmentation", "/v1/segmentation/{t.seg}",
         "/v1/segmentation/{t.seg}/members", "/v1/segmentation/{t.seg}/group?user_id={t.user}",
         "/v1/segmentation/export.csv", "/v1/goal/list", "/readyz", "/healthz", "/metrics"]

PAGES = ["/admin", "/admin/experiments", "/admin/experiment/{t.exp}",
         "/admin/experiment/{t.exp}/audience", "/admin/experiment/{t.exp}/health",
         "/admin/experiment/{t.exp}/history", "/admin/goals", "/admin/people",
         "/admin/person?user_id={t.user}", "/admin/segmentations",
         "/admin/segmentation/{t.seg}"]


@pytest.mark.parametrize("path", READS)
def test_reads_go_on_while_the_disk_is_full(stack, things, full, path):
    for _ in range(4):
        answer = stack.call("GET", path.format(t=things), key="admin")
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_go_on_while_the_disk_is_full(things, full, path):
    answer = things.viewer.get(path.format(t=things))
    assert answer.status_code == 200, answer.text


def long(n):
    """A text that nothing can make shorter."""
    return "".join(uuid.uuid4().hex for _ in range(n // 32))


def page(user):
    return {"user_id": user, "name": "a", "url": "/" + long(480),
            "timestamp": "2024-01-01T00:00:00Z"}


# Each says what it sends about a subject that nobody has named before.
WRITES = {
    "page": lambda t, u: ("POST", "/v1/page", page(u)),
    "pages": lambda t, u: ("POST", "/v1/page", [page(u)] * 500),
    "profile": lambda t, u: ("PUT", f"/v1/user/{u}/profile", {"a": long(32_000)}),
    "tags": lambda t, u: ("PUT", f"/v1/user/{u}/tags?scope=global", {"a": long(2000)}),
    "enroll": lambda t, u: ("POST", f"/v1/experiment/{t.free}/enroll", {"user_id": u}),
    "alternative": lambda t, u: ("PUT", f"/v1/experiment/{t.free}/alternative",
                                 {"user_id": u, "alternative": "b"}),
    "member": lambda t, u: ("PUT", f"/v1/segmentation/{t.seg}/member/{u}", {"group": "A"}),
    "register": lambda t, u: ("POST", f"/v1/device/register/{u}",
                              {"request": {"dspec": {"a": long(8000)}}}),
    "create": lambda t, u: ("POST", "/v1/experiment/create", {
        "request": lookups.body("portal", description=long(512))}),
    "goal": lambda t, u: ("POST", "/v1/goal", {"name": u[:40], "description": long(512)}),
    "segmentation": lambda t, u: ("POST", "/v1/segmentation", {
        "id": u[:40], "type": "manual", "name": "a", "groups": [{"name": "A"}]}),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_without_room_is_503(stack, things, full, write):
    """With a time at which to come again; what was accepted before can be read."""
    once = {"Idempotency-Key": ""} if write == "create" else {}
    for _ in range(TRIES):
        method, path, body = WRITES[write](things, lookups.new_id("u"))
        once = {name: uuid.uuid4().hex for name in once}
        answer = stack.call(method, path, key="admin", json=body, headers=once)
        if answer.status_code not in (200, 201):
            break
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json") or \
        "params" in answer.json()
    assert int(answer.headers["Retry-After"]) >= 1
    assert "space" not in answer.text


def test_a_form_without_room_is_503(things, full):
    for _ in range(TRIES):
        answer = things.editor.post("/admin/goals", csrf=things.csrf, name=lookups.new_id("g")[:40],
                                    description=long(512))
        if answer.status_code != 303:
            break
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_file_of_members_without_room_is_503(stack, things, full):
    for _ in range(TRIES):
        rows = "".join(f"{lookups.new_id('u')},A\n" for _ in range(900))
        answer = stack.call("POST", f"/v1/segmentation/{things.seg}/upload", key="admin",
                            headers={"Content-Type": "text/csv"}, data="user_id,group\n" + rows)
        if answer.status_code != 200:
            break
    assert answer.status_code == 503, answer.text
    members = stack.sql("select count(*) from membership as m join segmentation as s"
                        " on s.nr = m.segmentation where s.id = %s", things.seg)[0][0]
    # The file that was refused has left none of its rows.
    assert (members - 1) % 900 in range(TRIES)


def defines(stack):
    """Whether definitions can be made, and their jobs run."""
    assert lookups.define(stack, "portal")
    return True


def fill_under_load(disk, meet):
    """Clients go on while the disk becomes full, meet() says what then happened, and there is room
    again: everything works, and what was acknowledged is there."""
    stack = disk.stack
    disk.clear()
    wait_until(lambda: serves(stack), 20, "service")
    with Load(stack, clients=4, pause=0.002) as load:
        wait_until(lambda: len(load.answers) > 200, 20, "requests")
        disk.fill()
        meet(load)
        disk.clear()
        if disk.server_is_gone():
            disk.start()
        wait_until(lambda: serves(stack), 20, "service")
        seen = len(load.answers)
        wait_until(lambda: len(load.answers) > seen + 20, 20, "what was under way")
        late = len(load.answers)
        wait_until(lambda: len(load.answers) > late + 200, 20, "requests")
        refused = [a for a in load.answers[late:] if not a.good]
    load.check()
    assert "No space left on device" in stack.log("postgres")
    assert {a.status for a in load.refused()} == {503}
    assert refused == []
    # The jobs too.
    lookups.define(stack, "portal")


def test_what_was_acknowledged_survives_a_full_disk(disk):
    """Reads go on meanwhile."""
    def meet(load):
        wait_until(lambda: len(load.refused()) > 50, 60, "refused writes")
        assert {a.method for a in load.refused()} <= {"POST", "DELETE"}
    fill_under_load(disk, meet)


def test_what_was_acknowledged_survives_a_full_disk_of_the_log():
    """Without room for its log PostgreSQL ends, and may not come up again by itself."""
    with small("pg_wal", 24 * MIB) as disk:
        def meet(load):
            with contextlib.suppress(psycopg2.Error):
                while True:
                    disk.stack.sql("select pg_logical_emit_message(true, 'a', 'b')",
                                   role="postgres")
                    disk.stack.sql("select pg_switch_wal()", role="postgres")
            wait_until(lambda: len(load.refused()) > 50, 60, "refused requests")
        fill_under_load(disk, meet)
