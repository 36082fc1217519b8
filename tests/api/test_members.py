# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of members and exports of groups: complete, page by page, and without an effect."""

import csv
import io
import json

import pytest

from enrols import put, running, somebody
from lookups import a_second_later, new_id, put_user
from segmentations import change, group, make, members, place

KIND = {"kind": {"eq": "user"}}


def listed(stack, seg, limit=100):
    """All members, in pages, and how many pages there were."""
    found, after, pages = [], None, 0
    while True:
        answer = stack.call("GET", f"/v1/segmentation/{seg}/members",
                            params={"limit": limit, **({"after": after} if after else {})})
        assert answer.status_code == 200, answer.text
        found += answer.json()["members"]
        pages += 1
        after = answer.json()["next"]
        assert (after is None) == ("next" not in answer.links)
        if after is None:
            return found, pages


def exported(stack, context, **params):
    """The rows of all pages, by the links between them, and how many pages there were."""
    path, rows, pages = "/v1/segmentation/export.csv", [], 0
    params = dict(params, context=context)
    while True:
        answer = stack.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        head, *body = csv.reader(io.StringIO(answer.content.decode(), newline=""))
        rows += [dict(zip(head, row)) for row in body]
        pages += 1
        if "next" not in answer.links:
            return rows, pages
        path, params = "/v1/segmentation/export.csv" + answer.links["next"]["url"], {}


def placed(stack, *names, kind="manual", **more):
    """A segmentation with a user in each of the groups named; its id and the users by id."""
    seg = make(stack, kind, **more)
    users = sorted(somebody() for _ in names)
    for user, name in zip(users, names):
        place(stack, seg, user, name)
    return seg, users


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_members_are_listed_by_user_in_pages_of_any_size(stack, limit):
    seg, users = placed(stack, "zero", "one", "one")
    found, pages = listed(stack, seg, limit)
    assert [(m["user_id"], m["group"]["name"], m["source"]) for m in found] == [
        (users[0], "zero", "manual"), (users[1], "one", "manual"), (users[2], "one", "manual")]
    assert all(m["at"].endswith("Z") for m in found)
    assert pages == {1: 4, 2: 2, 3: 2, 100: 1}[limit]


def test_all_groups_of_a_member_are_on_one_page(stack):
    seg = make(stack, "manual", ("a", "b", "c"), overlap=True)
    users = sorted([somebody(), somebody()])
    for user in users:
        for name in ("c", "a", "b"):
            place(stack, seg, user, name)
    found, pages = listed(stack, seg, 2)
    assert sorted((m["user_id"], m["group"]["name"]) for m in found) == [
        (u, n) for u in users for n in "abc"]
    assert pages == 3


def test_the_members_of_an_experiment_are_the_users_enrolled(stack):
    exp, user = running(stack, "B"), somebody()
    put(stack, exp, user, "B")
    put(stack, exp, {"device_id": new_id("d")}, "B")
    (member,), _ = listed(stack, exp)
    assert (member["user_id"], member["group"]["name"], member["source"]) == (user, "B", "set")


def test_a_deleted_group_is_null_in_the_list_and_empty_in_the_export(stack):
    context = new_id("course")
    seg, _ = placed(stack, "zero", "one", context=context)
    change(stack, seg, groups=[{"id": 1, "name": "renamed"}])
    a_second_later()
    found, _ = listed(stack, seg)
    assert [m["group"] for m in found] == [None, {"id": 1, "name": "renamed"}]
    assert [row[seg] for row in exported(stack, context)[0]] == ["", "renamed"]


def test_rules_have_no_members_that_could_be_listed(stack):
    seg = make(stack, "rule", [{"name": "all", "rule": KIND}])
    answer = stack.call("GET", f"/v1/segmentation/{seg}/members")
    assert answer.status_code == 409 and "computed" in answer.json()["detail"]
    answer = stack.call("GET", f"/v1/segmentation/{new_id()[:40]}/members")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/v1/segmentation/export.csv", "/v1/segmentation/{}/members"])
@pytest.mark.parametrize("limit", ["0", "1001", "x", ""])
def test_a_wrong_limit_is_refused(stack, path, limit):
    answer = stack.call("GET", path.format(make(stack)), params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "limit")


@pytest.mark.parametrize("path", ["export.csv", "x/members"])
def test_exports_are_for_servers(stack, path):
    assert stack.call("GET", f"/v1/segmentation/{path}", key="client").status_code == 403


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_an_export_has_a_row_a_user_and_a_column_a_segmentation(stack, limit):
    context = new_id("course")
    first = make(stack, "manual", context=context, id="b" + new_id()[:30])
    second = make(stack, "random", context=context, id="a" + new_id()[:30])
    make(stack, "manual", context=context, active=False)
    make(stack, "rule", [{"name": "all", "rule": KIND}], context=context)
    make(stack, "manual", context=new_id("other"))
    users = sorted(somebody() for _ in range(5))
    place(stack, first, users[0], "zero")
    place(stack, second, users[1], "one")
    for seg in (first, second):
        place(stack, seg, users[2], "one")
    place(stack, second, users[3], "zero")
    rows, _ = exported(stack, context, limit=limit)
    assert [list(row) for row in rows] == 4 * [["user_id", second, first]]
    assert [tuple(row.values()) for row in rows] == [
        (users[0], "", "zero"), (users[1], "one", ""), (users[2], "one", "one"),
        (users[3], "zero", "")]


def test_the_global_context_has_experiments_and_all_users_of_the_directory(stack):
    seg, exp, user, known = make(stack), running(stack, "B"), somebody(), somebody()
    put(stack, exp, user, "B")
    put_user(stack, known, a=1)
    rows = {row["user_id"]: row for row in exported(stack, "global")[0]}
    assert rows[user][exp] == "B" and rows[user][seg] == ""
    assert rows[known][exp] == "" and rows[known][seg] == ""


def test_nobody_is_assigned_by_an_export(stack):
    context, user = new_id("course"), somebody()
    seg = make(stack, "random", context=context)
    other = make(stack, "manual", context=context)
    place(stack, other, user, "one")
    assert exported(stack, context)[0] == [{"user_id": user, **dict.fromkeys(
        sorted([seg, other]), ""), other: "one"}]
    assert members(stack, seg) == []
    assert group(stack, seg, user)["group"] is None


def test_cells_are_quoted_and_formulas_are_text(stack):
    context = new_id("course")
    names = ["=1+1", "+x", "-x", "@x", "a,b", 'say "x"', "'x", "ä b"]
    seg = make(stack, "manual", names, context=context)
    users = sorted(f"={n} {somebody()}" for n in range(len(names)))
    for user, name in zip(users, names):
        place(stack, seg, user, name)
    rows, _ = exported(stack, context)
    assert [row["user_id"] for row in rows] == ["'" + user for user in users]
    assert [row[seg] for row in rows] == ["'=1+1", "'+x", "'-x", "'@x", "a,b", 'say "x"', "''x",
                                          "ä b"]


def test_several_groups_stand_in_one_cell(stack):
    context, user = new_id("course"), somebody()
    seg = make(stack, "manual", ("a", "b", "c"), overlap=True, context=context)
    for name in ("c", "a"):
        place(stack, seg, user, name)
    assert exported(stack, context)[0] == [{"user_id": user, seg: "a; c"}]
    line = json.loads(stack.assay("export", "groups", "--context", context).stdout)
    assert line == {"user_id": user, "groups": {seg: ["a", "c"]}}


def test_the_command_writes_what_the_pages_hold(stack):
    context = new_id("course")
    seg, users = placed(stack, "zero", "one", "one", context=context)
    done = stack.assay("export", "groups", "--context", context, "--csv").stdout
    assert list(csv.DictReader(io.StringIO(done))) == exported(stack, context, limit=1)[0]
    lines = [json.loads(x) for x in
             stack.assay("export", "groups", "--context", context).stdout.splitlines()]
    assert lines == [{"user_id": u, "groups": {seg: g}}
                     for u, g in zip(users, ("zero", "one", "one"))]
    assert stack.assay("export", "groups", "--what", check=False).returncode == 2


def test_an_export_of_thousands_is_whole_whatever_the_segmentations_share(stack):
    context = new_id("course")
    segs = [make(stack, "manual", context=context) for _ in range(3)]
    nrs = [stack.sql("select nr from assay.segmentation where id = %s", s)[0][0] for s in segs]
    tag = new_id()
    for n, nr in enumerate(nrs):
        stack.sql("insert into assay.membership (subject_id, segmentation, slot, group_nr, source, "
                  "assigned_at) select 'u:' || %s || i, %s, 0, i %% 2, 'manual', '2026-01-01Z' "
                  "from generate_series(1, 20000) as i where i %% %s = 0", tag, nr, n * n + 1)
    expected = {f"{tag}{i}": tuple(("zero", "one")[i % 2] if i % (n * n + 1) == 0 else ""
                                   for n in range(3)) for i in range(1, 20001)}
    done = stack.assay("export", "groups", "--context", context, "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(done)))
    assert [row["user_id"] for row in rows] == sorted(expected)
    assert {row["user_id"]: tuple(row[s] for s in segs) for row in rows} == expected
    assert exported(stack, context)[0] == rows
