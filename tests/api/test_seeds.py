# SPDX-License-Identifier: GPL-3.0-or-later
"""Request bodies of the clients of earlier versions of this API, with their comments removed,
missing braces added, and dates moved to the present."""

import datetime
import json
import re

import pytest

from lookups import await_status, day, new_id
from stack import Stack, wait_until

REGISTER = """
{
	"id": "",
    "ver": "",
    "ts": "",
    "params": {
        "msgid": ""
    },
    "request": {
        "did": "", //device ID
        "uaspec": {
            "agent": "",
            "ver": "",
            "system": "",
            "platform": "",
            "raw": ""
        },
        "channel": "",
        "fcmToken": "",
        "producer": "",
        "dspec": {}, // device spec
		"ext": {
			"userid": "", // logged in user ID - optional
			"url" : "" // url to identify the experiment - optional
		}
    }
}
"""

USERS = """
  "request": {
    "expId": "U1234",                  // Unique Id for Experiment
    "name": "USER_ORG",                // Name for Experiment
    "createdBy": "User1",              // Name of the user who created this experiment
    "description": "Experiment to get users to explore page ",  // Short Description
    "criteria": {                      // Criteria for the Experiment
      "type": "user",                  // Type of the Criteria
      "filters": {                     // PLEASE refer this link: http://docs.sunbird.org/latest
        "organisations.orgName": ["sunbird"] // List of Values
      }
    },
    "data" : {                         // Experiment Data
      "startDate" : "2019-08-01",      // Start date of the Experiment
      "endDate" : "2019-08-02",        // End date of the Experiment
      "key" : "/org/profile",          // Experiment Key
      "client" : "portal"              // name of the client (app/portal/desktop)
    }
  }
"""

DEVICES = """
  "request": {
    "expId": "D1234",                  // Unique Id for Experiment
    "name": "Device_STATE_AP",         // Name for Experiment
    "createdBy": "User2",              // Name of the user who created this experiment
    "description": "Experiment to get devices with state = AndhraPradesh",  // Short Description
    "criteria": {                      // Criteria for the Experiment
      "type": "device",                // Type of the Criteria
      "filters": [
		{                     // Array of Filters
        "name": "state",               // state field critera
        "operator": "IN",              // Filter Operator  - Supported Filters : [IN,EQ]
        "value": ["Karnataka"]         // List of Values
        },
		{
        "name": "city",               // city field critera
        "operator": "IN",              // Filter Operator  - Supported Filters : [IN,EQ]
        "value": ["Bangalore"]         // List of Values
        },
		{
          "name": "first_access",     // device field criteria
          "operator": "RANGE",        // Filter Operator  -  Supported Filters : [RANGE,LT]
          "value": {
            "start": "2019-02-10",
            "end": "2019-02-20"
        }
     ]
    },
    "data" : {    // Experiment Data
      "startDate" : "2019-08-01",      // Start date of the Experiment
      "endDate" : "2019-08-02",        // End date of the Experiment
      "key" : "3fksjfksdlfj",          // Experiment Key
      "client" :  "app"                // name of the client (app/portal/desktop)
    }
  }
"""

ADDRESS = "115.99.217.196"


def parse(text):
    """What is printed, as JSON."""
    text = re.sub(r"//[^\n\"]*$|(?<=[\s,])//.*$", "", text, flags=re.M)
    text = text.replace('"end": "2019-02-20"\n        }\n', '"end": "2019-02-20"\n        }}\n')
    return json.loads(text if text.lstrip().startswith("{") else "{" + text + "}")


def moved(body):
    """The printed days by as many as have passed: the experiments begin today and take two
    days, and the ten days of first access began yesterday."""
    text = json.dumps(body)
    epoch = datetime.date.fromisoformat(day())
    for month, first in (("2019-08", epoch), ("2019-02", epoch - datetime.timedelta(days=1))):
        base = datetime.date.fromisoformat(month + ("-01" if month == "2019-08" else "-10"))
        text = re.sub(month + r"-\d\d", lambda m: (
            first + (datetime.date.fromisoformat(m.group()) - base)).isoformat(), text)
    return json.loads(text)


@pytest.fixture(scope="module", params=["lighttpd", "nginx"])
def stack(request):
    s = Stack(request.param, ASSAY_PROXIES="127.0.0.1")
    s.sql("""insert into ip_location values ('115.99.217.0', '115.99.217.255',
             '{"state": "Karnataka", "district": "Bangalore", "city": "Bangalore"}')""")
    yield s
    s.stop()


def post(stack, path, body, key, **headers):
    answer = stack.call("POST", path, key=key, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["params"]["status"] == "successful"
    return answer.json()["result"]


def test_the_printed_registration_stores_the_device(stack):
    device = new_id("d")
    result = post(stack, f"/v1/device/register/{device}", parse(REGISTER), "client")
    assert result == {"message": "Device registered successfully", "actions": []}
    answer = stack.call("GET", f"/v1/device/profile/{device}").json()["result"]
    assert answer["uaspec"] == {"agent": "", "ver": "", "system": "", "platform": "", "raw": ""}
    assert (answer["channel"], answer["producer"], answer["dspec"]) == ("", "", {})


@pytest.mark.parametrize("prefix", ["/v1", ""])
def test_the_printed_experiments_match_the_printed_devices(stack, prefix):
    """Created as printed, mapped, and looked up by the printed registration with its blanks
    filled in."""
    users, devices = moved(parse(USERS)), moved(parse(DEVICES))
    # In the other round they exist already: the same again needs a new id.
    for body in (users, devices):
        body["request"]["expId"] += prefix.replace("/", "-")
    stack.call("PUT", "/v1/user/user1/profile", json={
        "organisations": [{"orgName": "NCERT"}, {"orgName": "Sunbird"}]})
    stack.call("PUT", "/v1/user/user2/profile", json={"organisations": [{"orgName": "sunbird2"}]})
    first, away = new_id("d"), new_id("d")
    blank = parse(REGISTER)
    post(stack, f"{prefix}/device/register/{first}", blank, "client",
         **{"X-Forwarded-For": ADDRESS})
    post(stack, f"{prefix}/device/register/{away}", blank, "client",
         **{"X-Forwarded-For": "8.8.8.8"})
    for body in (users, devices):
        made = post(stack, f"{prefix}/experiment/create", body, "admin")
        assert (made["status"], made["request"]) == ("SUBMITTED", body["request"])
        await_status(stack, made["expId"])

    def ask(device, user, producer, address=ADDRESS):
        asked = parse(REGISTER)
        asked["request"].update(did=device, producer=producer)
        asked["request"]["ext"]["userid"] = user
        actions = post(stack, f"{prefix}/device/register/{device}", asked, "client",
                       **{"X-Forwarded-For": address})["actions"]
        mine = {body["request"]["expId"] for body in (users, devices)}
        return [a["data"] for a in actions if a["data"]["id"] in mine]
    wait_until(lambda: ask(first, "user1", "sunbird.portal"), 5, "the new definitions")
    portal, = ask(first, "user1", "sunbird.portal")
    assert (portal["id"], portal["name"], portal["key"]) == \
        (users["request"]["expId"], "USER_ORG", "/org/profile")
    assert (portal["startDate"], portal["endDate"]) == (day(), day(1))
    app, = ask(first, "user1", "sunbird.app")
    assert (app["id"], app["name"], app["key"]) == \
        (devices["request"]["expId"], "Device_STATE_AP", "3fksjfksdlfj")
    assert ask(first, "user2", "sunbird.portal") == []
    assert ask(first, "", "sunbird.portal") == []
    assert ask(away, "user1", "sunbird.app", "8.8.8.8") == []
    assert len(ask(new_id("d"), "", "sunbird.app")) == 1, "a new device is in it at once"


@pytest.mark.parametrize("body", [USERS, DEVICES], ids=["users", "devices"])
def test_the_printed_days_have_passed(stack, body):
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json=parse(body))
    assert answer.status_code == 400, answer.text
    assert answer.json()["params"]["errorMsg"] == {
        "data.endDate": "End_Date should be greater than today's date.", "status": "failed"}
