# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasure and export of a user cover groups, tags, files of members and kept answers."""

from urllib.parse import quote

import pytest

from lookups import new_id
from stack import Stack
from uploads import counts, finished, group, make, profile, upload


# One web server is enough: what is looked at are rows.
@pytest.fixture(scope="module")
def own(request):
    """A stack whose jobs may be ended."""
    s = Stack("lighttpd", KEEP=1)
    yield s
    s.stop()


def erase(stack, user):
    answer = stack.call("DELETE", f"/v1/user/{user}").json()
    assert "deleted" in answer, answer
    return answer["deleted"]


def test_groups_tags_and_reports_are_exported_and_erased(stack, user):
    seg, address = make(stack), new_id("m") + "@x.org"
    upload(stack, seg, [(user, "A"), (user + "2", "A")])
    job = upload(stack, seg, [(user, "B"), (user + "2", "B")]).json()["job"]
    stack.call("PUT", f"/v1/user/{user}/tags", params={"scope": "global"}, json={"k": [1], "l": 2})
    profile(stack, user, email=address)
    records = stack.call("GET", f"/v1/user/{user}/export").json()["records"]
    assert sorted(r["record"] for r in records) == [
        "membership", "profile", "tag", "tag", "upload_row"]
    deleted = erase(stack, user)
    assert [deleted[k] for k in ("memberships", "tags", "upload_rows", "profile")] == [1, 2, 1, 1]
    assert erase(stack, user) == dict.fromkeys(deleted, 0)
    report = stack.call("GET", f"/v1/segmentation/{seg}/upload/{job}").json()
    assert [row["user"] for row in report["changed"]] == [user + "2"]
    assert group(stack, seg, user) is None and group(stack, seg, user + "2") == "B"


@pytest.mark.parametrize("name, written, mark", [
    ("{}", "{}", ";"), ("{}", "{}", "\t"), ("={}", "'={}", ","), ("'{}", "''{}", ";"),
    ('"{}', '"""{}"', ","), ("a;{}", '"a;{}"', ";")])
def test_who_is_erased_is_found_however_the_file_is_written(own, user, name, written, mark):
    seg, name, written = make(own), name.format(user), written.format(user)
    own.end("jobs")
    rows = [f"{user}{n}{mark}A" for n in range(1200)]
    rows[5:5] = [f"{written}{mark}A"]
    answer = upload(own, seg, "\n".join([f"user_id{mark}group", *rows, ""]), 202)
    erase(own, quote(name, safe=""))
    own.again("jobs")
    assert counts(finished(own, answer)) == {"total": 1200, "added": 1200}
    assert group(own, seg, name) is None and group(own, seg, user + "1") == "A"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_who_is_erased_does_not_come_back_from_a_waiting_file(own, user, end):
    seg, address = make(own), new_id("M") + "@x.org"
    profile(own, user, email=address.lower())
    own.end("jobs")
    rows = [f"{user}{n},,A" for n in range(1200)]
    rows[5:5] = [f'"{user}",,A', f",{address},A"]
    answer = upload(own, seg, end.join(["user_id,email,group", *rows, ""]), 202)
    erase(own, user)
    content, = own.sql("select content from upload where content is not null")
    assert f"{user}," not in content[0] and address not in content[0]
    own.again("jobs")
    assert counts(finished(own, answer)) == {"total": 1200, "added": 1200}
    assert group(own, seg, user) is None and group(own, seg, user + "1") == "A"


@pytest.mark.parametrize("word", ["{}", '{}"\\x', "<{}>é"], ids=["plain", "quote", "letters"])
def test_the_audit_log_forgets_an_erased_id_and_nothing_else(stack, user, word):
    user = word.format(user)
    seg = make(stack, name=user, description=f"of {user}, and others")
    for groups in ([{"id": 0, "name": "A"}, {"name": user}], [{"id": 0, "name": "A"}]):
        answer = stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin",
                            json={"groups": groups})
        assert answer.status_code == 200, answer.text

    def told():
        return stack.sql("select before, after from audit where target = %s or "
                         "after ->> 'id' = %s order by nr", seg, seg)

    def erased(o):
        if isinstance(o, dict):
            return {k: erased(v) for k, v in o.items()}
        return [erased(v) for v in o] if isinstance(o, (list, tuple)) else \
            "(erased)" if o == user else o
    before = [list(row) for row in told()]
    assert len(before) == 3 and erased(before) != before
    erase(stack, quote(user, safe=""))
    assert [list(row) for row in told()] == erased(before)


def test_kept_answers_that_name_a_user_are_forgotten(stack, user):
    body = {"id": new_id("seg")[:40], "type": "manual", "name": user, "groups": [{"name": "A"}]}
    answer = stack.call("POST", "/v1/segmentation", key="admin", json=body,
                        headers={"Idempotency-Key": new_id("key")})
    assert answer.status_code == 201
    kept = "select count(*) from idempotency where answer::text like %s"
    assert stack.sql(kept, f"%{user}%") == [(1,)]
    erase(stack, user)
    assert stack.sql(kept, f"%{user}%") == [(0,)]
