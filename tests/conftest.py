# SPDX-License-Identifier: GPL-3.0-or-later
"""What the api and the browser tests have in common: a folder that the processes of one run
share, removed when the run ends."""

import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "api"))

from stack import roomy  # noqa: E402


def pytest_configure(config):
    """The process that starts the others makes the folder; they inherit its environment."""
    if "TEST_RUN" not in os.environ:
        os.environ["TEST_RUN"] = tempfile.mkdtemp(prefix="assay-run-", dir=roomy())
        config.add_cleanup(
            lambda: shutil.rmtree(os.environ.pop("TEST_RUN"), ignore_errors=True))
