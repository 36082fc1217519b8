# SPDX-License-Identifier: GPL-3.0-or-later
"""Every api test runs behind both web servers, with the shipped configuration, but those whose
file says that one is enough: for what the program decides alike whoever handed it the request, be
it by rows, by jobs or by the cache. How requests and answers look is asked of both."""

import uuid

import pytest

from stack import Stack

# Files that take long by themselves. They come first, or one process would end the run alone.
LONG = ("test_lookup_cache", "test_upload_job", "test_readme", "test_registration")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    place = {name: n for n, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


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
