# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers wait on one socket together: a request is work for one of them."""

import pathlib
import re


def sleeps(worker):
    """How often a process has gone to sleep."""
    status = pathlib.Path(f"/proc/{worker}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M).group(1))


def test_a_request_wakes_one_worker_not_all(stack):
    workers = stack.workers()
    assert len(workers) == 8
    before = sum(map(sleeps, workers))
    for _ in range(100):
        assert stack.call("GET", "/healthz").status_code == 200
    assert stack.workers() == workers
    # One to three for whom it is: at the next wait, in a read that came too early, in a late close.
    # Eight that all wake make it 800 without any of that.
    assert sum(map(sleeps, workers)) - before <= 330
