# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of goals: definitions, hits, visits, and the rows behind results."""

import datetime

from enrols import named
from lookups import new_id

BOT = {"User-Agent": "Mozilla/5.0 (compatible; googleBOT/2.1)"}
PRESENT, NOT_PRESENT = "_retention_present_visits", "_retention_not_present_visits"


def goal(stack, status=201, **more):
    """Defines a goal, of a new name unless one is given; its name."""
    body = {"name": new_id("goal"), **more}
    answer = stack.call("POST", "/v1/goal", key="admin", json=body)
    assert answer.status_code == status, answer.text
    return body["name"]


def session():
    return {"session_id": new_id("session")}


def hit(stack, name, subject, status=200, key="client", headers=None, **more):
    answer = stack.call("POST", f"/v1/goal/{name}", key=key, headers=headers or {},
                        json={**named(subject), **more})
    assert answer.status_code == status, answer.text
    return answer.json()


def said(recorded=(), waiting=(), duplicate=False):
    return {"recorded": sorted(recorded), "waiting": sorted(waiting), "duplicate": duplicate}


def image(stack, name, key="client", params=None, **more):
    """The answer to an image, asked for as a page would."""
    params = {"key": stack.key(key), **(params or {})} if key else params
    return stack.call("GET", f"/v1/goal/{name}.png", key=None, params=params, **more)


def visit(stack, subject, **more):
    answer = stack.call("POST", "/v1/visit", key="client", json=named(subject), **more)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


def confirm(stack, subject, **more):
    answer = stack.call("POST", "/v1/confirm_human", key="client", json=named(subject), **more)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


def merge(stack, user, subject):
    answer = stack.call("POST", f"/v1/user/{user}/incorporate", json=subject)
    assert answer.status_code == 200, answer.text
    return answer.json()


def view(stack, subject, page, at=None, key="client", **more):
    at = at or datetime.datetime.utcnow().isoformat(timespec="milliseconds") + "Z"
    answer = stack.call("POST", "/v1/page", key=key, **more,
                        json={**named(subject), "name": page, "timestamp": at})
    assert answer.status_code == 200, answer.text
    return answer.json()


def text_of(subject):
    """A subject as the database writes it."""
    (kind, value), = named(subject).items()
    return f"{kind[0]}:{value}"


def conversions(stack, exp):
    """{(alternative, goal): {hits: subjects}}: what results are computed from."""
    found = {}
    for alternative, name, hits, n in stack.sql("""
            select a.o ->> 'name', g.name, c.hits, count(*) from conversion as c
            join experiment as e on e.nr = c.experiment join goal as g on g.nr = c.goal
            join jsonb_array_elements(e.alternatives) as a (o)
                on (a.o ->> 'id')::integer = c.alternative
            where e.id = %s group by 1, 2, 3""", exp):
        found.setdefault((alternative, name), {})[hits] = n
    return found


def participants(stack, exp):
    """{alternative: exposures}"""
    return dict(stack.sql("""
        select a.o ->> 'name', count(*) from exposure as x
        join experiment as e on e.nr = x.experiment
        join jsonb_array_elements(e.alternatives) as a (o)
            on (a.o ->> 'id')::integer = x.alternative
        where e.id = %s group by 1""", exp))
