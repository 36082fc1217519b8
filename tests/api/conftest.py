# SPDX-License-Identifier: GPL-3.0-or-later
"""Every api test runs behind both web servers, with the shipped configuration."""

import uuid

import pytest

from stack import Stack


@pytest.fixture(scope="session", params=["lighttpd", "nginx"])
def stack(request):
    """A stack that tests share and leave running; they use subjects of their own."""
    s = Stack(request.param)
    yield s
    s.stop()


@pytest.fixture
def user():
    """An id that no other test uses."""
    return "user-" + uuid.uuid4().hex
