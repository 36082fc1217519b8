# SPDX-License-Identifier: GPL-3.0-or-later
"""lighttpd and nginx read odd requests differently, so what they let through is tested byte by
byte: the same verdict behind both, except where a row names both servers."""

import json
import threading

import pytest

from rawhttp import exchange, request
from shapes import export, view

AT = "2026-01-05T10:00:00Z"
JSON = "Content-Type: application/json"


class Make:
    """Requests of one test, with keys and a user of its own."""

    def __init__(self, stack, user):
        self.key = "X-API-Key: " + stack.key("server")
        self.path = "/v1/user/" + user
        self.view = json.dumps(view(user, AT)).encode()
        self.length = f"Content-Length: {len(self.view)}"

    def get(self, target=None, *headers, method="GET", **kw):
        return request(method, self.path if target is None else target, self.key, *headers, **kw)

    def post(self, *headers, body=None, **kw):
        return request("POST", "/v1/page", self.key, JSON, *headers,
                       body=self.view if body is None else body, **kw)

    def chunked(self, *headers, form=None):
        body = form or b"%x\r\n%s\r\n0\r\n\r\n" % (len(self.view), self.view)
        return self.post("Transfer-Encoding: chunked", *headers, body=body, length=False)


def each(lighttpd, nginx):
    return {"lighttpd": lighttpd, "nginx": nginx}


# Every name, a request, and its status or the class of it.
HEADERS = {
    "a plain GET": (lambda m: m.get(), 200),
    "a key twice": (lambda m: m.get(None, m.key), 400),
    "two keys": (lambda m: m.get(None, "X-API-Key: a"), 400),
    "two Authorization": (lambda m: m.get(None, "Authorization: a", "Authorization: b"), 400),
    "two Idempotency-Key": (lambda m: m.get(None, "Idempotency-Key: a", "Idempotency-Key: b"), 400),
    "two Origin": (lambda m: m.get(None, "Origin: http://a", "Origin: http://b"), 400),
    "two Content-Type": (lambda m: m.post("Content-Type: text/plain"), 400),
    # lighttpd joins what it does not know, nginx hands both over
    "another header twice": (lambda m: m.get(None, "X-Odd: 1", "X-Odd: 2"), each(200, 400)),
    "two Cookie": (lambda m: m.get(None, "Cookie: a=b", "Cookie: c=d"), each(200, 400)),
    # lighttpd hands X_Y over as X-Y, nginx drops it
    "X_Real_IP": (lambda m: m.get(None, "X_Real_IP: 127.0.0.1"), 200),
    "X_Real_IP and X-Real-IP": (
        lambda m: m.get(None, "X_Real_IP: 127.0.0.1", "X-Real-IP: 203.0.113.7"), each(400, 200)),
    "X_API_Key beside a key": (lambda m: m.get(None, "X_API_Key: a"), each(400, 200)),
    "X_API_Key alone": (lambda m: request("GET", m.path, m.key.replace("X-API-K", "X_API_K")),
                        each(200, 401)),
    "Proxy": (lambda m: m.get(None, "Proxy: http://evil.example"), 200),
    "names of parameters": (lambda m: m.get(None, "Status: 500", "Script-Filename: /x"), 200),
    "X-Original-URL": (lambda m: m.get("/v1/user/%0", "X-Original-URL: /healthz"), 400),
    "method override": (lambda m: m.get(None, "X-HTTP-Method-Override: DELETE"), 200),
    "a forwarded host": (lambda m: m.get(None, "X-Forwarded-Host: evil.example"), 200),
    "9 KB in a header": (lambda m: m.get(None, "X-Long: " + "a" * 9000), 431),
    "11 KB of headers": (lambda m: m.get(None, *[f"X-{i}: {'b' * 100}" for i in range(100)]), 431),
    "200 short headers": (lambda m: m.get(None, *[f"X-{i}: b" for i in range(200)]), 200),
    "an empty header": (lambda m: m.get(None, "X-A:"), 200),
    "bytes beyond ASCII": (lambda m: m.get(None, "X-A: é"), 200),
    "NUL in a header": (lambda m: m.get(None, "X-A: a\0b"), 400),
    "CR in a header": (lambda m: m.get(None, "X-A: a\rb"), 400),
    "a control in a header": (lambda m: m.get(None, "X-A: a\x01b"), each(400, 200)),
    "a folded header": (lambda m: m.get(None, "X-A: a\r\n  b"), each(200, 400)),
    "a blank before the colon": (lambda m: m.get(None, "X-A : b"), 400),
    "a blank in a name": (lambda m: m.get(None, "X A: b"), 400),
    "an empty name": (lambda m: m.get(None, ": b"), 400),
    "no colon": (lambda m: m.get(None, "nonsense"), each(400, 200)),
    "a blank before the first name": (lambda m: m.get().replace(b"Host", b" Host"), 400),
    "no Host": (lambda m: m.get(host=False), 400),
    "two Host": (lambda m: m.get(None, "Host: other.example"), 400),
    "an odd Host": (lambda m: m.get(None, "Host: a/b", host=False), 400),
    "Upgrade": (lambda m: m.get(None, "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"), 200),
    "Range": (lambda m: m.get(None, "Range: bytes=0-3"), 200),
    "If-None-Match": (lambda m: m.get(None, "If-None-Match: *"), 200),
    "If-None-Match with POST": (lambda m: m.post("If-None-Match: *"), 200),
    "Accept-Encoding": (lambda m: m.get(None, "Accept-Encoding: gzip"), 200),
}
TARGETS = {
    "a dot": (lambda m: m.get("/v1/./user/a"), 400),
    "two dots": (lambda m: m.get("/v1/x/../user/a"), 400),
    "climbing": (lambda m: m.get("/../../etc/passwd"), 400),
    "escaped dots": (lambda m: m.get("/a/../../etc/%2e%2e/passwd"), 400),
    "an escaped dot": (lambda m: m.get("/v1/%2e/user"), 400),
    "an empty segment": (lambda m: m.get("/v1//user/a"), 400),
    "two leading slashes": (lambda m: m.get("//v1/user/a"), 400),
    "a trailing slash": (lambda m: m.get("/v1/user/a/"), 400),
    "%00": (lambda m: m.get("/v1/user/a%00b"), 400),
    "%2f in an id": (lambda m: m.get("/v1/user/a%2fb"), 200),
    "%5c in an id": (lambda m: m.get("/v1/user/a%5cb"), 200),
    "%2f for a slash": (lambda m: m.get("/v1%2fuser/a"), 404),
    "%3f in an id": (lambda m: m.get("/v1/user/a%3fdays=0"), 200),
    "a broken escape": (lambda m: m.get("/v1/user/%zz"), 400),
    "a backslash": (lambda m: m.get("/v1/user/a\\b"), 200),
    "UTF-8 as it is": (lambda m: m.get("/v1/user/é"), 200),
    "a byte that is no UTF-8": (lambda m: m.get("/v1/user/\udcff"), 400),
    "a blank": (lambda m: m.get("/v1/user/a b"), each(200, 400)),
    # handed over, it would end the text of a parameter: this would ask for the user a
    "NUL as it is": (lambda m: m.get("/v1/user/a\0b"), 400),
    "a tab": (lambda m: m.get("/v1/user/a\tb"), "4xx"),
    "a control": (lambda m: m.get("/v1/user/a\x01b"), "4xx"),
    "DEL": (lambda m: m.get("/v1/user/a\x7fb"), "4xx"),
    "a fragment": (lambda m: m.get("/v1/user/a#b"), 200),
    "a semicolon": (lambda m: m.get("/v1/user/a;b=c"), 200),
    "no leading slash": (lambda m: m.get("v1/user/a"), 400),
    "nothing": (lambda m: m.get(""), 400),
    "a star": (lambda m: m.get("*"), 400),
    "OPTIONS of a star": (lambda m: m.get("*", method="OPTIONS"), each(200, 400)),
    "an absolute address": (lambda m: m.get("http://assay.example/v1/user/a"), 200),
    "another host's address": (lambda m: m.get("http://b.example/v1/user/a"), each(400, 200)),
    "9 KB": (lambda m: m.get("/v1/user/" + "a" * 9000), "4xx"),
    "9 KB of query": (lambda m: m.get("/v1/user/a?x=" + "a" * 9000), "4xx"),
    "6 KB": (lambda m: m.get("/v1/user/" + "a" * 6000), 422),
}
# Methods that lighttpd has never heard of end there with 501; nginx knows what may be one.
METHODS = {
    "TRACE": (lambda m: m.get(method="TRACE"), 405),
    "CONNECT": (lambda m: m.get("a.example:80", method="CONNECT"), 400),
    "PROPFIND": (lambda m: m.get(method="PROPFIND"), 405),
    "LOCK": (lambda m: m.get(method="LOCK"), 405),
    "TRACK": (lambda m: m.get(method="TRACK"), each(501, 405)),
    "BREW": (lambda m: m.get(method="BREW"), each(501, 405)),
    "get": (lambda m: m.get(method="get"), each(501, 400)),
    "GET1": (lambda m: m.get(method="GET1"), each(501, 400)),
    "300 letters": (lambda m: m.get(method="A" * 300), each(501, 405)),
    "a tab within": (lambda m: m.get(method="G\tT"), each(501, 400)),
    "none": (lambda m: m.get(method=""), each(501, 400)),
}
BODIES = {
    "a plain POST": (lambda m: m.post(), 200),
    "two equal lengths": (lambda m: m.post(m.length), 400),
    "two lengths": (lambda m: m.post("Content-Length: 5"), 400),
    "a list of lengths": (lambda m: m.post(m.length + ", 5", length=False), 400),
    "a negative length": (lambda m: m.post("Content-Length: -1", length=False), 400),
    "a plus": (lambda m: m.post(m.length.replace(": ", ": +"), length=False), 400),
    "a length in hex": (lambda m: m.post("Content-Length: 0x10", length=False), 400),
    "a length beyond 64 bits": (lambda m: m.post("Content-Length: 9" * 30, length=False), 400),
    "two numbers": (lambda m: m.post(m.length + " 1", length=False), 400),
    "an empty length": (lambda m: m.post("Content-Length: ", length=False), "4xx"),
    "leading zeros": (lambda m: m.post(m.length.replace(": ", ": 00"), length=False), 200),
    "10 MB announced": (lambda m: m.post("Content-Length: 10000000", length=False), 413),
    "no length": (lambda m: m.post(length=False), "4xx"),
    "more than announced": (lambda m: m.post("Content-Length: 4", length=False), 400),
    "chunked": (lambda m: m.chunked(), 200),
    "two chunks": (lambda m: m.chunked(form=b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (
        m.view[:5], len(m.view) - 5, m.view[5:])), 200),
    "chunked with a length": (lambda m: m.chunked(m.length), 400),
    "a chunk without a size": (lambda m: m.chunked(form=b"zz\r\na\r\n0\r\n\r\n"), 400),
    "a negative chunk": (lambda m: m.chunked(form=b"-1\r\na\r\n0\r\n\r\n"), 400),
    "a key in a trailer": (lambda m: request(
        "POST", "/v1/page", JSON, "Transfer-Encoding: chunked", length=False,
        body=b"0\r\n" + m.key.encode() + b"\r\n\r\n"), 401),
    "chunked by HTTP/1.0": (lambda m: m.chunked().replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
    "two codings": (lambda m: m.chunked("Transfer-Encoding: identity"), each(501, 400)),
    "an unknown coding": (lambda m: m.post("Transfer-Encoding: gzip"), 501),
    "Expect": (lambda m: m.post("Expect: 100-continue"), 200),
    "GET with a body": (lambda m: m.get(body=b"{}"), 200),
    "HEAD with a body": (lambda m: m.get(body=b"{}", method="HEAD"), 200),
    "DELETE with a body": (lambda m: m.get(body=b"{}", method="DELETE"), 200),
}
LINES = {
    "HTTP/1.0": (lambda m: m.get().replace(b"HTTP/1.1", b"HTTP/1.0"), 200),
    "HTTP/2.0": (lambda m: m.get().replace(b"HTTP/1.1", b"HTTP/2.0"), 505),
    "HTTP/9.9": (lambda m: m.get().replace(b"HTTP/1.1", b"HTTP/9.9"), 505),
    "http/1.1": (lambda m: m.get().replace(b"HTTP/1.1", b"http/1.1"), 400),
    "no version": (lambda m: b"GET /healthz\r\n\r\n", each(400, 9)),
    "bare LF": (lambda m: m.get().replace(b"\r\n", b"\n"), each(400, 200)),
    "an empty line before": (lambda m: b"\r\n" + m.get(), each(400, 200)),
    "the preface of HTTP/2": (lambda m: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", each(505, 400)),
    "TLS": (lambda m: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "bytes": (lambda m: b"\x80\x81\x82\r\n\r\n", 400),
}
CASES = {f"{group}: {name}": case for group, cases in {
    "header": HEADERS, "target": TARGETS, "method": METHODS, "body": BODIES, "line": LINES,
}.items() for name, case in cases.items()}


@pytest.mark.parametrize("case", CASES)
def test_an_odd_request_has_one_verdict_behind_both_servers(stack, user, case):
    make, expected = CASES[case]
    data = make(Make(stack, user))
    answer = exchange(stack, data)
    if isinstance(expected, dict):
        expected = expected[stack.server]
    assert expected in (answer.status, answer.verdict), answer.body
    accepted = data.startswith(b"POST") and answer.status == 200
    assert len(export(stack, user)) == accepted
    if answer.status >= 400:
        assert answer.header("Content-Type").startswith("application/problem+json")
        assert data.startswith(b"HEAD") or answer.json()["status"] == answer.status


@pytest.mark.parametrize("header", ["X_Forwarded_For: 127.0.0.1", "X-Real-IP: 127.0.0.1",
                                    "X-Forwarded-For: 127.0.0.1", "ASSAY_LOCAL: 1",
                                    "X-Nothing: 1"])
def test_no_header_makes_a_client_local(stack, header):
    """Nor does the lack of one: the peer of the web server is on this machine."""
    answer = exchange(stack, request("GET", "/metrics", header))
    assert answer.status == 401


def test_two_requests_on_one_connection_are_apart(stack, user):
    """What stands behind the announced length is the next request, not more of this one."""
    make = Make(stack, user)
    first = make.post().replace(b"Connection: close\r\n", b"")
    answer = exchange(stack, first + make.get())
    assert answer.status == 200
    second = answer.body.split(b"HTTP/1.1 ")[1]
    assert second.startswith(b"200")
    assert len(export(stack, user)) == 1


@pytest.mark.parametrize("finish", ["half-closed", "closed"])
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_body_that_breaks_off_stores_nothing(stack, user, share, finish):
    make = Make(stack, user)
    whole = make.post()
    part = whole[:len(whole) - len(make.view) + int(share * len(make.view))]
    if finish == "half-closed":
        assert exchange(stack, part, finish=True).verdict in ("4xx", "closed")
    else:
        exchange(stack, part, leave=True)
    assert exchange(stack, make.get()).status == 200
    assert export(stack, user) == []


def test_requests_that_never_end_hold_no_worker_and_are_given_up(stack, user):
    """24 clients stop in the middle, more than there are workers: others do not notice."""
    make = Make(stack, user)
    answers = []
    parts = [make.post()[:-1], make.get()[:-2], b"GET / HT"] * 8
    threads = [threading.Thread(target=lambda p=p: answers.append(exchange(stack, p, seconds=30)))
               for p in parts]
    for t in threads:
        t.start()
    assert all(exchange(stack, make.get()).status == 200 for _ in range(30))
    assert not answers
    for t in threads:
        t.join(30)
    assert [a.verdict for a in answers if a.verdict not in ("4xx", "closed")] == []
    assert len(answers) == len(parts)
    assert export(stack, user) == []
