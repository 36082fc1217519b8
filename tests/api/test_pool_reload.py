# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGHUP: a valid configuration takes effect, an invalid one changes nothing.

This file is not for sanitizers: with them each of its many workers takes a second to go."""

import os
import pathlib
import re
import shutil
import signal

import pytest

from load import Client
from stack import TOP, Stack, wait_until


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx", KEEP=1)
    yield s
    s.stop()


@pytest.fixture
def conf(stack):
    """The configuration file; as it was, and in effect, afterwards."""
    path = stack.state / "assay.conf"
    before = path.read_text()
    yield path
    path.write_text(before)
    hang_up(stack, "event=reloaded")
    wait_until(lambda: len(stack.living()) == 8, 5, "8 workers")


def hang_up(stack, answer):
    """SIGHUP, and wait for a line in the log."""
    before = stack.log().count(answer)
    os.kill(stack.pid("serve"), signal.SIGHUP)
    wait_until(lambda: stack.log().count(answer) > before, 10, answer)


def add(path, line):
    path.write_text(path.read_text() + line + "\n")


@pytest.mark.parametrize("line", [
    "wokers = 4", "workers = many", "workers = 0", "workers", "log_level = loud",
    "templates = /nonexistent", "memcached = host:port", "grace_seconds = -1"])
def test_a_reload_of_a_bad_configuration_changes_nothing(stack, conf, line):
    before = stack.living()
    add(conf, line)
    hang_up(stack, "event=reload_refused")
    assert stack.living() == before
    assert Client(stack).send("GET", "/readyz").status == 200


@pytest.mark.parametrize("text", ["{{#open}}", "{{{raw}}}", "{{> nothing}}", None])
def test_a_reload_with_a_broken_template_changes_nothing(stack, conf, text):
    """None: the page itself is missing."""
    copy = pathlib.Path(shutil.copytree(TOP / "templates", stack.state / f"broken{hash(text)}"))
    page = copy / "docs.html"
    if text is None:
        page.unlink()
    else:
        page.write_text(page.read_text() + text)
    before = stack.living()
    add(conf, f"templates = {copy}")
    hang_up(stack, "event=reload_refused")
    assert stack.living() == before
    assert Client(stack).send("GET", "/docs").status == 200


def test_a_changed_template_shows_after_the_reload(stack, conf):
    copy = pathlib.Path(shutil.copytree(TOP / "templates", stack.state / "changed"))
    page = copy / "docs.html"
    page.write_text(page.read_text() + "a-new-word")
    add(conf, f"templates = {copy}")
    assert "a-new-word" not in Client(stack).send("GET", "/docs").text
    hang_up(stack, "event=reloaded")
    assert all("a-new-word" in Client(stack).send("GET", "/docs").text for _ in range(12))


@pytest.mark.parametrize("count", [7, 1])
def test_a_reload_changes_the_number_of_workers(stack, conf, count):
    before = stack.living()
    add(conf, f"workers = {count}")
    hang_up(stack, "event=reloaded")
    wait_until(lambda: len(stack.living()) == count, 5, f"{count} workers")
    assert not set(before) & set(stack.living())


def test_a_reload_while_one_is_under_way_is_not_forgotten(stack, conf):
    """The second comes while workers are being replaced, and brings another configuration."""
    begun = stack.log().count("event=reloaded")
    slow = stack.living()[0]
    os.kill(slow, signal.SIGSTOP)  # the first worker to be replaced takes its time to go
    try:
        add(conf, "workers = 5")
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: len(stack.living()) > 4, 5, "the first replacement")
        add(conf, "workers = 6")
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda: not pending(stack.pid("serve"), signal.SIGHUP), 5, "the signal")
    finally:
        os.kill(slow, signal.SIGCONT)
    wait_until(lambda: stack.log().count("event=reloaded") > begun, 10, "the reload")
    wait_until(lambda: len(stack.living()) == 6, 10, "6 workers")


def pending(pid, sig):
    mask = re.search(r"^ShdPnd:\s+(\w+)$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(mask[1], 16) >> (sig - 1) & 1


def test_a_reload_keeps_hashing_users_in_the_log_with_the_same_key(stack, user):
    """Without a configured key the pool makes one up; it must not go on without."""
    def logged():
        Client(stack).send("GET", f"/v1/user/{user}")
        wait_until(lambda: "subject=" in stack.log().splitlines()[-1], 5, "the line")
        return re.search(r"subject=(\w+)", stack.log().splitlines()[-1])[1]
    stack.end("serve")
    stack.again("serve")
    wait_until(lambda: Client(stack).send("GET", "/readyz").status == 200, 10, "a pool")
    before = logged()
    hang_up(stack, "event=reloaded")
    assert logged() == before
