# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments, devices and users, as the tests of the look-up make them.

A definition must name a client, and a look-up finds only those of its own. So every test has a
client of its own, and sees exactly what it made."""

import datetime
import time
import uuid

from stack import wait_until


def new_id(kind="id"):
    return f"{kind}-{uuid.uuid4().hex}"


def day(offset=0):
    """Today in UTC, or a day so far from it, as definitions write it."""
    return (datetime.datetime.utcnow() + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")


def body(client, **more):
    """The request of a definition for everybody; data is merged, all else replaced."""
    data = {"startDate": day(), "endDate": day(7), "key": "a-key", "client": client}
    data.update(more.pop("data", {}))
    return dict({"expId": new_id("e")[:40], "name": "a name", "createdBy": "a test",
                 "description": "made by a test", "criteria": None, "data": data}, **more)


def admin(stack, method, path, request=None, status=200):
    """A call with the admin key that must have this status; its result."""
    answer = stack.call(method, f"/v1/experiment/{path}", key="admin",
                        json=None if request is None else {"request": request})
    assert answer.status_code == status, answer.text
    return answer.json()["result"]


def status(stack, exp):
    return admin(stack, "GET", exp)["status"]


def submit(stack, client, **more):
    """Makes a definition; its id."""
    request = body(client, **more)
    assert admin(stack, "POST", "create", request)["status"] == "SUBMITTED"
    return request["expId"]


def await_status(stack, exp, wanted="ACTIVE"):
    wait_until(lambda: status(stack, exp) == wanted, 20, f"{wanted} of {exp}")


def define(stack, client, **more):
    """Makes a definition and waits until its audience is in effect; its id."""
    exp = submit(stack, client, **more)
    await_status(stack, exp)
    return exp


def a_second_later():
    """Waits until every worker knows the current definitions. They may be a second old, so an
    outdated answer is correct for that long."""
    time.sleep(1.0)


def request(client=None, user=None, url=None, **fields):
    """The request of a registration."""
    ext = {name: value for name, value in (("userid", user), ("url", url)) if value is not None}
    if ext:
        fields["ext"] = ext
    if client is not None:
        fields["producer"] = f"tests.{client}"
    return fields


def register(stack, device, client=None, headers=None, **fields):
    """A registration that must succeed; its result."""
    answer = stack.call("POST", f"/v1/device/register/{device}", key="client",
                        headers=headers or {}, json={"request": request(client, **fields)})
    assert answer.status_code == 200, answer.text
    envelope = answer.json()
    assert envelope["params"]["status"] == "successful", envelope
    return envelope["result"]


def found(stack, device, client=None, **fields):
    """The ids of the experiments that a registration answers with, in order."""
    return [action["data"]["id"] for action in register(stack, device, client, **fields)["actions"]]


def audience_version(stack, exp):
    """The version of the audience in effect."""
    return stack.sql("select audience_version from experiment where id = %s", exp)[0][0]


def put_user(stack, user, **attributes):
    answer = stack.call("PUT", f"/v1/user/{user}/profile", json=attributes)
    assert answer.status_code == 200, answer.text


def profile(stack, device):
    """What is stored of a device."""
    rows = stack.sql("select attributes from profile where subject_id = %s", "d:" + device)
    return rows[0][0] if rows else None


def of_users(**filters):
    return {"type": "user", "filters": filters}


def of_devices(name, value, operator="EQ"):
    return {"type": "device", "filters": [{"name": name, "operator": operator, "value": value}]}
