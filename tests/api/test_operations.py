# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators ask over HTTP: is it alive, is it ready, which version, how much of what."""

import re

import pytest

from shapes import SCHEMA, assert_problem, post, profile, view, views
from stack import wait_until

FAR = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"]


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


@pytest.mark.parametrize("header", FAR)
def test_metrics_are_free_on_this_machine_only(stack, header):
    """For whom a proxy speaks is somebody else, wherever the proxy runs."""
    assert stack.call("GET", "/metrics", key=None).status_code == 200
    for address in ("127.0.0.1", "203.0.113.7", "::1"):
        far = {header: address}
        assert_problem(stack.call("GET", "/metrics", key=None, headers=far), 401)
        assert_problem(stack.call("GET", "/metrics", key="server", headers=far), 403)
        assert stack.call("GET", "/metrics", key="admin", headers=far).status_code == 200


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
