# SPDX-License-Identifier: GPL-3.0-or-later
"""public_url: a service below a path, behind a proxy that changes Host."""

import html
import re

import pytest
import requests

from lookups import body, new_id, submit
from shapes import view
from stack import Stack

ORIGIN, PREFIX = "https://exp.example.org", "/ab/c.d"
URL = f"https://EXP.example.org:443{PREFIX}/"
GOOD = "seven ochre lighthouses drifting"


@pytest.fixture(scope="module", params=["lighttpd", "nginx"])
def below(request):
    """Below a path, behind a proxy that ends TLS and names another host."""
    s = Stack(request.param, ASSAY_PUBLIC_URL=URL)
    yield s
    s.stop()


def call(stack, method, path, cookie=None, **kw):
    headers = {"Accept": "text/html", **kw.pop("headers", {})}
    if cookie:
        headers["Cookie"] = cookie
    return requests.request(method, stack.url + path, headers=headers, allow_redirects=False,
                            timeout=10, **kw)


def enter(stack, role="admin"):
    """The cookie of somebody who signed in by a link, which leads to the public address, to set a
    password there."""
    link = stack.assay("user", "add", new_id(role), "--role", role,
                       ASSAY_PUBLIC_URL=URL).stdout.strip()
    assert re.fullmatch(f"{ORIGIN}{PREFIX}/admin/enter\\?token=[0-9a-f]{{64}}", link)
    answer = call(stack, "POST", PREFIX + "/admin/enter", data={"token": link[-64:]},
                  headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"{ORIGIN}{PREFIX}/admin/account")
    assert re.fullmatch(f"__Secure-assay=[0-9a-f]{{64}}; Path={PREFIX}/; HttpOnly; SameSite=Lax; "
                        "Secure", answer.headers["Set-Cookie"])
    return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.parametrize("path", ["/", "/docs", "/version", "/admin", "/admin/login", "/v1/page",
                                  "/v1/healthz", "/v1/readyz", "/v1/metrics", "/ab", "/ab/", "/c.d",
                                  "/ab/c.d.e/version", "/ab/c.dversion", "/AB/c.d/version",
                                  "/ab/c/version", "/c.d/ab/version"])
def test_without_the_path_there_is_nothing(below, path):
    for method in ("GET", "POST", "OPTIONS"):
        assert call(below, method, path).status_code == 404


def test_probes_answer_with_and_without_the_path(below):
    for prefix in ("", PREFIX):
        for path in ("/healthz", "/readyz"):
            assert call(below, "GET", prefix + path).status_code == 200
        assert below.call("GET", prefix + "/metrics", key=None).status_code == 401
        assert below.call("GET", prefix + "/metrics", key="admin").status_code == 200
    assert "assay_requests_total" in below.assay("metrics").stdout


@pytest.mark.parametrize("path", [PREFIX, PREFIX + "/", PREFIX + "/docs",
                                  PREFIX + "?a=b", PREFIX + "/?a=b", PREFIX + "/admin/login"])
def test_below_the_path_everything_is_there(below, path):
    assert call(below, "GET", path).status_code == 200


def test_calls_by_key_work_below_the_path_under_any_host(below, user):
    for host in ("exp.example.org", "10.0.0.1:99"):
        answer = below.call("POST", PREFIX + "/v1/page", key="client", json=view(user),
                            headers={"Host": host})
        assert answer.status_code == 200, answer.text
    exp = submit_below(below)
    assert below.call("GET", f"{PREFIX}/experiment/{exp}").status_code == 200
    answer = below.call("POST", PREFIX + "/v1/goal/a%2Fb", key=None)
    assert answer.json()["type"] == f"{ORIGIN}{PREFIX}/docs#unauthorized"
    pixel = below.call("GET", f"{PREFIX}/v1/goal/x.png?a=1&a=2", key=None)
    assert (pixel.status_code, pixel.headers["Content-Type"]) == (200, "image/png")


def submit_below(stack):
    """An experiment that is made below the path; answers where it is."""
    layer = new_id("layer")
    made = stack.call("POST", PREFIX + "/v1/layer", key="admin",
                      json={"id": layer, "unit": "user"})
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{ORIGIN}{PREFIX}/v1/layer/{layer}"
    request = body("a")
    answer = stack.call("POST", PREFIX + "/v1/experiment/create", key="admin",
                        json={"request": request})
    assert answer.status_code == 200, answer.text
    return request["expId"]


def addresses(page):
    return [html.unescape(a) for a in re.findall(r' (?:href|src|action)="([^"]*)"', page)]


def test_every_link_of_every_page_stays_below_the_path(below):
    cookie = enter(below)
    submit_below(below)
    seen, todo = set(), [PREFIX + "/admin", PREFIX + "/", PREFIX + "/docs"]
    while todo and len(seen) < 150:
        path = todo.pop()
        seen.add(path)
        answer = call(below, "GET", path, cookie)
        assert answer.status_code == 200, path
        if "text/html" not in answer.headers["Content-Type"]:
            continue
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        for found in addresses(answer.text):
            assert found.startswith((PREFIX + "/", "#", "?")), (path, found)
            if f'action="{html.escape(found)}"' in answer.text:
                continue
            if re.search(r'/admin|/docs$|/version|/readyz|/assets/', found) and \
                    found not in seen and not re.search("/(login|logout|enter)|/accounts/.*/"
                                                        "|/revoke|/(change|state|stop|resume)$",
                                                        found.partition("?")[0]):
                todo.append(found.partition("#")[0])
                seen.add(todo[-1])
    assert len(seen) > 20


def test_assets_are_below_the_path_and_never_change(below):
    page = call(below, "GET", PREFIX + "/admin/login").text
    found = [a for a in addresses(page) if "/assets/" in a]
    assert len(found) >= 3
    for path in found:
        answer = call(below, "GET", path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_visitor_is_redirected_to_sign_in_below_the_path_and_back(below):
    answer = call(below, "GET", PREFIX + "/admin/goals?after=a")
    assert answer.headers["Location"] == \
        f"{ORIGIN}{PREFIX}/admin/login?to=/admin/goals%3Fafter%3Da"
    name = new_id("viewer")
    link = below.assay("user", "add", name, "--role", "viewer").stdout.strip()
    cookie = call(below, "POST", PREFIX + "/admin/enter",
                  data={"token": link[-64:]}).headers["Set-Cookie"].partition(";")[0]
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"',
                     call(below, "GET", PREFIX + "/admin", cookie).text).group(1)
    answer = call(below, "POST", PREFIX + "/admin/account/password", cookie,
                  data={"csrf": csrf, "password": GOOD, "again": GOOD})
    assert answer.headers["Location"] == f"{ORIGIN}{PREFIX}/admin/account?changed=1"
    answer = call(below, "POST", PREFIX + "/admin/login", headers={"Origin": ORIGIN},
                  data={"name": name, "password": GOOD, "to": "/admin/goals?after=a"})
    assert answer.headers["Location"] == f"{ORIGIN}{PREFIX}/admin/goals?after=a"


@pytest.mark.parametrize("path", ["/admin/login", "/admin/enter", "/admin/logout"])
@pytest.mark.parametrize("origin", ["http://exp.example.org", "https://exp.example.org:8443",
                                    "https://example.org", "null", "https://evil.example", "{}"])
def test_a_form_of_another_origin_is_refused_and_both_are_named(below, path, origin):
    """Also when it is the Host of the request: public_url decides."""
    origin = origin.replace("{}", below.url)
    answer = call(below, "POST", PREFIX + path, enter(below), headers={"Origin": origin},
                  data={"name": "a", "password": "b", "token": "c"})
    assert answer.status_code == 403
    assert f"{origin}," in answer.text and f"at {ORIGIN};" in answer.text
    assert "The key does not allow this" not in answer.text


def test_the_link_of_an_account_is_the_public_address(below):
    cookie = enter(below)
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"',
                     call(below, "GET", PREFIX + "/admin", cookie).text).group(1)
    answer = call(below, "POST", PREFIX + "/admin/accounts", cookie,
                  data={"csrf": csrf, "name": new_id("a"), "role": "viewer"})
    assert f'href="{ORIGIN}{PREFIX}/admin/enter?token=' in answer.text


@pytest.mark.parametrize("url, cookie", [
    ("https://exp.example.org", r"__Host-assay=\w{64}; Path=/; HttpOnly; SameSite=Lax; Secure"),
    ("http://exp.example.org/ab", r"assay=\w{64}; Path=/ab/; HttpOnly; SameSite=Lax"),
    ("http://exp.example.org", r"assay=\w{64}; Path=/; HttpOnly; SameSite=Lax")])
def test_cookies_and_hsts_follow_the_public_url(url, cookie):
    s = Stack("nginx", ASSAY_PUBLIC_URL=url)
    try:
        link = s.assay("user", "add", "somebody", "--role", "viewer").stdout.strip()
        path = "/ab" if url.endswith("/ab") else ""
        # Neither Host nor a header of the client says otherwise.
        answer = call(s, "POST", path + "/admin/enter", data={"token": link[-64:]},
                      headers={"Origin": url.removesuffix("/ab"), "X-Forwarded-Proto": "https"})
        assert answer.status_code == 303 and re.fullmatch(cookie, answer.headers["Set-Cookie"])
        assert ("Strict-Transport-Security" in answer.headers) == url.startswith("https")
        assert call(s, "GET", path + "/admin",
                    answer.headers["Set-Cookie"].partition(";")[0]).status_code == 200
    finally:
        s.stop()


def test_without_a_public_url_the_host_decides(stack):
    answer = call(stack, "POST", "/admin/login", headers={"Origin": "http://a.example"},
                  data={"name": "a", "password": "b"})
    assert answer.status_code == 403
    assert "http://a.example," in answer.text and f"at {stack.url};" in answer.text
    for origin in ("http://b.example", "https://b.example"):
        answer = call(stack, "POST", "/admin/login", data={"name": "a", "password": "b"},
                      headers={"Origin": origin, "Host": "b.example"})
        assert answer.status_code in (422, 429)
    assert "Strict-Transport-Security" not in answer.headers
    assert submit(stack, "a")
