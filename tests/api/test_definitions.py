# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions of experiments: create, read and list, in the envelope and with the texts of the
system that the routes come from. Programs compare those to the letter."""

import concurrent.futures
import urllib.parse

import pytest

from lookups import await_status, day, define, new_id, put_user
from stack import wait_until
from result_rows import a_goal

ID = {"request.expid": "Experiment Id should not be  empty"}
NAME = {"request.name": "Experiment Name should not be  empty"}
CREATED_BY = {"request.createdBy": "Created By should not be empty"}
DESCRIPTION = {"request.description": "Experiment Description should not be empty"}
CRITERIA = {"request.criteria": "Criteria should not be empty"}
FILTERS = {"request.filters": "Criteria Filters should not be empty"}
TYPE = {"request.type": "Criteria Type should not be empty"}
DATA = {"request.data": "Experiment Data should not be empty"}
END = {"data.endDate": "Experiment End_Date should not be empty"}
PAST_END = {"data.endDate": "End_Date should be greater than today's date."}
START = {"data.startDate": "Experiment Start_Date should not be empty"}
PAST_START = {"data.startDate": "Start_Date should be greater than or equal to today's date.."}
NEGATIVE = {"data.startDate":
            "Date range should not be -ve. Please check your start_date & end_date"}

EXISTS = {"msg": "ExperimentId already exists."}
UNKNOWN = "no experiment available with the given experimentid"


@pytest.fixture(scope="module", autouse=True)
def somebody(stack):
    """One whom the printed criteria find: a definition that finds nobody fails, and may be
    replaced."""
    put_user(stack, new_id("u"), emailVerified=True)


def printed(exp=None, data=(), without=(), **changes):
    """A complete request under an id of its own, with changes."""
    body = {"expId": exp or new_id("UR")[:40], "name": "USER_ORG", "createdBy": "User1",
            "description": "d", "criteria": {"type": "user", "filters": {"emailVerified": True}},
            "data": {"startDate": day(), "endDate": day(10), "key": "/org/profile",
                     "client": "portal", "modulus": 5}}
    body["data"].update(data)
    body.update(changes)
    for name in without:
        body.pop(name, None)
        body["data"].pop(name, None)
    return body


def create(stack, request, **kw):
    return stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request}, **kw)


def get(stack, exp, route=""):
    return stack.call("GET", f"/v1/experiment/{route}{exp}")


def opened(answer, status=200, code="OK", name="assay.experiment.create"):
    """The params and result of an answer, which must have the one shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    body = answer.json()
    assert set(body) == {"id", "ver", "ts", "params", "responseCode", "result"}
    assert (body["id"], body["ver"], body["responseCode"]) == (name, "1.0", code)
    assert body["params"]["resmsgid"] == answer.headers["X-Request-Id"]
    return body["params"], body["result"]


def assert_refused(answer, expected):
    """400, and exactly these messages."""
    params, result = opened(answer, 400, "CLIENT_ERROR")
    assert params["errorMsg"] == {**expected, "status": "failed"}
    assert (params["status"], params["err"], result) == ("failed", "CLIENT_ERROR", None)


def put_status(stack, exp, status, users=None):
    """Sets a status and the number of users matched, and keeps the jobs away from it."""
    stack.sql("with e as (update experiment set status = %s where id = %s returning nr)"
              " update audience_job as j set due_at = null, users_matched = %s, "
              "devices_matched = %s from e where j.nr = e.nr", status, exp, users,
              None if users is None else 0)


def row(stack, exp):
    return stack.sql("select nr, name, criteria, data, status, version, created_at"
                     " from experiment where id = %s", exp)


def test_create_answers_submitted_and_echoes_the_request(stack):
    request = printed()
    params, result = opened(create(stack, request))
    assert params["status"] == "successful"
    assert result["status"] == "SUBMITTED"
    assert result["status_msg"] == "Experiment successfully submitted"
    assert result["stats"] == {}
    assert result["request"] == request
    assert result["request"]["data"]["modulus"] == 5
    assert result["last_updated"] >= result["created_date"] > 1_700_000_000_000


def test_creating_again_stores_nothing_and_answers_the_stored_definition(stack):
    request = printed()
    opened(create(stack, request))
    params, result = opened(create(stack, printed(request["expId"], name="another")))
    assert params["status"] == "successful"
    assert (result["err"], result["errorMsg"]) == ("failed", EXISTS)
    assert result["expResponse"]["request"] == request


@pytest.mark.parametrize("status", ["Failed", "FAILED", "failed"])
def test_a_failed_definition_is_replaced(stack, status):
    exp = define(stack, "portal", criteria=None)
    nr, _, _, _, _, version, _ = row(stack, exp)[0]
    put_status(stack, exp, status, 3)
    request = printed(exp, name="again", without=["modulus"])
    _, result = opened(create(stack, request))
    assert (result["status"], result["stats"]) == ("SUBMITTED", {})
    _, now = opened(get(stack, exp), name="assay.experiment.get")
    assert (now["expName"], now["criteria"]) == ("again", request["criteria"])
    assert now["expData"] == request["data"]
    assert row(stack, exp)[0][0] == nr and row(stack, exp)[0][5] > version


@pytest.mark.parametrize("status", ["SUBMITTED", "PROCESSING", "ACTIVE", "STOPPED", "INACTIVE"])
def test_a_definition_that_has_not_failed_is_not_replaced(stack, status):
    exp = define(stack, "portal", criteria=None)
    put_status(stack, exp, status)
    before = row(stack, exp)
    _, result = opened(create(stack, printed(exp, name="again")))
    assert (result["err"], result["errorMsg"]) == ("failed", EXISTS)
    assert result["expResponse"]["status"] == status
    assert row(stack, exp) == before


REFUSED = {
    "case 5": ({}, {**ID, **NAME, **CREATED_BY, **DESCRIPTION, **CRITERIA, **DATA}),
    "case 7": (printed(without=["expId", "name"]), {**ID, **NAME}),
    "case 8": (printed(criteria={"type": "user"}), FILTERS),
    "case 9": (printed(criteria={"filters": {"emailVerified": True}}), TYPE),
    "case 10": (printed(criteria={}), FILTERS),
    "case 11": (printed(without=["endDate"]), END),
    "case 12": (printed(data={"endDate": day()}, without=["startDate"]), START),
    "case 13": (printed(data={"startDate": "2021-08-09", "endDate": "2019-08-21"}), PAST_END),
    "case 14": (printed(data={"startDate": "2019-08-09"}), PAST_START),
    "case 15": (printed(data={"startDate": "2041-08-09", "endDate": "2040-08-21"}), NEGATIVE),
    "case 17 short": (printed(data={"endDate": "2041-8-9"}), PAST_END),
    "case 17 word": (printed(data={"endDate": "soon"}), PAST_END),
    "case 18": (printed(data={"endDate": "2041-13-45"}), PAST_END),
    "number for a day": (printed(data={"endDate": 20410809}), PAST_END),
    "case 58": (printed(criteria={"type": "device", "filters": [
        {"name": "state", "operator": "NOTIN", "value": ["x"]}]}),
        {"/request/criteria/filters/0/operator": "must be EQ, NE, IN, NIN, ISNULL, ISNOTNULL, "
                                                 "ISEMPTY, ISNOTEMPTY, RANGE, LT or GT"}),
    "reserved": (printed("list"), {"request.expid": "is reserved"}),
    "negative modulus": (printed(data={"modulus": -1}),
                         {"data.modulus": "must be a whole number, 0 or more"}),
    "state 2": (printed(state=2),
                {"/request/state": "must be default, enabled or track (0, 1 or 3)"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_invalid_definition_is_refused_with_the_documented_texts(stack, case):
    request, expected = REFUSED[case]
    assert_refused(create(stack, request), expected)
    assert row(stack, request.get("expId", "-")) == []


@pytest.mark.parametrize("body", [{}, {"request": None}, {"request": []}, [], None, 5, "x"],
                         ids=str)
def test_a_body_without_a_request_is_refused(stack, body):
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json=body,
                        data=None if body is not None else "null",
                        headers={"Content-Type": "application/json"})
    assert_refused(answer, {"request": "Request should not be empty"})


def test_a_definition_of_one_day_is_accepted(stack):
    _, result = opened(create(stack, printed(data={"endDate": day()})))
    assert result["status"] == "SUBMITTED"


def test_unknown_members_are_refused_except_in_data(stack):
    params, _ = opened(create(stack, printed(extra={"a": [1]})), 400, "CLIENT_ERROR")
    assert set(params["errorMsg"]) == {"/request/extra", "status"}
    _, result = opened(create(stack, printed(data={"other": "kept"})))
    assert result["status"] == "SUBMITTED"
    assert result["request"]["data"]["other"] == "kept"


@pytest.mark.parametrize("text", ["{", "", "{'a':1}", '{"request":{"a":1,"a":2}}', "\xff"])
def test_invalid_json_is_refused_in_the_envelope(stack, text):
    answer = stack.call("POST", "/v1/experiment/create", key="admin", data=text.encode("latin-1"),
                        headers={"Content-Type": "application/json"})
    params, result = opened(answer, 400, "CLIENT_ERROR")
    assert (params["status"], params["err"], result) == ("failed", "CLIENT_ERROR", None)
    assert params["errmsg"]


def test_of_50_parallel_creates_one_is_the_first(stack):
    request = printed()
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: create(stack, request), range(50)))
    results = [opened(a)[1] for a in answers]
    assert sum(r.get("status") == "SUBMITTED" for r in results) == 1
    assert [r["errorMsg"] for r in results if "err" in r] == [EXISTS] * 49
    assert all(r["expResponse"]["request"] == request for r in results if "err" in r)
    assert stack.sql("select count(*) from experiment where id = %s", request["expId"]) == [(1,)]


@pytest.mark.parametrize("status,users,stats", [
    ("FAILED", 1, {"usersMatched": 1, "devicesMatched": 0}), ("SUBMITTED", 1, {}),
    ("FAILED", None, {})], ids=["case 22", "case 23", "case 24"])
def test_stats_are_those_of_the_last_mapping(stack, status, users, stats):
    exp = define(stack, "portal", criteria=None)
    put_status(stack, exp, status, users)
    _, result = opened(get(stack, exp, "get/"), name="assay.experiment.get")
    assert (result["status"], result["stats"]) == (status, stats)


@pytest.mark.parametrize("route", ["", "get/"])
def test_an_unknown_definition_is_reported_in_a_successful_answer(stack, route):
    params, result = opened(get(stack, new_id("H"), route), name="assay.experiment.get")
    assert (params["status"], params["errmsg"], result) == ("failed", UNKNOWN, None)


def test_both_routes_return_the_same_flat_definition(stack):
    a_goal(stack, name="buy")
    request = printed(criteria=None, alternatives=[{"name": "blue", "weight": 1}], default="blue",
                      goals=["buy"], traffic=12.5)
    opened(create(stack, request))
    await_status(stack, request["expId"])
    answer, other = get(stack, request["expId"]), get(stack, request["expId"], "get/")
    _, result = opened(answer, name="assay.experiment.get")
    assert opened(other, name="assay.experiment.get")[1] == result
    assert answer.headers["ETag"] == other.headers["ETag"]
    times = [result.pop(n) for n in ("updatedOn", "udpatedOn", "createdOn")]
    assert times[0] == times[1] >= times[2]
    assert result == {
        "expId": request["expId"], "expName": "USER_ORG", "expDescription": "d",
        "expData": request["data"], "createdBy": "User1", "updatedBy": "ExperimentDataProduct",
        "criteria": None, "status": "ACTIVE", "status_msg": "Experiment is actively mapped",
        "stats": {"usersMatched": 0, "devicesMatched": 0}, "state": "enabled", "default": "blue",
        "alternatives": [
            {"name": "control", "weight": None, "payload": None, "enabled": True},
            {"name": "blue", "weight": 1, "payload": None, "enabled": True}],
        "goals": ["buy"], "traffic": 12.5, "layer": None, "plan": None, "ended_at": None,
        "weighting": "off", "visibility": "public", "value_type": "name"}


def listed(stack, **params):
    answer = stack.call("GET", "/v1/experiment/list", params=params)
    return opened(answer, name="assay.experiment.list")[1]


def test_the_list_has_failed_and_active_definitions(stack):
    client = new_id("c")
    failed, active = define(stack, client), define(stack, client)
    put_status(stack, failed, "FAILED", 0)
    put_status(stack, active, "ACTIVE", 4)
    assert [(e["expId"], e["status"], e["stats"]["usersMatched"])
            for e in listed(stack, client=client)["experiments"]] == [
                (active, "ACTIVE", 4), (failed, "FAILED", 0)]
    assert [e["expId"] for e in listed(stack, client=client, status="Failed")["experiments"]] == [
        failed]


def test_the_list_is_filtered_by_state_client_and_words(stack):
    client = new_id("c")
    on = define(stack, client, name="Blue 100%")
    off = define(stack, client, state="default", expId=new_id("Blue")[:30])
    track = define(stack, client, state=3)
    find = lambda **params: [e["expId"] for e in
                             listed(stack, client=client, **params)["experiments"]]
    assert find() == [track, off, on]
    assert find(state="enabled") == find(state=1) == [on]
    assert find(state=0) == [off] and find(state="track", status="ACTIVE") == [track]
    assert find(q="bLUE") == [off, on] and find(q="100%") == [on] and find(q="%") == [on]
    assert find(q="nowhere") == find(status="STOPPED") == []


def test_pages_of_the_list_go_on_with_the_same_filters(stack):
    client = new_id("a b&c=d+é%")
    made = [define(stack, client) for _ in range(5)]
    define(stack, new_id("c"))
    found, url = [], "/v1/experiment/list?" + urllib.parse.urlencode(
        {"client": client, "limit": 2, "status": "active", "q": "a name", "state": "enabled"})
    for _ in range(4):
        answer = stack.call("GET", url)
        page = opened(answer, name="assay.experiment.list")[1]
        found += [e["expId"] for e in page["experiments"]]
        link = answer.links.get("next")
        assert (link is None) == (page["next"] is None)
        if link is None:
            break
        url = urllib.parse.urljoin("/v1/experiment/list", link["url"])
    assert found == made[::-1]


@pytest.mark.parametrize("name,value", [("limit", "0"), ("limit", "1001"), ("limit", "x"),
                                        ("after", "x"), ("after", "0"), ("state", "2")])
def test_a_list_is_refused_by_the_name_of_its_parameter(stack, name, value):
    answer = stack.call("GET", "/v1/experiment/list", params={name: value})
    params, _ = opened(answer, 400, "CLIENT_ERROR", "assay.experiment.list")
    assert list(params["errorMsg"]) == [name, "status"]


@pytest.mark.parametrize("key,status", [("server", 403), ("client", 403), (None, 401)])
def test_only_an_admin_key_defines(stack, key, status):
    request = printed()
    answer = stack.call("POST", "/v1/experiment/create", key=key, json={"request": request})
    opened(answer, status, "CLIENT_ERROR")
    assert row(stack, request["expId"]) == []


def test_a_definition_is_mapped_by_the_jobs(stack):
    request = printed(criteria=None)
    opened(create(stack, request))
    wait_until(lambda: row(stack, request["expId"])[0][4] == "ACTIVE", 20, "the mapping")
