# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasure and export of a user cover groups, tags, files of members and kept answers."""

from urllib.parse import quote

import pytest

from lookups import new_id, put_user
from stack import Stack
from uploads import counts, finished, group, make, upload


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
    put_user(stack, user, email=address)
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
def test_an_erased_user_is_found_in_a_file_however_it_is_quoted(own, user, name, written, mark):
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
def test_an_erased_user_does_not_return_from_a_waiting_file(own, user, end):
    seg, address = make(own), new_id("M") + "@x.org"
    put_user(own, user, email=address.lower())
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


def note(stack, target, word, *subjects):
    """A row of the audit log and a stored answer that name a word and concern subjects."""
    row = f'{{"name": "{word}", "groups": [{{"name": "{word}"}}]}}'
    stack.sql("insert into audit "
              "(occurred_at, action, target, status, before, after, subjects) values "
              "(now(), 'PUT /x', %s, 200, %s, %s, %s::text[])", target, row, row, list(subjects))
    stack.sql("insert into idempotency (actor, key, request_hash, answer, created_at, subjects) "
              "values ('key:x', %s, 'x', %s, now(), %s::text[])", target, row, list(subjects))


def noted(stack, target):
    """What is left of both: before, after and subjects of the row, whether there is an answer."""
    row, = stack.sql("select before, after, subjects from audit where target = %s", target)
    return *row, stack.sql("select 1 from idempotency where key = %s", target) == [(1,)]


def test_erasure_blanks_audit_rows_and_stored_answers_about_the_subject(stack, user):
    target, other = new_id("t"), f"u:{user}2"
    note(stack, target, user, f"u:{user}", other)
    erase(stack, user)
    assert noted(stack, target) == (None, None, [other], False)


@pytest.mark.parametrize("subjects", [[], ["u:somebody"], ["d:control"]], ids=str)
def test_erasure_of_a_user_whose_id_is_a_word_changes_no_row_that_contains_the_word(
        stack, subjects):
    """`control` is an alternative of every experiment, and no user here."""
    target = new_id("t")
    note(stack, target, "control", *subjects)
    before = noted(stack, target)
    assert before[0]["name"] == "control" and before[2:] == (subjects, True)
    last, = stack.sql("select max(nr) from audit")[0]
    rows = stack.sql("select a::text from audit as a order by nr")
    erase(stack, "control")
    assert noted(stack, target) == before
    assert stack.sql("select a::text from audit as a where nr <= %s order by nr", last) == rows


def test_a_definition_that_is_named_like_an_erased_user_keeps_its_history(stack, user):
    body = {"id": new_id("seg")[:40], "type": "manual", "name": user, "groups": [{"name": "A"}]}
    key = new_id("key")
    answer = stack.call("POST", "/v1/segmentation", key="admin", json=body,
                        headers={"Idempotency-Key": key})
    assert answer.status_code == 201
    erase(stack, user)
    assert stack.sql("select after ->> 'name' from audit where target = %s", body["id"]) == [
        (user,)]
    assert stack.sql("select answer ->> 'name' from idempotency where key = %s", key) == [(user,)]
