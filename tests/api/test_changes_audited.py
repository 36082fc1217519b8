# SPDX-License-Identifier: GPL-3.0-or-later
"""Every change of definitions and members has an audit row in its transaction, and an answer
that is repeated for the same idempotency key of the same key or account, and for no other."""

import contextlib
import json
import re
import urllib.parse

import pytest

import layers
import segmentations
from enrols import running
from lookups import new_id
from pages import Person, values
from stack import Stack

# What these changes write.
TABLES = ("segmentation", "id_registry", "layer", "layer_slot", "goal", "experiment", "membership",
          "tag", "upload", "upload_row", "preassigned", "cache_epoch", "audit", "idempotency")


# Both find out what others write, so nobody else may write meanwhile.
@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd")
    yield s
    s.stop()


@pytest.fixture(scope="module")
def other_editor(stack):
    return Person(stack, "editor")


@pytest.fixture(scope="module")
def other_key(stack):
    """A second key that may do everything."""
    return stack.assay("key", "create", "--class", "admin").stdout.split()[-1]


def fresh(word):
    return new_id(word)[:40]


def a_goal(stack):
    name = fresh("goal")
    assert stack.call("POST", "/v1/goal", key="admin", json={"name": name}).status_code == 201
    return name


def a_member(stack):
    seg, who = segmentations.make(stack, "manual"), fresh("u")
    segmentations.place(stack, seg, who, "one")
    return seg, who


def in_layer(stack):
    layer, exp = layers.new_layer(stack), running(stack, "b")
    layers.assign(stack, layer, exp, size=100)
    return layer, exp


def a_tag(stack):
    path = f"/v1/user/{fresh('u')}/tag/global/mark"
    assert stack.call("PUT", path, json={"value": 1}).status_code == 201
    return path


ROWS = "user_id,group\nann,one\nbob,zero\nbob,none\n"
GROUPS = [{"name": "one"}]

# By a key: name: stack -> method, path, body.
API = {
    "layer_add": lambda s: ("POST", "/v1/layer", {"id": fresh("layer"), "unit": "user"}),
    "layer_assign": lambda s: (
        "PUT", f"/v1/layer/{layers.new_layer(s)}/experiment/{running(s, 'b')}", {"size": 10}),
    "layer_free": lambda s: ("DELETE", "/v1/layer/{}/experiment/{}".format(*in_layer(s)), None),
    "layer_remove": lambda s: ("DELETE", f"/v1/layer/{layers.new_layer(s)}", None),
    "goal_add": lambda s: ("POST", "/v1/goal", {"name": fresh("goal")}),
    "goal_change": lambda s: ("PATCH", f"/v1/goal/{a_goal(s)}", {"test": "mwu"}),
    "goal_retire": lambda s: ("DELETE", f"/v1/goal/{a_goal(s)}", None),
    "segmentation_add": lambda s: ("POST", "/v1/segmentation", {
        "id": fresh("seg"), "type": "manual", "name": "n", "groups": GROUPS}),
    "segmentation_change": lambda s: (
        "PATCH", f"/v1/segmentation/{segmentations.make(s)}", {"name": "another"}),
    "segmentation_remove": lambda s: ("DELETE", f"/v1/segmentation/{segmentations.make(s)}", None),
    "member_put": lambda s: (
        "PUT", f"/v1/segmentation/{segmentations.make(s, 'manual')}/member/{fresh('u')}",
        {"group": "one"}),
    "member_put_alternative": lambda s: (
        "PUT", f"/v1/segmentation/{running(s, 'b')}/member/{fresh('u')}", {"group": "b"}),
    "member_remove": lambda s: (
        "DELETE", "/v1/segmentation/{}/member/{}".format(*a_member(s)), None),
    "tag_set": lambda s: ("PUT", f"/v1/user/{fresh('u')}/tag/global/mark", {"value": [1]}),
    "tag_remove": lambda s: ("DELETE", a_tag(s), None),
    "tag_batch": lambda s: ("PUT", f"/v1/user/{fresh('u')}/tags?scope=global", {"a": 1, "b": 2}),
    "upload": lambda s: (
        "POST", f"/v1/segmentation/{segmentations.make(s, 'manual')}/upload", ROWS),
    "upload_left_to_jobs": lambda s: (
        "POST", f"/v1/segmentation/{segmentations.make(s, 'manual')}/upload",
        "user_id,group\n" + "".join(f"u{i},one\n" for i in range(1001))),
}


def form_of(stack, path):
    """The fields of a form as it is shown to an editor."""
    return values(Person(stack, "editor").get(path).text)


def change_form(stack):
    path = f"/admin/segmentation/{segmentations.make(stack)}"
    fields = form_of(stack, path + "/edit")
    return path + "/change", {k: v for k, v in fields.items() if k != "csrf"} | {"name": "another"}


# By an account: name: stack -> path, fields.
PAGES = {
    "layer_page_create": lambda s: ("/admin/layers", {"id": fresh("layer"), "unit": "user"}),
    "layer_page_assign": lambda s: (f"/admin/layer/{layers.new_layer(s)}", {
        "experiment": running(s, "b"), "size:number": "10"}),
    "layers_send_free": lambda s: (lambda layer, exp: (
        f"/admin/layer/{layer}", {"experiment": exp, "do": "free"}))(*in_layer(s)),
    "layer_page_delete": lambda s: (f"/admin/layer/{layers.new_layer(s)}/delete", {}),
    "goal_page_create": lambda s: ("/admin/goals", {"name": fresh("goal")}),
    "goal_page_change": lambda s: (f"/admin/goal/{a_goal(s)}", {"test": "mwu"}),
    "goal_page_retire": lambda s: (f"/admin/goal/{a_goal(s)}/retire", {}),
    "segmentation_form_create": lambda s: ("/admin/segmentations", {
        "id": fresh("seg"), "type": "manual", "name": "n", "groups.0.name": "one"}),
    "segmentation_form_change": change_form,
    "segmentation_page_delete": lambda s: (
        f"/admin/segmentation/{segmentations.make(s)}/delete", {}),
    "segmentation_member_form": lambda s: (
        f"/admin/segmentation/{segmentations.make(s, 'manual')}/members",
        {"user_id": fresh("u"), "group": "one"}),
    "segmentation_member_form_drop": lambda s: (lambda seg, who: (
        f"/admin/segmentation/{seg}/members", {"user_id": who, "do": "drop"}))(*a_member(s)),
    "segmentation_upload_form": lambda s: (
        f"/admin/segmentation/{segmentations.make(s, 'manual')}/upload", {"text": ROWS}),
}


def ask(stack, request, key, token=None):
    """The answer to such a request of a key, the stack's or one as it was shown."""
    method, path, body = request
    headers = {"Idempotency-Key": token} if token else {}
    if key not in ("admin", "server"):
        headers["X-API-Key"] = key
    if isinstance(body, str):
        return stack.call(method, path, key=key if "X-API-Key" not in headers else None,
                          data=body, headers=headers | {"Content-Type": "text/csv"})
    more = {} if body is None else {"json": body}
    return stack.call(method, path, key=key if "X-API-Key" not in headers else None,
                      headers=headers, **more)


def send(person, request, token=None):
    path, fields = request
    return person.post(path, headers={"Idempotency-Key": token} if token else None, **fields)


def written(stack):
    """Everything that such a change may write; jobs do their part to uploads later."""
    return {t: stack.sql(f"select md5(string_agg(t::text, ',' order by t::text)) from {t} as t")
            for t in TABLES}


def noted(stack):
    return stack.sql("select count(*) from audit")[0][0]


@contextlib.contextmanager
def without_audit(stack):
    """The audit log cannot be written."""
    stack.sql("revoke insert on audit from assay_app")
    try:
        yield
    finally:
        stack.sql("grant insert on audit to assay_app")


@pytest.mark.parametrize("name", API)
def test_a_change_by_a_key_that_cannot_be_audited_does_not_happen(stack, name):
    request = API[name](stack)
    before = written(stack)
    with without_audit(stack):
        assert ask(stack, request, "admin", new_id("t")).status_code in (500, 503)
        assert written(stack) == before
    assert ask(stack, request, "admin").status_code in (200, 201, 202, 204)


@pytest.mark.parametrize("name", PAGES)
def test_a_change_by_an_account_that_cannot_be_audited_does_not_happen(stack, editor, name):
    request = PAGES[name](stack)
    before = written(stack)
    with without_audit(stack):
        assert send(editor, request, new_id("t")).status_code in (500, 503)
        assert written(stack) == before
    assert send(editor, request).status_code == 303


def told(answer):
    """Status, headers and content; members of stored answers are in no order, and the token of
    forms differs in each."""
    is_json = "json" in answer.headers.get("Content-Type", "")
    return (answer.status_code, *map(answer.headers.get, ("Location", "ETag", "Content-Type")),
            answer.json() if is_json else re.sub(r'name="csrf" value="\w+"', "", answer.text))


@pytest.mark.parametrize("name", [n for n in API if n != "upload_left_to_jobs"])
def test_a_repeated_request_of_a_key_changes_and_audits_nothing(stack, name):
    request, token = API[name](stack), new_id("t")
    first = ask(stack, request, "admin", token)
    assert first.status_code in (200, 201, 204), first.text
    before = written(stack)
    for _ in range(3):
        assert told(ask(stack, request, "admin", token)) == told(first)
    assert written(stack) == before


def test_a_repeated_file_for_the_jobs_is_taken_once(stack):
    request, token = API["upload_left_to_jobs"](stack), new_id("t")
    first, again = [ask(stack, request, "admin", token) for _ in range(2)]
    assert first.json()["job"] == again.json()["job"]
    assert {first.status_code, again.status_code} == {202}
    assert first.headers["Location"] == again.headers["Location"]
    seg = request[1].split("/")[3]
    assert stack.sql("select count(*) from audit where target = %s and action like %s",
                     seg, "%upload") == [(1,)]
    assert stack.sql("select count(*) from upload as u join segmentation as s "
                     "on s.nr = u.segmentation where s.id = %s", seg) == [(1,)]


@pytest.mark.parametrize("name", PAGES)
def test_a_repeated_form_of_an_account_changes_and_audits_nothing(stack, editor, name):
    request, token = PAGES[name](stack), new_id("t")
    first = send(editor, request, token)
    assert first.status_code == 303, first.text
    before = written(stack)
    for _ in range(3):
        assert told(send(editor, request, token)) == told(first)
    assert written(stack) == before


@pytest.mark.parametrize("name", API)
def test_the_same_idempotency_key_of_another_key_is_another_request(stack, other_key, name):
    """It is done as if the first had never been: what can be done twice is noted twice, and what
    cannot is refused for what it is."""
    request, token = API[name](stack), new_id("t")
    assert ask(stack, request, "admin", token).status_code in (200, 201, 202, 204)
    before = noted(stack)
    second = ask(stack, request, other_key, token)
    assert second.status_code in (200, 201, 202, 204, 404, 409), second.text
    assert noted(stack) == before + (second.status_code < 300)
    if name.endswith("_add"):
        assert second.status_code == 409
    assert stack.sql("select count(*) from idempotency where key = %s", token) == [
        (1 + (second.status_code < 300),)]


@pytest.mark.parametrize("name", PAGES)
def test_the_same_idempotency_key_of_another_account_is_another_request(
        stack, editor, other_editor, name):
    request, token = PAGES[name](stack), new_id("t")
    assert send(editor, request, token).status_code == 303
    before = noted(stack)
    second = send(other_editor, request, token)
    assert second.status_code in (303, 404, 409, 412), second.text
    assert noted(stack) == before + (second.status_code == 303)
    if name in ("layer_page_create", "goal_page_create", "segmentation_form_create"):
        assert second.status_code == 409


def test_a_key_and_an_account_have_idempotency_keys_of_their_own(stack, editor):
    token, name = new_id("t"), fresh("goal")
    assert ask(stack, ("POST", "/v1/goal", {"name": name}), "admin", token).status_code == 201
    assert send(editor, ("/admin/goals", {"name": fresh("goal")}), token).status_code == 303
    assert ask(stack, ("POST", "/v1/goal", {"name": name}), "admin", token).status_code == 201
    assert stack.sql("select count(*) from idempotency where key = %s", token) == [(2,)]


def log_of(stack, subject):
    return stack.sql("select action, target, after from audit where %s = any(subjects) "
                     "order by nr", subject)


def test_moves_and_tags_by_a_server_key_are_audited_until_the_user_is_erased(stack):
    seg, who, token = segmentations.make(stack, "manual"), fresh("u"), new_id("t")
    subject, member = "u:" + who, f"/v1/segmentation/{seg}/member/{who}"
    for request in (("PUT", member, {"group": "one"}), ("DELETE", member, None),
                    ("PUT", f"/v1/user/{who}/tag/global/mark", {"value": "secret"}),
                    ("PUT", f"/v1/user/{who}/tags?scope=global", {"more": "secret"}),
                    ("DELETE", f"/v1/user/{who}/tag/global/mark", None)):
        assert ask(stack, request, "server", token + request[0] + request[1][-9:]).status_code < 300
    rows = log_of(stack, subject)
    assert [r[0] for r in rows] == [
        "PUT /segmentation/:id/member/:user_id", "DELETE /segmentation/:id/member/:user_id",
        "PUT /user/:id/tag/:scope/:key", "PUT /user/:id/tags", "DELETE /user/:id/tag/:scope/:key"]
    assert [r[1] == seg for r in rows] == [True, True, False, False, False]
    assert who not in json.dumps(rows)
    assert (rows[0][2]["group"]["name"], rows[1][2]["previous"]) == ("one", "one")
    assert stack.sql("select count(*) from idempotency where %s = any(subjects)", subject) == [(5,)]
    assert stack.call("DELETE", f"/v1/user/{who}").status_code == 200
    assert log_of(stack, subject) == []
    assert stack.sql("select count(*) from idempotency where key like %s", token + "%") == [(0,)]
    assert stack.sql("select count(*) from audit as a where a::text like %s", "%secret%") == [(0,)]


@pytest.mark.parametrize("name", ["upload", "upload_left_to_jobs"])
def test_a_file_is_audited_by_its_number_and_counts(stack, name):
    request, token = API[name](stack), new_id("t")
    answer = ask(stack, request, "server", token)
    assert answer.status_code in (200, 202)
    (after, subjects), = stack.sql("select after, subjects from audit where target = %s and "
                                   "action like %s", request[1].split("/")[3], "%upload")
    counts = {"total": 3, "added": 2, "failed": 1} if name == "upload" else {}
    zero = dict.fromkeys(("total", "added", "changed", "present", "preassigned", "failed"), 0)
    assert after == zero | counts | {"job": answer.json()["job"], "done": name == "upload"}
    assert subjects == []
    stored, = stack.sql("select answer from idempotency where key = %s", token)
    assert stored[0] == after


def test_a_layer_is_audited_with_its_former_state(stack):
    layer, exp = in_layer(stack)
    layers.release(stack, layer, exp)
    (before, after), = stack.sql("select before, after from audit where target = %s and "
                                 "action like 'DELETE %%'", layer)
    assert [m["experiment"] for m in before["members"]] == [exp] and after["members"] == []


def test_forms_and_the_api_audit_a_goal_under_the_same_name(stack, editor):
    name = fresh("g") + " &/?"
    assert ask(stack, ("POST", "/v1/goal", {"name": name}), "admin").status_code == 201
    path = f"/admin/goal/{urllib.parse.quote(name, safe='')}"
    assert path + "/retire" in editor.get(path).text
    assert editor.post(path + "/retire").status_code == 303
