# SPDX-License-Identifier: GPL-3.0-or-later
"""`assay import` as tests run it: with a file, or fed line by line through a pipe."""

import json
import os
import subprocess

from psycopg2.extensions import make_dsn

from stack import BINARY


def lines(rows):
    """Rows as NDJSON."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def users(prefix, count, **attributes):
    return [dict({"user_id": f"{prefix}-{i}"}, **attributes) for i in range(count)]


class Import:
    """The outcome of a run of the command."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.bad = [line for line in err.splitlines() if line.startswith("line ")]
        self.last = out.splitlines()[-1] if out else ""

    def counts(self):
        """Rows read, rows bad, profiles changed."""
        words = self.out.splitlines()[-2].split()
        return int(words[0]), int(words[2]), int(words[4])


def command(stack, *words):
    return [BINARY, "import", *words, "-c", str(stack.state / "assay.conf")]


def load(stack, kind, path, *options):
    """Runs an import of a file to its end."""
    done = subprocess.run(command(stack, kind, str(path), *options), capture_output=True,
                          timeout=1200, check=False, stdin=subprocess.DEVNULL)
    return Import(done.returncode, done.stdout.decode(), done.stderr.decode())


class Feed:
    """An import that reads a pipe, of which the test holds the other end. PostgreSQL knows its
    connection by the name, if one is given."""

    def __init__(self, stack, kind, *options, name=None):
        url = stack.env["ASSAY_OWNER_DATABASE_URL"]
        named = {"ASSAY_OWNER_DATABASE_URL": make_dsn(url, application_name=name)} if name else {}
        self.process = subprocess.Popen(command(stack, kind, "-", *options),
                                        env={**os.environ, **named}, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def write(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self, sig=None):
        """Closes the pipe, or sends a signal with the pipe still open; the outcome."""
        if sig is None:
            self.process.stdin.close()
        else:
            self.process.send_signal(sig)
        self.process.wait(60)
        out, err = self.process.stdout.read().decode(), self.process.stderr.read().decode()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        return Import(self.process.returncode, out, err)


def stored(stack, prefix, kind="u"):
    """Attributes by id of the profiles whose ids begin so."""
    rows = stack.sql("select substr(subject_id, 3), attributes from profile"
                     " where starts_with(subject_id, %s)", f"{kind}:{prefix}")
    return dict(rows)
