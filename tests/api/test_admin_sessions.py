# SPDX-License-Identifier: GPL-3.0-or-later
"""What attackers can and cannot do without a session, or with a foreign cookie."""

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


@pytest.fixture(scope="module")
def new(behind):
    """Somebody without one."""
    return Person(behind, "viewer")


def sign_in(stack, name, password=GOOD, address="203.0.113.1", cookie=None, **more):
    headers = {"X-Forwarded-For": address, **more.pop("headers", {})}
    if cookie:
        headers["Cookie"] = cookie
    return requests.post(stack.url + "/admin/login", allow_redirects=False, timeout=120,
                         headers=headers, data={"name": name, "password": password, **more})


def cookie_of(answer):
    return answer.headers["Set-Cookie"].partition(";")[0]


def is_in(stack, cookie, **headers):
    return requests.get(stack.url + "/admin/account", allow_redirects=False, timeout=120,
                        headers={"Cookie": cookie, **headers}).status_code == 200


def statuses(stack, name, addresses, password="wrong"):
    return [sign_in(stack, name, password, address=a).status_code for a in addresses]


def age(stack, seconds):
    """As if all that was tried had been tried earlier."""
    stack.sql("update assay.sign_in_throttle set failed_at = failed_at - %s * interval '1 second', "
              "blocked_until = blocked_until - %s * interval '1 second'", seconds, seconds)


def failed(stack, kind, times):
    """All of a kind have failed so often."""
    stack.sql("update assay.sign_in_throttle set failures = %s where kind = %s", times, kind)


@pytest.fixture
def owner(behind):
    """Somebody with a password, who never signed in by it."""
    person = Person(behind, "viewer")
    assert person.post("/admin/account/password", password=GOOD, again=GOOD).status_code == 303
    behind.sql("delete from assay.sign_in_throttle")
    return person


def test_failed_attempts_from_elsewhere_lock_nobody_out(behind, owner):
    assert statuses(behind, owner.name, ["203.0.113.20"] * 7) == [422] * 5 + [429] * 2
    refused = sign_in(behind, owner.name, address="203.0.113.20")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert "Set-Cookie" not in refused.headers
    for n in range(5):
        assert sign_in(behind, owner.name, address=f"203.0.113.{21 + n}").status_code == 303


def test_unknown_names_are_counted_like_known_ones(behind, owner):
    disabled = Person(behind, "viewer")
    behind.assay("user", "disable", disabled.name)
    names = [owner.name, disabled.name, new_id("nobody"), Person(behind, "viewer").name, "x" * 300]
    for n, name in enumerate(names):
        assert statuses(behind, name, [f"203.0.113.{30 + n}"] * 7) == [422] * 5 + [429] * 2, name


def test_an_ipv6_network_is_counted_as_one(behind, owner):
    near = [f"2001:db8:7:7:{n:x}::1" for n in range(7)]
    assert statuses(behind, owner.name, near) == [422] * 5 + [429] * 2
    assert statuses(behind, owner.name, ["2001:db8:7:8::1"], GOOD) == [303]


def test_an_address_is_one_however_the_proxy_writes_it(behind, owner):
    forms = ["192.0.2.9", "192.0.2.9:1234", "::ffff:192.0.2.9", "[::ffff:192.0.2.9]:80",
             "::ffff:c000:209", "198.51.100.1, 192.0.2.9"]
    assert statuses(behind, owner.name, forms) == [422] * 5 + [429]


def test_a_wait_ends_and_failures_are_forgotten(behind, owner):
    assert statuses(behind, owner.name, ["203.0.113.40"] * 6) == [422] * 5 + [429]
    age(behind, 61)
    assert statuses(behind, owner.name, ["203.0.113.40"] * 2) == [422, 429]
    age(behind, 16 * 60)
    assert statuses(behind, owner.name, ["203.0.113.40"] * 6) == [422] * 5 + [429]


def test_a_right_password_clears_the_failures_of_its_network(behind, owner):
    for _ in range(2):
        assert statuses(behind, owner.name, ["203.0.113.41"] * 4) == [422] * 4
        assert statuses(behind, owner.name, ["203.0.113.41"], GOOD) == [303]


def test_a_network_that_fails_for_many_names_waits_except_where_one_signed_in(behind, owner):
    assert statuses(behind, owner.name, ["203.0.113.50"], GOOD) == [303]
    for name in (new_id("no"), new_id("no")):
        assert statuses(behind, name, ["203.0.113.50"]) == [422]
        failed(behind, "network", 19)
    assert statuses(behind, new_id("no"), ["203.0.113.50"]) == [429]
    assert statuses(behind, owner.name, ["203.0.113.50"], GOOD) == [303]
    assert statuses(behind, owner.name, ["203.0.113.51"], GOOD) == [303]


def test_an_account_that_is_tried_from_everywhere_waits_where_it_never_was(behind, owner):
    assert statuses(behind, owner.name, ["203.0.113.60"], GOOD) == [303]
    failed(behind, "account", 49)
    assert statuses(behind, owner.name, ["203.0.113.61", "203.0.113.62"]) == [422, 429]
    assert statuses(behind, owner.name, ["203.0.113.63"], GOOD) == [429]
    assert statuses(behind, owner.name, ["203.0.113.60"], GOOD) == [303]
    age(behind, 11)
    assert statuses(behind, owner.name, ["203.0.113.63"], GOOD) == [303]


def test_a_session_keeps_its_account_page_whatever_others_try(behind, owner):
    cookie = cookie_of(sign_in(behind, owner.name, address="203.0.113.70"))
    assert statuses(behind, owner.name, ["203.0.113.70"] * 6)[-1] == 429
    assert is_in(behind, cookie, **{"X-Forwarded-For": "203.0.113.70"})


def test_guessing_the_current_password_is_limited_too(behind, owner):
    def change(current, address="203.0.113.71"):
        return owner.post("/admin/account/password", current=current, password=GOOD, again=GOOD,
                          headers={"X-Forwarded-For": address}).status_code
    assert [change("x") for _ in range(6)] == [422] * 5 + [429]
    assert change(GOOD) == 429 and change(GOOD, "203.0.113.72") == 303


def test_nothing_typed_into_a_sign_in_is_stored(behind):
    name = new_id("typed")
    assert statuses(behind, name, ["203.0.113.80"]) == [422]
    assert name not in str(behind.sql("select t::text, encode(key, 'escape') "
                                      "from assay.sign_in_throttle t"))


def test_old_failures_expire(behind, owner):
    assert statuses(behind, owner.name, ["203.0.113.81"] * 2) == [422] * 2
    age(behind, 86401)
    behind.assay("jobs", "--once")
    assert behind.sql("select 1 from assay.sign_in_throttle") == []


def test_without_a_configured_proxy_a_header_names_no_address(stack):
    addresses = [f"203.0.113.{90 + n}" for n in range(7)]
    assert statuses(stack, new_id("no"), addresses) == [422] * 5 + [429] * 2


@pytest.mark.parametrize("path", ["/v1/admin/login", "/v1/admin/enter", "/v1/admin", "/v1/docs",
                                  "/v1", "/v1/admin/settings", "/v1/admin/person/export",
                                  "/v1/admin/experiment/x/results.csv"])
def test_pages_answer_without_the_prefix_only(stack, path):
    for method in ("GET", "POST"):
        answer = stack.call(method, path, key="admin", allow_redirects=False)
        assert answer.status_code == 404, answer.text


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(behind, known):
    answer = sign_in(behind, known.name, headers=TLS)
    assert re.fullmatch("__Host-assay=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax; Secure",
                        answer.headers["Set-Cookie"])
    cookie = cookie_of(answer)
    assert is_in(behind, cookie, **TLS)
    plain = cookie.removeprefix("__Host-")
    assert not is_in(behind, plain, **TLS), "one that a neighbour of the host may set"
    assert not is_in(behind, cookie)
    page = requests.get(behind.url + "/admin", headers={"Cookie": cookie, **TLS}, timeout=120).text
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)
    out = requests.post(behind.url + "/admin/logout", data={"csrf": csrf}, timeout=120,
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


def test_a_forged_form_of_a_viewer_is_refused_and_audited_on_every_editor_route(stack):
    viewer = Person(stack, "viewer")
    paths = ["/admin/segmentations", "/admin/goals", "/admin/layers", "/admin/experiments"]
    for path in paths:
        assert viewer.post(path, id="x", name="x").status_code == 403
    noted = stack.sql("select action, status, after from assay.audit where account = %s "
                      "and action <> 'POST /admin/enter' order by nr", viewer.name)
    assert noted == [(f"POST {path}", 403, None) for path in paths]


ELSEWHERE = ["https://evil.example", "//evil.example", "\\\\evil.example", "/\\evil.example",
             "/admin/\\evil.example", "/admin//evil.example", "%2F%2Fevil.example",
             "/%2Fevil.example", "/%5Cevil.example", "/admin@evil.example", "/admin.evil.example",
             " //evil.example", "\t//evil.example", "/admin\r\nLocation: //evil.example",
             "javascript:alert(1)", "data:text/html,x", ""]


@pytest.mark.parametrize("to", ELSEWHERE[:4])
def test_sign_in_redirects_to_no_other_site(behind, known, to):
    answer = sign_in(behind, known.name, to=to)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")


@pytest.mark.parametrize("to", ELSEWHERE)
def test_sign_in_by_link_redirects_to_no_other_site(behind, known, new, to):
    """Who has no password yet is asked for one."""
    for person, where in ((known, "/admin"), (new, "/admin/account")):
        link = behind.assay("user", "link", person.name).stdout.strip()
        answer = behind.call("POST", "/admin/enter", key=None, allow_redirects=False,
                             data={"token": link.partition("token=")[2], "to": to})
        assert (answer.status_code, answer.headers["Location"]) == (303, where)


@pytest.mark.parametrize("back", ELSEWHERE)
def test_a_form_redirects_to_no_other_site(stack, back):
    editor, goal = Person(stack, "editor"), new_id("goal")
    answer = editor.post("/admin/goals", name=goal, test="chi2", back=back)
    assert answer.status_code == 303
    assert re.fullmatch(r"/admin(/goal/[\w%.-]*)?", answer.headers["Location"]), answer.headers
