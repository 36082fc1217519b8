# SPDX-License-Identifier: GPL-3.0-or-later
"""Health, readiness, version and metrics over HTTP."""

import re

import pytest

from shapes import SCHEMA, assert_problem, post, profile, view, views
from stack import wait_until

@pytest.mark.smoke
@pytest.mark.parametrize("prefix", ["", "/v1"])
@pytest.mark.parametrize("path, body", [("/healthz", {"status": "ok"}), (
    "/readyz", {"status": "ready", "database": "ok", "schema": {"found": SCHEMA, "needed": SCHEMA},
                "cache": "ok"})])
def test_a_probe_needs_no_key_and_has_one_answer(stack, prefix, path, body):
    # On a busy machine the cache may be late, and then rests for a second.
    wait_until(lambda: stack.call("GET", "/readyz", key=None).json()["cache"] == "ok")
    answer = stack.call("GET", prefix + path, key=None)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json() == body


def test_the_version_is_that_of_the_program(stack):
    body = stack.call("GET", "/version", key=None).json()
    assert body == {"name": "assay", "version": body["version"], "schema": SCHEMA}
    assert stack.assay("--version").stdout == f"assay {body['version']}\n"
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", body["version"])


@pytest.mark.smoke
def test_metrics_are_prometheus_text(stack):
    answer = stack.call("GET", "/metrics", key="admin")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    names = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    assert names and len(set(names)) == len(names)
    for line in lines:
        assert re.fullmatch(r"# (HELP|TYPE) assay_\w+ .+|assay_\w+(\{[^}]*\})? [0-9.e+]+", line)
        if not line.startswith("#"):
            base = re.sub(r"(_bucket|_sum|_count)?(\{.*)? .*", "", line)
            assert base in names or re.match(r"\w+", line).group() in names


@pytest.mark.parametrize("headers", [{}, {"ASSAY_LOCAL": "1"}, {"Assay-Local": "1"},
                                     {"X-Forwarded-For": "127.0.0.1"}])
@pytest.mark.parametrize("path", ["/metrics", "/v1/metrics"])
def test_metrics_always_need_a_key(stack, path, headers):
    """Also on this machine: a web server that asks for somebody else comes from here, too."""
    assert_problem(stack.call("GET", path, key=None, headers=headers), 401)
    for kind in ("client", "server"):
        assert_problem(stack.call("GET", path, key=kind, headers=headers), 403)
    assert stack.call("GET", path, key="admin", headers=headers).status_code == 200


def test_a_key_of_scope_metrics_reads_them_and_can_do_nothing_else(stack, user):
    key = stack.assay("key", "create", "--scope", "metrics", "--name", user).stdout.strip()
    assert re.fullmatch("asy_metrics_[0-9a-f]{8}_[0-9a-f]{48}", key)
    headers = {"X-API-Key": key}
    assert stack.call("GET", "/metrics", key=None, headers=headers).status_code == 200
    for method, path in [("POST", "/v1/page"), ("POST", "/v1/enroll"), ("GET", "/v1/user/" + user),
                         ("GET", "/v1/experiment/list"), ("POST", "/v1/goal"),
                         ("POST", "/v1/visit"),
                         ("DELETE", "/v1/user/" + user), ("POST", f"/v1/device/register/{user}")]:
        answer = stack.call(method, path, key=None, headers=headers, json={})
        assert answer.status_code == 403, path
        assert "for /metrics only" in answer.text
    pixel = stack.call("GET", f"/v1/goal/none.png?session_id={user}&key={key}", key=None)
    assert pixel.status_code == 200 and stack.call("GET", "/version", key=None).status_code == 200
    assert any(key[12:20] in line and "metrics" in line
               for line in stack.assay("key", "list").stdout.splitlines())
    stack.assay("key", "revoke", key[12:20])
    wait_until(lambda: all(stack.call("GET", "/metrics", key=None, headers=headers).status_code
                           == 401 for _ in range(20)), 10, "the end of the key")


@pytest.mark.parametrize("options", [
    ["--scope", "all"], ["--scope", ""], ["--scope", "metrics", "--class", "admin"],
    ["--scope", "metrics", "--origin", "https://a.example"], ["--scope", "metrics", "--tags", "a"],
    ["--scope"], ["--class", "metrics"]])
def test_a_scope_stands_alone(stack, options):
    done = stack.assay("key", "create", *options, check=False)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_command_prints_the_metrics_of_the_pool(stack, user):
    """Those of all workers, without a key: whoever may, is known by the socket."""
    post(stack, views(user, 3))
    told = stack.assay("metrics").stdout
    count = re.search(r"^assay_page_views_recorded_total (\d+)$", told, re.M).group(1)
    assert float(count) == stack.metric("page_views_recorded_total") > 0
    assert set(re.findall("^# TYPE .*$", told, re.M)) == set(re.findall(
        "^# TYPE .*$", stack.call("GET", "/metrics", key="admin").text, re.M))


def test_the_metrics_of_no_pool_are_a_failure(stack):
    for listen, why in (("/nowhere/assay.sock", "No such file"), ("127.0.0.1:9", "no unix socket"),
                        ("/" + "x" * 200, "no unix socket")):
        done = stack.assay("metrics", check=False, ASSAY_LISTEN=listen)
        assert (done.returncode, done.stdout) == (1, "") and why in done.stderr
    assert stack.assay("metrics", "now", check=False).returncode == 2


def test_page_views_are_counted_by_what_became_of_them(stack, user):
    names = ["page_views_recorded_total", "page_views_duplicate_total", "page_views_rejected_total"]
    before = [stack.metric(n) for n in names]
    post(stack, [*views(user, 5), view(user, "2026-01-05T10:00:00Z"),
                 view(user, "2026-01-05T10:00:00Z"), {}, 1, None])
    assert [stack.metric(n) - b for n, b in zip(names, before)] == [6, 1, 3]


def test_profiles_and_erasures_are_counted(stack, user):
    names = ["profiles_computed_total", "erasures_total"]
    before = [stack.metric(n) for n in names]
    for _ in range(3):
        profile(stack, user, days=3)
    stack.call("DELETE", f"/v1/user/{user}")
    assert [stack.metric(n) - b for n, b in zip(names, before)] == [3, 1]
