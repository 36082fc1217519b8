# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that sends raw bytes, for requests that no HTTP library would send."""

import json
import socket
import urllib.parse

SECONDS = 15


class Answer:
    """Status 0: the server closed the connection without an answer; 9: it spoke HTTP/0.9."""

    def __init__(self, data):
        self.body, self.headers = data, []
        self.status = 9 if data else 0
        while self.body.startswith(b"HTTP/") and self.status < 200:
            head, _, self.body = self.body.partition(b"\r\n\r\n")
            first, *rest = head.decode("latin-1").split("\r\n")
            self.status = int(first.split()[1])
            self.headers = [tuple(line.split(": ", 1)) for line in rest if ": " in line]

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def json(self):
        return json.loads(self.body)

    @property
    def verdict(self):
        """The outcome in a word: accepted, refused, broken, or closed."""
        return f"{self.status // 100}xx" if self.status else "closed"


def request(method, target, *headers, body=b"", host=True, length=True):
    """The bytes of a request with `Connection: close`."""
    lines = [f"{method} {target} HTTP/1.1"]
    lines += ["Host: assay.example"] if host else []
    lines += ["Connection: close", *headers]
    lines += [f"Content-Length: {len(body)}"] if length and body else []
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def key(stack, kind="server"):
    return "X-API-Key: " + stack.key(kind)


def exchange(stack, data, finish=False, leave=False, seconds=SECONDS):
    """The answers to these bytes until the connection ends. finish: shut the sending side down;
    leave: close without waiting."""
    where = urllib.parse.urlsplit(stack.url)
    received = b""
    with socket.create_connection((where.hostname, where.port), seconds) as s:
        try:
            s.sendall(data)
            if finish:
                s.shutdown(socket.SHUT_WR)
            while not leave and (chunk := s.recv(65536)):
                received += chunk
        except ConnectionError:
            pass
    return Answer(received)


def get(stack, path, *headers, kind="server"):
    """A GET of a path that is sent unchanged, with a key."""
    return exchange(stack, request("GET", path, key(stack, kind), *headers))
