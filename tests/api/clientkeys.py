# SPDX-License-Identifier: GPL-3.0-or-later
"""Client keys with limits, and signatures as a program of the operator computes them."""

import hashlib
import hmac


def make(stack, *options, kind="client"):
    """A new key; with --signed, the key and its signing secret."""
    lines = stack.assay("key", "create", "--class", kind, *options).stdout.split("\n")[:-1]
    return lines[0] if len(lines) == 1 else lines


def id_of(key):
    return key.split("_")[2]


def sign(secret, subject):
    """Of "u:" and the id of a user, or "d:" and the id of a device."""
    return hmac.new(secret.encode("ascii"), subject.encode(), hashlib.sha256).hexdigest()


def call(stack, key, method, path, headers=None, **more):
    return stack.call(method, path, key=None, headers={"X-API-Key": key, **(headers or {})}, **more)


def ways(stack, exp, goal):
    """Every way in which a client key may name a subject in a request of its own: name ->
    function of key, subject, what stands beside it, and more."""
    def body(path, **always):
        return lambda key, subject, beside=None, **more: call(
            stack, key, "POST", path, json={**always, **subject, **(beside or {})}, **more)

    def query(path, **always):
        return lambda key, subject, beside=None, **more: call(
            stack, key, "GET", path, params={**always, **subject, **(beside or {})}, **more)
    return {
        "enroll one": body(f"/v1/experiment/{exp}/enroll"), "enroll all": body("/v1/enroll"),
        "alternative": query(f"/v1/experiment/{exp}/alternative"), "goal": body(f"/v1/goal/{goal}"),
        "visit": body("/v1/visit"), "human": body("/v1/confirm_human"),
        "page": body("/v1/page", name="a page", timestamp="2026-01-01T00:00:00Z")}
