# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of segmentations: definitions by forms, members by hand, files by upload."""

import csv
import html
import io
import re

import pytest

from enrols import running
from lookups import new_id
from pages import Person, values
from segmentations import make, name_of, place
from stack import wait_until

RULE = {"all": [{"attribute": {"path": "plan", "in": ["free", "a, b"]}},
                {"tag": {"scope": "course:x", "key": "grade", "gte": 50}},
                {"kind": {"ne": "device"}}, {"attribute": {"path": "city", "exists": False}}]}
ROWS = {"rules.0.of": "", "rules.0.what": "plan", "rules.0.test": "in",
        "rules.0.value": 'free, "a, b"', "rules.1.of": "tag", "rules.1.what": "course:x:grade",
        "rules.1.test": "gte", "rules.1.value": "50", "rules.2.of": "kind", "rules.2.test": "ne",
        "rules.2.value": "device", "rules.3.what": "city", "rules.3.test": "absent",
        **{f"rules.{n}.group": "in" for n in range(4)}}


def stored(stack, seg):
    answer = stack.call("GET", f"/v1/segmentation/{seg}")
    return answer.json() if answer.status_code == 200 else None


def define(editor, status=303, **fields):
    given = {"id": new_id("seg")[:40], "type": "manual", "name": "a name", **fields}
    answer = editor.post("/admin/segmentations", **given)
    assert answer.status_code == status, answer.text
    return given["id"], answer


def test_a_new_form_has_the_type_that_was_asked_for_and_empty_rows(editor):
    assert values(editor.get("/admin/segmentations/new").text)["type"] == "random"
    page = editor.get("/admin/segmentations/new?type=rule")
    found = values(page.text)
    assert found["type"] == "rule" and len(page.content) < 50_000
    assert {f"groups.{n}.name" for n in range(3)} | {f"rules.{n}.of" for n in range(3)} < set(found)


def test_a_form_defines_what_the_api_would(stack, editor):
    seg, answer = define(editor, **{
        "description": "what for", "context": "course:x", "active": "no", "overlap": "yes",
        "groups.0.name": "one", "groups.2.name": "two"})
    assert answer.headers["Location"] == f"/admin/segmentation/{seg}"
    found = stored(stack, seg)
    assert [g["name"] for g in found["groups"]] == ["one", "two"]
    assert (found["type"], found["context"], found["description"], found["active"],
            found["overlap"]) == ("manual", "course:x", "what for", False, True)
    noted = stack.sql("select action, account, before from assay.audit where target = %s", seg)
    assert noted == [("POST /admin/segmentations", editor.name, None)]


def test_rows_become_rules_and_stand_in_the_form_again(stack, editor):
    seg, _ = define(editor, type="rule", **{
        "groups.0.name": "in", "groups.1.name": "rest",
        "groups.1.json": '{"not": {"kind": {"eq": "device"}}}', **ROWS})
    rules = [g["rule"] for g in stored(stack, seg)["groups"]]
    assert rules == [RULE, {"not": {"kind": {"eq": "device"}}}]
    form = values(editor.get(f"/admin/segmentation/{seg}/edit").text)
    assert {name: form[name] for name in ROWS} == ROWS
    assert editor.post(f"/admin/segmentation/{seg}/change", **form).status_code == 303
    assert [g["rule"] for g in stored(stack, seg)["groups"]] == rules
    page = html.unescape(editor.get(f"/admin/segmentation/{seg}").text)
    assert 'plan is one of "free", "a, b" and tag grade of course:x >= 50' in page


WRONG = [
    ({"id": "a b"}, "id-wrong"),
    ({"name": ""}, "name-wrong"),
    ({"context": "x" * 201}, "context-wrong"),
    ({"groups.0.name": "same", "groups.1.name": "same"}, "g1-wrong"),
    ({"type": "rule", "groups.0.name": "in"}, "g0-wrong"),
    ({"type": "rule", "groups.0.name": "in", "groups.0.json": "{oops"}, "g0-wrong"),
    ({"type": "rule", "groups.0.name": "in", "groups.0.json": "{}", **ROWS}, "g0-wrong"),
    ({"type": "rule", "groups.0.name": "in", **ROWS, "rules.1.value": "true"}, "r1-wrong"),
    ({"type": "rule", "groups.0.name": "other", **ROWS}, "r0-wrong"),
    ({"type": "rule", "groups.0.name": "in", "rules.0.group": "in", "rules.0.of": "group",
      "rules.0.what": "no-such-thing", "rules.0.value": "x"}, "r0-wrong"),
    ({"type": "random", "groups.0.name": "in", **ROWS}, "g0-wrong"),
]


@pytest.mark.parametrize("fields, place_of", WRONG)
def test_problems_are_shown_beside_their_fields_and_input_is_kept(stack, editor, fields, place_of):
    hostile = {"description": "<script>alert(1)</script>\"&"}
    seg, answer = define(editor, 422, **{**hostile, **fields})
    assert 'role="alert"' in answer.text and f'id="{place_of}"' in answer.text
    assert re.search(rf'aria-invalid="true" aria-describedby="{place_of}"', answer.text)
    form = values(answer.text)
    typed = {"id": seg, "name": "a name", **hostile, **fields}
    assert {name: form[name] for name in typed} == typed
    assert "<script>alert" not in answer.text and stored(stack, seg) is None


def test_a_form_renames_adds_removes_and_moves_nobody(stack, editor):
    seg = make(stack, "manual", ("one", "two"))
    place(stack, seg, "ann", "one")
    form = values(editor.get(f"/admin/segmentation/{seg}/edit").text)
    form.update({"groups.0.name": "first", "groups.1.remove": "yes", "groups.2.name": "three"})
    assert editor.post(f"/admin/segmentation/{seg}/change", **form).status_code == 303
    assert [g["name"] for g in stored(stack, seg)["groups"]] == ["first", "three"]
    wait_until(lambda: name_of(stack, seg, "ann") == "first", 10, "the new name")
    before, = stack.sql("select before->'groups'->0->>'name' from assay.audit where target = %s "
                        "and account is not null", seg)
    assert before == ("one",)


def test_a_form_of_an_older_version_does_not_undo_a_change(stack, editor):
    seg = make(stack, "manual", ("one",))
    form = values(editor.get(f"/admin/segmentation/{seg}/edit").text)
    stack.call("PATCH", f"/v1/segmentation/{seg}", key="admin", json={"name": "meanwhile"})
    answer = editor.post(f"/admin/segmentation/{seg}/change", **form)
    assert answer.status_code == 412
    assert f'<a href="/admin/segmentation/{seg}/edit">the current definition' in answer.text
    assert stored(stack, seg)["name"] == "meanwhile"


def test_more_groups_than_a_form_holds_stay_as_they_are(stack, editor):
    seg = make(stack, "manual", [f"g{n}" for n in range(60)])
    page = editor.get(f"/admin/segmentation/{seg}/edit")
    form = values(page.text)
    assert "groups.0.name" not in form
    assert editor.post(f"/admin/segmentation/{seg}/change",
                       **{**form, "name": "new"}).status_code == 303
    found = stored(stack, seg)
    assert (found["name"], len(found["groups"])) == ("new", 60)
    assert "And 10 more groups" in editor.get(f"/admin/segmentation/{seg}").text


def test_a_page_shows_groups_with_sizes_users_and_members_page_by_page(stack, editor):
    seg = make(stack, "manual", ("one", "two"))
    for n in range(52):
        place(stack, seg, f"m{n:02}", "two" if n < 2 else "one")
    rule = make(stack, "rule", [{"name": "a", "rule": {"group": {"segmentation": seg,
                                                                 "eq": "one"}}}])
    page = editor.get(f"/admin/segmentation/{seg}")
    assert page.status_code == 200 and len(page.content) < 50_000
    assert re.findall(r'data-of="Members">(\d+)<', page.text) == ["50", "2"]
    assert f'href="/admin/segmentation/{rule}"' in page.text

    def users(text):
        return re.findall(r"user_id=(m\d\d)\"", text)
    assert users(page.text) == [f"m{n:02}" for n in range(50)]
    after = html.unescape(re.search(r'rel="next" href="([^"]*)"', page.text).group(1))
    assert users(editor.get(after).text) == ["m50", "m51"]
    assert users(editor.get(f"/admin/segmentation/{seg}?group=two").text) == ["m00", "m01"]


def test_members_of_one_group_are_listed(stack):
    seg, exp = make(stack, "manual", ("one", "two")), running(stack, "b")
    place(stack, seg, "ann", "one")
    place(stack, seg, "bob", "two")
    place(stack, exp, "cid", "b")
    place(stack, exp, "dan", "control")

    def listed(which, group, status=200):
        answer = stack.call("GET", f"/v1/segmentation/{which}/members?group={group}")
        assert answer.status_code == status
        return [m["user_id"] for m in answer.json().get("members", [])]
    assert (listed(seg, "two"), listed(exp, "b")) == (["bob"], ["cid"])
    assert listed(seg, "three", 422) == listed(exp, "c", 422) == []


def test_checking_a_user_shows_the_group_and_assigns_nobody(stack, editor):
    seg = make(stack, "random", ("one",))
    where = f"/admin/segmentation/{seg}?user_id=ann&assign=true"
    assert "<strong>ann</strong> is in no group" in editor.get(where).text
    drawn = name_of(stack, seg, "ann", assign=True)
    assert f"is in the group <strong>{drawn}</strong>" in editor.get(where).text


def test_a_user_is_added_moved_and_removed_by_hand(stack, editor):
    seg, user = make(stack, "manual", ("one", "two")), "ann/é &" + new_id("")
    path = f"/admin/segmentation/{seg}/members"
    for group in ("one", "two"):
        answer = editor.post(path, user_id=user, group=group, do="put")
        assert answer.status_code == 303
        shown = html.unescape(editor.get(answer.headers["Location"]).text)
        assert f"<strong>{user}</strong> is in the group <strong>{group}</strong>" in shown
    assert stack.sql("select m.assigned_by from assay.membership as m where subject_id = %s",
                     "u:" + user) == [(editor.name,)]
    answer = editor.post(path, user_id=user, do="drop")
    assert "is in no group" in editor.get(answer.headers["Location"]).text


def test_a_user_is_removed_from_one_of_several_groups(stack, editor):
    seg = make(stack, "manual", ("one", "two"), overlap=True)
    place(stack, seg, "eve", "one")
    place(stack, seg, "eve", "two")
    editor.post(f"/admin/segmentation/{seg}/members", user_id="eve", group="one", do="drop")
    assert name_of(stack, seg, "eve") == "two"


@pytest.mark.parametrize("fields, where", [({"user_id": "", "group": "one"}, "member-wrong"),
                                           ({"user_id": "ann", "group": "<b>"}, "into-wrong")])
def test_a_refused_move_is_shown_again_with_its_input(stack, editor, fields, where):
    seg = make(stack, "manual", ("one",))
    answer = editor.post(f"/admin/segmentation/{seg}/members", do="put", **fields)
    assert answer.status_code == 422 and f'id="{where}"' in answer.text
    found = values(answer.text)
    assert {name: found[name] for name in fields} == fields


def test_a_segmentation_in_use_is_not_deleted_and_its_referrers_are_named(stack, editor):
    seg = make(stack, "manual", ("one",))
    place(stack, seg, "ann", "one")
    rule = make(stack, "rule", [{"name": "a", "rule": {"group": {"segmentation": seg,
                                                                 "eq": "one"}}}])
    page = editor.get(f"/admin/segmentation/{seg}/delete").text
    assert "its 1 members" in page and f"/admin/segmentation/{rule}" in page
    assert "permanently" not in page
    path = f"/admin/segmentation/{seg}/delete"
    refused = editor.post(path, **values(page))
    assert refused.status_code == 409 and f"is used by {rule}" in refused.text
    assert stack.call("DELETE", f"/v1/segmentation/{rule}", key="admin").status_code == 200
    answer = editor.post(path, **values(editor.get(path).text))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/segmentations")
    assert stored(stack, seg) is None
    noted = stack.sql("select before->>'name', after from assay.audit where target = %s "
                      "and status = 200 and account = %s", seg, editor.name)
    assert noted == [("a name", {"id": seg, "deleted": True})]


def test_an_experiment_is_shown_as_a_segmentation_and_changed_elsewhere(stack, editor):
    exp = running(stack, "b")
    place(stack, exp, "ann", "b")
    page = editor.get(f"/admin/segmentation/{exp}").text
    assert f'href="/admin/experiment/{exp}"' in page and "<code>ann</code>" in page
    assert f"/admin/segmentation/{exp}/edit" not in page
    assert editor.get(f"/admin/segmentation/{exp}/edit").status_code == 409


def test_a_viewer_looks_and_changes_nothing(stack):
    viewer, seg = Person(stack, "viewer"), make(stack, "manual", ("one",))
    page = viewer.get(f"/admin/segmentation/{seg}")
    assert page.status_code == 200 and f"/admin/segmentation/{seg}/" not in page.text
    for path in ("edit", "delete", "upload"):
        assert viewer.get(f"/admin/segmentation/{seg}/{path}").status_code == 403


def send(editor, seg, rows, name="members.csv", **fields):
    return editor.post(f"/admin/segmentation/{seg}/upload", files={"file": (name, rows)}, **fields)


def test_a_file_is_uploaded_and_its_report_names_the_bad_row(stack, editor):
    seg = make(stack, "manual", ("one", "two"))
    place(stack, seg, "bob", "two")
    assert "multipart/form-data" in editor.get(f"/admin/segmentation/{seg}/upload").text
    answer = send(editor, seg, "user_id,group\r\nann,one\r\nbob,one\r\neve,<i>none\r\n")
    assert answer.status_code == 303
    assert re.fullmatch(rf"/admin/segmentation/{seg}/upload/\d+", answer.headers["Location"])
    page = editor.get(answer.headers["Location"])
    assert page.status_code == 200 and "Import finished" in page.text
    assert re.findall(r"<dd>(\d+)</dd>", page.text) == ["3", "1", "1", "0", "0", "1"]
    assert "there is no group `&lt;i&gt;none`" in page.text and ">4</td>" in page.text
    assert name_of(stack, seg, "ann") == name_of(stack, seg, "bob") == "one"
    report = editor.get(answer.headers["Location"] + ".csv")
    assert report.headers["Content-Type"].startswith("text/csv")
    assert report.headers["Content-Disposition"].startswith(f'attachment; filename="{seg}-upload-')
    assert "3,changed,bob,two" in report.text
    listed = editor.get(f"/admin/segmentation/{seg}/upload").text
    assert answer.headers["Location"] in listed and editor.name in listed
    noted, = stack.sql("select after from assay.audit where target = %s "
                       "and account = %s", seg, editor.name)
    assert noted[0]["total"] == 3 and "bob" not in str(noted)


def test_a_form_of_very_many_parts_is_refused(stack, editor):
    seg = make(stack, "manual", ("one",))
    part = 'Content-Disposition: form-data; name="a"\r\n\r\n\r\n--B'
    for head in ("", '; filename="x"'):
        body = "--B\r\n" + "\r\n".join([part.replace('"a"', f'"a"{head}')] * 50_000) + "--\r\n"
        answer = editor.session.post(
            stack.url + f"/admin/segmentation/{seg}/upload", data=body, timeout=60,
            headers={"Content-Type": "multipart/form-data; boundary=B"})
        # Without the token of the session, which would stand behind them all.
        assert answer.status_code in (403, 413) and stack.call("GET", "/healthz").status_code == 200


def test_quotes_that_never_match_are_one_bad_row(stack, editor):
    seg = make(stack, "manual", ("one",))
    answer = send(editor, seg, "user_id,group\r\n" + 'a",",\n' * 300_000 + "ann,one\n")
    page = editor.get(answer.headers["Location"])
    assert answer.status_code == 303 and page.status_code == 200
    assert name_of(stack, seg, "ann") == "one"


def test_an_id_that_looks_like_a_formula_survives_a_round_trip(stack, editor):
    seg, ids = make(stack, "manual", ("=one",)), ["=1+1", "'x", "-5", "@y", "''=z", "+4"]
    for name in ids:
        place(stack, seg, name, "=one")
    path = "/v1/segmentation/export.csv"
    plain, marked = (stack.call("GET", path + more) for more in ("", "?bom=1"))
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert plain.headers["Content-Disposition"] == 'attachment; filename="groups.csv"'
    back, = list(csv.reader(io.StringIO(plain.text)))[:1]
    rows = [(r[0], r[back.index(seg)]) for r in csv.reader(io.StringIO(plain.text))]
    kept = [row for row in rows if row[1] == "'=one"]
    assert sorted(row[0] for row in kept) == sorted("'" + name for name in ids)
    again = make(stack, "manual", ("=one",))
    text = "sep=;\r\nUser_ID;Group;\r\n" + "".join(f"{a};{b};\r\n" for a, b in kept)
    assert send(editor, again, "\ufeff" + text).status_code == 303
    assert [name_of(stack, again, name) for name in ids] == ["=one"] * len(ids)


def test_pasted_rows_count_like_a_file(stack, editor):
    seg = make(stack, "manual", ("one",))
    answer = send(editor, seg, "", name="", text="user_id,group\r\nann,one")
    assert answer.status_code == 303 and name_of(stack, seg, "ann") == "one"


@pytest.mark.parametrize("rows, why", [
    (b"", "choose a file"), (b"user_id,of,this\n1,2,3\n", "`group`"),
    (b"user_id,group\n" + b"a,one\n" * 400_000, "larger than 2 MiB")], ids=["no", "odd", "large"])
def test_an_invalid_file_is_refused_beside_the_field(stack, editor, rows, why):
    seg = make(stack, "manual", ("one",))
    answer = send(editor, seg, rows, text="")
    assert answer.status_code in (413, 422)
    assert re.search(rf'id="file-wrong">[^<]*{why}', answer.text), answer.text
    assert stack.sql("select count(*) from assay.upload as u join assay.segmentation as s "
                     "on s.nr = u.segmentation where s.id = %s", seg) == [(0,)]


def test_a_large_file_is_imported_by_jobs_with_its_progress_in_the_report(stack, editor):
    seg = make(stack, "manual", ("one",))
    rows = "".join(f"u{n},one\n" for n in range(3000))
    where = send(editor, seg, "user_id,group\n" + rows).headers["Location"]
    first = editor.get(where)
    assert first.status_code == 200 and where in first.text
    page = wait_until(
        lambda: "Import finished." in (p := editor.get(where).text) and p, 60, "the end")
    assert re.findall(r"<dd>(\d+)</dd>", page)[:2] == ["3000", "3000"]


def test_a_file_needs_the_token_of_the_form(stack, editor):
    seg = make(stack, "manual", ("one",))
    refused = send(editor, seg, "user_id,group\nann,one\n", csrf="0" * 64)
    assert refused.status_code == 403 and name_of(stack, seg, "ann") is None


def test_the_groups_of_a_context_go_out_as_csv(stack, editor):
    context = "course:a&b " + new_id("")
    seg = make(stack, "manual", ("one",), context=context)
    place(stack, seg, "ann", "one")
    page = editor.get(f"/admin/segmentation/{seg}").text
    way = html.unescape(re.search(r'href="(/admin/segmentations/export.csv[^"]*)"', page).group(1))
    assert editor.get(way).text.splitlines() == [f"user_id,{seg}", "ann,one"]
    assert editor.get("/admin/segmentations/export.csv").status_code == 200
