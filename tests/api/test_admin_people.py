# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of subjects: search by id, everything stored, erasure."""

import html
import json
import re
import urllib.parse

import pytest

from enrols import enroll, put, running
from goals import confirm, goal, hit, text_of
from lookups import new_id, put_user, register
from pages import Person, text_of_page
from segmentations import make, place
from shapes import ago, post, view
from stack import Stack

HOSTILE = ["<script>alert('x')</script>", "a/b?c=d&e#f%41+g h", "\u202egpj.exe\u2066",
           "\u05d0\u05d1 \U0001f600'\"", "..%2f..", "{{page.csrf}}", "'; drop table tag; --",
           "\\", "W" * 90, "u:d:s:", "%", "+"]
KINDS = ["user_id", "device_id", "session_id"]


@pytest.fixture(scope="module")
def people(stack):
    return {role: Person(stack, role) for role in ("viewer", "editor", "admin")}


@pytest.fixture
def viewer(people):
    return people["viewer"]


@pytest.fixture
def admin(people):
    return people["admin"]


def look(person, who, status=200, **more):
    return text_of_page(person.get("/admin/person", params={**who, **more}), status)


def ways(answer, begin):
    """The addresses on a page that begin so, as a browser would ask for them."""
    return [html.unescape(w) for w in re.findall(r'href="([^"]*)"', answer.text)
            if w.startswith(begin)]


def erase(person, who, confirm=None, **more):
    query = urllib.parse.urlencode(who, quote_via=urllib.parse.quote)
    typed = next(iter(who.values())) if confirm is None else confirm
    return person.post("/admin/person/erase?" + query, confirm=typed, **more)


def known_user(stack, user=None):
    """A user of whom everything is held; (user, experiment, segmentation)."""
    user = user or new_id("user")
    exp, seg, name = running(stack, "blue"), make(stack, "manual"), goal(stack)
    stack.call("PUT", f"/v1/user/{urllib.parse.quote(user, safe='')}/profile",
               json={"plan": "free", "note": "<b>&\u202e"})
    put(stack, exp, user, "blue")
    hit(stack, name, user)
    place(stack, seg, urllib.parse.quote(user, safe=""), "one")
    stack.call("PUT", f"/v1/user/{urllib.parse.quote(user, safe='')}/tag/global/quiz.grade",
               json={"value": {"is": "<i>A"}})
    post(stack, view(user, name="Pricing <b>"))
    return user, exp, seg


def test_a_user_is_shown_with_everything_stored(stack, viewer):
    user, exp, seg = known_user(stack)
    answer = viewer.get("/admin/person", params={"user_id": user})
    text = text_of_page(answer)
    for said in (user, '"plan": "free"', '"note": "<b>&\u202e"', "blue", "FORCED", seg,
                 "quiz.grade", '{"is":"<i>A"}', "Pricing <b>", "Views in 7 days</dt><dd>1<"):
        assert said in text, said
    assert f"/admin/experiment/{exp}/explain?user_id={user}" in ways(answer, "/admin/experiment/")
    for way in ways(answer, "/admin/experiment/") + ways(answer, "/admin/person/export"):
        assert viewer.get(way).status_code == 200, way


@pytest.mark.parametrize("field", KINDS)
@pytest.mark.parametrize("text", HOSTILE)
def test_any_id_is_shown_unchanged_and_its_links_work(stack, viewer, field, text):
    who = {field: text + new_id("")}
    exp = running(stack, "b")
    enroll(stack, exp, who)
    answer = viewer.get("/admin/person", params=who)
    assert text_of_page(answer).count(who[field]) >= 2
    explained = [w for w in ways(answer, "/admin/experiment/") if "/explain?" in w]
    shown = text_of_page(viewer.get(explained[0]))
    assert who[field] in shown and "It is enrolled." in shown
    exported = viewer.get(ways(answer, "/admin/person/export")[0]).json()
    assert exported[field] == who[field]
    assert "enrollment" in [r["record"] for r in exported["records"]]


@pytest.mark.parametrize("field", KINDS)
def test_an_unknown_subject_is_shown_as_unknown(stack, viewer, field):
    who = {field: new_id("nobody") + "<b>"}
    text = look(viewer, who)
    assert f"Nothing is stored about this {field[:-3]} id" in text and who[field] in text
    assert "/admin/person/erase" not in text


@pytest.mark.parametrize("held", [
    {"kind": "session_id", "make": lambda stack, who: confirm(stack, who)},
    {"kind": "user_id", "make": lambda stack, who: post(
        stack, view(who["user_id"], ago(days=40)))},
    {"kind": "device_id", "make": lambda stack, who: register(stack, who["device_id"])},
], ids=["a human behind a session", "a view long ago", "a device that registered"])
def test_a_subject_with_any_stored_row_is_known(stack, viewer, held):
    who = {held["kind"]: new_id("trace")}
    held["make"](stack, who)
    assert "Nothing is stored about" not in look(viewer, who)
    assert "Nothing is stored about" not in look(viewer, who, views="last")


@pytest.mark.parametrize("query, place", [
    ({}, "user_id"), ({"user_id": "null"}, "user_id"), ({"device_id": "x" * 129}, "device_id"),
    ({"session_id": "a\u0085b"}, "session_id"), ({"user_id": "a", "device_id": "b"}, "user_id")])
def test_an_invalid_id_is_refused_beside_its_field(viewer, query, place):
    text = text_of_page(viewer.get("/admin/person", params=query), 422)
    assert f'id="{place}-wrong"' in text
    for typed in query.values():
        assert f'value="{typed}"' in text


@pytest.mark.parametrize("recent, old", [(30, 20), (25, 25), (3, 0)])
def test_views_are_paged_to_the_oldest(stack, viewer, recent, old):
    user = new_id("user")
    at = [ago(days=6, minutes=i) for i in range(recent)] + [ago(days=30 + i) for i in range(old)]
    names = [f"view {i:02d}." for i in range(len(at))]
    post(stack, [view(user, a, n) for a, n in zip(at, names)])
    first = viewer.get(f"/admin/person?user_id={user}")
    seen, way = [], ways(first, "/admin/person?")[0]
    while way:
        answer = viewer.get(way)
        assert "Nothing is stored about" not in text_of_page(answer)
        seen += re.findall(r"view \d\d\.(?=</td>)", answer.text)
        way = next(iter(re.findall(r'rel="next" href="([^"]*)"', answer.text)), None)
        way = way and html.unescape(way)
        assert len(seen) <= len(names)
    assert seen == names
    assert ("There are no older views" in answer.text) == (len(names) == 3 or len(names) == 50)
    assert viewer.get(f"/admin/person?user_id={user}&after=yesterday").status_code == 422


def test_long_values_are_cut_and_the_page_stays_small(stack, viewer):
    user = new_id("user")
    put_user(stack, user, **{f"attribute-{i}": "<" * 200 for i in range(200)})
    tags = {f"tag-{i}": "&" * 4000 for i in range(99)}
    assert stack.call("PUT", f"/v1/user/{user}/tags?scope=global", json=tags).status_code == 200
    post(stack, [view(user, ago(minutes=i + 1), "n" * 512, url="u" * 2048, referrer="r" * 2048)
                 for i in range(25)])
    assert "…" in text_of_page(viewer.get(f"/admin/person?user_id={user}&views=last"))
    answer = viewer.get(f"/admin/person?user_id={user}")
    assert "49 more are in the JSON" in answer.text and "…" in answer.text
    assert len(answer.content) < 150_000


def test_the_export_equals_that_of_the_api_page_by_page(stack, viewer):
    user, _, _ = known_user(stack, "<b>&" + new_id("user"))
    path = urllib.parse.quote(user, safe="")
    told = stack.call("GET", f"/v1/user/{path}/export").json()
    assert viewer.get("/admin/person/export", params={"user_id": user}).json() == told
    lines = viewer.get("/admin/person/export", params={"user_id": user, "format": "ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == told["records"]
    found = []
    way = "?" + urllib.parse.urlencode({"user_id": user, "limit": 1})
    while way:
        answer = viewer.get("/admin/person/export" + way)
        found += answer.json()["records"]
        way = answer.links["next"]["url"] if "next" in answer.links else None
        assert len(found) <= len(told["records"])
    assert found == told["records"]
    assert viewer.get("/admin/person/export").status_code == 422


@pytest.mark.parametrize("text", HOSTILE[:4])
@pytest.mark.parametrize("field", KINDS)
def test_an_admin_erases_a_subject_by_typing_its_id(stack, admin, field, text):
    who, other = {field: text + new_id("")}, {field: text + new_id("")}
    exp = running(stack, "b")
    for each in (who, other):
        enroll(stack, exp, each)
    asked = text_of_page(admin.get("/admin/person/erase", params=who))
    assert who[field] in asked and 'name="confirm"' in asked
    refused = text_of_page(erase(admin, who, other[field]), 422)
    assert 'id="confirm-wrong"' in refused and other[field] in refused
    assert "Nothing is stored about" not in look(admin, who)
    answer = erase(admin, who)
    assert "Enrolments in experiments</td><td class=\"number\">1<" in text_of_page(answer)
    assert who[field] in text_of_page(answer)
    assert "Nothing is stored about" in look(admin, who)
    assert "Nothing is stored about" not in look(admin, other)


def test_the_receipt_counts_what_was_stored_and_a_second_one_nothing(stack, admin):
    user, exp, _ = known_user(stack)

    def numbers():
        receipt = erase(admin, {"user_id": user}).text
        return [int(n) for n in re.findall(r'"number">(\d+)<', receipt)]
    assert numbers() == [1, 1, 1, 2, 0, 0, 1, 0, 1, 1, 0, 0]
    assert numbers() == [0] * 12
    told = stack.call("GET", f"/v1/user/{user}/export").json()
    assert told["records"] == []
    assert stack.sql("select count(*) from assay.enrolment where subject_id = %s",
                     text_of(user)) == [(0,)]


def test_an_erasure_is_audited_with_its_receipt_but_without_the_id(stack, admin):
    user, _, _ = known_user(stack, "secret-" + new_id("user"))
    erase(admin, {"user_id": user})
    row, = stack.sql("select action, target, status, after from assay.audit where account = %s "
                     "and after -> 'deleted' ->> 'profile' = '1' order by nr desc limit 1",
                     admin.name)
    action, target, status, after = row
    assert (action, status) == ("POST /admin/person/erase", 200)
    assert re.fullmatch("[0-9a-f]{16}", target) and after["deleted"]["page_views"] == 1
    assert stack.sql("select count(*) from assay.audit as a where position(%s in a::text) > 0",
                     user) == [(0,)]
    assert "POST /admin/person/erase" in admin.get("/admin/audit").text


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_admins_erase_and_other_attempts_are_audited(stack, people, role):
    user, _, _ = known_user(stack)
    person = people[role]
    assert erase(person, {"user_id": user}).status_code == 403
    assert person.get("/admin/person/erase", params={"user_id": user}).status_code == 403
    assert "/admin/person/erase" not in look(person, {"user_id": user})
    assert "Nothing is stored about" not in look(person, {"user_id": user})
    assert stack.sql("select action, target, status from assay.audit where account = %s "
                     "order by nr desc limit 1", person.name) == [
                         ("POST /admin/person/erase", None, 403)]


@pytest.mark.parametrize("spoiled", [{"csrf": "0" * 64},
                                     {"headers": {"Origin": "https://evil.example"}}])
def test_a_forged_form_erases_nobody(stack, admin, spoiled):
    user, _, _ = known_user(stack)
    assert erase(admin, {"user_id": user}, **spoiled).status_code == 403
    assert "Nothing is stored about" not in look(admin, {"user_id": user})


def listed(person, begin, **more):
    answer = person.get("/admin/people", params={"q": begin, **more})
    text_of_page(answer)
    return [html.unescape(u) for u in
            re.findall(r'href="/admin/person\?user_id=[^"]*">([^<]*)<', answer.text)], answer


def test_the_directory_is_listed_by_how_ids_begin_and_paged(stack, viewer):
    begin = new_id("list") + "_%<"
    users = sorted(begin + f"{i:03d}" for i in range(120))
    rows = [{"user_id": u, "plan": "x"} for u in users + [begin[:-1] + "=", begin[:-2]]]
    assert stack.call("POST", "/v1/users", json=rows).json()["errors"] == []
    first, answer = listed(viewer, begin)
    assert first == users[:25]
    more, last = listed(viewer, begin, after=users[99])
    assert more == users[100:] and 'rel="next"' not in last.text
    assert begin + "000" in text_of_page(viewer.get(ways(answer, "/admin/person?")[0]))
    api = stack.call("GET", "/v1/users", params={"q": begin, "limit": 7, "after": users[1]})
    assert [u["user_id"] for u in api.json()["users"]] == users[2:9]
    assert api.json()["next"] == users[8]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "1001"}, {"limit": "x"}])
def test_a_list_has_bounds(stack, query):
    assert stack.call("GET", "/v1/users", params=query).status_code == 422


@pytest.mark.parametrize("begin", HOSTILE + ["\U0010ffff", "z" * 300])
def test_a_list_that_is_empty_says_so_and_keeps_what_was_typed(stack, viewer, begin):
    begin += new_id("none")
    users, answer = listed(viewer, begin)
    assert users == [] and "has no user whose id begins with" in answer.text
    assert f'value="{begin}"' in html.unescape(answer.text)


def test_an_empty_directory_says_what_it_is_and_how_to_fill_it():
    fresh = Stack("lighttpd")
    try:
        text = text_of_page(Person(fresh, "viewer").get("/admin/people"))
        assert "It is empty" in text and "curl -X PUT" in text
    finally:
        fresh.stop()
