# SPDX-License-Identifier: GPL-3.0-or-later
"""Which experiments a registration answers with: audiences, url, client, modulus, days, and what
operators do to a definition."""

import json
import pathlib
import urllib.parse

import pytest

from lookups import (a_second_later, admin, await_status, body, day, define, found, new_id,
                     of_devices, of_users, put_user, register, status, submit)
from stack import wait_until

VECTORS = pathlib.Path(__file__).parents[1] / "unit/vectors/modulus.json"
URL = "http://sunbird.org/explore"


PRINTED = {"did": "x", "producer": "sunbird.portal", "dspec": {"os": "Ubuntu"},
           "ext": {"userid": "user1", "url": "http://sunbird.org"},
           "userDeclaredLocation": {"state": "Karnataka", "district": "Belagavi"}}


@pytest.mark.parametrize("change", [
    {}, {"ext": {"url": "http://sunbird.org"}}, {"ext": {"userid": "user1"}}, {"ext": {}},
    {"ext": None}, {"producer": None}], ids=str)
def test_a_registration_without_a_match_has_no_actions(stack, device, client, change):
    fields = {**PRINTED, "did": device, "producer": f"sunbird.{client}", **change}
    answer = stack.call("POST", f"/v1/device/register/{device}", key="client",
                        headers={"X-Real-IP": "88.22.146.124"}, json={"request": fields})
    assert answer.status_code == 200, answer.text
    envelope = answer.json()
    assert (envelope["id"], envelope["ver"]) == ("analytics.device-register", "1.0")
    assert envelope["params"]["status"] == "successful"
    assert envelope["responseCode"] == "OK"
    assert envelope["result"] == {"message": "Device registered successfully", "actions": []}


@pytest.mark.smoke
def test_an_action_has_the_names_of_both_systems(stack, device, client):
    exp = define(stack, client, name="Exp 1", data={"key": "key1"})
    assert register(stack, device, client)["actions"] == [{"type": "experiment", "data": {
        "id": exp, "name": "Exp 1", "startDate": day(), "endDate": day(7), "key": "key1",
        "alternative": "control", "payload": None, "experimentId": exp, "experimentName": "Exp 1",
        "title": "experiment"}}]


def test_a_new_definition_is_answered_as_submitted_however_fast_the_job_is(stack, client):
    made = [admin(stack, "POST", "create", body(client)) for _ in range(40)]
    assert {m["status"] for m in made} == {"SUBMITTED"}
    assert {m["status_msg"] for m in made} == {"Experiment successfully submitted"}
    assert all(m["stats"] == {} for m in made)


def test_an_experiment_without_an_end_says_so(stack, device, client):
    define(stack, client, data={"endDate": None})
    assert register(stack, device, client)["actions"][0]["data"]["endDate"] is None


@pytest.mark.parametrize("fields, place", [
    ({"did": "another"}, "/request/did"), ({"dspec": "x"}, "/request/dspec"),
    ({"ext": {"userid": 1}}, "/request/ext/userid"), ({"ext": []}, "/request/ext")])
def test_a_wrong_registration_is_refused_and_stores_nothing(stack, device, fields, place):
    answer = stack.call("POST", f"/v1/device/register/{device}", key="client",
                        json={"request": fields})
    assert answer.status_code == 400, answer.text
    envelope = answer.json()
    assert envelope["responseCode"] == "CLIENT_ERROR"
    assert set(envelope["params"]["errorMsg"]) == {place, "status"}
    assert stack.sql("select 1 from profile where subject_id = %s", "d:" + device) == []


@pytest.mark.parametrize("text", ['{"request":{}', "[]", "", '{"request":null}', '{"request":[]}'])
def test_an_invalid_registration_is_refused_in_the_envelope(stack, device, text):
    answer = stack.call("POST", f"/v1/device/register/{device}", key="client", data=text,
                        headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["id"] == "analytics.device-register"
    assert answer.json()["responseCode"] == "CLIENT_ERROR"


@pytest.mark.parametrize("method, path, key, code", [
    ("POST", "register", None, 401), ("POST", "register", "client", 200),
    ("GET", "profile", None, 401), ("GET", "profile", "client", 403),
    ("GET", "profile", "server", 200)])
def test_apps_register_and_only_server_keys_read_the_profile(
        stack, device, method, path, key, code):
    register(stack, device)
    body = {"request": {}} if method == "POST" else None
    answer = stack.call(method, f"/v1/device/{path}/{device}", key=key, json=body)
    assert answer.status_code == code, answer.text


@pytest.mark.parametrize("kind", ["user", "device"])
def test_an_audience_is_of_its_own_members_alone(stack, client, kind):
    """A row that names another user or device is no candidate, whoever asks with it."""
    member, other = new_id("m"), new_id("m")
    if kind == "user":
        for user in (member, other):
            put_user(stack, user, team=client if user == member else "none")
        define(stack, client, criteria=of_users(team=[client]))
        asks = [lambda who: found(stack, other + "-d", client, user=who)]
        assert found(stack, member, client) == [], "a device is no user of the same id"
    else:
        register(stack, member, channel=client)
        define(stack, client, criteria=of_devices("channel", client))
        asks = [lambda who: found(stack, who, client),
                lambda who: found(stack, who, client, user=new_id("u"))]
        assert found(stack, other, client, user=member) == [], "a user is no device of that id"
    for ask in asks:
        assert len(ask(member)) == 1
        assert ask(other) == []


@pytest.mark.parametrize("url, expected", [
    (URL, 1), (None, 0), (URL + "/", 0), (URL[:-1], 0), (URL.upper(), 0), (URL + "?a=1", 0),
    ("", 0), (" " + URL, 0)])
def test_a_url_compares_to_the_letter(stack, device, url_client, url, expected):
    assert len(found(stack, device, url_client, url=url)) == expected


@pytest.fixture(scope="module")
def url_client(stack):
    client = new_id("c")
    define(stack, client, data={"url": URL})
    return client


@pytest.mark.parametrize("producer, expected", [
    ("{}", 1), ("sunbird.{}", 1), ("org.sunbird.{}", 1), (".{}", 1), ("{}.portal", 0), ("{}.", 0),
    ("x{}", 0), ("sunbird.{}2", 0), ("", 0), (None, 0)])
def test_a_client_is_the_last_part_of_the_producer(stack, device, any_client, producer, expected):
    fields = {} if producer is None else {"producer": producer.format(any_client)}
    ids = found(stack, device, **fields)
    assert (any_client[1:] in ids) == bool(expected)


@pytest.fixture(scope="module")
def any_client(stack):
    """A client that is also, but for its first letter, the id of its only experiment."""
    client = new_id("c")[:40]
    define(stack, client, expId=client[1:])
    return client


def test_without_a_producer_only_experiments_without_a_client_apply(stack, device, client):
    """Definitions that the create route makes always name one; a row without has another
    source."""
    exp = define(stack, client)
    stack.sql("update experiment set data = data - 'client' where id = %s", exp)
    stack.sql("update cache_epoch set definitions = definitions + 1")
    try:
        assert exp in found(stack, device)
        assert exp in found(stack, device + "2", new_id("c")), "who says a client gets it too"
    finally:
        admin(stack, "DELETE", exp)


def hashed():
    return json.loads(VECTORS.read_text())["cases"]


@pytest.fixture(scope="module")
def modulus(stack):
    """A client with an experiment for every modulus of the vectors, and for 0."""
    client = new_id("c")
    return client, {define(stack, client, data={"modulus": n}): n for n in (0, 2, 3, 4, 5)}


@pytest.mark.parametrize("case", hashed(), ids=lambda case: case["id"])
@pytest.mark.parametrize("unit", ["device", "user"])
def test_the_modulus_picks_the_ids_that_it_always_picked(stack, device, modulus, case, unit):
    """Of the user if there is one, whatever the device; 0 limits nobody."""
    client, numbers = modulus
    if unit == "device":
        ids = found(stack, urllib.parse.quote(case["id"]), client)
    else:
        ids = found(stack, device, client, user=case["id"])
    assert sorted(numbers[exp] for exp in ids) == [0] + case["zero_for"]


@pytest.mark.parametrize("start, end, expected", [
    (0, 0, 1), (0, 1, 1), (-1, 0, 1), (-7, None, 1), (1, 2, 0), (1, None, 0), (-2, -1, 0)])
def test_an_experiment_applies_from_its_first_to_its_last_day(stack, client, start, end, expected):
    """The days are looked at again and again: nobody tells when midnight comes."""
    exp, early = define(stack, client), new_id("d")
    assert found(stack, early, client) == [exp]
    stack.sql("update experiment set start_date = %s, end_date = %s where id = %s", day(start),
              None if end is None else day(end), exp)
    stack.sql("update cache_epoch set definitions = definitions + 1")
    assert len(found(stack, new_id("d"), client)) == expected
    a_second_later()
    assert len(found(stack, early, client)) == expected, "cached or not"


def stop(stack, exp):
    admin(stack, "POST", f"{exp}/stop")


def erase(stack, exp):
    admin(stack, "DELETE", exp)


def restrict(stack, exp):
    register(stack, exp, channel=exp)
    admin(stack, "PATCH", exp, {"criteria": of_devices("channel", exp)})
    wait_until(lambda: stack.sql("select audience_version > 0 from experiment where id = %s",
                                 exp)[0][0], 20, "the new audience")


def rename_client(stack, exp):
    admin(stack, "PATCH", exp, {"data": {"client": "another"}})


@pytest.mark.parametrize("act", [stop, erase, restrict, rename_client])
def test_ending_an_experiment_takes_effect_within_a_second(stack, device, client, act):
    exp = define(stack, client)
    for _ in range(8):
        assert found(stack, device, client) == [exp]
    act(stack, exp)
    a_second_later()
    for _ in range(8):
        assert found(stack, device, client) == []


def test_a_stopped_experiment_applies_again_when_it_is_resumed(stack, device, client):
    exp = define(stack, client)
    stop(stack, exp)
    a_second_later()
    assert found(stack, device, client) == []
    admin(stack, "POST", f"{exp}/resume")
    a_second_later()
    for _ in range(8):
        assert found(stack, device, client) == [exp]


def test_nobody_is_in_an_experiment_that_failed(stack, device, client):
    exp = submit(stack, client, criteria=of_users(team=[client]))
    await_status(stack, exp, "FAILED")
    assert found(stack, device, client, user=new_id("u")) == []


def test_a_new_experiment_of_a_deleted_id_starts_clean(stack, client):
    """The rows of the old one are still there when the new one begins."""
    old, new = new_id("d"), new_id("d")
    register(stack, old, channel=client + "1")
    register(stack, new, channel=client + "2")
    exp = define(stack, client, criteria=of_devices("channel", client + "1"))
    assert found(stack, old, client) == [exp]
    erase(stack, exp)
    define(stack, client, expId=exp, criteria=of_devices("channel", client + "2"))
    a_second_later()
    assert found(stack, new, client) == [exp]
    assert found(stack, old, client) == []


def test_an_erased_user_is_in_no_audience(stack, device, user, client):
    put_user(stack, user, team=client)
    exps = [define(stack, client, criteria=of_users(team=[client])) for _ in range(2)]
    assert sorted(found(stack, device, client, user=user)) == sorted(exps)
    answer = stack.call("DELETE", f"/v1/user/{user}").json()
    assert answer["deleted"]["profile"] == 1
    assert answer["deleted"]["audiences"] == 2
    for _ in range(8):
        assert found(stack, device, client, user=user) == []
    assert stack.sql("select 1 from audience where subject_id = %s", "u:" + user) == []
    again = stack.call("DELETE", f"/v1/user/{user}").json()["deleted"]
    assert (again["profile"], again["audiences"]) == (0, 0)


def test_an_erased_user_stays_out_of_the_next_audience(stack, device, user, client):
    member = new_id("u")
    for who in (user, member):
        put_user(stack, who, team=client)
    exp = define(stack, client, criteria=of_users(team=[client]))
    stack.call("DELETE", f"/v1/user/{user}")
    before = stack.sql("select audience_version from experiment where id = %s", exp)
    admin(stack, "POST", f"{exp}/refresh")
    wait_until(lambda: stack.sql("select audience_version from experiment where id = %s", exp) !=
               before, 20, "the refresh")
    assert status(stack, exp) == "ACTIVE"
    assert found(stack, device, client, user=user) == []
    assert found(stack, device, client, user=member) == [exp]
