# SPDX-License-Identifier: GPL-3.0-or-later
"""Every api test runs behind both web servers, with the shipped configuration."""

import uuid

import pytest

from stack import Stack


@pytest.fixture(scope="session")
def stacks():
    """Web server -> the stack behind it, once one was needed."""
    started = {}
    yield started
    for s in started.values():
        s.stop()


@pytest.fixture(scope="session", params=["lighttpd", "nginx"])
def stack(request, stacks):
    """A stack that tests share and leave running; they use subjects of their own."""
    if request.param not in stacks:
        stacks[request.param] = Stack(request.param)
    return stacks[request.param]


@pytest.fixture
def user():
    """An id that no other test uses."""
    return "user-" + uuid.uuid4().hex
