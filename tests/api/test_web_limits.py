# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of the web servers: bodies larger than any route of their kind accepts, and too many
connections from one address."""

import contextlib
import socket
import subprocess

import pytest

from lookups import new_id
from stack import Stack

KIB = 1024
# By kind of route: what still reaches the program, and what does not.
BODIES = [("/v1/goal", 1100 * KIB, 1300 * KIB), ("/v1/enroll", 1100 * KIB, 1300 * KIB),
          ("/v1/page", 8300 * KIB, 9300 * KIB), ("/users", 8300 * KIB, 9300 * KIB),
          ("/v1/segmentation/a/upload", 3500 * KIB, 4200 * KIB),
          ("/admin/segmentation/a/upload", 3500 * KIB, 4200 * KIB),
          ("/admin/login", 12 * KIB, 20 * KIB), ("/admin/enter", 12 * KIB, 20 * KIB),
          ("/pre/fix/v1/page", 8300 * KIB, 9300 * KIB), ("/pre/admin/login", 12 * KIB, 20 * KIB)]


@pytest.mark.parametrize("path, small, large", BODIES)
def test_a_body_is_bounded_by_the_kind_of_route(stack, path, small, large):
    for size, by_program in ((small, True), (large, False)):
        answer = stack.call("POST", path, key="admin", data=b" " * size)
        assert answer.status_code in ((400, 404, 413, 415) if by_program else (413,))
        assert ("none takes more than 8 MiB" in answer.text) != by_program
        assert answer.headers["Content-Type"].startswith("application/problem+json") or by_program


def own_address():
    """An address of this machine that is not the loopback's."""
    found = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True)
    return next(a for a in found.stdout.split() if "." in a)


def hold(address, port, count):
    """Opens so many requests at once that do not go on; the statuses of those refused."""
    text = b"POST /v1/page HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    refused = []
    with contextlib.ExitStack() as held:
        for _ in range(count):
            s = held.enter_context(socket.create_connection((address, port), 10))
            s.sendall(text)
            # Refused is who is answered before the body was sent; others wait for it.
            s.settimeout(0.05)
            try:
                refused.append(s.recv(4096)[9:12])
            except TimeoutError:
                continue
    return refused


def test_an_address_has_a_hundred_requests_under_way():
    """By nginx; lighttpd as Debian has it cannot count them."""
    s = Stack("nginx", BIND=own_address())
    try:
        assert hold(own_address(), s.port, 105) == [b"429"] * 5
    finally:
        s.stop()


def test_this_machine_is_not_counted(stack):
    assert hold("127.0.0.1", stack.port, 105) == []


def sign_ins(stack):
    """The statuses of the sign-ins, of many, that the web server refuses in its own words."""
    answers = [stack.call("POST", "/admin/login", key=None, data={"name": new_id("no")})
               for _ in range(60)]
    return {a.status_code for a in answers if "Too many requests from your address" in a.text}


def test_sign_ins_of_an_address_are_slowed_down():
    """By nginx; lighttpd has nothing for it."""
    s = Stack("nginx", BIND=own_address())
    try:
        assert sign_ins(s) == {429}
    finally:
        s.stop()


def test_sign_ins_of_this_machine_are_left_to_the_program(stack):
    assert sign_ins(stack) == set()
