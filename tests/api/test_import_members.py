# SPDX-License-Identifier: GPL-3.0-or-later
"""assay import members: a file of any size into the groups of a segmentation."""

import os
import pwd

import pytest

from lookups import put_user
from uploads import group, make, upload


# One web server is enough: the command passes by it.
def load(telemetry, folder, seg, text, *options):
    file = folder / "members.csv"
    file.write_text(text)
    return telemetry.stack.assay("import", "members", seg, str(file), *options, check=False,
                            ASSAY_TELEMETRY_FILE=telemetry.path)


def test_a_file_is_loaded_and_its_bad_lines_are_reported(telemetry, user, tmp_path):
    seg = make(telemetry.stack)
    assert group(telemetry.stack, seg, user + "0") is None
    rows = "".join(f"{user}{n},{'AB'[n % 2]}\n" for n in range(12000))
    done = load(telemetry, tmp_path, seg, "user_id,group\nnull,A\n" + rows + f"{user},none\n")
    assert done.returncode == 1
    assert "12002 rows: 2 bad, 12000 changed" in done.stdout
    assert "line 2: user_id" in done.stderr
    assert "line 12003: there is no group `none`" in done.stderr
    assert [group(telemetry.stack, seg, user + n) for n in ("0", "1", "11999")] == ["A", "B", "B"]
    events = [e["edata"] for e in telemetry.events() if e["edata"].get("segmentation") == seg]
    assert len(events) == 12000 and {e["by"] for e in events} == {"assay import"}


def test_the_audit_log_says_who_imported_members_once(telemetry, user, tmp_path):
    seg = make(telemetry.stack)
    text = f"user_id,group\n{user},A\n{user}1,none\n"
    for _ in range(2):
        load(telemetry, tmp_path, seg, text)
    (account, after), = telemetry.stack.sql("select account, after from audit where target = %s"
                                       " and action = 'import members'", seg)
    assert account == "cli:" + pwd.getpwuid(os.geteuid()).pw_name
    assert after == {"rows": 2, "bad": 1, "changed": 1}


def test_a_repeat_changes_nothing(telemetry, user, tmp_path):
    seg = make(telemetry.stack)
    text = f"email,group,user_id\r\n,A,{user}\r\n{user}@x.org,B,\r\n"
    assert "2 changed" in load(telemetry, tmp_path, seg, text).stdout
    again = load(telemetry, tmp_path, seg, text)
    assert again.returncode == 0 and "0 changed" in again.stdout
    put_user(telemetry.stack, user + "2", email=user + "@x.org")
    assert group(telemetry.stack, seg, user + "2") == "B"


def test_an_import_goes_on_at_a_line(telemetry, user, tmp_path):
    seg = make(telemetry.stack)
    text = f"user_id,group\n{user}1,A\n{user}2,A\n"
    assert load(telemetry, tmp_path, seg, text, "--from", "3").returncode == 0
    assert [group(telemetry.stack, seg, user + n) for n in "12"] == [None, "A"]


@pytest.mark.parametrize("kind, text", [
    ("rule", "user_id,group\na,A\n"), (None, "user_id,group\na,A\n"), ("manual", "user_id\na\n"),
    ("manual", "group\nA\n"), ("manual", "")])
def test_an_import_into_an_unsuitable_segmentation_is_refused(telemetry, tmp_path, kind, text):
    rule = {"kind": {"eq": "user"}}
    groups = [{"name": "A", "rule": rule}] if kind == "rule" else ["A"]
    seg = make(telemetry.stack, kind, groups) if kind else "there-is-none"
    done = load(telemetry, tmp_path, seg, text)
    assert done.returncode == 1 and "assay import: " in done.stderr


def test_a_file_and_an_upload_leave_the_same(telemetry, user, tmp_path):
    segs = [make(telemetry.stack) for _ in range(2)]
    text = f"user_id,group\n{user}1,A\n{user}1,B\n{user}2,A\n{user}2,none\n"
    load(telemetry, tmp_path, segs[0], text)
    upload(telemetry.stack, segs[1], text)
    assert [[group(telemetry.stack, s, user + n) for n in "12"] for s in segs] == [["B", "A"]] * 2
