# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every answer: request ids, methods, headers, pages for people and problems for
programs, and what browsers of other origins may do."""

import hashlib
import json
import re

import pytest

import rawhttp
from lookups import define
from shapes import assert_problem, post, post_bytes, receipt, view, viewed
from stack import TOP

PAGE_CSP = ("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
DATA_CSP = "default-src 'none'; frame-ancestors 'none'"

# Every path with its methods.
PATHS = {"/": "GET, HEAD", "/docs": "GET, HEAD", "/healthz": "GET, HEAD", "/readyz": "GET, HEAD",
         "/version": "GET, HEAD", "/metrics": "GET, HEAD", "/v1/page": "POST",
         "/v1/user/a": "GET, HEAD, DELETE", "/v1/user/a/export": "GET, HEAD"}


@pytest.mark.parametrize("given", ["a", "A-z_0.9", "x" * 64])
def test_a_safe_request_id_is_echoed(stack, given):
    answer = stack.call("GET", "/v1/user/a?days=0", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given
    assert_problem(answer, 422, "days")


@pytest.mark.parametrize("given", ["x" * 65, "a b", 'a"b', "a=b", "a,b", "ü", "a/b", "{}", "<b>"])
def test_another_request_id_is_replaced(stack, given):
    answer = rawhttp.get(stack, "/healthz", "X-Request-Id: " + given)
    assert re.fullmatch("[0-9a-f]{32}", answer.header("X-Request-Id"))


def test_generated_request_ids_differ(stack):
    ids = [stack.call("GET", "/healthz").headers["X-Request-Id"] for _ in range(50)]
    assert len(set(ids)) == 50 and all(re.fullmatch("[0-9a-f]{32}", i) for i in ids)


@pytest.mark.parametrize("method, path", [
    (m, p) for m in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") for p, there in PATHS.items()
    if m not in there.split(", ")])
def test_another_method_is_405_with_the_allowed_ones(stack, path, method):
    answer = stack.call(method, path, key="admin")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == PATHS[path] + ", OPTIONS"


@pytest.mark.parametrize("path", PATHS)
def test_options_lists_the_methods_without_a_key(stack, path):
    answer = stack.call("OPTIONS", path, key=None)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == PATHS[path] + ", OPTIONS"
    assert not [h for h in answer.headers if h.lower().startswith("access-control")]


def test_options_of_an_unknown_path_is_not_found(stack):
    assert_problem(stack.call("OPTIONS", "/nowhere", key=None), 404)


@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/v1/user/a?days=0", "/v1/user/%c2%85"])
def test_every_answer_has_the_security_headers(stack, path):
    answer = stack.call("GET", path, key="admin", headers={"Accept": "text/html"})
    headers = answer.headers
    page = headers["Content-Type"] == "text/html; charset=utf-8"
    assert page == (path in ("/", "/docs", "/nowhere", "/v1/page"))
    assert headers["Content-Security-Policy"] == (PAGE_CSP if page else DATA_CSP)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers.get("Cross-Origin-Opener-Policy") == ("same-origin" if page else None)
    assert re.fullmatch(r"(text/(html|plain)|application/(problem\+)?json)(; version=0.0.4)?"
                        r"; charset=utf-8", headers["Content-Type"])
    assert "Set-Cookie" not in headers
    assert "/" not in headers.get("Server", ""), "no version of the web server"


@pytest.mark.parametrize("accept, page", [("text/html,application/xhtml+xml,*/*;q=0.8", True),
                                          ("*/*", False), ("application/json", False)])
def test_people_get_a_page_at_an_unknown_path_and_programs_a_problem(stack, accept, page):
    answer = stack.call("GET", "/no/such/<b>page</b>", key=None, headers={"Accept": accept})
    if not page:
        assert_problem(answer, 404)
        return
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Request-Id"] in answer.text
    assert "<h1>Not found</h1>" in answer.text and "<b>" not in answer.text


@pytest.mark.parametrize("path", ["/", "/docs", "/nowhere"])
def test_a_page_holds_no_inline_script_or_style(stack, path):
    text = stack.call("GET", path, key=None, headers={"Accept": "text/html"}).text
    assert text.startswith("<!DOCTYPE html>")
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=|javascript:|https?://", text)
    for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', text):
        assert stack.call("GET", asset, key=None).status_code == 200


def test_the_front_page_says_what_this_is_and_whether_it_is_ready(stack):
    text = stack.call("GET", "/", key=None).text
    assert "<h1>assay</h1>" in text and "Ready: this service answers requests." in text
    assert 'href="/docs"' in text


def test_the_documentation_lists_every_route_and_every_problem(stack):
    text = stack.call("GET", "/docs", key=None).text
    for path in PATHS:
        assert path.replace("/user/a", "/user/:id") in text
    for slug in ("bad-request", "unauthorized", "forbidden", "not-found", "method-not-allowed",
                 "too-large", "unsupported-media-type", "invalid", "unavailable", "internal"):
        assert f'id="{slug}"' in text


@pytest.mark.parametrize("path, kind", [("/assets/assay.css", "text/css; charset=utf-8"),
                                        ("/assets/icon.svg", "image/svg+xml")])
def test_assets_are_files_of_the_web_server(stack, path, kind):
    answer = stack.call("GET", path, key=None)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    versioned = stack.call("GET", path + "?v=1", key=None)
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", "/docs", "/nowhere", "/admin/login"])
def test_a_page_names_its_assets_by_their_content(stack, path):
    text = stack.call("GET", path, key=None, headers={"Accept": "text/html"}).text
    found = re.findall(r'"/assets/([^"?]+)([^"]*)"', text)
    assert len(found) >= 2
    for name, version in found:
        content = (TOP / "templates/assets" / name).read_bytes()
        assert version == "?v=" + hashlib.blake2b(content, digest_size=16).hexdigest()[:12]


@pytest.mark.parametrize("path", ["/assets/", "/assets/none.css", "/assets/../../assay.conf",
                                  "/assets/%2e%2e/index.html", "/assets/..%2findex.html"])
def test_only_assets_are_served_as_files(stack, path):
    answer = rawhttp.get(stack, path)
    assert answer.verdict == "4xx"
    assert b"{{" not in answer.body and b"database_url" not in answer.body


@pytest.mark.parametrize("size, status", [(8 << 20, 200), ((8 << 20) + 1, 413)])
def test_a_batch_may_have_8_mib(stack, user, size, status):
    data = json.dumps(view(user)).encode()
    answer = post_bytes(stack, data + b" " * (size - len(data)))
    assert answer.status_code == status, answer.text
    assert viewed(stack, user) == (status == 200)


def test_a_large_batch_is_stored_whole(stack, user):
    long = "https://example.org/" + "x" * 2000
    batch = [view(user, f"2026-01-05T10:{i // 60:02d}:{i % 60:02d}Z", "n" * 500, url=long,
                  referrer=long) for i in range(1000)]
    assert post(stack, batch).json() == receipt(1000, 1000)


ORIGIN = "http://127.0.0.1:1"


def preflight(stack, origin, path="/v1/page"):
    return stack.call("OPTIONS", path, key=None, headers={
        "Origin": origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-api-key"})


def cors(answer):
    return {k.lower(): v for k, v in answer.headers.items()
            if k.lower().startswith("access-control")}


def test_a_preflight_of_a_known_origin_is_answered(stack):
    answer = preflight(stack, stack.url)
    assert (answer.status_code, answer.content) == (204, b"")
    found = cors(answer)
    assert found["access-control-allow-origin"] == stack.url
    assert "POST" in found["access-control-allow-methods"]
    allowed = found["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "x-api-key", "x-request-id", "idempotency-key",
            "if-match", "if-none-match", "traceparent", "tracestate", "baggage",
            "sentry-trace"} <= set(allowed)
    assert int(found["access-control-max-age"]) > 0
    assert "access-control-allow-credentials" not in found
    assert answer.headers["Vary"] == "Origin"


STRANGE = ["http://evil.example", "null", "*", "{}/", "{}.evil.example", "{}0", "https{}",
           "{}, {}"]


@pytest.mark.parametrize("origin", STRANGE)
def test_an_origin_is_compared_as_a_whole(stack, user, origin):
    origin = origin.replace("{}", stack.url.replace("http", "") if origin.startswith("https")
                            else stack.url)
    answer = preflight(stack, origin)
    assert answer.status_code in (204, 400) and cors(answer) == {}
    answer = post(stack, view(user), headers={"Origin": origin})
    assert answer.status_code in (400, 403) and cors(answer) == {}
    assert viewed(stack, user) == 0


def test_a_page_of_a_known_origin_may_post_and_read_the_answer(stack, user):
    answer = post(stack, view(user), headers={"Origin": stack.url})
    assert answer.json() == receipt(1, 1)
    assert cors(answer)["access-control-allow-origin"] == stack.url
    assert "X-Request-Id" in cors(answer)["access-control-expose-headers"]
    assert answer.headers["Vary"] == "Origin"


def test_a_page_may_read_why_it_was_refused(stack):
    answer = post(stack, {}, headers={"Origin": stack.url})
    assert answer.status_code == 422
    assert cors(answer)["access-control-allow-origin"] == stack.url


@pytest.mark.parametrize("method, path, key, status", [
    ("POST", "/v1/page", None, 401), ("POST", "/v1/page", "asy_client_00000000_" + "0" * 48, 401),
    ("GET", "/v1/nowhere", None, 404), ("GET", "/v1/page", None, 405),
    ("POST", "/v1/page?a=1&a=2", None, 400), ("GET", "/v1/user/a?days=0", "server", 422),
    ("GET", "/metrics", "server", 403)])
def test_a_page_of_a_known_origin_may_read_every_refusal(stack, method, path, key, status):
    headers = {"X-API-Key": stack.key(key) if key == "server" else key} if key else {}
    for origin in (stack.url, "https://evil.example"):
        answer = stack.call(method, path, key=None, headers=dict(headers, Origin=origin))
        assert answer.status_code == status
        assert cors(answer).get("access-control-allow-origin") == \
            (origin if origin == stack.url else None)


def test_a_page_of_a_known_origin_may_read_that_nothing_changed(stack):
    exp = define(stack, "a")
    path = f"/v1/experiment/{exp}"
    etag = stack.call("GET", path).headers["ETag"]
    for origin in (stack.url, "https://evil.example"):
        answer = stack.call("GET", path, headers={"If-None-Match": etag, "Origin": origin})
        assert (answer.status_code, answer.content) == (304, b"")
        assert cors(answer).get("access-control-allow-origin") == \
            (origin if origin == stack.url else None)


def test_each_key_has_origins_of_its_own(stack, user):
    """A preflight carries no key, so any key's origin will do; the call itself decides."""
    mine, other = f"https://{user}.example", f"https://{user}.example:8443"
    key = stack.assay("key", "create", "--class", "client", "--origin", f"{mine},{other}")
    headers = {"X-API-Key": key.stdout.strip()}
    assert all(cors(preflight(stack, o)) for o in (mine, other, stack.url))
    for origin, status in ((mine, 200), (other, 200), (stack.url, 403)):
        answer = post(stack, view(user), headers=dict(headers, Origin=origin))
        assert answer.status_code == status


def test_a_key_without_origins_allows_no_browser(stack, user):
    answer = stack.call("GET", f"/v1/user/{user}", headers={"Origin": stack.url})
    assert answer.status_code == 200 and cors(answer) == {}


def test_the_log_names_no_id_no_key_and_no_body(stack, user):
    post(stack, view(user, name="name-" + user), headers={"X-Request-Id": "log-" + user})
    stack.call("GET", f"/v1/user/{user}?days=3")
    stack.call("DELETE", f"/v1/user/{user}")
    log = stack.log() + stack.log("web")
    assert user not in log.replace("log-" + user, "")
    assert stack.key("client") not in log and stack.key("server") not in log
