# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parent of the workers holds: with the sanitizer build, a reload that loses memory is
refused, because its check ends with a report."""

import os
import signal

import pytest

from stack import Stack, wait_until


@pytest.fixture
def stack():
    s = Stack("lighttpd", ASSAY_WORKERS=1)
    yield s
    s.stop()


def test_reloads_that_take_effect_and_that_do_not_lose_no_memory(stack):
    conf = stack.state / "assay.conf"
    good = conf.read_text()
    for turn, line in enumerate(["", "workers = many", "log_level = loud", "", ""], 1):
        conf.write_text(good + line + "\n")
        os.kill(stack.pid("serve"), signal.SIGHUP)
        wait_until(lambda turn=turn: stack.log().count("event=reload") == turn, 30, "a reload")
    assert stack.log().count("event=reloaded") == 3
    assert stack.log().count("event=reload_refused") == 2
