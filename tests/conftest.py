# SPDX-License-Identifier: GPL-3.0-or-later
"""What the api and the browser tests have in common: the stacks, and a folder that the processes of
one run share, removed when the run ends."""

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "api"))

from stack import Stack, roomy, servers_of  # noqa: E402

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
