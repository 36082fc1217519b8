# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy between the program and PostgreSQL: it forwards every byte, and stops the backend
(SIGSTOP) just before a chosen message reaches it."""

import contextlib
import os
import pathlib
import signal
import socket
import struct
import threading


class Proxy:
    """Listens in a folder of its own, whose path is the host of its `url`."""

    def __init__(self, url, folder):
        words = dict(w.split("=", 1) for w in url.split()) if "://" not in url else None
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.folder.chmod(0o755)
        if words is not None:
            host = words["host"]
            self.url = " ".join(f"{k}={v}" for k, v in {**words, "host": folder}.items())
        else:
            head, _, query = url.partition("?")
            host = dict(w.split("=", 1) for w in query.split("&"))["host"]
            self.url = url.replace(host, str(folder))
        self.target = f"{host}/.s.PGSQL.5432"
        self.trigger, self.open, self.frozen = None, True, []
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        os.chmod(self.folder / ".s.PGSQL.5432", 0o777)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if not self.open:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.target)
            except OSError:
                client.close()
                continue
            peer = {}
            for run in (self._down, self._up):
                threading.Thread(target=run, args=(client, server, peer), daemon=True).start()

    def _down(self, client, server, peer):
        """From the server: BackendKeyData tells the process id."""
        head = b""
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if "pid" not in peer:
                    head += data
                    at = head.find(b"K\0\0\0\x0c")
                    if at >= 0 and len(head) >= at + 9:
                        peer["pid"], = struct.unpack("!I", head[at + 5:at + 9])
                client.sendall(data)
        for s in (client, server):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def _up(self, client, server, peer):
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                with self.lock:
                    if self.trigger is not None and self.trigger in data:
                        os.kill(peer["pid"], signal.SIGSTOP)
                        self.frozen.append(peer["pid"])
                        self.trigger = None
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def freeze_at(self, statement, reconnect=True):
        """The next backend that is sent this statement stops before it; whether new connections
        are let through from then on."""
        with self.lock:
            self.frozen, self.open = [], reconnect
            self.trigger = statement

    def go_on(self):
        """Lets the stopped backends continue; returns their process ids."""
        with self.lock:
            self.trigger = None
            for pid in self.frozen:
                os.kill(pid, signal.SIGCONT)
            return self.frozen

    def close(self):
        self.listener.close()
