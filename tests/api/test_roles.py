# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles of the admin pages by the table of routes, and the life of sessions."""

import re

import pytest
import requests

from pages import Person
from stack import TOP, wait_until

ROW = re.compile(r'^ROUTE\("([A-Z]+)", "(/admin[^"]*)", ROLE_([A-Z]+), ', re.M)
ROWS = [row.groups() for row in ROW.finditer((TOP / "app/handler/routes.def").read_text())]
ROLES = ["viewer", "editor", "admin"]
ENDS = {"/admin/logout", "/admin/account/sign_out"}
GOOD = "seven ochre lighthouses drifting"


@pytest.fixture(scope="module")
def people(stack):
    return {role: Person(stack, role) for role in ROLES}


def fill(path):
    return re.sub(":[a-z_]+", "nothing-there", path)


def names(row):
    return " ".join(row)


@pytest.mark.parametrize("row", ROWS, ids=names)
def test_a_visitor_is_redirected_to_sign_in(stack, row):
    answer = requests.request(row[0], stack.url + fill(row[1]), allow_redirects=False, timeout=120)
    assert (answer.status_code, "/admin/login" in answer.headers["Location"]) == (303, True)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", ROWS, ids=names)
def test_a_role_may_use_exactly_the_routes_of_its_class(stack, people, row, role):
    method, path, needed = row
    person = Person(stack, role) if path in ENDS else people[role]
    answer = person.get(fill(path)) if method == "GET" else person.post(fill(path))
    allowed = ROLES.index(role) >= ROLES.index(needed.lower())
    assert answer.status_code < 500
    assert (answer.status_code != 403) == allowed
    assert path in ENDS or "/admin/login" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("spoiled", [{"csrf": ""}, {"csrf": "0" * 64},
                                     {"headers": {"Origin": "https://evil.example"}},
                                     {"headers": {"Sec-Fetch-Site": "cross-site"}}])
@pytest.mark.parametrize("row", [r for r in ROWS if r[0] == "POST"], ids=names)
def test_every_form_needs_its_token_and_the_own_origin(people, row, spoiled):
    assert people["admin"].post(fill(row[1]), **spoiled).status_code == 403


@pytest.mark.parametrize("change", ["seen_at = seen_at - interval '31 minutes'",
                                    "created_at = created_at - interval '12 hours 1 minute'"])
def test_a_session_ends_when_it_is_idle_or_old(stack, change):
    person = Person(stack, "viewer")
    assert person.get("/admin/account").status_code == 200
    stack.sql(f"update assay.session set {change} where account = "
              "(select id from assay.account where name = %s)", person.name)
    wait_until(lambda: person.get("/admin/account").status_code == 303, 2, "the end")


def test_a_cookie_from_before_sign_in_is_not_adopted(stack):
    link = stack.assay("user", "link", Person(stack, "viewer").name).stdout.strip()
    planted = {"assay": "0" * 64}
    answer = stack.call("POST", "/admin/enter", key=None, allow_redirects=False, cookies=planted,
                        data={"token": link.partition("token=")[2]})
    assert re.fullmatch("assay=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax",
                        answer.headers["Set-Cookie"])
    assert "0" * 64 not in answer.headers["Set-Cookie"]
    assert requests.get(stack.url + "/admin", cookies=planted, allow_redirects=False,
                        timeout=120).status_code == 303


def test_a_disabled_account_is_out(stack):
    person = Person(stack, "viewer")
    assert person.post("/admin/account/password", password=GOOD, again=GOOD).status_code == 303
    token = person.csrf()
    stack.assay("user", "disable", person.name)
    assert person.post("/admin/account/password", csrf=token).headers["Location"] == "/admin/login"
    wait_until(lambda: person.get("/admin").status_code == 303, 2, "the end")


@pytest.mark.parametrize("how", ["sign-out", "disable", "reset"])
def test_a_session_that_ended_in_the_browser_is_over_in_every_worker(stack, how):
    admin, person = Person(stack, "admin"), Person(stack, "viewer")
    for _ in range(40):
        assert person.get("/admin/account").status_code == 200
    cookies = dict(person.session.cookies)
    path = "/admin/logout" if how == "sign-out" else f"/admin/accounts/{person.name}/{how}"
    (person if how == "sign-out" else admin).post(path)
    for _ in range(40):
        assert requests.get(stack.url + "/admin/account", cookies=cookies, allow_redirects=False,
                            timeout=120).status_code == 303


def test_a_changed_role_takes_effect_in_every_worker(stack):
    admin, person = Person(stack, "admin"), Person(stack, "editor")
    for _ in range(40):
        assert person.get("/admin/experiments/new").status_code == 200
    admin.post(f"/admin/accounts/{person.name}/role", role="viewer")
    for _ in range(40):
        assert person.get("/admin/experiments/new").status_code == 303
