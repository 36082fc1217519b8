# SPDX-License-Identifier: GPL-3.0-or-later
"""A small run of the generated requests that `make hostile` sends by the ten thousand: several for
each route, of every shape."""

import random
import sys

import pytest

from stack import TOP

sys.path.insert(0, str(TOP / "tests/hostile"))

from generate import routes  # noqa: E402
from hostile import Hostile, start  # noqa: E402


@pytest.mark.parametrize("server", ["lighttpd", "nginx"])
def test_no_request_is_answered_by_a_5xx_or_ends_a_worker(server):
    seed = random.randrange(10**9)
    stack = start(server)
    try:
        hostile = Hostile(stack, seed)
        hostile.run(0, 4 * len(routes()))
    finally:
        stack.stop()
    assert hostile.wrong == [], f"tests/hostile/hostile.py --server {server} --seed {seed}"
    assert hostile.statuses[200] > 0 and hostile.statuses[422] > 0
