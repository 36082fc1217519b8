# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack that writes telemetry, and the events that it wrote."""

import json
import pathlib
import shutil
import tempfile

from stack import Stack, wait_until


class TelemetryStack:
    """A stack whose telemetry file is in a folder that the user of the pool may write to."""

    def __init__(self, server, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-telemetry-"))
        self.folder.chmod(0o777)
        self.path = self.folder / "telemetry.ndjson"
        settings.setdefault("ASSAY_TELEMETRY_FILE", self.path)
        self.stack = Stack(server, **settings)

    def events(self, path=None):
        """All events; every line must be one."""
        path = path or self.path
        text = path.read_text() if path.exists() else ""
        assert text == "" or text.endswith("\n")
        return [json.loads(line) for line in text.splitlines()]

    def lookups(self, path=None):
        """The events of look-ups, without the AUDIT events of enrolments that they caused."""
        events = self.events(path)
        assert {e["eid"] for e in events} <= {"LOG", "AUDIT"}
        return [e for e in events if e["eid"] == "LOG"]

    def events_of(self, segmentation):
        """The data of events about a segmentation."""
        said = [e["edata"] for e in self.events()]
        return [data for data in said if data.get("segmentation") == segmentation]

    def restart(self, **settings):
        """Restarts the pool with other settings; returns where its log begins."""
        self.stack.end("serve")
        seen = len(self.stack.log())
        self.stack.again("serve", **settings)
        wait_until(lambda: self.stack.call("GET", "/readyz", key=None).status_code == 200, 20,
                   "the pool")
        return seen

    def stop(self):
        self.stack.stop()
        shutil.rmtree(self.folder)
