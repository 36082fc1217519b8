# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of any size is read in the same memory. not for sanitizers: they need memory of their
own."""

import os
import pathlib
import re
import subprocess
import time

import pytest

from imports import command
from stack import Stack

ROWS = 300_000
NOTE = "a note that makes the file larger than the memory it may take; " * 4
MOST = 64 << 10  # KiB


@pytest.fixture(scope="module")
def stack():
    s = Stack("nginx")
    yield s
    s.stop()


def row(kind, i):
    if kind == "ndjson":
        return (f'{{"user_id":"{kind}-{i}","email":"{i}@example.org","language":["Hindi","Tamil"],'
                f'"organisations":[{{"orgName":"org {i % 500}"}}],"note":"{NOTE}"}}\n')
    return f'{kind}-{i},{i}@example.org,"Hindi, Tamil","org\n{i % 500}",{NOTE}\n'


def resident(pid):
    """The most that the program itself has held so far, in KiB; 0 before and after its life. What
    wait4 tells begins with the memory of the test that forked it."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        name = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found and name.endswith("/assay") else 0


@pytest.mark.parametrize("kind", ["ndjson", "csv"])
def test_memory_stays_flat_over_300000_rows(stack, tmp_path, kind):
    path = tmp_path / f"users.{kind}"
    with open(path, "w", encoding="utf-8") as f:
        f.write({"csv": "user_id,email,language,org,note\n", "ndjson": ""}[kind])
        f.writelines(row(kind, i) for i in range(ROWS))
    assert path.stat().st_size > 1024 * MOST
    process = subprocess.Popen(command(stack, "users", str(path)), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.02)
    assert process.returncode == 0
    assert stack.sql("select count(*) from profile where starts_with(subject_id, %s)",
                     f"u:{kind}-") == [(ROWS,)]
    assert 0 < peak < MOST
