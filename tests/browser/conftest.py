# SPDX-License-Identifier: GPL-3.0-or-later
"""The browsers and the demo of these tests, beyond tests/conftest.py."""

import pytest

from chromium import Browser
from people import sign_in
from stack import Stack


@pytest.fixture(scope="session")
def demo():
    """The demo of `make run`, with a layer, a segmentation and a key, which it lacks."""
    s = Stack("lighttpd", demo=True)
    layer = {"id": "menu", "unit": "user"}
    assert s.call("POST", "/v1/layer", key="admin", json=layer).status_code == 201
    tables = {"id": "tables", "type": "manual", "name": "Tables",
              "groups": [{"name": "one"}, {"name": "two"}]}
    assert s.call("POST", "/v1/segmentation", key="admin", json=tables).status_code == 201
    rows = "user_id,group\nann,two\nann,one\nbob,one\neve,no such group\n"
    assert s.call("POST", "/v1/segmentation/tables/upload", data=rows,
                  headers={"Content-Type": "text/csv"}).status_code == 200
    s.sql("""insert into api_key (id, kind, name, secret_hash, created_at)
        values ('00000000', 'client', 'the website', sha256('x'), now())""")
    yield s
    s.stop()


@pytest.fixture(scope="session")
def browser():
    b = Browser()
    yield b
    b.quit()


@pytest.fixture(scope="session")
def plain_browser():
    """One that runs no script of any page."""
    b = Browser(scripts=False)
    yield b
    b.quit()


@pytest.fixture(scope="session")
def sized_browser():
    """One whose window size and colour scheme tests may change."""
    b = Browser()
    yield b
    b.quit()


@pytest.fixture(scope="module", params=[True, False], ids=["scripts", "no-scripts"])
def editor(request, stack, browser, plain_browser):
    """Somebody who changes definitions, with a script or without."""
    b = browser if request.param else plain_browser
    b.width(1280)
    sign_in(b, stack, "editor")
    return b
