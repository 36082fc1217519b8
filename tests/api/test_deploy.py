# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployment as docs/deploy.md says: installed files, spawn-fcgi before `assay serve`, either web
server with its shipped configuration; PostgreSQL and memcached are lent by a stack.

This file is not for sanitizers: what it installs is the release build."""

import re
import subprocess

import pytest
import requests

from deployment import deployment, installed  # noqa: F401
from shapes import MIGRATIONS, SCHEMA, ZEROS, erased, receipt, view
from stack import TOP, wait_until

FILES = """
    /usr/bin/assay /usr/share/assay/templates/index.html /usr/share/assay/templates/error.html
    /usr/share/assay/templates/assets/assay.css /usr/share/doc/assay/README.md
    /usr/share/doc/assay/docs/deploy.md /usr/share/doc/assay/docs/img/results.png
    /usr/share/man/man1/assay.1 /usr/share/man/man5/assay.conf.5
    /usr/share/doc/assay/LICENSE /usr/lib/systemd/system/assay.service
    /usr/lib/systemd/system/assay-jobs.service /etc/assay/assay.conf /etc/assay/lighttpd.conf
    /etc/assay/lighttpd.nft /etc/assay/nginx-fcgi.conf /etc/assay/problem/502.html""".split()


def test_the_documented_way_by_spawn_fcgi_serves_page_views(deployment, user):
    d = deployment
    d.configure()
    version, objects = d.assay("migrate").stdout.splitlines()
    assert version == f"schema version {SCHEMA}, {len(MIGRATIONS)} new"
    assert objects.startswith("functions and views applied: ") and " activity_record " in objects
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


# In a network of its own: the rules count this machine too, and 3 connections are too many.
MANY = """
import fcntl, socket, struct, subprocess, sys
interface = struct.pack("16sh14x", b"lo", 0x41)
fcntl.ioctl(socket.socket(), 0x8914, interface)
subprocess.run(["nft", "-f", "-"], input=sys.stdin.buffer.read(), check=True)
for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    server = socket.create_server((address, 80), family=family, backlog=50)
    clients = [socket.socket(family) for _ in range(5)]
    print([c.connect_ex((address, 80)) == 0 for c in clients])
"""


def test_the_rules_for_lighttpd_limit_the_connections_of_an_address(installed):
    """As shipped they load, twice as well; and 100 is all that is changed to see them at work."""
    path = installed / "etc/assay/lighttpd.nft"
    alone = ["unshare", "--map-root-user", "--net"]
    subprocess.run([*alone, "sh", "-ec", 'nft -f "$0"; nft -f "$0"', str(path)], check=True,
                   timeout=60)
    rules = path.read_text()
    assert rules.count("over 100") == 2 and 'iif "lo" accept' in rules
    rules = rules.replace("over 100", "over 3").replace('iif "lo" accept', "")
    done = subprocess.run([*alone, "/usr/bin/python3", "-c", MANY], input=rules, text=True,
                          capture_output=True, check=True, timeout=60)
    assert done.stdout == f"{[True] * 3 + [False] * 2}\n" * 2, done.stderr
