# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin pages: sign-in, roles, forms, the audit log."""

import pytest
import requests

from enrols import running
from lookups import new_id
from pages import Person
from stack import Stack

DOORS = {
    "/admin/login": lambda stack: stack.call("GET", "/admin/login", key=None),
    "/admin/enter": lambda stack: stack.call("GET", "/admin/enter", key=None),
}


@pytest.mark.parametrize("door", DOORS)
def test_sign_in_pages_are_public(stack, door):
    assert DOORS[door](stack).status_code == 200


def test_a_visitor_is_redirected_to_sign_in_and_back(stack):
    answer = requests.get(stack.url + "/admin/experiments?q=a", allow_redirects=False, timeout=120)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/admin/login?to=/admin/experiments%3Fq%3Da")


def test_a_link_signs_in_once(stack):
    link = stack.assay("user", "add", "once", "--role", "viewer").stdout.strip()
    token = link.partition("token=")[2]
    first = stack.call("POST", "/admin/enter", key=None, data={"token": token},
                       allow_redirects=False)
    assert first.status_code == 303
    assert "HttpOnly; SameSite=Lax" in first.headers["Set-Cookie"]
    again = stack.call("POST", "/admin/enter", key=None, data={"token": token},
                       allow_redirects=False)
    assert again.status_code == 422
    assert "Set-Cookie" not in again.headers


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(stack, editor):
    def told(name):
        return stack.call("POST", "/admin/login", key=None, allow_redirects=False,
                          data={"name": name, "password": "wrong"})
    known, unknown = told(editor.name), told("nobody")
    assert known.status_code == unknown.status_code == 422
    assert "name or password is wrong" in known.text
    assert "name or password is wrong" in unknown.text


@pytest.mark.parametrize("path", ["/admin", "/admin/experiments"])
def test_a_page_is_shown_with_its_policy(editor, path):
    answer = {"/admin": lambda: editor.get("/admin"),
              "/admin/experiments": lambda: editor.get("/admin/experiments")}[path]()
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.content) < 50_000


def test_a_filter_that_was_left_empty_does_not_filter(stack, editor):
    exp = running(stack, "b")
    answer = editor.get(f"/admin/experiments?q={exp}&status=&state=")
    assert answer.status_code == 200 and f"/admin/experiment/{exp}" in answer.text


def test_an_experiment_has_a_page_and_its_state_is_changed_by_a_form(stack, editor):
    exp = running(stack, "b")
    assert editor.get(f"/admin/experiment/{exp}").status_code == 200
    assert editor.get(f"/admin/experiment/{exp}/setup").status_code == 200
    back = f"/admin/experiment/{exp}/setup"
    answer = editor.post(f"/admin/experiment/{exp}/state", state="track", back=back)
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    assert editor.post(f"/admin/experiment/{exp}/stop").status_code == 303
    assert editor.post(f"/admin/experiment/{exp}/resume").status_code == 303
    row, = stack.sql("select state, status from assay.experiment where id = %s", exp)
    assert row == (3, "ACTIVE")
    noted = stack.sql("select action, account from assay.audit where target = %s "
                      "and account is not null order by nr", exp)
    assert noted == [(f"POST /admin/experiment/:id/{what}", editor.name)
                     for what in ("state", "stop", "resume")]


def test_a_form_without_the_token_or_from_elsewhere_is_refused(stack, editor):
    exp = running(stack, "b")
    assert editor.post(f"/admin/experiment/{exp}/stop", csrf="x").status_code == 403
    elsewhere = {"Origin": "https://evil.example"}
    assert editor.post(f"/admin/experiment/{exp}/stop", headers=elsewhere).status_code == 403
    assert stack.sql("select status from assay.experiment where id = %s", exp) == [("ACTIVE",)]


def test_a_viewer_changes_nothing_and_the_attempt_is_audited(stack):
    viewer, exp = Person(stack, "viewer"), running(stack, "b")
    assert viewer.post(f"/admin/experiment/{exp}/stop").status_code == 403
    assert stack.sql("select status from assay.audit where account = %s and action <> "
                     "'POST /admin/enter'", viewer.name) == [(403,)]


def test_signing_out_ends_the_session(stack):
    viewer = Person(stack, "viewer")
    cookie = dict(viewer.session.cookies)
    assert viewer.post("/admin/logout").status_code == 303
    answer = requests.get(stack.url + "/admin", cookies=cookie, allow_redirects=False, timeout=120)
    assert answer.status_code == 303


def test_an_unknown_page_keeps_the_menu_of_a_signed_in_account(stack):
    person = Person(stack, "viewer")
    for path in ("/admin/experiment/nothing", "/admin/segmentation/nothing", "/admin/keys"):
        page = person.get(path)
        assert page.status_code in (403, 404)
        assert page.text.count("<main") == page.text.count("<!DOCTYPE") == 1
        assert 'href="/admin/segmentations"' in page.text and person.name in page.text
    page = requests.get(stack.url + "/nothing", headers={"Accept": "text/html"}, timeout=120)
    assert page.status_code == 404 and page.text.count("<main") == 1
    assert "/admin/segmentations" not in page.text


def test_an_empty_list_says_whether_a_filter_is_the_reason():
    fresh = Stack("lighttpd")
    try:
        for role in ("editor", "viewer"):
            person = Person(fresh, role)
            page = person.get("/admin/experiments?q=&status=").text
            assert "There are no experiments yet" in page and "No experiment matches" not in page
            assert ("Create the first experiment" in page) == (role == "editor")
            page = person.get("/admin/experiments?q=x").text
            assert "No experiment matches" in page and "There are no experiments yet" not in page
    finally:
        fresh.stop()


def test_segmentations_are_listed_with_their_groups(stack, editor):
    context = "course:" + new_id("x")
    stack.call("POST", "/v1/segmentation", key="admin", json={
        "id": new_id("seg")[:40], "type": "manual", "name": "<b>Tables", "context": context,
        "groups": [{"name": "one"}]})
    page = editor.get("/admin/segmentations", params={"context": context})
    assert page.status_code == 200
    assert "&lt;b&gt;Tables" in page.text and "one" in page.text
    assert len(editor.get("/admin/segmentations").content) < 50_000
