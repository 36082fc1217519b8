# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of experiments in the audit log, by API and pages: each with what was before and after,
in its transaction. Imports are in test_definition_files."""

import pytest

from enrols import put, rows
from lookups import admin, body, define, new_id
from pages import Person
from test_audit import no_audit


@pytest.fixture(scope="module")
def editor(stack):
    return Person(stack, "editor")


@pytest.fixture
def exp(stack):
    return define(stack, new_id("c"), alternatives=[{"name": "control"}, {"name": "b"}])


def noted(stack, exp):
    return stack.sql("select action, account, before, after from audit where target = %s"
                     " order by nr", exp)


def api(method, tail, **request):
    """A call of the API about an experiment."""
    return lambda stack, editor, exp: stack.call(
        method, f"/v1/experiment/{exp}{tail}", key="admin", json=request or None)


def page(tail, **form):
    """A form about an experiment."""
    return lambda stack, editor, exp: editor.post(f"/admin/experiment/{exp}/{tail}", **form)


def change_form():
    """The form that changes an experiment, with its present values but for the description."""
    def send(stack, editor, exp):
        row = admin(stack, "GET", exp)
        return editor.post(f"/admin/experiment/{exp}/change", **{
            "request.expId": exp, "request.name": row["expName"],
            "request.description": "another", "request.data.startDate": row["expData"]["startDate"],
            "request.data.client": row["expData"]["client"], "request.data.key": "a-key",
            "request.state": row["state"], "request.traffic": "100",
            "request.alternatives.0.name": "control", "request.alternatives.1.name": "b"})
    return send


# What is done, how the log calls it, and what it changes.
CHANGES = {
    "PATCH": (api("PATCH", "", request={"description": "another"}), "PATCH /experiment/:id",
              "expDescription", ("made by a test", "another")),
    "state": (api("POST", "/state", state="track", default="b"), "POST /experiment/:id/state",
              "default", ("control", "b")),
    "stop": (api("POST", "/stop"), "POST /experiment/:id/stop", "status", ("ACTIVE", "STOPPED")),
    "change form": (change_form(), "POST /admin/experiment/:id/change",
                    "expDescription", ("made by a test", "another")),
    "state form": (page("state", state="track"), "POST /admin/experiment/:id/state",
                   "state", ("enabled", "track")),
    "end form": (page("end", default="b"), "POST /admin/experiment/:id/end",
                 "default", ("control", "b")),
    "stop form": (page("stop"), "POST /admin/experiment/:id/stop",
                  "status", ("ACTIVE", "STOPPED")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_audited_with_before_and_after(stack, editor, exp, what):
    send, action, member, (before, after) = CHANGES[what]
    assert send(stack, editor, exp).status_code in (200, 303)
    row = noted(stack, exp)[-1]
    assert row[:2] == (action, editor.name if "/admin/" in action else None)
    assert (row[2][member], row[3][member]) == (before, after)
    assert admin(stack, "GET", exp)[member] == after


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_that_cannot_be_audited_does_not_happen(stack, editor, exp, what):
    send, action, *_ = CHANGES[what]
    before = admin(stack, "GET", exp)
    with no_audit(stack, action):
        assert send(stack, editor, exp).status_code >= 500
    assert admin(stack, "GET", exp) == before


def test_a_creation_or_deletion_that_cannot_be_audited_does_not_happen(stack, editor, exp):
    request = body(new_id("c"))
    with no_audit(stack, "POST /experiment/create"):
        answer = stack.call("POST", "/v1/experiment/create", key="admin",
                            json={"request": request})
        assert answer.status_code >= 500
    assert stack.sql("select count(*) from experiment where id = %s", request["expId"]) == [(0,)]
    with no_audit(stack, "DELETE /experiment/:id"):
        assert api("DELETE", "")(stack, editor, exp).status_code >= 500
    assert admin(stack, "GET", exp)["expId"] == exp
    assert api("DELETE", "")(stack, editor, exp).status_code == 200
    action, _, before, after = noted(stack, exp)[-1]
    assert (action, before["expId"], after) == (
        "DELETE /experiment/:id", exp, {"expId": exp, "deleted": True})


def test_creating_an_existing_experiment_is_not_audited(stack):
    request = body(new_id("c"))
    for _ in range(2):
        stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert [row[2] for row in noted(stack, request["expId"])] == [None]


def test_a_repeated_request_is_audited_once(stack, exp):
    answers = [stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                          headers={"Idempotency-Key": exp},
                          json={"request": {"description": "once"}}) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json()["result"] == answers[1].json()["result"]
    assert [row[0] for row in noted(stack, exp)].count("PATCH /experiment/:id") == 1


def test_an_assignment_by_hand_is_audited_until_its_subject_is_erased(stack, exp):
    user = new_id("user")
    put(stack, exp, {"user_id": user}, "b")
    put(stack, exp, {"user_id": user}, "control")
    mine = [row for row in noted(stack, exp) if row[0] == "PUT /experiment/:id/alternative"]
    assert [(b["alternative"], b["enrolled"], a["alternative"]) for _, _, b, a in mine][1:] == [
        ("b", True, "control")]
    assert user not in str(mine)
    assert stack.call("DELETE", f"/v1/user/{user}").status_code == 200
    mine = [row for row in noted(stack, exp) if row[0] == "PUT /experiment/:id/alternative"]
    assert [row[2:] for row in mine] == [(None, None)] * 2


def test_an_assignment_by_hand_that_cannot_be_audited_does_not_happen(stack, exp):
    user = {"user_id": new_id("user")}
    with no_audit(stack, "PUT /experiment/:id/alternative"):
        answer = stack.call("PUT", f"/v1/experiment/{exp}/alternative",
                            json={**user, "alternative": "b"})
        assert answer.status_code >= 500
    assert rows(stack, "enrolment", exp) == []
    assert stack.call("GET", f"/v1/experiment/{exp}/alternative",
                      params=user).json()["enrolled"] is False
