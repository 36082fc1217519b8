# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of definitions: moves of the life cycle, what a PATCH keeps and clears, versions against
lost updates, and deletion."""

import pytest

from lookups import admin, await_status, body, day, define, new_id, of_users, put_user, submit
from mapping import get
from stack import wait_until
from result_rows import a_goal
from test_definitions import put_status, row

UNKNOWN = "no experiment available with the given experimentid"
MAPPED = "Experiment is actively mapped"


def call(stack, method, path, request=None, if_match=None):
    """A call with the admin key, its body under `request` if it has one."""
    headers = {"If-Match": if_match} if if_match else {}
    return stack.call(method, f"/v1/experiment/{path}", key="admin", headers=headers,
                      json=None if request is None else {"request": request})


def etag(stack, exp):
    """The tag as the service gives it; of a compressed answer web servers change it."""
    answer = stack.call("GET", f"/v1/experiment/{exp}", key="admin",
                        headers={"Accept-Encoding": "identity"})
    return answer.headers["ETag"]


def move(stack, exp, name, **kw):
    return call(stack, "POST", f"{exp}/{name}", {}, **kw)


def patch(stack, exp, status=200, **changes):
    """A PATCH that must end so; its envelope."""
    answer = call(stack, "PATCH", exp, changes)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
def exp(stack):
    return define(stack, "portal")


STATUSES = ["SUBMITTED", "PROCESSING", "ACTIVE", "STOPPED", "INACTIVE", "FAILED"]
MOVES = {
    "stop": (["SUBMITTED", "PROCESSING", "ACTIVE"], "STOPPED", "Experiment is stopped"),
    "resume": (["STOPPED"], "ACTIVE", MAPPED),
    "refresh": (["ACTIVE"], "ACTIVE", MAPPED),
}
ALLOWED = [(m, s) for m in MOVES for s in STATUSES if s in MOVES[m][0]]
FORBIDDEN = [(m, s) for m in MOVES for s in STATUSES if s not in MOVES[m][0]]


@pytest.mark.parametrize("name,status", ALLOWED)
def test_a_move_of_the_life_cycle_is_made(stack, exp, name, status):
    put_status(stack, exp, status)
    version = row(stack, exp)[0][5]
    answer = move(stack, exp, name)
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert (result["expId"], result["status"], result["status_msg"]) == (exp, *MOVES[name][1:])
    assert row(stack, exp)[0][5] > version
    assert get(stack, exp)["status"] == MOVES[name][1]


@pytest.mark.parametrize("name,status", FORBIDDEN)
def test_any_other_move_is_a_conflict_that_names_the_status(stack, exp, name, status):
    put_status(stack, exp, status)
    before = row(stack, exp)
    answer = move(stack, exp, name)
    assert answer.status_code == 409, answer.text
    assert answer.json()["responseCode"] == "CLIENT_ERROR"
    assert answer.json()["params"]["errmsg"] == f"cannot {name}: the status is {status}"
    assert row(stack, exp) == before


def test_one_that_was_stopped_before_it_was_mapped_is_submitted_again(stack):
    user = new_id("u")
    put_user(stack, user, mark=user)
    exp = define(stack, "portal", criteria=of_users(mark=user))
    stack.sql("update experiment set audience_version = 0, status = 'STOPPED' where id = %s", exp)
    result = move(stack, exp, "resume").json()["result"]
    assert (result["status"], result["status_msg"]) in [
        ("SUBMITTED", "Experiment successfully submitted"),
        ("PROCESSING", "Experiment is being mapped"), ("ACTIVE", MAPPED)]
    await_status(stack, exp)


CALLS = [("PATCH", ""), ("DELETE", ""), ("POST", "/state"), ("POST", "/stop"), ("POST", "/resume"),
         ("POST", "/refresh")]


def change(stack, method, exp, path, if_match=None):
    request = {"PATCH": {"name": "changed"}, "POST": {"state": "track"}}.get(method)
    return call(stack, method, exp + path, request, if_match)


@pytest.mark.parametrize("method,path", CALLS)
def test_an_unknown_definition_cannot_be_changed(stack, method, path):
    answer = change(stack, method, new_id("e"), path)
    assert answer.status_code == 404
    assert answer.json()["responseCode"] == "RESOURCE_NOT_FOUND"
    assert answer.json()["params"]["errmsg"] == UNKNOWN


def prepared(stack, exp, path):
    """Puts exp in the status that a change needs and gives its ETag."""
    put_status(stack, exp, "STOPPED" if path == "/resume" else "ACTIVE")
    return etag(stack, exp)


@pytest.mark.parametrize("method,path", CALLS)
def test_a_change_over_another_version_is_refused(stack, exp, method, path):
    tag = prepared(stack, exp, path)
    stack.sql("update experiment set version = version + 1 where id = %s", exp)
    before = row(stack, exp)
    for stale in (tag, "W/" + tag, '"soon"', "*x", '""', tag.strip('"')):
        answer = change(stack, method, exp, path, stale)
        assert answer.status_code == 412, (stale, answer.text)
    assert row(stack, exp) == before


@pytest.mark.parametrize("method,path", CALLS)
def test_a_version_that_begins_the_present_one_is_another(stack, exp, method, path):
    prepared(stack, exp, path)
    stack.sql("update experiment set version = 123 where id = %s", exp)
    assert change(stack, method, exp, path, '"12"').status_code == 412
    assert change(stack, method, exp, path, '"123"').status_code == 200


@pytest.mark.parametrize("form", ['{}', 'W/{}', '{}-gzip', "*"])
@pytest.mark.parametrize("method,path", CALLS)
def test_a_change_over_the_version_that_was_read_is_made(stack, exp, method, path, form):
    tag = prepared(stack, exp, path)
    tag = f'{tag[:-1]}-gzip"' if "gzip" in form else form.format(tag)
    answer = change(stack, method, exp, path, tag)
    assert answer.status_code == 200, answer.text
    if method != "DELETE":
        assert answer.headers["ETag"] != tag


KEPT = ["expName", "expDescription", "expData", "createdBy", "createdOn", "criteria", "state",
        "default", "alternatives", "goals", "traffic", "status"]
ARMS = [{"name": "blue", "weight": 1, "payload": {"a": [1]}, "enabled": False},
        {"name": "control", "weight": 3, "payload": None, "enabled": True}]


@pytest.fixture
def rich(stack):
    """A definition with every optional member."""
    a_goal(stack, name="buy")
    return define(stack, "portal", alternatives=ARMS, default="blue", goals=["buy"], traffic=50,
                  state="track", data={"modulus": 5, "url": "http://x/", "more": 1})


@pytest.mark.parametrize("change,member,expected", [
    ({"name": "n"}, "expName", "n"), ({"description": "x"}, "expDescription", "x"),
    ({"createdBy": "me"}, "createdBy", "me"), ({"default": "control"}, "default", "control"),
    ({"default": None}, "default", "control"), ({"goals": None}, "goals", None),
    ({"goals": []}, "goals", []), ({"traffic": 0}, "traffic", 0),
    ({"traffic": None}, "traffic", 100)], ids=str)
def test_a_patch_keeps_what_is_absent_and_clears_what_is_null(stack, rich, change, member,
                                                             expected):
    before = get(stack, rich)
    result = patch(stack, rich, **change)["result"]
    assert result[member] == expected
    assert result == get(stack, rich)
    assert [result[n] for n in KEPT if n != member] == [before[n] for n in KEPT if n != member]
    assert result["updatedOn"] > before["updatedOn"]


def test_a_patch_merges_data_member_by_member(stack, rich):
    before = get(stack, rich)["expData"]
    change = {"key": "k", "url": None, "endDate": day(3)}
    data = patch(stack, rich, data=change)["result"]["expData"]
    assert data.pop("url") is None
    assert data == {**{n: before[n] for n in before if n != "url"}, "key": "k", "endDate": day(3)}
    assert patch(stack, rich, data={"endDate": None})["result"]["expData"]["endDate"] is None


def test_a_patch_replaces_alternatives_as_a_whole(stack, rich):
    green = [{"name": "green", "weight": 1}]
    result = patch(stack, rich, alternatives=green, default=None)["result"]
    assert [a["name"] for a in result["alternatives"]] == ["control", "green"]
    assert patch(stack, rich, alternatives=None)["result"]["alternatives"] == [
        {"name": "control", "weight": None, "payload": None, "enabled": True}]


def test_a_patch_says_who_changed_it(stack, rich):
    assert patch(stack, rich, name="a")["result"]["updatedBy"] == "Experiment_PATCH_API"
    assert patch(stack, rich, name="b", updatedBy="me")["result"]["updatedBy"] == "me"


@pytest.mark.parametrize("change,place", [
    ({"name": None}, "request.name"), ({"createdBy": ""}, "request.createdBy"),
    ({"description": 5}, "request.description"), ({"data": None}, "request.data"),
    ({"data": {"startDate": None}}, "data.startDate"), ({"data": {"key": None}}, "data.key"),
    ({"data": {"endDate": "2019-08-02"}}, "data.endDate"),
    ({"data": {"startDate": "0000-01-01"}}, "data.startDate"),
    ({"data": {"modulus": -1}}, "data.modulus"),
    ({"criteria": {}}, "request.filters"), ({"traffic": 101}, "/request/traffic"),
    ({"criteria": {"type": "user", "filters": {"a": []}}}, "/request/criteria/filters/a"),
    ({"alternatives": [{"name": "green"}]}, "/request/default"),
    ({"default": "green"}, "/request/default"), ({"goals": [""]}, "/request/goals/0"),
    ({"expId": "other"}, "request"), ({"state": 1}, "request")], ids=str)
def test_a_patch_that_is_not_valid_changes_nothing(stack, rich, change, place):
    before = row(stack, rich)
    answer = patch(stack, rich, 400, **change)
    assert answer["responseCode"] == "CLIENT_ERROR"
    assert list(answer["params"]["errorMsg"]) == [place, "status"]
    assert row(stack, rich) == before


@pytest.mark.parametrize("body", [{}, {"request": None}, {"request": []}, []], ids=str)
def test_a_patch_without_a_request_is_refused(stack, exp, body):
    answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin", json=body)
    assert answer.status_code == 400
    assert answer.json()["params"]["errorMsg"] == {"request": "Request should not be empty",
                                                   "status": "failed"}


def test_changed_criteria_submit_a_failed_definition_again(stack):
    user = new_id("u")
    exp = submit(stack, "portal", criteria=of_users(mark=user))
    await_status(stack, exp, "FAILED")
    put_user(stack, user, mark=user, other=1)
    assert patch(stack, exp, name="no reason")["result"]["status"] == "FAILED"
    result = patch(stack, exp, criteria=of_users(mark=user, other=1))["result"]
    assert result["status_msg"] != "Users Not Found matching the Criteria"
    await_status(stack, exp)
    assert get(stack, exp)["stats"] == {"usersMatched": 1, "devicesMatched": 0}


@pytest.mark.parametrize("end", [day(), day(5), None])
def test_an_end_that_moves_forward_revives(stack, exp, end):
    stack.sql("update experiment set end_date = %s, start_date = %s,"
              " data = data || jsonb_build_object('startDate', %s::text, 'endDate', %s::text)"
              " where id = %s", day(-1), day(-5), day(-5), day(-1), exp)
    await_status(stack, exp, "INACTIVE")
    assert get(stack, exp)["status_msg"] == "Experiment is over"
    assert patch(stack, exp, name="no reason")["result"]["status"] == "INACTIVE"
    result = patch(stack, exp, data={"endDate": end})["result"]
    assert (result["status"], result["status_msg"]) == ("ACTIVE", MAPPED)


def test_a_patch_without_a_version_is_applied_whatever_the_jobs_do(stack):
    """The jobs move the version on; somebody who did not ask about it must not hear of it."""
    for _ in range(10):
        exp = submit(stack, "portal")
        assert patch(stack, exp, name="changed")["result"]["expName"] == "changed"


STATES = [(0, "default"), ("default", "default"), (1, "enabled"), ("enabled", "enabled"),
          (3, "track"), ("track", "track")]


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("value,word", STATES)
def test_a_state_is_set_by_number_or_word(stack, rich, value, word, wrap):
    request = {"state": value}
    answer = stack.call("POST", f"/v1/experiment/{rich}/state", key="admin",
                        json={"request": request} if wrap else request)
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert (result["state"], result["default"]) == (word, "blue")
    assert (result["ended_at"] is None) == (word != "default")


def test_state_default_stamps_the_end_once_and_leaving_it_clears_the_stamp(stack, rich):
    ended = [call(stack, "POST", rich + "/state", {"state": s}).json()["result"]["ended_at"]
             for s in (0, 0, 1, 0, 3)]
    assert ended[0] == ended[1] and ended[2] is None and ended[3] > ended[0] and ended[4] is None
    assert get(stack, rich)["expData"]["endDate"] == day(7)


def test_a_winner_is_flagged_with_the_state(stack, rich):
    result = call(stack, "POST", rich + "/state",
                  {"state": "default", "default": "control"}).json()["result"]
    assert (result["state"], result["default"]) == ("default", "control")


@pytest.mark.parametrize("request_,place", [
    ({"state": 2}, "/state"), ({"state": "x"}, "/state"), ({}, "/state"),
    ({"state": None}, "/state"), ({"state": 0, "default": "green"}, "/default"),
    ({"state": 0, "default": 5}, "/default")],
                         ids=str)
def test_an_invalid_state_changes_nothing(stack, rich, request_, place):
    before = row(stack, rich)
    answer = call(stack, "POST", rich + "/state", request_)
    assert answer.status_code == 400, answer.text
    assert list(answer.json()["params"]["errorMsg"]) == [place, "status"]
    assert row(stack, rich) == before


def audience(stack, nr):
    return stack.sql("select count(*) from audience where experiment = %s", nr)[0][0]


def test_a_deleted_definition_leaves_nothing_and_its_id_starts_clean(stack):
    user = new_id("u")
    put_user(stack, user, mark=user)
    criteria = of_users(mark=user)
    exp = define(stack, "portal", criteria=criteria, alternatives=ARMS, default="blue")
    nr = row(stack, exp)[0][0]
    assert audience(stack, nr) == 1
    assert admin(stack, "DELETE", exp) == {"expId": exp, "deleted": True}
    assert get(stack, exp) is None
    assert call(stack, "DELETE", exp).status_code == 404
    result = admin(stack, "POST", "create", body("portal", expId=exp, criteria=None))
    assert (result["status"], result["stats"], result["default"]) == ("SUBMITTED", {}, "control")
    assert [a["name"] for a in result["alternatives"]] == ["control"]
    assert row(stack, exp)[0][0] != nr
    assert stack.sql("select count(*) from audience_job where nr = %s", nr) == [(0,)]
    wait_until(lambda: audience(stack, nr) == 0, 20, "the reaping")


def test_a_tag_of_a_deleted_definition_is_never_one_of_its_successor(stack):
    exp = define(stack, "portal")
    old = etag(stack, exp)
    admin(stack, "DELETE", exp)
    admin(stack, "POST", "create", body("portal", expId=exp))
    await_status(stack, exp)
    for _ in range(3):
        assert call(stack, "PATCH", exp, {"name": "x"}, if_match=old).status_code == 412
        admin(stack, "PATCH", exp, {"name": "y"})
