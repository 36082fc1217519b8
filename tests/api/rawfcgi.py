# SPDX-License-Identifier: GPL-3.0-or-later
"""A FastCGI client that talks to the socket of the pool directly, without the web server, and may
leave a request unfinished."""

import socket
import struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6


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


def answer(connection):
    """(status, body) of the answer on a connection, read to its end; status 0: there is none."""
    data = b""
    while more := connection.recv(65536):
        data += more
    said = b""
    while len(data) >= 8:
        _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", data[:8])
        if kind == STDOUT:
            said += data[8:8 + length]
        data = data[8 + length + padding:]
    head, _, body = said.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head.startswith(b"Status: ") else 0), body
