# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployment as docs/deploy.md says: installed files, spawn-fcgi before `assay serve`, either web
server with its shipped configuration; PostgreSQL and memcached are lent by a stack.

This file is not for sanitizers: what it installs is the release build."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile

import pytest
import requests

from shapes import SCHEMA, ZEROS, erased, receipt, view
from stack import TOP, free_port, gone, wait_until

FILES = """
    /usr/bin/assay /usr/share/assay/templates/index.html /usr/share/assay/templates/error.html
    /usr/share/assay/templates/assets/assay.css /usr/share/doc/assay/README.md
    /usr/share/doc/assay/docs/deploy.md /usr/share/doc/assay/docs/img/results.png
    /usr/share/man/man1/assay.1 /usr/share/man/man5/assay.conf.5
    /usr/share/doc/assay/LICENSE /usr/lib/systemd/system/assay.service
    /usr/lib/systemd/system/assay-jobs.service /etc/assay/assay.conf /etc/assay/lighttpd.conf
    /etc/assay/nginx-fcgi.conf /etc/assay/problem/502.html""".split()


@pytest.fixture(scope="module")
def installed():
    """`make install` into a folder that an unprivileged user can read."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-install-"))
    folder.chmod(0o755)
    subprocess.run(["make", "-s", "-C", str(TOP), "install", f"DESTDIR={folder}"], check=True,
                   stdin=subprocess.DEVNULL, timeout=300)
    yield folder
    shutil.rmtree(folder)


class Deployment:
    """What an administrator sets up by hand, as the user that owns the stack."""

    def __init__(self, stack, installed):
        self.stack, self.installed = stack, installed
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-deploy-"))
        self.owner = pwd.getpwuid(stack.state.stat().st_uid)
        (self.folder / "tmp").mkdir()
        for path in (self.folder, self.folder / "tmp"):
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        self.socket = self.folder / "assay.sock"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.web = None

    def user(self):
        if os.geteuid() != 0:
            return []
        return ["setpriv", f"--reuid={self.owner.pw_uid}", f"--regid={self.owner.pw_gid}",
                "--init-groups", "--"]

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def configure(self):
        """The annotated file with what differs on this machine."""
        self.database = "assay_" + self.stack.server
        self.superuser(f"create database {self.database} owner assay_owner")
        text = (self.installed / "etc/assay/assay.conf").read_text()
        host = self.stack.state / "run"
        for key, value in {
                "database_url": f"postgresql://assay_app@/{self.database}?host={host}",
                "owner_database_url": f"postgresql://assay_owner@/{self.database}?host={host}",
                "memcached": self.stack.env["ASSAY_MEMCACHED"],
                "listen": "/nonexistent/not.used",
                "templates": self.installed / "usr/share/assay/templates"}.items():
            text, found = re.subn(rf"^#{key} =.*$", f"{key} = {value}", text, flags=re.M)
            assert found == 1, key
        self.conf = self.write("assay.conf", text)

    def superuser(self, text):
        """Runs what may not run in a transaction."""
        subprocess.run(["psql", "-X", "-q", "-h", str(self.stack.state / "run"), "-U", "postgres",
                        "-d", "postgres", "-c", text], check=True, stdin=subprocess.DEVNULL)

    def assay(self, *words):
        return subprocess.run([*self.user(), str(self.installed / "usr/bin/assay"), *words, "-c",
                               self.conf], check=True, capture_output=True, text=True, timeout=600)

    def start_pool(self):
        file = self.folder / "pool.pid"
        subprocess.run([*self.user(), "spawn-fcgi", "-s", str(self.socket), "-M", "0660", "-P",
                        str(file), "--", str(self.installed / "usr/bin/assay"), "serve", "-c",
                        self.conf], check=True, stdin=subprocess.DEVNULL, timeout=300,
                       stdout=subprocess.DEVNULL)
        self.pool = int(file.read_text())

    def start_web(self):
        command, env = getattr(self, self.stack.server)()
        self.web = subprocess.Popen([*self.user(), *command], env={**os.environ, **env},
                                    stdin=subprocess.DEVNULL)
        wait_until(lambda: self.is_up() or self.web.poll(), 20, "the web server")
        assert self.web.poll() is None, "the web server ended"

    def is_up(self):
        try:
            return requests.get(self.url + "/readyz", timeout=120).status_code == 200
        except requests.ConnectionError:
            return False

    def lighttpd(self):
        """With the variables that the head of the file names, and no others."""
        file = self.installed / "etc/assay/lighttpd.conf"
        named = set(re.findall(r"^#\t(ASSAY_\w+)|, (ASSAY_\w+)", file.read_text(), re.M))
        values = {"ASSAY_BIND": "127.0.0.1", "ASSAY_PORT": str(self.port),
                  "ASSAY_SOCKET": str(self.socket), "ASSAY_STATE": str(self.folder),
                  "ASSAY_ASSETS": str(self.installed / "usr/share/assay/templates/assets"),
                  "ASSAY_ETC": str(self.installed / "etc/assay")}
        assert {a or b for a, b in named} == set(values)
        return ["lighttpd", "-D", "-f", str(file)], values

    def nginx(self):
        """Within the block that the head of the file shows."""
        file = self.installed / "etc/assay/nginx-fcgi.conf"
        block = re.search(r"^#\thttp \{\n(?:#.*\n)*?#\t\}$", file.read_text(), re.M).group()
        block = re.sub("^#\t", "", block, flags=re.M)
        for shown, here in {"listen 80": f"listen 127.0.0.1:{self.port}",
                            "/run/assay/assay.sock": str(self.socket),
                            "/usr/share/assay": str(self.installed / "usr/share/assay"),
                            "/etc/assay/nginx-fcgi.conf": str(file)}.items():
            assert block.count(shown) == 1
            block = block.replace(shown, here)
        paths = "".join(f"\t{kind}_temp_path {self.folder}/tmp/{kind};\n" for kind in (
            "client_body", "fastcgi", "proxy", "uwsgi", "scgi"))
        block = block.replace("http {\n", "http {\n" + paths, 1)
        conf = self.write("nginx.conf", f"daemon off;\npid {self.folder}/nginx.pid;\n"
                          f"error_log stderr error;\nevents {{}}\n{block}\n")
        return ["nginx", "-e", "stderr", "-p", str(self.folder), "-c", conf], {}

    def stop_pool(self):
        os.kill(self.pool, signal.SIGTERM)
        wait_until(lambda: gone(self.pool), 20, "the end of the pool")

    def stop(self):
        if self.web:
            self.web.terminate()
            self.web.wait(20)
        if hasattr(self, "pool") and not gone(self.pool):
            self.stop_pool()
        shutil.rmtree(self.folder)


@pytest.fixture
def deployment(stack, installed):
    d = Deployment(stack, installed)
    yield d
    d.stop()
    d.superuser(f"drop database if exists {d.database} with (force)")


def test_readmes_way_by_spawn_fcgi_serves_page_views(deployment, user):
    d = deployment
    d.configure()
    version, objects = d.assay("migrate").stdout.splitlines()
    assert version == f"schema version {SCHEMA}, {SCHEMA} new"
    assert objects.startswith("functions and views applied: activity_record ")
    assert d.assay("check").returncode == 0
    server, client = (d.assay("key", "create", "--class", c).stdout.strip()
                      for c in ("server", "client"))
    d.start_pool()
    d.start_web()
    assert "FAILED" not in d.assay("doctor").stdout
    assert oct(d.socket.stat().st_mode & 0o777) == "0o660"

    def call(method, path, key, **kw):
        return requests.request(method, d.url + path, timeout=120,
                                headers={"Authorization": f"Bearer {key}"}, **kw)
    assert call("POST", "/v1/page", client, json=view(user)).json() == receipt(1, 1)
    assert call("GET", f"/v1/user/{user}", client).status_code == 403
    body = call("GET", f"/v1/user/{user}", server).json()
    assert body["number_pages_viewed_the_last_7_days"] == 1
    assert erased(call("DELETE", f"/v1/user/{user}", server), user) == 1
    assert call("GET", f"/v1/user/{user}", server).json() == dict(ZEROS, user_id=user)
    for path in ("/", "/assets/assay.css"):
        assert requests.get(d.url + path, timeout=120).status_code == 200
    d.stop_pool()
    answer = requests.get(d.url + "/healthz", timeout=120)
    assert answer.status_code in (502, 503)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers.get("Retry-After", 1)) > 0


def test_the_pool_comes_back_behind_a_running_web_server(deployment):
    d = deployment
    d.configure()
    d.assay("migrate")
    d.start_pool()
    d.start_web()
    d.stop_pool()
    d.socket.unlink(missing_ok=True)
    d.start_pool()
    wait_until(d.is_up, 20, "the pool behind the web server")


def test_install_puts_the_files_where_the_documents_say(installed):
    assert [f for f in FILES if not (installed / f[1:]).is_file()] == []
    text = (TOP / "docs/deploy.md").read_text() + (TOP / "docs/configuration.md").read_text()
    paths = re.findall(r"`(/(?:etc|usr)/[^` ]+)`", text)
    assert len(paths) > 3
    for path in paths:
        assert (installed / path[1:]).exists(), path


def test_the_defaults_of_the_configuration_are_where_files_are_installed(installed):
    text = (installed / "etc/assay/assay.conf").read_text()
    assert "#templates = /usr/share/assay/templates\n" in text


@pytest.mark.parametrize("unit", ["assay", "assay-jobs"])
def test_a_unit_is_understood_by_systemd(installed, tmp_path, unit):
    text = (installed / f"usr/lib/systemd/system/{unit}.service").read_text()
    program = re.search(r"^ExecStart=(\S+) \w+ -c /etc/assay/assay.conf$", text, re.M).group(1)
    assert (installed / program[1:]).is_file()
    file = tmp_path / f"{unit}.service"
    file.write_text(text.replace(program, str(installed / program[1:])))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(file)],
                          capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15",
                           str(file)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
