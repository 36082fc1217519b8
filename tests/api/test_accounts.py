# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, keys and the audit log, as an admin sees them."""

import re
import urllib.parse

import pytest
import requests

from lookups import new_id, submit
from pages import Person

STRANGE = 'a/b "<i>é\u202e%2e?#&'


@pytest.fixture(scope="module")
def admin(stack):
    return Person(stack, "admin")


def enter(stack, page):
    """Uses the link that a page shows."""
    token = re.search(r"/admin/enter\?token=([0-9a-f]{64})", page).group(1)
    return stack.call("POST", "/admin/enter", key=None, data={"token": token},
                      allow_redirects=False).status_code


def noted(stack, name):
    """What was done to something by the pages of an admin."""
    return stack.sql("select action, before, after from assay.audit where target = %s "
                     "and action ~ '^POST /admin/(accounts|keys)' order by nr", name)


def test_an_account_is_added_and_its_link_shown_once(stack, admin):
    name = new_id("added")
    answer = admin.post("/admin/accounts", name=name, role="editor")
    assert answer.status_code == 200
    assert enter(stack, answer.text) == 303 and enter(stack, answer.text) == 422
    page = admin.get("/admin/accounts")
    assert name in page.text and "/admin/enter" not in page.text
    token = re.search("token=([0-9a-f]{64})", answer.text).group(1)
    (action, before, after), = noted(stack, name)
    assert (action, before) == ("POST /admin/accounts", None)
    assert after["role"] == "editor" and token not in str(after)


def test_a_refused_form_is_shown_again_with_its_input(admin):
    answer = admin.post("/admin/accounts", name="-x<b>", role="owner")
    assert answer.status_code == 422
    assert 'value="-x&lt;b&gt;"' in answer.text
    assert "must not begin with -" in answer.text and "must be viewer" in answer.text
    taken = admin.post("/admin/accounts", name=admin.name, role="viewer")
    assert taken.status_code == 409 and "another account" in taken.text


def test_role_reset_and_disable_of_another_account(stack, admin):
    other = Person(stack, "viewer")
    assert admin.post(f"/admin/accounts/{other.name}/role", role="editor").status_code == 303
    assert other.get("/admin").status_code == 303
    other = Person(stack, "viewer")
    reset = admin.post(f"/admin/accounts/{other.name}/reset")
    assert other.get("/admin").status_code == 303
    assert enter(stack, reset.text) == 303
    other = Person(stack, "viewer")
    assert admin.post(f"/admin/accounts/{other.name}/disable").status_code == 303
    assert other.get("/admin").status_code == 303
    assert stack.sql("select disabled_at is not null from assay.account where name = %s",
                     other.name) == [(True,)]


def test_another_role_ends_the_sessions_and_the_same_role_none(stack, admin):
    other = Person(stack, "admin")
    cookies = dict(other.session.cookies)
    assert admin.post(f"/admin/accounts/{other.name}/role", role="admin").status_code == 303
    assert other.get("/admin").status_code == 200
    assert admin.post(f"/admin/accounts/{other.name}/role", role="viewer").status_code == 303
    assert stack.sql("select 1 from assay.session s join assay.account a on a.id = s.account "
                     "where a.name = %s", other.name) == []
    for path in ("/admin", "/admin/accounts", "/admin/account"):
        answer = requests.get(stack.url + path, cookies=cookies, allow_redirects=False, timeout=120)
        assert answer.headers["Location"].startswith("/admin/login")


def test_an_account_stands_in_the_list_with_its_own_role_chosen(stack, admin):
    for role in ("viewer", "editor", "admin"):
        other = Person(stack, role)
        line = admin.get("/admin/accounts").text.partition(f"Role of {other.name}")[2]
        chosen = re.findall(r'value="([a-z]+)" selected', line.partition("</select>")[0])
        assert chosen == [role]


@pytest.mark.parametrize("path, choice, more", [
    ("/admin/accounts", ("role", "editor"), {"name": "-x"}),
    ("/admin/keys", ("class", "server"), {"name": "n", "days": "0"})])
def test_a_refused_form_keeps_what_was_chosen(admin, path, choice, more):
    answer = admin.post(path, **dict([choice]), **more)
    assert answer.status_code == 422
    assert re.findall(r'value="([a-z]+)"[^>]* checked', answer.text) == [choice[1]]


def test_a_change_of_role_is_audited_with_the_former_role(stack, admin):
    other = Person(stack, "viewer")
    admin.post(f"/admin/accounts/{other.name}/role", role="admin")
    assert noted(stack, other.name) == [
        ("POST /admin/accounts/:name/role", {"role": "viewer"}, {"role": "admin"})]


@pytest.mark.parametrize("what", ["role", "reset", "disable"])
def test_an_account_cannot_change_its_own_rights(admin, what):
    assert admin.post(f"/admin/accounts/{admin.name}/{what}", role="viewer").status_code == 409
    assert admin.get("/admin/accounts").status_code == 200


@pytest.mark.parametrize("what", ["role", "reset", "disable"])
def test_an_unknown_account_is_not_found(admin, what):
    assert admin.post(f"/admin/accounts/nobody/{what}", role="viewer").status_code == 404


def test_a_name_of_any_letters_is_managed_by_its_forms(stack, admin):
    name = STRANGE + new_id()
    assert admin.post("/admin/accounts", name=name, role="viewer").status_code == 200
    way = f"/admin/accounts/{urllib.parse.quote(name, safe='')}/disable"
    page = admin.get("/admin/accounts")
    assert way in page.text and "<i>" not in page.text
    assert admin.post(way).status_code == 303
    assert stack.sql("select disabled_at is not null from assay.account where name = %s",
                     name) == [(True,)]


def test_a_key_is_shown_once_and_works_until_it_is_revoked(stack, admin):
    label = new_id("key")
    answer = admin.post("/admin/keys", **{"class": "server", "name": label, "days": "7"})
    key = re.search(r"asy_server_([0-9a-f]{8})_[0-9a-f]{48}", answer.text)
    headers = {"X-API-Key": key.group()}

    def use():
        return stack.call("GET", "/v1/user/any", key=None, headers=headers).status_code
    assert (answer.status_code, use()) == (200, 200)
    page = admin.get("/admin/keys")
    assert label in page.text and key.group() not in page.text
    assert admin.post(f"/admin/keys/{key.group(1)}/revoke").status_code == 303
    assert label not in admin.get("/admin/keys").text
    assert label in admin.get("/admin/keys?all=1").text
    assert stack.sql("select revoked_at is not null from assay.api_key where id = %s",
                     key.group(1)) == [(True,)]
    assert key.group() not in str(noted(stack, key.group(1)))


def test_problems_of_a_key_are_shown_beside_its_fields(admin):
    answer = admin.post("/admin/keys", **{"class": "root", "name": "n", "days": "0",
                                          "origins": "example.org", "tags": "a b"})
    assert answer.status_code == 422
    for why in ("must be client, server or admin", "from 1 to 3650", "without a path",
                "must be 1 to 255"):
        assert why in answer.text
    assert admin.post("/admin/keys/00000000/revoke").status_code == 404


def test_the_audit_log_is_filtered_and_paged(stack, admin):
    other = Person(stack, "viewer")
    for n in range(26):
        admin.post(f"/admin/accounts/{other.name}/role", role=("editor", "viewer")[n % 2])
    first = admin.get(f"/admin/audit?target={other.name}")
    assert first.status_code == 200 and len(first.content) < 50_000
    assert first.text.count("<details>") == 25
    older = re.search(r'href="/admin/audit(\?after=[^"]*)"', first.text).group(1)
    rest = admin.get("/admin/audit" + older.replace("&amp;", "&"))
    assert rest.text.count("<details>") == 3, "how it was added and let in, too"
    assert admin.get(f"/admin/audit?account={other.name}").text.count("<details>") == 1
    assert admin.get("/admin/audit?after=x").status_code == 422


def test_a_denied_attempt_is_marked_and_has_no_before_and_after(stack, admin):
    viewer, exp = Person(stack, "viewer"), submit(stack, "a")
    assert viewer.post(f"/admin/experiment/{exp}/stop").status_code == 403
    for page in (f"/admin/audit?target={exp}&account={viewer.name}",
                 f"/admin/experiment/{exp}/history"):
        told = admin.get(page).text.partition(f"<strong>{viewer.name}<")[2].partition("</li>")[0]
        assert "It was refused" in told and "<details>" not in told


@pytest.mark.parametrize("path", ["/admin/keys", "/admin/audit"])
def test_a_page_of_the_admin_is_small(admin, path):
    assert len(admin.get(path).content) < 50_000


def test_the_list_of_accounts_is_small_for_each_of_them(stack, admin):
    (accounts,), = stack.sql("select count(*) from assay.account")
    assert len(admin.get("/admin/accounts").content) < 10_000 + 1_800 * accounts


def test_settings_show_the_configuration_without_secrets(stack):
    page = Person(stack, "viewer").get("/admin/settings")
    assert page.status_code == 200 and len(page.content) < 50_000
    assert "memcached = " in page.text and "database_url = " in page.text
    assert "assay_app@" not in page.text
