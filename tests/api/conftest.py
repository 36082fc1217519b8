# SPDX-License-Identifier: GPL-3.0-or-later
"""What the api tests have in common beyond tests/conftest.py."""

import uuid

import pytest

# Files that take long by themselves. They come first, or one process would end the run alone.
LONG = ("test_lookup_cache", "test_upload_job", "test_docs", "test_registration")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    place = {name: n for n, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


@pytest.fixture
def user():
    """An id that no other test uses."""
    return "user-" + uuid.uuid4().hex
