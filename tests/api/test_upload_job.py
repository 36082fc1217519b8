# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of members imported by jobs: progress, several processes, and killed jobs."""

import os
import signal

import pytest

import lookups
from pages import Person
from stack import wait_until
from telemetry_stack import TelemetryStack
from uploads import counts, finished, group, make, upload


# One web server is enough: what works here are the jobs.
@pytest.fixture(scope="module")
def telemetry():
    t = TelemetryStack("lighttpd", KEEP=1)
    yield t
    t.stop()


def roster(user, n, name="A"):
    return [(f"{user}-{i}", name if i % 2 else "B") for i in range(n)]


def test_a_long_file_is_a_job_with_the_same_report(telemetry, user):
    seg, rows = make(telemetry.stack), roster(user, 1500)
    report = finished(telemetry.stack, upload(telemetry.stack, seg, rows, 202))
    assert counts(report) == {"total": 1500, "added": 1500}
    assert report["progress"] == 1
    assert [group(telemetry.stack, seg, u) for u, _ in rows[:2]] == ["B", "A"]
    again = finished(telemetry.stack, upload(telemetry.stack, seg, rows, 202))
    assert counts(again) == {"total": 1500, "present": 1500}
    events = telemetry.events_of(seg)
    assert len(events) == 1500
    assert {e["by"] for e in events} == {telemetry.stack.key("server").split("_")[2]}


def test_a_thousand_rows_are_answered_at_once_and_logged_once(telemetry, user):
    seg = make(telemetry.stack)
    assert counts(upload(telemetry.stack, seg, roster(user, 1000)).json()) == {
        "total": 1000, "added": 1000}
    upload(telemetry.stack, seg, roster(user, 1000))
    assert len(telemetry.events_of(seg)) == 1000
    upload(telemetry.stack, seg, [(f"{user}-0", "A")])
    assert [e["group"] for e in telemetry.events_of(seg)[1000:]] == ["A"]


def test_bad_rows_of_a_job_are_told_with_their_lines(telemetry, user):
    seg = make(telemetry.stack)
    rows = roster(user, 1200)
    rows[7] = ("null", "A")
    rows[1100] = (user, "none")
    report = finished(telemetry.stack, upload(telemetry.stack, seg, rows, 202))
    assert counts(report) == {"total": 1200, "added": 1198, "failed": 2}
    assert [f["row"] for f in report["failed"]] == [9, 1102]


def slow(telemetry):
    """Puts every membership off by a little, so that a job can be met in the middle."""
    telemetry.stack.sql("""
        create function crawl() returns trigger language plpgsql as $$
        begin perform pg_sleep(0.0002); return new; end $$""")
    telemetry.stack.sql("create trigger crawl before insert on membership for each row "
                   "execute function crawl()")


def quick(telemetry):
    telemetry.stack.sql("drop trigger crawl on membership")
    telemetry.stack.sql("drop function crawl()")


@pytest.fixture
def crawling(telemetry):
    slow(telemetry)
    yield telemetry
    quick(telemetry)


def members(telemetry, seg):
    return telemetry.stack.sql("select count(*) from membership as m join segmentation as s "
                          "on s.nr = m.segmentation where s.id = %s", seg)[0][0]


def test_a_killed_job_is_continued(crawling, user):
    stack, seg = crawling.stack, make(crawling.stack)
    answer = upload(stack, seg, roster(user, 11000), 202)
    where = answer.headers["Location"]
    wait_until(lambda: stack.call("GET", where).json()["total"] > 0, 30, "the first batch")
    stack.end("jobs", signal.SIGKILL)
    met = stack.call("GET", where).json()
    assert 0 < met["progress"] < 1 and not met["done"]
    assert met["total"] == members(crawling, seg)
    stack.again("jobs")
    report = finished(stack, answer)
    assert counts(report) == {"total": 11000, "added": 11000}
    assert members(crawling, seg) == 11000


def test_two_job_processes_share_the_files(crawling, user):
    stack = crawling.stack
    stack.end("jobs")
    segs = [make(stack) for _ in range(2)]
    answers = [upload(stack, seg, roster(f"{user}{seg}", 10001), 202) for seg in segs]
    stack.again("jobs")
    first = stack.pid("jobs")
    second = stack.again("jobs")

    def both():
        return all(0 < stack.call("GET", a.headers["Location"]).json()["progress"] < 1
                   for a in answers)
    wait_until(both, 30, "two files under way at once")
    assert first != second
    for answer, seg in zip(answers, segs):
        assert counts(finished(stack, answer)) == {"total": 10001, "added": 10001}
        assert len(crawling.events_of(seg)) == 10001
    os.kill(first, signal.SIGTERM)


def test_a_segmentation_that_is_deleted_ends_its_job(crawling, user):
    stack, seg = crawling.stack, make(crawling.stack)
    answer = upload(stack, seg, roster(user, 11000), 202)
    where = answer.headers["Location"]
    wait_until(lambda: stack.call("GET", where).json()["total"] > 0, 30, "the first batch")
    assert stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 200
    assert stack.call("GET", where).status_code == 404
    other = make(stack)
    finished(stack, upload(stack, other, roster(user, 1001), 202))


def test_a_file_that_cannot_be_read_delays_no_other(telemetry, user):
    """It is tried again later and later, and said to operators; others are worked off meanwhile."""
    stack, seg = telemetry.stack, make(telemetry.stack)
    stack.sql("insert into upload (segmentation, created_by, created_at, content) "
              "select nr, 'x', now(), 'neither,of,these' || chr(10) || 'a,b,c' || chr(10)"
              " from segmentation where id = %s", seg)

    def attempts():
        return stack.sql("select attempts, retry_at > failed_at from upload as u join segmentation"
                         " as s on s.nr = u.segmentation where s.id = %s", seg)[0]
    wait_until(lambda: attempts() >= (2, True), 30, "a second try")
    other = make(stack)
    report = finished(stack, upload(stack, other, roster(user, 1001), 202))
    assert counts(report) == {"total": 1001, "added": 1001}
    lookups.define(stack, "portal")
    assert "1 files of members" in stack.assay("doctor", check=False).stdout
    page = Person(stack, "viewer").get("/admin").text
    assert f"A file of members of {seg} cannot be worked off" in page
    claims = attempts()[0]
    assert claims < 12, "no back-off"
    stack.sql("delete from upload where segmentation = (select nr from segmentation where id = %s)",
              seg)


def test_what_is_cached_of_a_member_is_not_believed_after_a_job(telemetry, user):
    seg = make(telemetry.stack)
    assert group(telemetry.stack, seg, f"{user}-1") is None
    finished(telemetry.stack, upload(telemetry.stack, seg, roster(user, 1001), 202))
    assert group(telemetry.stack, seg, f"{user}-1") == "A"
