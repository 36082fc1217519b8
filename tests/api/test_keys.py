# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys of three classes: what each may call, and when a key stops working."""

import re

import pytest

from clientkeys import id_of
from shapes import assert_problem, post, view
from stack import wait_until

ROUTES = [
    ("POST", "/v1/page", "client"), ("GET", "/v1/user/{}", "server"),
    ("GET", "/v1/user/{}/export", "server"), ("DELETE", "/v1/user/{}", "server"),
    ("GET", "/metrics", "admin"),
]
CLASSES = ["client", "server", "admin"]


def make(stack, kind, *options):
    return stack.assay("key", "create", "--class", kind, *options).stdout.strip()


def ask(stack, key, path="/v1/user/somebody", method="GET"):
    return stack.call(method, path, key=None, headers={"X-API-Key": key})


def refused_by_all(stack, key):
    """No worker takes the key any more; each believes what it knows for a second."""
    return all(ask(stack, key).status_code == 401 for _ in range(20))


@pytest.mark.parametrize("kind", [None, *CLASSES])
@pytest.mark.parametrize("method, path, needed", ROUTES)
def test_a_route_takes_its_class_of_keys_and_those_above(stack, user, method, path, needed, kind):
    body = {"json": view(user)} if method == "POST" else {}
    answer = stack.call(method, path.format(user), key=kind, **body)
    if kind is None:
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    elif CLASSES.index(kind) < CLASSES.index(needed):
        assert needed in assert_problem(answer, 403)["detail"]
    else:
        assert answer.status_code == 200
    stored = stack.sql("select count(*) from page_view where subject_id = %s", "u:" + user)
    assert stored == [(method == "POST" and kind is not None,)]


@pytest.mark.parametrize("header, form", [
    ("X-API-Key", "{}"), ("Authorization", "Bearer {}"), ("Authorization", "bearer {}"),
    ("Authorization", "BEARER   {}"), ("authorization", "Bearer {}")])
def test_a_key_comes_in_either_header(stack, header, form):
    headers = {header: form.format(stack.key("server"))}
    assert stack.call("GET", "/v1/user/a", key=None, headers=headers).status_code == 200


def test_other_credentials_stand_beside_a_key(stack):
    """A web server in front may want a password of its own."""
    headers = {"Authorization": "Basic dXNlcjpwYXNz"}
    assert stack.call("GET", "/v1/user/a", headers=headers).status_code == 200
    assert_problem(stack.call("GET", "/v1/user/a", key=None, headers=headers), 401)


@pytest.mark.parametrize("spoil", [
    lambda k: "", lambda k: k[:-1], lambda k: k + "0", lambda k: k[:-1] + "10"[int(k[-1], 16) % 2],
    lambda k: k.upper(), lambda k: k[4:], lambda k: k.replace("_", "-"), lambda k: "asy___",
    lambda k: "_".join([*k.split("_")[:2], "00000000", k.split("_")[3]]),
    lambda k: "_".join([*k.split("_")[:2], "zzzzzzzz", k.split("_")[3]]),
    lambda k: "_".join([*k.split("_")[:3], ""]), lambda k: k + "," + k, lambda k: "a" * 4000,
    lambda k: k.split("_")[3], lambda k: "%s%n", lambda k: "asy_server_" + "f" * 100])
def test_an_almost_right_key_is_refused(stack, spoil):
    answer = ask(stack, spoil(stack.key("server")))
    assert answer.status_code in (400, 401), answer.text
    assert answer.json()["status"] == answer.status_code


def test_a_key_is_of_the_class_it_was_made_with(stack):
    """The word in its text is for people."""
    key = stack.key("client").replace("asy_client_", "asy_admin_")
    assert_problem(ask(stack, key), 403)


@pytest.mark.parametrize("query", ["key", "api_key", "access_token", "X-API-Key"])
def test_a_key_in_the_url_is_not_accepted(stack, query):
    """Addresses stand in logs and histories."""
    path = f"/v1/user/a?{query}={stack.key('server')}"
    assert_problem(stack.call("GET", path, key=None), 401)


@pytest.mark.smoke
def test_a_revoked_key_is_refused_by_every_worker(stack):
    key = make(stack, "server")
    assert all(ask(stack, key).status_code == 200 for _ in range(20))
    assert "revoked" in stack.assay("key", "revoke", id_of(key)).stdout
    wait_until(lambda: refused_by_all(stack, key), 10, "the end of the key")
    assert "revoked" in assert_problem(ask(stack, key), 401)["detail"]


def test_a_key_ends_when_it_expires(stack):
    key = make(stack, "server", "--days", "1")
    assert all(ask(stack, key).status_code == 200 for _ in range(20))
    stack.sql("update api_key set expires_at = now() where id = %s", id_of(key))
    wait_until(lambda: refused_by_all(stack, key), 10, "the end of the key")


def test_a_key_with_an_expiry_works_until_then(stack):
    key = make(stack, "server", "--days", "3")
    assert ask(stack, key).status_code == 200
    assert stack.sql("select round(extract(epoch from expires_at - created_at)) from api_key"
                     " where id = %s", id_of(key)) == [(3 * 86400,)]


def last_use(stack, key):
    return stack.sql("select last_used_at from api_key where id = %s", id_of(key))[0][0]


def test_the_last_use_of_a_key_is_recorded(stack):
    key = make(stack, "server")
    assert last_use(stack, key) is None
    ask(stack, key)
    assert last_use(stack, key) is not None
    stack.sql("update api_key set last_used_at = now() - interval '10 minutes' where id = %s",
              id_of(key))
    old = last_use(stack, key)

    def renewed():
        ask(stack, key)
        return last_use(stack, key) > old
    wait_until(renewed, 10, "the new last use")


def test_a_refused_key_was_not_used(stack):
    key = make(stack, "server")
    assert ask(stack, key[:-4] + "0000").status_code == 401
    assert last_use(stack, key) is None


def test_a_secret_is_stored_nowhere(stack, user):
    key = make(stack, "client", "--name", user)
    secret = key.split("_")[3]
    post(stack, view(user), headers={"X-API-Key": key})
    row, = stack.sql("select k::text from api_key k where id = %s", id_of(key))
    assert secret not in row[0] and secret.encode().hex() not in row[0]
    assert secret not in stack.log() and id_of(key) in stack.log()
    assert secret not in stack.assay("key", "list").stdout


def test_the_secret_of_a_key_has_enough_bits(stack):
    keys = [make(stack, "client") for _ in range(3)]
    assert all(re.fullmatch("asy_client_[0-9a-f]{8}_[0-9a-f]{48}", k) for k in keys)
    assert len({k.split("_")[3] for k in keys}) == 3


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "asy_server_00000000_00"}])
def test_refusals_are_counted(stack, headers):
    before = stack.metric("auth_failures_total")
    stack.call("GET", "/v1/user/a", key=None, headers=headers)
    assert stack.metric("auth_failures_total") == before + 1
