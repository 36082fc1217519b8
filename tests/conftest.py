# SPDX-License-Identifier: GPL-3.0-or-later
"""What the api and the browser tests have in common: the stacks, names that no other test uses,
people at the pages, and a folder that the processes of one run share, removed when the run ends."""

import os
import pathlib
import shutil
import sys
import tempfile
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "api"))

from lookups import new_id  # noqa: E402
from pages import Person  # noqa: E402
from stack import Stack, roomy, servers_of  # noqa: E402
from telemetry_stack import TelemetryStack  # noqa: E402

# Files that take long by themselves. They come first, or one process would end the run alone.
LONG = ("test_lookup_cache", "test_upload_job", "test_docs", "test_registration")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    place = {name: n for n, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


def pytest_configure(config):
    """The process that starts the others makes the folder; they inherit its environment."""
    if "TEST_RUN" not in os.environ:
        os.environ["TEST_RUN"] = tempfile.mkdtemp(prefix="assay-run-", dir=roomy())
        config.add_cleanup(
            lambda: shutil.rmtree(os.environ.pop("TEST_RUN"), ignore_errors=True))


def pytest_generate_tests(metafunc):
    """Gives the tests of a file their servers, unless it chooses some itself."""
    fixtures = metafunc._arg2fixturedefs.get("stack", ())
    ours = fixtures and fixtures[-1].func.__module__ == __name__
    marks = metafunc.definition.iter_markers("parametrize")
    chosen = any("stack" in mark.args[0] for mark in marks)
    if ours and not chosen:
        metafunc.parametrize("stack", servers_of(metafunc.module.__name__), indirect=True,
                             scope="session")


@pytest.fixture(scope="session")
def stacks():
    """Web server -> the stack behind it, once one was needed."""
    started = {}
    yield started
    for s in started.values():
        s.stop()


@pytest.fixture(scope="session")
def stack(request, stacks):
    """A stack that tests share and leave running; they use subjects of their own."""
    if request.param not in stacks:
        stacks[request.param] = Stack(request.param)
    return stacks[request.param]


@pytest.fixture
def user():
    """An id that no other test uses."""
    return "user-" + uuid.uuid4().hex


@pytest.fixture
def device():
    return new_id("d")


@pytest.fixture
def client():
    """The client, as definitions and apps name it."""
    return new_id("c")


@pytest.fixture(scope="module")
def viewer(stack):
    return Person(stack, "viewer")


@pytest.fixture(scope="module")
def editor(stack):
    return Person(stack, "editor")


@pytest.fixture(scope="module")
def telemetry():
    """A stack that writes telemetry."""
    t = TelemetryStack("lighttpd")
    yield t
    t.stop()
