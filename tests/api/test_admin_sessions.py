# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody at the door, or with a cookie that is not theirs, can and cannot do."""

import re

import pytest
import requests

from enrols import running
from lookups import new_id
from pages import Person
from stack import Stack

GOOD = "seven ochre lighthouses drifting"
TLS = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module", params=["lighttpd", "nginx"])
def behind(request):
    """One behind a proxy on this machine, which says where requests come from, and how."""
    s = Stack(request.param, ASSAY_PROXIES="127.0.0.1")
    yield s
    s.stop()


@pytest.fixture(scope="module")
def known(behind):
    """Somebody with a password."""
    person = Person(behind, "viewer")
    assert person.post("/admin/account/password", password=GOOD, again=GOOD).status_code == 303
    return person


def sign_in(stack, name, password=GOOD, address="203.0.113.1", cookie=None, **more):
    headers = {"X-Forwarded-For": address, **more.pop("headers", {})}
    if cookie:
        headers["Cookie"] = cookie
    return requests.post(stack.url + "/admin/login", allow_redirects=False, timeout=10,
                         headers=headers, data={"name": name, "password": password, **more})


def cookie_of(answer):
    return answer.headers["Set-Cookie"].partition(";")[0]


def is_in(stack, cookie, **headers):
    return requests.get(stack.url + "/admin/account", allow_redirects=False, timeout=10,
                        headers={"Cookie": cookie, **headers}).status_code == 200


def failed(stack, address, times, since="now()"):
    """The address has failed so often."""
    stack.sql(f"insert into assay.sign_in_try (address, since, failures) values (%s, {since}, %s)",
              address, times)


def test_an_address_waits_after_twenty_failures_and_others_do_not(behind, known):
    failed(behind, "203.0.113.20", 19)
    assert sign_in(behind, "nobody", address="203.0.113.20").status_code == 422
    waits = sign_in(behind, known.name, address="203.0.113.20")
    assert waits.status_code == 429 and int(waits.headers["Retry-After"]) > 0
    assert "Set-Cookie" not in waits.headers
    assert sign_in(behind, known.name, address="203.0.113.21").status_code == 303


def test_failures_are_counted_by_address_and_forgotten_after_a_quarter_of_an_hour(behind, known):
    for name in ("nobody", "somebody"):
        assert sign_in(behind, name, address="203.0.113.30").status_code == 422
    assert behind.sql("select failures from assay.sign_in_try where address = '203.0.113.30'") \
        == [(2,)]
    failed(behind, "203.0.113.31", 50, "now() - interval '15 minutes 1 second'")
    assert sign_in(behind, known.name, address="203.0.113.31").status_code == 303


def test_nobody_else_names_the_address(stack):
    """Without a configured proxy a header changes nothing: the tries stay together."""
    for address in ("203.0.113.40", "203.0.113.41"):
        assert sign_in(stack, new_id("no"), "x", address=address).status_code == 422
    assert stack.sql("select address from assay.sign_in_try where address like '203.%'") == []


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(behind, known):
    answer = sign_in(behind, known.name, headers=TLS)
    assert re.fullmatch("__Host-assay=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax; Secure",
                        answer.headers["Set-Cookie"])
    cookie = cookie_of(answer)
    assert is_in(behind, cookie, **TLS)
    plain = cookie.removeprefix("__Host-")
    assert not is_in(behind, plain, **TLS), "one that a neighbour of the host may set"
    assert not is_in(behind, cookie)
    page = requests.get(behind.url + "/admin", headers={"Cookie": cookie, **TLS}, timeout=10).text
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)
    out = requests.post(behind.url + "/admin/logout", data={"csrf": csrf}, timeout=10,
                        headers={"Cookie": cookie, **TLS}, allow_redirects=False)
    assert out.headers["Set-Cookie"] == (
        "__Host-assay=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure")
    assert not is_in(behind, cookie, **TLS)


@pytest.mark.parametrize("said", ["http", "", "HTTPS, http"])
def test_without_tls_the_cookie_is_a_plain_one(behind, known, said):
    answer = sign_in(behind, known.name, headers={"X-Forwarded-Proto": said})
    assert re.fullmatch("assay=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax",
                        answer.headers["Set-Cookie"])


def test_only_a_proxy_says_that_there_was_tls(stack):
    link = stack.assay("user", "link", Person(stack, "viewer").name).stdout.strip()
    answer = stack.call("POST", "/admin/enter", key=None, headers=TLS, allow_redirects=False,
                        data={"token": link.partition("token=")[2]})
    assert cookie_of(answer).startswith("assay=")


def test_a_sign_in_ends_the_session_that_was_there(behind, known):
    first = cookie_of(sign_in(behind, known.name))
    assert is_in(behind, first)
    second = cookie_of(sign_in(behind, known.name, cookie=first))
    assert second != first
    assert is_in(behind, second) and not is_in(behind, first)


def test_a_failed_sign_in_leaves_the_session(behind, known):
    cookie = cookie_of(sign_in(behind, known.name))
    refused = sign_in(behind, known.name, "wrong", cookie=cookie, address="203.0.113.50")
    assert refused.status_code == 422 and is_in(behind, cookie)


def test_a_chosen_cookie_is_never_a_session(behind, known):
    planted = "assay=" + "ab" * 32
    fresh = cookie_of(sign_in(behind, known.name, cookie=planted))
    assert fresh != planted
    assert is_in(behind, fresh) and not is_in(behind, planted)


@pytest.mark.parametrize("whose", ["of the same account", "of another account"])
def test_a_token_of_another_session_is_refused(stack, whose):
    mine = Person(stack, "editor")
    other = Person(stack, "editor")
    if whose == "of the same account":
        link = stack.assay("user", "link", mine.name).stdout.strip()
        other.session.cookies.clear()
        other.post("/admin/enter", token=link.partition("token=")[2])
        assert f"{mine.name} (editor)" in other.get("/admin").text
    exp = running(stack, "b")
    refused = mine.post(f"/admin/experiment/{exp}/stop", csrf=other.csrf())
    assert refused.status_code == 403
    assert stack.sql("select status from assay.experiment where id = %s", exp) == [("ACTIVE",)]
    assert mine.post(f"/admin/experiment/{exp}/stop").status_code == 303


def test_what_a_viewer_forges_is_refused_and_noted_for_every_route_of_editors(stack):
    viewer = Person(stack, "viewer")
    paths = ["/admin/segmentations", "/admin/goals", "/admin/layers", "/admin/experiments"]
    for path in paths:
        assert viewer.post(path, id="x", name="x").status_code == 403
    noted = stack.sql("select action, status, after from assay.audit where account = %s "
                      "order by nr", viewer.name)
    assert noted == [(f"POST {path}", 403, None) for path in paths]


ELSEWHERE = ["https://evil.example", "//evil.example", "\\\\evil.example", "/\\evil.example",
             "/admin/\\evil.example", "/admin//evil.example", "%2F%2Fevil.example",
             "/%2Fevil.example", "/%5Cevil.example", "/admin@evil.example", "/admin.evil.example",
             " //evil.example", "\t//evil.example", "/admin\r\nLocation: //evil.example",
             "javascript:alert(1)", "data:text/html,x", ""]


@pytest.mark.parametrize("to", ELSEWHERE[:4])
def test_a_password_leads_to_no_other_site(behind, known, to):
    answer = sign_in(behind, known.name, to=to)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")


@pytest.mark.parametrize("to", ELSEWHERE)
def test_a_link_leads_to_no_other_site(behind, known, to):
    link = behind.assay("user", "link", known.name).stdout.strip()
    answer = behind.call("POST", "/admin/enter", key=None, allow_redirects=False,
                         data={"token": link.partition("token=")[2], "to": to})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")


@pytest.mark.parametrize("back", ELSEWHERE)
def test_a_form_leads_to_no_other_site(stack, back):
    editor, goal = Person(stack, "editor"), new_id("goal")
    answer = editor.post("/admin/goals", name=goal, test="chi2", back=back)
    assert answer.status_code == 303
    assert re.fullmatch(r"/admin(/goal/[\w%.-]*)?", answer.headers["Location"]), answer.headers
