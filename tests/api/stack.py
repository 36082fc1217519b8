# SPDX-License-Identifier: GPL-3.0-or-later
"""A private stack for a test: the very script that `make run` uses, on a free port, in a folder
of its own that goes away at the end. Nothing is replaced by a stand-in.

Its database is a copy of one that the script made from nothing, once in a run of the tests, and
lies in memory where there is plenty: tests kill processes, never the machine."""

import fcntl
import functools
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib

import psycopg2
import requests

MEMORY = pathlib.Path("/dev/shm")
TOP = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ASSAY_BIN", str(TOP / "build/release/assay"))

# Files in which the web server matters: how requests and answers look, cookies, uploads, images.
# They run behind both servers. What the program decides alike whoever hands it the request, be it
# by rows, by jobs or by the cache, runs behind one of them, chosen by the file's name.
BOTH = {"test_access_log", "test_account", "test_admin_journeys", "test_admin_sessions",
        "test_bad_input", "test_bots", "test_bounds", "test_compression", "test_conformance",
        "test_flags", "test_goal", "test_http", "test_keys", "test_openfeature", "test_operations",
        "test_pages", "test_seeds", "test_upload"}
SERVERS = os.environ.get("SERVERS", "lighttpd nginx").split()

# No test depends on the speed of the machine: what takes a second on a quiet one may take ten on a
# busy one.
PATIENCE = 10


def wait_until(condition, seconds=15, what="the condition"):
    """The first true value of condition(), polled until a deadline that is PATIENCE times the
    seconds that a quiet machine needs at most."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.02)


def free_port():
    """A port that nobody listens on. Not one of those that the system hands out: until a server
    takes it, a client of another test could leave from it."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def gone(pid):
    """Whether a process has ended; a zombie has."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


@functools.cache
def roomy():
    """A folder in memory, if 4 GiB of it are free; None for the usual one."""
    free = re.search(r"MemAvailable: +(\d+)", pathlib.Path("/proc/meminfo").read_text())
    if MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, int(free[1]) << 10) > 4 << 30:
        return MEMORY
    return None


@functools.cache
def template():
    """The folder of a stack that has ended, its cluster as it was before the keys and the first
    account were made; None where stacks have their folders elsewhere. The first process of a test
    run that needs it makes it, the others wait for that."""
    shared = pathlib.Path(os.environ["TEST_RUN"])
    note = shared / "template"
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(make_template(shared))
        return pathlib.Path(note.read_text()) if note.read_text() else None


def make_template(shared):
    """The template, made from nothing in the folder shared; "" where stacks cannot lie in it."""
    s = Stack("lighttpd", FORGET=0)
    for table in ("api_key", "account", "audit", "job_counter"):
        s.sql(f"delete from {table}")
    (s.state / "keys").unlink()
    s.process.terminate()
    s.process.wait(60 * PATIENCE)
    made = ""
    if s.state.parent == pathlib.Path(s.var):
        made = str(shutil.move(s.state, shared / "state"))
    shutil.rmtree(s.var, ignore_errors=True)
    return made


def servers_of(stem):
    """The web servers behind which the tests of a file run, by its name."""
    return SERVERS if stem in BOTH else [SERVERS[zlib.crc32(stem.encode()) % len(SERVERS)]]


class Stack:
    """PostgreSQL, memcached, the pool, its jobs and a web server."""

    def __init__(self, server, demo=False, **settings):
        self.server = server
        self.port = free_port()
        self.var = tempfile.mkdtemp(prefix="assay-test-", dir=roomy())
        os.chmod(self.var, 0o755)
        env = dict(os.environ, SERVER=server, PORT=str(self.port), VAR=self.var, QUIET="1",
                   DEMO="1" if demo else "0", FORGET="1", ASSAY_BIN=BINARY)
        # The tests share one address; those of the limits set them.
        env.update(ASSAY_CLIENT_RATE="0", ASSAY_CLIENT_NEW_RATE="0")
        env.update({k: str(v) for k, v in settings.items()})
        # The demo, and a pool with a clock of its own, begin with nothing.
        if not demo and settings.keys().isdisjoint({"WRAP", "FORGET"}) and template():
            subprocess.run(["cp", "-a", str(template()), f"{self.var}/state"], check=True)
        self.process = subprocess.Popen([str(TOP / "etc/stack.sh")], env=env,
                                        stdin=subprocess.DEVNULL)
        self.ended = {}
        self.children = []
        try:
            wait_until(self._is_up, 60, "the stack")
            self.env = dict(line.split("=", 1) for line in
                            pathlib.Path(self.var, "assay.env").read_text().splitlines() if line)
            self.url = self.env["ASSAY_URL"]
            self.state = pathlib.Path(self.env["ASSAY_STATE"])
            # In their first round the jobs delete expired rows; wait for it before inserting any.
            wait_until(lambda: "event=partitions" in self.log("jobs"), 20, "the jobs")
        except BaseException:
            self.process.terminate()
            self.process.wait(60 * PATIENCE)
            shutil.rmtree(self.var, ignore_errors=True)
            raise

    def _is_up(self):
        assert self.process.poll() is None, "the stack ended while starting"
        return os.path.exists(f"{self.var}/assay.env")

    def key(self, kind):
        return self.env[f"ASSAY_{kind.upper()}_KEY"]

    def pid(self, part):
        """Process id of postgres, memcached, serve, jobs or web."""
        return int((self.state / "pids" / f"{part}.pid").read_text())

    def workers(self):
        """Process ids of the pool's workers."""
        pid = self.pid("serve")
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(p) for p in children]

    def living(self):
        """Those workers that have not ended."""
        return [pid for pid in self.workers() if not gone(pid)]

    def log(self, part="serve"):
        return (self.state / "log" / f"{part}.log").read_text(errors="replace")

    def call(self, method, path, key="server", **kw):
        """A request with one of the stack's keys (None: without), on a connection of its own."""
        headers = dict(kw.pop("headers", {}))
        if key:
            headers.setdefault("X-API-Key", self.key(key))
        return requests.request(method, self.url + path, headers=headers,
                                timeout=kw.pop("timeout", 10 * PATIENCE), **kw)

    def sql(self, text, *params, role="assay_owner"):
        """Rows of a statement run as the owner, or as postgres."""
        url = self.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", role + "@")
        connection = psycopg2.connect(url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("set search_path = assay")
                cursor.execute(text, params or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def metric(self, name):
        for line in self.call("GET", "/metrics", key="admin").text.splitlines():
            if line.startswith(f"assay_{name} "):
                return float(line.split()[1])
        raise AssertionError(f"no metric {name}")

    def assay(self, *words, check=True, **settings):
        """Runs a command of the program against this stack."""
        env = dict(os.environ, **{k: str(v) for k, v in settings.items()})
        return subprocess.run([BINARY, *words, "-c", str(self.state / "assay.conf")], env=env,
                              check=check, capture_output=True, text=True, timeout=60 * PATIENCE)

    def memcached(self, command, end=b"MN\r\n"):
        """The bytes that memcached answers to a command (with its data, if it has any). Behind it
        goes a no-op, whose answer is the end unless the command has one of its own."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5 * PATIENCE)
            s.connect(self.env["ASSAY_MEMCACHED"])
            s.sendall(command + (b"\r\nmn\r\n" if end == b"MN\r\n" else b"\r\n"))
            text = b""
            while not text.endswith(end):
                text += s.recv(65536)
        return text[:-len(end)]

    def end(self, part, sig=signal.SIGTERM):
        """Ends a part with a signal and waits until it is gone; the stack needs KEEP=1."""
        pid = self.pid(part)
        proc = pathlib.Path(f"/proc/{pid}")
        self.ended[part] = [(proc / name).read_bytes().split(b"\0")[:-1]
                            for name in ("cmdline", "environ")]
        os.kill(pid, sig)
        wait_until(lambda: gone(pid), 20, f"the end of {part}")

    def again(self, part, *words, **settings):
        """Runs a part that end() ended: the same user, command and environment, or words for the
        command and settings over the environment. Returns its process id."""
        command, env = self.ended[part]
        env = dict(line.split(b"=", 1) for line in env)
        env.update({k.encode(): str(v).encode() for k, v in settings.items()})
        user = ["setpriv", "--pdeathsig", "TERM", "--"]
        if os.geteuid() == 0:
            owner = pwd.getpwuid(self.state.stat().st_uid)
            user[1:1] = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--init-groups"]
        with open(self.state / "log" / f"{part}.log", "ab") as log:
            process = subprocess.Popen(user + list(words or command), env=env, cwd=self.state,
                                       umask=0o077, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, start_new_session=True)
        self.children.append(process)
        (self.state / "pids" / f"{part}.pid").write_text(f"{process.pid}\n")
        return process.pid

    def sanitizer_reports(self):
        """The reports of sanitizers: a worker that ends after its answer goes unnoticed."""
        logs = (self.state / "log" / f"{part}.log" for part in ("serve", "jobs"))
        return [line for log in logs if log.exists()
                for line in log.read_text(errors="replace").splitlines()
                if "Sanitizer" in line or "runtime error:" in line]

    def stop(self):
        reports = self.sanitizer_reports()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60 * PATIENCE)
        for child in self.children:
            child.wait(10 * PATIENCE)
        shutil.rmtree(self.var, ignore_errors=True)
        assert reports == []
