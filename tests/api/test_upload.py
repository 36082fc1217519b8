# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of members: group assignments, and the report on each row."""

import pytest

from lookups import put_user
from shapes import assert_problem
from stack import wait_until
from uploads import counts, group, mail, make, upload


def test_an_unknown_group_fails_and_the_rest_is_stored(stack, user):
    seg = make(stack)
    report = upload(stack, seg, [(user, "A"), (user + "2", "nobody's")]).json()
    assert counts(report) == {"total": 2, "added": 1, "failed": 1}
    assert report["failed"] == [{"row": 3, "reason": "there is no group `nobody's`"}]
    assert (group(stack, seg, user), group(stack, seg, user + "2")) == ("A", None)
    assert [g["name"] for g in stack.call("GET", f"/v1/segmentation/{seg}").json()["groups"]] == [
        "A", "B"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("head", ["", "\ufeff"])
def test_every_line_end_is_read_and_a_repeat_changes_nothing(stack, user, end, head):
    seg = make(stack)
    text = head + end.join(["user_id,note,group", f"{user},x,A", f'{user}2,"a{end}""b""",B', ""])
    assert counts(upload(stack, seg, text).json()) == {"total": 2, "added": 2}
    assert counts(upload(stack, seg, text).json()) == {"total": 2, "present": 2}
    assert [group(stack, seg, u) for u in (user, user + "2")] == ["A", "B"]


def test_a_move_reports_the_former_group(stack, user):
    seg = make(stack)
    upload(stack, seg, [(user, "A"), (user + "2", "B")])
    report = upload(stack, seg, [(user, "B"), (user + "2", "A")]).json()
    assert counts(report) == {"total": 2, "changed": 2}
    assert report["changed"] == [{"row": 2, "user": user, "previous": "A"},
                                 {"row": 3, "user": user + "2", "previous": "B"}]
    assert stack.sql("select count(*) from membership where subject_id = %s", "u:" + user) == [
        (1,)]


def test_a_user_who_is_named_twice_goes_from_row_to_row(stack, user):
    seg = make(stack)
    report = upload(stack, seg, [(user, "A"), (user, "A"), (user, "B")]).json()
    assert counts(report) == {"total": 3, "added": 1, "present": 1, "changed": 1}
    assert group(stack, seg, user) == "B"


def test_where_groups_overlap_a_user_is_in_both(stack, user):
    seg = make(stack, overlap=True)
    report = upload(stack, seg, [(user, "A"), (user, "B"), (user, "A")]).json()
    assert counts(report) == {"total": 3, "added": 2, "present": 1}


def test_a_drawn_group_is_moved_by_a_file(stack, user):
    seg = make(stack, "random")
    drawn = stack.call("GET", f"/v1/segmentation/{seg}/group",
                       params={"user_id": user, "assign": "true"}).json()["group"]["name"]
    other = {"A": "B", "B": "A"}[drawn]
    assert counts(upload(stack, seg, [(user, other)]).json()) == {"total": 1, "changed": 1}
    assert group(stack, seg, user) == other


def test_an_address_finds_the_user_whatever_its_case(stack, user):
    seg, address = make(stack), mail()
    put_user(stack, user, email=address)
    report = upload(stack, seg, f"email,group\n{address.upper()},B\n").json()
    assert counts(report) == {"total": 1, "added": 1}
    assert group(stack, seg, user) == "B"


@pytest.mark.parametrize("known, addressed, wins", [
    (True, True, "named"), (True, False, "named"), (False, False, "named"),
    (False, True, "addressed")])
def test_of_id_and_address_the_id_counts_unless_only_the_address_is_known(
        stack, user, known, addressed, wins):
    seg, address = make(stack), mail()
    if known:
        put_user(stack, user, age=1)
    if addressed:
        put_user(stack, user + "-other", email=address)
    upload(stack, seg, f"user_id,email,group\n{user},{address},A\n")
    assert group(stack, seg, user) == ("A" if wins == "named" else None)
    assert group(stack, seg, user + "-other") == ("A" if wins == "addressed" else None)


def test_an_address_of_two_users_fails(stack, user):
    seg, address = make(stack), mail()
    for n in "12":
        put_user(stack, user + n, email=address)
    report = upload(stack, seg, f"email,group\n{address},A\n").json()
    assert report["failed"] == [{"row": 2, "reason": "several users have this e-mail address"}]


@pytest.mark.parametrize("row", [
    "student_1@,A", "@x,A", "a@b@c,A", "a b@c,A", "x@y..z,A", "x@.y,A", "x" * 250 + "@y.zz,A",
    "none,A", ",A", "x@y.z,", "x@y.z", "x@y.z,A,more", 'x@y.z,"A" more', "x@y.z," + "A" * 201])
def test_a_bad_row_is_told_with_its_line(stack, user, row):
    seg = make(stack)
    report = upload(stack, seg, f"email,group\n{mail()},A\n\n{row}\n{mail()},B\n").json()
    assert counts(report) == {"total": 3, "preassigned": 2, "failed": 1}
    assert report["failed"][0]["row"] == 4 and report["failed"][0]["reason"]


@pytest.mark.parametrize("user_id", ["null", "undefined", "x" * 129, "a\tb", "."])
def test_an_invalid_id_fails(stack, user_id):
    report = upload(stack, make(stack), [(user_id, "A")]).json()
    assert counts(report) == {"total": 1, "failed": 1}


@pytest.mark.parametrize("data", [
    b"user_id,group\na\xffb,A\ngood,A\n", b"user_id,group\na\x00b,A\ngood,A\n",
    b"user_id,group\ngood,A\n\"open,A\n", b"user_id,group\n\"open,A\ngood,A\n",
    b"group,user_id\n" + b"A," * 200 + b"x\nA,good\n"])
def test_a_row_that_cannot_be_read_leaves_the_others(stack, data):
    seg = make(stack)
    report = upload(stack, seg, data).json()
    assert counts(report) == {"total": 2, "added": 1, "failed": 1}
    assert group(stack, seg, "good") == "A"


@pytest.mark.parametrize("text", [
    "", "\n\n", "user_id\na\n", "group\nA\n", "name,group\na,A\n", "user_id,group,group\na,A,A\n",
    "user_id,,group\na,,A\n", "\x89PNG\r\n\x1a\n"])
def test_a_file_without_its_columns_is_refused(stack, text):
    seg = make(stack)
    assert_problem(upload(stack, seg, text, status=422), 422)
    assert stack.sql("select count(*) from upload as u join segmentation as s on s.nr = "
                     "u.segmentation where s.id = %s", seg) == [(0,)]


def test_a_header_alone_is_a_file_of_nobody(stack):
    assert counts(upload(stack, make(stack), "user_id,group\n").json()) == {}


@pytest.mark.parametrize("kind", ["application/json", "image/jpeg", "text/plain"])
def test_what_is_not_csv_is_refused(stack, kind):
    answer = upload(stack, make(stack), "user_id,group\n", 415, headers={"Content-Type": kind})
    assert_problem(answer, 415)


def test_a_file_over_two_megabytes_is_refused_with_the_limit(stack):
    answer = upload(stack, make(stack), "user_id,group\n" + "x" * (2 << 20), 413)
    assert str(2 << 20) in assert_problem(answer, 413)["detail"]


def test_only_stored_groups_take_a_file(stack, user):
    rule = make(stack, "rule", [{"name": "A", "rule": {"kind": {"eq": "user"}}}])
    assert_problem(upload(stack, rule, [(user, "A")], 409), 409)
    assert_problem(upload(stack, "there-is-none", [(user, "A")], 404), 404)


@pytest.mark.parametrize("key, status", [(None, 401), ("client", 403)])
def test_a_file_needs_a_server_key(stack, key, status):
    seg = make(stack)
    assert_problem(upload(stack, seg, "user_id,group\n", status, key=key), status)
    answer = stack.call("GET", "/v1/segmentation/x/upload/1", key=key)
    assert_problem(answer, status)


def test_a_report_is_read_again_as_json_and_csv(stack, user):
    seg = make(stack)
    upload(stack, seg, [(user, "A")])
    first = upload(stack, seg, [(user, "B"), ("=1+1", "A"), ("b", 'no "such"')]).json()
    answer = stack.call("GET", f"/v1/segmentation/{seg}/upload/{first['job']}")
    assert answer.json() == first
    answer = stack.call("GET", f"/v1/segmentation/{seg}/upload/{first['job']}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.split("\r\n") == [
        "row,outcome,user,previous,reason", f"2,changed,{user},A,",
        '4,failed,,,"there is no group `no ""such""`"', ""]


@pytest.mark.parametrize("job", ["0", "x", "1.csv.csv", "99999999999", ".csv", "-1"])
def test_an_unknown_upload_is_not_found(stack, job):
    seg = make(stack)
    assert_problem(stack.call("GET", f"/v1/segmentation/{seg}/upload/{job}"), 404)


def test_a_report_belongs_to_its_segmentation(stack, user):
    job = upload(stack, make(stack), [(user, "A")]).json()["job"]
    assert_problem(stack.call("GET", f"/v1/segmentation/{make(stack)}/upload/{job}"), 404)


@pytest.mark.parametrize("n, more", [(999, False), (1000, False), (1001, True)])
def test_a_report_says_that_there_are_more_rows_only_when_there_are(stack, user, n, more):
    seg = make(stack)
    answer = upload(stack, seg, [(f"{user}{i}", "no such group") for i in range(n)],
                    status=202 if n > 1000 else 200)
    path = f"/v1/segmentation/{seg}/upload/{answer.json()['job']}"
    wait_until(lambda: stack.call("GET", path).json()["done"])
    report = stack.call("GET", path).json()
    assert (len(report["failed"]), report["more"]) == (min(n, 1000), more)
