# SPDX-License-Identifier: GPL-3.0-or-later
"""A small disk for a part of PostgreSQL's folder, which can be filled to the last byte.

It is a file system in memory that only its keeper and the server see: in a mount namespace below a
user namespace, so that neither needs any rights."""

import os
import pwd
import signal
import subprocess

from stack import gone

KEEPER = """set -e
cp -a "$1" "$1.full"
mount -t tmpfs -o size="$2",mode=0700 none "$1"
cp -a "$1.full/." "$1"
rm -rf "$1.full"
echo ready
exec sleep infinity
"""


class SmallDisk:
    """Moves the folder `part` of the cluster of a stack with KEEP=1 onto a disk with so many bytes
    to spare, and starts the server again there."""

    def __init__(self, stack, part, spare):
        self.stack = stack
        self.folder = stack.state / "pg" / part
        self.ballast = self.folder / "ballast"
        stack.end("postgres", signal.SIGINT)
        used = subprocess.run(["du", "-s", "--block-size=1", self.folder], check=True,
                              capture_output=True, text=True).stdout.split()[0]
        self.keeper = subprocess.Popen(
            [*self._user(), "unshare", "--user", "--map-current-user", "--keep-caps", "--mount",
             "sh", "-c", KEEPER, "sh", self.folder, str(int(used) + spare)],
            stdout=subprocess.PIPE, text=True)
        assert self.keeper.stdout.readline() == "ready\n"
        self.start()

    def _user(self):
        words = ["setpriv", "--pdeathsig", "KILL"]
        if os.geteuid() == 0:
            owner = pwd.getpwuid(self.stack.state.stat().st_uid)
            words += [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--init-groups"]
        return [*words, "--"]

    def _inside(self):
        return ["nsenter", "--preserve-credentials", f"--target={self.keeper.pid}", "--user",
                "--mount", "--"]

    def start(self):
        """Starts the server, or starts it again after it has ended."""
        self.pid = self.stack.again("postgres", *self._inside(), *self.stack.ended["postgres"][0])

    def server_is_gone(self):
        return gone(self.pid)

    def fill(self):
        """Leaves no byte of it free."""
        full = subprocess.run([*self._user(), *self._inside(), "dd", "if=/dev/zero", "bs=4k",
                               f"of={self.ballast}"], capture_output=True, text=True, check=False)
        assert "No space left on device" in full.stderr, full.stderr

    def clear(self):
        """Frees the space that fill() took, if any."""
        subprocess.run([*self._user(), *self._inside(), "rm", "-f", self.ballast], check=True)

    def close(self):
        """Removes the disk and its contents, after the stack has ended."""
        self.keeper.kill()
        self.keeper.wait()
