# SPDX-License-Identifier: GPL-3.0-or-later
"""A FastCGI client that speaks to the pool's socket itself, past the web server, and need not end
what it began."""

import socket
import struct

BEGIN, ABORT, PARAMS, STDIN = 1, 2, 4, 5


def record(kind, content=b""):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    name, value = name.encode(), value.encode()
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


def request(method, uri, body=b"", **params):
    """The records of a request."""
    params = {"REQUEST_METHOD": method, "REQUEST_URI": uri, "CONTENT_LENGTH": str(len(body)),
              "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "assay",
              "CONTENT_TYPE": "application/json", **params}
    begin = record(BEGIN, struct.pack(">HB5x", 1, 0))
    given = b"".join(pair(k, v) for k, v in params.items())
    stdin = record(STDIN, body) if body else b""
    return begin + record(PARAMS, given) + record(PARAMS) + stdin + record(STDIN)


def connect(stack, data=b""):
    """A connection to the pool on which these bytes were sent."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(200)
    s.connect(str(stack.state / "run/assay.sock"))
    s.sendall(data)
    return s
