# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker processes of a stack, found and stopped."""

import contextlib
import os
import pathlib
import signal

from stack import wait_until


def only(stack):
    """The one worker that there is."""
    wait_until(lambda: len(stack.living()) == 1, 20, "a single worker")
    return stack.living()[0]


@contextlib.contextmanager
def stopped(pid):
    """A process that does nothing meanwhile, should it still be there."""
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: "State:\tT" in pathlib.Path(f"/proc/{pid}/status").read_text(), 10, "stop")
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
