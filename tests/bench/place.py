# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of the bench: stacks by the script that `make run` uses, and the two load
tools."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build/bench"
PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
CONNECTIONS = 16

# WAL for a bulk load without checkpoints, and the usual quarter of the machine's memory for the
# data (10 million views are 2 GB): the same cluster serves the program and pgbench. fsync,
# synchronous_commit and checksums stay on, as the script sets them.
BUFFERS_MB = min(4096, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 22)
POSTGRES = f"-c max_wal_size=8GB -c shared_buffers={BUFFERS_MB}MB"


class Failed(Exception):
    """The bench cannot go on, or what it measured is not what it claims."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*words, **kw):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, **kw)
    if done.returncode != 0:
        raise Failed(f"{words[0]}: {done.stdout}{done.stderr}")
    return done.stdout


class Stack:
    """A stack in a folder that keeps its data when it is started again with other settings."""

    def __init__(self, name):
        self.var = BUILD / name
        shutil.rmtree(self.var, ignore_errors=True)
        self.process = None

    def start(self, server, **settings):
        self.server = server
        env = dict(os.environ, SERVER=server, PORT=str(free_port()), VAR=str(self.var), QUIET="1",
                   DEMO=settings.pop("DEMO", "0"), PGEXTRA=POSTGRES,
                   ASSAY_BIN=str(BUILD / "assay"), ASSAY_CLIENT_RATE="0",
                   ASSAY_CLIENT_NEW_RATE="0", **settings)
        self.process = subprocess.Popen([str(TOP / "etc/stack.sh")], env=env,
                                        stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not (self.var / "assay.env").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed("the stack did not start")
            time.sleep(0.05)
        self.env = dict(line.split("=", 1) for line in
                        (self.var / "assay.env").read_text().splitlines() if line)
        self.url = self.env["ASSAY_URL"]

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    def forget(self):
        self.stop()
        if hasattr(self, "env"):
            shutil.rmtree(self.env["ASSAY_STATE"], ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)

    def pid(self, part):
        return int(pathlib.Path(self.env["ASSAY_STATE"], "pids", part + ".pid").read_text())

    def workers(self):
        pid = self.pid("serve")
        return [int(p) for p in
                pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def database_us(self):
        """CPU that PostgreSQL has used for the connections of the pool so far, in microseconds."""
        pid, spent = self.pid("postgres"), 0
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            try:
                words = pathlib.Path("/proc", child, "cmdline").read_bytes()
                if b"assay_app" in words:
                    spent += int(pathlib.Path("/proc", child, "schedstat").read_text().split()[0])
            except FileNotFoundError:
                continue  # it has ended
        return spent / 1000

    def metrics(self):
        """The counters of the pool by name."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(self.url + "/metrics",
                                         headers={"X-API-Key": self.env["ASSAY_ADMIN_KEY"]})
        with opener.open(request, timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name.removeprefix("assay_"): float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def sql(self, *words):
        """What psql prints, as the owner."""
        return run("psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1",
                   self.env["ASSAY_OWNER_DATABASE_URL"], *words).strip()

    def load(self, midnight, first, last):
        """Ten page views of each of the users first .. last."""
        self.sql("-v", f"midnight={midnight}", "-v", f"first={first}", "-v", f"last={last}",
                 "-f", TOP / "tests/bench/data.sql")

    def forget_cache(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.env["ASSAY_MEMCACHED"])
            s.sendall(b"flush_all\r\n")
            s.recv(16)


class Load:
    """What a run of wrk measured."""

    def __init__(self, text, may_refuse):
        words = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", text, re.M)
        if not words:
            raise Failed("wrk: " + text)
        count, us, self.median_us, self.high_us, lost, refused = map(int, words.groups())
        if lost or (refused and not may_refuse):
            raise Failed(f"wrk: {lost} requests lost, {refused} refused")
        self.requests = count
        self.rate = count * 1e6 / us


# load.lua divides a day into instants of 8 ms; a run uses at most OF_RUN of them.
INSTANTS, OF_RUN = 10_800_000, 100_000


class Wrk:
    """Requests of tests/bench/load.lua; a view is posted again only after a hundred other runs."""

    def __init__(self, midnight_s):
        self.midnight_s = midnight_s
        self.instant = 0
        self.place = 0

    def command(self, stack, mode, users, seconds, connections=CONNECTIONS):
        self.instant = (self.instant + OF_RUN) % (INSTANTS - OF_RUN)
        self.place += 7919
        return ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s",
                "--timeout", "10s", "-s", str(TOP / "tests/bench/load.lua"), stack.url, "--", mode,
                stack.env["ASSAY_SERVER_KEY"], str(users), str(self.place), str(self.midnight_s),
                str(self.instant)]

    def run(self, *args, may_refuse=False, **kw):
        return Load(run(*self.command(*args, **kw)), may_refuse)


def session():
    """The program's own settings that decide how a statement is planned, for PGOPTIONS."""
    text = (TOP / "sql/query/connection_settings.sql").read_text()
    names = "search_path|timezone|enable_seqscan|jit"
    found = re.findall(rf"set_config\('({names})', '([^']*)'", text)
    generic = re.search(r"'(force_generic_plan)'", text)
    return " ".join(f"-c {name}={value.replace(' ', '')}" for name, value in
                    [*found, ("plan_cache_mode", generic[1])])


def pgbench(stack, script, seconds, connections=CONNECTIONS, **values):
    """Transactions a second of a script, prepared, as the role of the program."""
    path = BUILD / "pgbench.sql"
    path.write_text(script)
    words = [word for name, value in values.items() for word in ("-D", f"{name}={value}")]
    text = run(PGBENCH, "-M", "prepared", "-n", "-c", connections, "-j", 2, "-T", seconds, *words,
               "-f", path, stack.env["ASSAY_DATABASE_URL"],
               env=dict(os.environ, PGOPTIONS=session()))
    if "failed transactions: 0 " not in text:
        raise Failed("pgbench: " + text)
    return float(re.search(r"^tps = ([0-9.]+)", text, re.M).group(1))


def resident_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M).group(1)) / 1024


def version(*words):
    """The first thing that looks like a version in what a program says of itself."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr).group()


def machine():
    """One paragraph: where these numbers come from."""
    cpu = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    memory = re.search(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.M)
    return (f"{os.cpu_count()} cores of {cpu.group(1) if cpu else os.uname().machine}, "
            f"{int(memory.group(1)) / 1048576:.0f} GiB; Linux {os.uname().release}, "
            f"PostgreSQL {version(PGBENCH, '--version')}, lighttpd {version('lighttpd', '-v')}, "
            f"nginx {version('nginx', '-v')}, memcached {version('memcached', '-V')}; "
            f"shared_buffers {BUFFERS_MB} MB, all else as `make run` sets it; "
            f"wrk and pgbench run on the same cores as what they measure.")
