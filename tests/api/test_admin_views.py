# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of page views: counted by the jobs, shown by the hour, the day and the page."""

import datetime
import html
import re

import pytest

from goals import goal
from lookups import new_id
from pages import Person
from shapes import instant, post, view
from stack import Stack, servers_of, wait_until

HOSTILE = "<script>alert('x')</script>\u202e\"&"


@pytest.fixture(scope="module", params=servers_of(__name__))
def fresh(request):
    """A stack in which nobody has viewed anything."""
    s = Stack(request.param)
    yield s
    s.stop()


@pytest.fixture(scope="module")
def viewer(fresh):
    return Person(fresh, "viewer")


def shown(stack, viewer):
    """What the page says once the jobs have counted."""
    done = stack.assay("jobs", "--once")
    assert done.returncode == 0, done.stderr
    answer = viewer.get("/admin/pages")
    assert answer.status_code == 200 and len(answer.content) < 50_000
    assert "<script>" not in answer.text
    return html.unescape(answer.text)


def table(text, section):
    """[(what, number)] of the table of a section."""
    part = text.partition(f'<section aria-labelledby="{section}">')[2].partition("</section>")[0]
    found = re.findall(r'<tr><td>(.*?)</td><td class="number">(\d+)</td>', part)
    return [(what, int(n)) for what, n in found]


def hours_ago(n):
    """The full hour so long ago; at the end of an hour that of the next one."""
    wait_until(lambda: datetime.datetime.utcnow().minute < 59, 70, "the next hour")
    now = datetime.datetime.utcnow().replace(minute=0, second=0, microsecond=0)
    return now - datetime.timedelta(hours=n)


def send(stack, at, name, count=1):
    rows = [view(new_id("user"), instant(at), name) for _ in range(count)]
    assert post(stack, rows).json()["recorded"] == count


def test_without_views_it_says_what_to_do(fresh, viewer):
    text = shown(fresh, viewer)
    assert "No page view of the last 7 days has been counted" in text
    assert "curl -X POST" in text and "no goal names a page" in text and "<svg" not in text


def test_before_the_jobs_have_counted_it_says_so(fresh, viewer):
    fresh.sql("delete from assay.page_view_week")
    assert "Nothing has been counted yet" in viewer.get("/admin/pages").text


def test_views_are_counted_by_hour_by_day_and_by_page(fresh, viewer):
    when = {n: hours_ago(n) for n in (0, 1, 2, 23, 24, 167, 168, 300)}
    send(fresh, when[0], HOSTILE, 3)
    send(fresh, when[1], "b", 2)
    for n in (2, 23, 24, 167, 168, 300):
        send(fresh, when[n], "c" if n < 168 else "too old")
    text = shown(fresh, viewer)
    assert table(text, "most") == [("c", 4), (HOSTILE, 3), ("b", 2)]
    by_hour = table(text, "hours")
    assert len(by_hour) == 24
    assert [(what, n) for what, n in by_hour if n] == [
        (when[n].strftime("%m-%d %H:00"), count) for n, count in ((23, 1), (2, 1), (1, 2), (0, 3))]
    days = [(when[0] - datetime.timedelta(days=n)).date() for n in range(6, -1, -1)]
    counts = {0: 3, 1: 2, 2: 1, 23: 1, 24: 1, 167: 1, 168: 1, 300: 1}
    assert table(text, "days") == [
        (str(day), sum(counts[n] for n in counts if when[n].date() == day)) for day in days]
    assert "In the last 24 hours</dt><dd>7<" in text
    heights = [int(h) for h in re.findall(r'class="bar a0"[^>]* height="(\d+)"', text)]
    assert (heights[-1], heights[-2], heights[0]) == (120, 80, 40)


def test_a_view_that_came_late_or_was_erased_changes_the_count(fresh, viewer):
    name, user = new_id("late"), new_id("user")
    assert name not in shown(fresh, viewer)
    post(fresh, view(user, instant(hours_ago(50)), name))
    assert (name, 1) in table(shown(fresh, viewer), "most")
    assert fresh.call("DELETE", f"/v1/user/{user}").status_code == 200
    assert name not in shown(fresh, viewer)


def test_goals_of_pages_are_listed_with_the_way_to_them(fresh, viewer):
    page, name = new_id("page") + HOSTILE, new_id("goal")
    goal(fresh, name=name, page=page)
    text = shown(fresh, viewer)
    assert f'<td>{page}</td><td data-of="Goal"><a href="/admin/goal/{name}">{name}</a>' in text
    assert viewer.get(f"/admin/goal/{name}").status_code == 200
    fresh.call("DELETE", f"/v1/goal/{name}", key="admin")
    assert name not in shown(fresh, viewer)


def test_names_are_as_many_as_they_are_and_the_page_stays_small(fresh, viewer):
    at = hours_ago(3)
    rows = [view(new_id("user"), instant(at), f"{i:03d}" + "&" * 500)
            for i in range(60) for _ in range(2)]
    post(fresh, rows)
    most = table(shown(fresh, viewer), "most")
    assert len(most) == 20 and all(len(name) < 250 for name, _ in most)


def test_the_jobs_count_by_themselves_at_their_start_and_every_minute():
    started = Stack("lighttpd")
    try:
        person = Person(started, "viewer")
        wait_until(lambda: "has been counted" in person.get("/admin/pages").text, 30, "a count")
        send(started, datetime.datetime.utcnow(), "just now")
        wait_until(lambda: "just now" in person.get("/admin/pages").text, 100, "another count")
    finally:
        started.stop()
