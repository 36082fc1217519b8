# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of one's own account: passwords, and signing out everywhere."""

import pytest
import requests

from lookups import new_id
from pages import Person

GOOD = "seven ochre lighthouses drifting"
OTHER = "eleven teal accordions unpacked"


@pytest.fixture
def viewer(stack):
    return Person(stack, "viewer")


def set_password(person, fresh, current="", again=None):
    return person.post("/admin/account/password", current=current, password=fresh,
                       again=fresh if again is None else again)


def sign_in(stack, name, password):
    return stack.call("POST", "/admin/login", key=None, allow_redirects=False,
                      data={"name": name, "password": password})


def is_in(stack, cookies):
    return requests.get(stack.url + "/admin", cookies=cookies, allow_redirects=False,
                        timeout=120).status_code == 200


def test_the_page_asks_for_the_old_password_only_where_there_is_one(viewer):
    assert 'name="current"' not in viewer.get("/admin/account").text
    assert set_password(viewer, GOOD).status_code == 303
    page = viewer.get("/admin/account")
    assert page.status_code == 200 and len(page.content) < 50_000
    assert 'name="current"' in page.text


def test_a_password_that_was_set_signs_in(stack, viewer):
    assert set_password(viewer, GOOD).headers["Location"].endswith("/admin/account?changed=1")
    answer = sign_in(stack, viewer.name, GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")


def test_a_change_of_password_needs_the_old_one(stack, viewer):
    set_password(viewer, GOOD)
    refused = set_password(viewer, OTHER, current="wrong")
    assert refused.status_code == 422 and "is not your password" in refused.text
    assert set_password(viewer, OTHER, current=GOOD).status_code == 303
    assert sign_in(stack, viewer.name, GOOD).status_code == 422


def test_a_change_ends_every_other_session_and_renews_this_one(stack, viewer):
    first = dict(viewer.session.cookies)
    set_password(viewer, GOOD)
    second = dict(viewer.session.cookies)
    assert second != first
    assert not is_in(stack, first) and is_in(stack, second)


@pytest.mark.parametrize("fresh, why", [
    ("fourteen chars", "at least 15"),
    ("é" * 14, "at least 15"),
    ("x" * 129, "at most 128"),
    ("aaaaaaaaaaaaaaaaaaaa", "5 different"),
    ("Password Password 2026!", "common words"),
    ("qwertyuiop1234567890", "common words"),
])
def test_a_password_that_attackers_try_first_is_refused(viewer, fresh, why):
    answer = set_password(viewer, fresh)
    assert answer.status_code == 422 and why in answer.text
    assert fresh not in answer.text


def test_a_password_must_not_hold_the_name_and_be_typed_twice_alike(viewer):
    assert "name of the account" in set_password(viewer, f"so {viewer.name.upper()} is it").text
    assert "is not the same" in set_password(viewer, GOOD, again=OTHER).text


def test_no_digest_of_a_password_is_kept_with_an_idempotency_key(stack, viewer):
    key = new_id("key")
    answer = viewer.post("/admin/account/password", headers={"Idempotency-Key": key}, current="",
                         password=GOOD, again=GOOD)
    assert answer.status_code == 303
    assert stack.sql("select count(*) from idempotency where key = %s", key) == [(0,)]


def test_signing_out_everywhere_ends_all_sessions_and_open_links(stack, viewer):
    link = stack.assay("user", "link", viewer.name).stdout.strip()
    cookies = dict(viewer.session.cookies)
    answer = viewer.post("/admin/account/sign_out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/login")
    assert not is_in(stack, cookies)
    token = link.partition("token=")[2]
    assert stack.call("POST", "/admin/enter", key=None, data={"token": token}).status_code == 422


def test_a_link_leaves_the_password_and_the_sessions(stack, viewer):
    set_password(viewer, GOOD)
    stack.assay("user", "link", viewer.name)
    assert viewer.get("/admin").status_code == 200
    assert sign_in(stack, viewer.name, GOOD).status_code == 303


def test_the_stack_prints_a_sign_in_link_for_admin(stack):
    address, _, token = stack.env["ASSAY_SIGN_IN"].partition("/admin/enter?token=")
    assert address == stack.url
    answer = stack.call("POST", "/admin/enter", key=None, data={"token": token},
                        allow_redirects=False)
    assert answer.status_code == 303
    assert stack.sql("select role from assay.account where name = 'admin'") == [("admin",)]
