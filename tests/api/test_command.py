# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: output and exit codes, 0 done, 1 failed, 2 misused."""

import json
import subprocess

import pytest

from shapes import SCHEMA, post, view, views
from stack import BINARY

COMMANDS = ["serve", "jobs", "migrate", "check", "doctor", "key", "metrics", "user", "import",
            "export", "simulate"]

# One web server is enough: these never pass through it.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)


def run(*words):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=600,
                          stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(stack, command, flag):
    done = run(command, flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"assay {command}")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_names_every_command(stack, words):
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")] == \
        COMMANDS


@pytest.mark.parametrize("words", [
    ["export", "user", "{user}"], ["export", "groups", "--csv"], ["export", "definitions"],
    ["key", "list"], ["user", "list"], ["key", "create", "--class", "client"], ["metrics"],
    ["check"], ["doctor"], ["--help"], ["--version"], ["help"], ["key", "--help"]])
def test_what_could_not_be_printed_is_a_failure(stack, user, words):
    post(stack, views(user, 3))
    words = [w.replace("{user}", user) for w in words]
    config = [] if {"--help", "--version", "help"} & set(words) else [
        "-c", str(stack.state / "assay.conf")]
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, *words, *config], stdout=full, stderr=subprocess.PIPE,
                              text=True, timeout=600)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("assay: standard output: ")


def test_a_misused_command_stays_2_on_a_full_disk(stack):
    with open("/dev/full", "w") as full:
        assert subprocess.run([BINARY, "key"], stdout=full, stderr=full).returncode == 2


def test_a_command_that_prints_nothing_needs_no_standard_output(stack):
    """A program that is started by another may have none."""
    done = subprocess.run(["sh", "-c", f"{BINARY} jobs --once -c {stack.state}/assay.conf >&-"],
                          stderr=subprocess.PIPE, text=True, timeout=600)
    assert done.returncode == 0, done.stderr


def test_reasons_that_could_not_be_kept_are_a_failure(stack, tmp_path):
    file = tmp_path / "users.ndjson"
    file.write_text("{}\n" * 3000)
    done = stack.assay("import", "users", str(file), "--errors", "/dev/full", check=False)
    assert done.returncode == 1 and "/dev/full: No space left" in done.stderr


@pytest.mark.parametrize("words", [
    [], ["nothing"], ["serve", "x"], ["check", "x"], ["doctor", "x"], ["migrate", "x"],
    ["jobs", "x"], ["jobs", "--once", "x"], ["key"], ["key", "make"], ["key", "create"],
    ["key", "list", "x"],
    ["key", "create", "--class", "god"], ["key", "create", "--class"], ["key", "revoke"],
    ["key", "create", "--class", "client", "--name", ""],
    ["key", "create", "--class", "client", "--name", "a\nb"],
    ["key", "create", "--class", "client", "--name", "n" * 101],
    ["key", "create", "--class", "client", "--days", "0"],
    ["key", "create", "--class", "client", "--days", "1.5"],
    ["key", "create", "--class", "client", "--days", "3651"],
    ["key", "create", "--class", "client", "--origin", "example.org"],
    ["key", "create", "--class", "client", "--origin", "https://example.org/"],
    ["key", "create", "--class", "client", "--origin", "https://a.example,b"],
    ["key", "create", "--class", "client", "--origin", "https://"],
    ["key", "create", "--class", "client", "--orgin", "https://example.org"],
    ["key", "create", "--class", "client", "--days"], ["key", "create", "--class", "client", "x"],
    ["export"], ["export", "user"], ["export", "session", "a"], ["export", "user", "a", "b"]])
def test_a_misused_command_is_2_and_explains_itself(stack, words):
    before = stack.sql("select count(*) from api_key")
    done = stack.assay(*words, check=False)
    assert done.returncode == 2
    assert "assay" in done.stderr and done.stdout == ""
    assert stack.sql("select count(*) from api_key") == before


def test_check_finds_nothing_wrong(stack):
    done = stack.assay("check")
    assert done.stdout == "configuration, templates and statements are good\n"


def write(tmp_path, stack, *lines, **changes):
    """The stack's configuration with other lines and values."""
    text = (stack.state / "assay.conf").read_text()
    pairs = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
    file = tmp_path / "assay.conf"
    pairs.update(changes)
    file.write_text("\n".join([*(f"{k} = {v}" for k, v in pairs.items()), *lines]))
    return file


@pytest.mark.parametrize("line, word", [
    ("worker = 4", "worker"), ("workers = 0", "workers"), ("workers = many", "workers"),
    ("log_level = loud", "log_level"), ("memcached = :", "memcached")])
def test_check_names_what_is_wrong_with_the_configuration(stack, tmp_path, line, word):
    """A key that is not known or a value out of range stops the program."""
    done = run("check", "-c", str(write(tmp_path, stack, line)))
    assert done.returncode == 1
    assert word in done.stderr and done.stdout == ""


@pytest.mark.parametrize("line", ["wrokers = 4", "workers 4"])
def test_a_line_that_is_not_understood_is_named_by_its_number(stack, tmp_path, line):
    file = write(tmp_path, stack, "# a comment", "", line)
    number = file.read_text().splitlines().index(line) + 1
    done = run("check", "-c", str(file))
    assert done.returncode == 1
    assert f"{file}:{number}: " in done.stderr


@pytest.mark.parametrize("command", ["check", "serve"])
@pytest.mark.parametrize("spoil", ["missing", "broken", "unescaped"])
def test_templates_are_checked_before_the_first_request(stack, tmp_path, command, spoil):
    folder = tmp_path / "templates"
    folder.mkdir()
    if spoil != "missing":
        for name in ("head", "foot", "error", "docs"):
            (folder / f"{name}.html").write_text("x")
        (folder / "index.html").write_text("{{#open}}" if spoil == "broken" else "{{{x}}}")
    file = write(tmp_path, stack, templates=folder, listen=tmp_path / "socket")
    done = run(command, "-c", str(file))
    assert done.returncode == 1
    assert str(folder) in done.stderr or "index.html" in done.stderr


def test_check_fails_without_a_database(stack, tmp_path):
    done = run("check", "-c", str(write(tmp_path, stack, database_url="host=/nonexistent")))
    assert done.returncode == 1 and done.stderr


def test_the_environment_stands_over_the_file(stack):
    assert stack.assay("check", check=False, ASSAY_WORKERS="0").returncode == 1
    assert stack.assay("check", ASSAY_WORKERS="2").returncode == 0


def test_a_missing_configuration_file_is_an_error(stack):
    done = run("check", "-c", "/nonexistent/assay.conf")
    assert done.returncode == 1 and "/nonexistent/assay.conf" in done.stderr


def test_doctor_finds_a_running_stack_healthy(stack):
    done = stack.assay("doctor")
    verdicts = {line.split()[1]: line.split()[0] for line in done.stdout.splitlines()}
    assert set(verdicts.values()) == {"ok"}
    assert {"config", "templates", "memcached", "durability", "partitions", "clock", "keys",
            "socket"} <= set(verdicts)


@pytest.mark.parametrize("changes, line, code", [
    ({"memcached": "/nonexistent/socket"}, "warning  memcached", 0),
    ({"memcached": ""}, "warning  memcached", 0),
    ({"listen": "/nonexistent/socket"}, "warning  socket", 0),
    ({"database_url": "host=/nonexistent"}, "FAILED   app role", 1),
    ({"owner_database_url": "host=/nonexistent"}, "FAILED   owner role", 1),
    ({"templates": "/nonexistent"}, "FAILED   templates", 1)])
def test_the_doctor_names_what_is_wrong(stack, tmp_path, changes, line, code):
    done = run("doctor", "-c", str(write(tmp_path, stack, **changes)))
    assert line in done.stdout
    assert done.returncode == code


def test_keys_are_made_listed_and_revoked(stack, user):
    made = stack.assay("key", "create", "--class", "client", "--name", user,
                       "--origin", "https://a.example,http://b.example:8080", "--days", "2").stdout
    key_id = made.split("_")[2]

    def listed():
        lines = stack.assay("key", "list").stdout.splitlines()
        return next(line.split() for line in lines if line.startswith(key_id))
    assert listed()[:3] == [key_id, "client", "valid"]
    assert listed()[-3:] == [user, "https://a.example", "http://b.example:8080"]
    assert stack.assay("key", "revoke", key_id).returncode == 0
    assert listed()[2] == "revoked"
    stack.sql("update api_key set revoked_at = null, expires_at = now() where id = %s", key_id)
    assert listed()[2] == "expired"


@pytest.mark.parametrize("key_id", ["00000000", "", "%", "a" * 5000])
def test_revoking_an_unknown_key_fails(stack, key_id):
    done = stack.assay("key", "revoke", key_id, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no key" in done.stderr


def test_export_prints_everything_without_pages(stack, user):
    post(stack, views(user, 1000))
    post(stack, [view(user, f"2026-01-05T10:00:{i:02d}Z", name="ü/'\\") for i in range(60)])
    done = stack.assay("export", "user", user)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    pages = [stack.call("GET", f"/v1/user/{user}/export?format=ndjson").text]
    pages.append(stack.call("GET", f"/v1/user/{user}/export?format=ndjson&after="
                            + json.loads(pages[0].splitlines()[-1])["timestamp"]).text)
    assert len(records) == 1060
    assert records == [json.loads(line) for line in "".join(pages).splitlines()]


def test_export_of_an_unknown_user_prints_nothing(stack, user):
    assert stack.assay("export", "user", user).stdout == ""


@pytest.mark.parametrize("bad", ["", "a\nb", "a" * 129, "null"])
def test_export_of_an_invalid_id_fails(stack, bad):
    done = stack.assay("export", "user", bad, check=False)
    assert (done.returncode, done.stdout) == (1, "") and done.stderr


def test_migrating_again_changes_nothing(stack):
    assert stack.assay("migrate").stdout == f"schema version {SCHEMA}, 0 new\n"


def test_jobs_once_ends_by_itself(stack):
    done = stack.assay("jobs", "--once")
    assert done.returncode == 0 and "event=partitions" in done.stderr


def test_a_command_fails_without_the_owner_database(stack, tmp_path):
    file = str(write(tmp_path, stack, owner_database_url="host=/nonexistent"))
    for words in (["migrate"], ["jobs", "--once"], ["key", "list"], ["export", "user", "a"],
                  ["key", "create", "--class", "client"]):
        done = run(*words, "-c", file)
        assert (done.returncode, done.stdout) == (1, "") and done.stderr, words


@pytest.mark.parametrize("words", [
    ["key", "list", "--class", "client"], ["key", "revoke", "x", "--signed"],
    ["user", "list", "--role", "admin"], ["user", "add", "someone", "--roll", "admin"],
    ["import", "definitions", "x", "--csv"], ["import", "members", "x", "--csv"],
    ["export", "definitions", "--csv"], ["export", "user", "a", "--context", "c"],
    ["export", "groups", "--context"], ["doctor", "--recount"], ["jobs", "--twice"],
    ["simulate", "--looks"], ["simulate", "--looks", "0"], ["simulate", "x"]])
def test_an_option_of_another_command_or_without_its_value_is_misuse(stack, words):
    done = stack.assay(*words, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"assay {words[0]}" in done.stderr


def test_a_configuration_without_its_name_is_misuse(stack):
    done = run("check", "-c")
    assert (done.returncode, done.stdout) == (2, "") and "assay check" in done.stderr


def test_options_stand_anywhere_and_two_dashes_end_them(stack, user):
    done = stack.assay("key", "--name=first", "create", "--class", "client", "--name", "second")
    listed = stack.assay("key", "list").stdout
    assert done.stdout.strip() and "second" in listed and "first" not in listed
    done = run("export", "-c", str(stack.state / "assay.conf"), "user", "--", f"--{user}")
    assert (done.returncode, done.stdout) == (0, "")
