# SPDX-License-Identifier: GPL-3.0-or-later
"""An installation as an administrator sets it up by hand, with a database of its own; PostgreSQL
and memcached are lent by a stack. What it installs is the release build."""

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

from stack import TOP, free_port, gone, wait_until


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
    """An installation as an administrator sets it up, run by the user that owns the stack."""

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
