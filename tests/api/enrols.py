# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of enrolment: running experiments, enrolments, stored rows."""

from lookups import a_second_later, admin, await_status, body, new_id


def running(stack, *names, **more):
    """A new experiment, for everybody unless told, enabled, with these alternatives beside
    control."""
    request = body("enrols", **more)
    if names:
        request["alternatives"] = [n if isinstance(n, dict) else {"name": n} for n in names]
    admin(stack, "POST", "create", request)
    await_status(stack, request["expId"])
    return request["expId"]


def set_state(stack, exp, state, **more):
    answer = stack.call("POST", f"/v1/experiment/{exp}/state", key="admin",
                        json={"state": state, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def named(subject):
    """{"user_id": subject} for a text; any other subject is given as its members."""
    return {"user_id": subject} if isinstance(subject, str) else subject


def enroll(stack, exp, subject, key="server", status=200, **more):
    headers = more.pop("headers", {})
    answer = stack.call("POST", f"/v1/experiment/{exp}/enroll", key=key, headers=headers,
                        json={**named(subject), **more})
    assert answer.status_code == status, answer.text
    return answer.json()


def alternative(stack, exp, subject, status=200):
    answer = stack.call("GET", f"/v1/experiment/{exp}/alternative", params=named(subject))
    assert answer.status_code == status, answer.text
    return answer.json()


def put(stack, exp, subject, name, status=200, **more):
    answer = stack.call("PUT", f"/v1/experiment/{exp}/alternative",
                        json={**named(subject), "alternative": name, **more})
    assert answer.status_code == status, answer.text
    return answer.json()


def rows(stack, table, exp):
    """The rows of subjects that belong to an experiment."""
    return stack.sql(f"select t.* from assay.{table} as t "
                     "join assay.experiment as e on e.nr = t.experiment where e.id = %s", exp)


def somebody():
    return new_id("user")


def change(stack, exp, *alternatives, **more):
    """Gives an experiment these alternatives and waits until every worker knows them."""
    given = [n if isinstance(n, dict) else {"name": n} for n in alternatives]
    result = admin(stack, "PATCH", exp, {"alternatives": given, **more})
    a_second_later()
    return result
