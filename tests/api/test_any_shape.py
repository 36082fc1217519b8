# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms and bodies of any shape, to every route that takes one: each is answered, and none ends a
worker. Names of fields come from the client, so a form may have any shape."""

import json
import pathlib
import re
import urllib.parse

import pytest

from enrols import running
from goals import goal
from layers import new_layer
from lookups import new_id
from pages import Person
from segmentations import make

# One web server is enough: what is tested comes after it.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

TOP = pathlib.Path(__file__).resolve().parents[2]
ROUTES = re.findall(r'^(?:ROUTE|ENVELOPE|JOINT|OFREP)\("(POST|PUT|PATCH|DELETE)", "([^"]+)"',
                    (TOP / "app/handler/routes.def").read_text(), re.M)
PAGES = [path for method, path in ROUTES if path.startswith("/admin/")]
DOORS = [(method, path) for method, path in ROUTES if not path.startswith("/admin/")]


def names():
    """Every field of every form, "request.alternatives.0.name", and all that leads to it."""
    found = set()
    for page in (TOP / "templates").glob("*.html"):
        for name in re.findall(r'name="([^"]+)"', page.read_text()):
            parts = name.replace("{{n}}", "0").split(".")
            found |= {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
    return sorted(found - {"csrf", "viewport", "referrer"})


# What may stand behind a name: the name goes on, its type, and its value.
FORMS = ["{}=x", "{}=", "{}.0=x", "{}.a=x", "{}.0.a=x", "{}.a.0=x", "{}.a.b.c=x", "{}.0.0=x",
         "{}:json=null", "{}:json=[]", "{}:json={{}}", "{}:json=[null]", "{}:json=[[1]]",
         "{}:json=5", "{}:number=1", "{}:flag=on", "{}:list=a,b"]
WHOLE = ["", "0=x", "0.0=x", "0=x&1=y", "0.name=x&1.name=y", "=x", ".=x", "..0=x", ":json=[]",
         "0:json=null", "a=1&a.b=2", "%00=x", "x=%ff", "&&&", "x"]
VALUES = [None, True, 5, -1, 0.5, "x", "", [], {}, [None], [[1]], [{}], {"a": None}, {"0": "x"},
          [["x", {"y": []}]]]
MEMBERS = ["user_id", "session_id", "device_id", "attributes", "alternatives", "goals",
           "name", "id", "page", "test", "description", "experiments", "force", "count",
           "event_id", "url", "tags", "value", "state", "default", "unit", "slots",
           "size", "groups", "type", "context", "overlap", "active", "rule",
           "parameters", "group", "dspec", "channel", "ext", "did", "confirm",
           "criteria", "data", "timestamp", "user_agent", "layer", "plan", "traffic"]


def things(stack):
    """What may stand in a path, of each kind one that is there."""
    return {"experiment": running(stack, "b"), "goal": goal(stack),
            "layer": new_layer(stack), "segmentation": make(stack)}


def filled(path, known):
    parts = path.strip("/").split("/")
    kinds = [p for p in parts if not p.startswith(":") and p != "admin"]
    there = known.get(kinds[0], "nothing")
    return "/" + "/".join(there if p.startswith(":") and i in (1, 2) else
                          "nothing" if p.startswith(":") else p for i, p in enumerate(parts))


def alive(stack):
    """Nothing that ended by a signal, in all of the log so far."""
    return "event=worker_died" not in stack.log()


@pytest.mark.parametrize("path", PAGES)
def test_a_form_of_any_shape_is_answered(stack, path):
    known = things(stack)
    defines = "experiments" in path or path.endswith(("/change", "segmentations"))
    mine = [name for name in names()
            if name.startswith(("request", "criteria")) == ("experiment" in path)]
    texts = list(WHOLE)
    for shape in FORMS:
        texts.append("&".join(shape.format(name) for name in names() if "." not in name))
        texts += [shape.format(name) for name in mine if defines]
    who = Person(stack, "admin")
    csrf = who.csrf()
    for text in texts:
        answer = who.session.post(
            stack.url + filled(path, known), allow_redirects=False, timeout=30,
            data=f"csrf={csrf}&{text}" if "csrf" not in text else text,
            headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code < 500, (text, answer.text)
        if answer.headers.get("Location", "").startswith("/admin/login"):
            who = Person(stack, "admin")
            csrf = who.csrf()
    assert alive(stack)


@pytest.mark.parametrize("method, path", DOORS)
def test_a_body_of_any_shape_is_answered(stack, method, path):
    url = "/v1" + filled(path, things(stack))
    bodies = list(VALUES)
    for value in VALUES:
        bodies.append(dict.fromkeys(MEMBERS, value))
        bodies += [{"request": value}, {"request": dict.fromkeys(MEMBERS, value)},
                   [{"user_id": value, "name": value}]]
    for body in bodies:
        answer = stack.call(method, url, key="admin", json=body, timeout=30)
        assert answer.status_code < 500, (body, answer.text)
    assert alive(stack)


@pytest.mark.parametrize("member", MEMBERS + ["expId", "createdBy"])
def test_a_definition_with_one_member_of_any_shape_is_answered(stack, member):
    exp = running(stack, "b")
    for value in VALUES:
        for method, path in [("POST", "create"), ("PATCH", exp), ("POST", "preview")]:
            answer = stack.call(method, f"/v1/experiment/{path}", key="admin", timeout=30,
                                json={"request": {"expId": new_id("e")[:40], member: value}})
            assert answer.status_code < 500, (method, path, value, answer.text)
    assert alive(stack)


# Pages name a place by its label, which leads to the field.
WRONG = [("request.alternatives=x", "a0-name", "Alternatives", "must be a list of rows"),
         ("request.goals=x", "g0-name", "Goals", "must be a list of rows"),
         ("request.alternatives.0=x", "a0-name", "Alternatives, row 1", "must be a row of fields"),
         ("criteria=x", "type", "Audience", "must have fields"),
         ("criteria.user=x", "type", "Audience", "must be a list of rows"),
         ("criteria.device.a=x", "type", "Audience", "must be a list of rows"),
         ("request.layer=x", "layer", "Layer", "must have fields"),
         ("request.plan.0=x", "baseline", "Plan", "must have fields"),
         ("request.goals.0.name.a=x", "g0-name", "Goals, row 1", "must be one value")]


def told(page, field, label, detail):
    """Whether a page that refuses a form names the place and leads to it."""
    return f'<li><a href="#{field}">{label}</a>: {detail}</li>' in page and f'id="{field}"' in page


@pytest.mark.parametrize("text, field, label, detail", WRONG)
def test_a_part_of_another_shape_is_refused_by_its_place(stack, text, field, label, detail):
    who, exp = Person(stack, "editor"), new_id("e")[:40]
    name, _, value = text.partition("=")
    answer = who.post("/admin/experiments", **{
        "request.expId": exp, "request.name": "n", "request.description": "d",
        "request.data.startDate": "2099-01-01", "request.data.client": "c",
        "request.data.key": "k", name: value})
    assert answer.status_code == 422 and told(answer.text, field, label, detail), answer.text
    assert stack.sql("select from experiment where id = %s", exp) == []


@pytest.mark.parametrize("text, field, label, detail", [
    ("groups=x", "g0-name", "Groups", "must be a list of rows"),
    ("rules.a=x", "r0-group", "Rules", "must be a list of rows"),
    ("groups.0=x", "g0-name", "Groups, row 1", "must be a row of fields"),
    ("rules.0.what.0=x", "r0-group", "Rules, row 1", "must be one value")])
def test_a_part_of_a_segmentation_of_another_shape_is_refused(stack, text, field, label, detail):
    who, seg = Person(stack, "editor"), new_id("s")[:40]
    name, _, value = text.partition("=")
    answer = who.post("/admin/segmentations", **{
        "id": seg, "name": "n", "type": "rule", name: value})
    assert answer.status_code == 422 and told(answer.text, field, label, detail), answer.text
    assert stack.call("GET", f"/v1/segmentation/{seg}").status_code == 404


DEFINING = [
    ("/admin/goals", {"name": "{}"}), ("/admin/layers", {"id": "{}", "unit": "user"}),
    ("/admin/segmentations", {"id": "{}", "name": "n", "type": "manual", "groups.0.name": "a"}),
    ("/admin/experiments", {"request.expId": "{}", "request.name": "n",
                            "request.description": "d", "request.data.startDate": "2099-01-01",
                            "request.data.client": "c", "request.data.key": "k"})]


@pytest.mark.parametrize("path, fields", DEFINING)
@pytest.mark.parametrize("key", ["one", ""])
def test_a_form_with_an_idempotency_key_is_stored(stack, path, fields, key):
    who, new = Person(stack, "editor"), new_id("i")[:40]
    answer = who.post(path, headers={"Idempotency-Key": key},
                      **{name: value.format(new) for name, value in fields.items()})
    assert answer.status_code == 303, answer.text
    assert alive(stack)


@pytest.mark.parametrize("path, fields", DEFINING, ids=lambda v: v if isinstance(v, str) else "")
def test_a_form_with_what_cannot_be_an_idempotency_key_is_refused(stack, path, fields):
    who, new = Person(stack, "editor"), new_id("i")[:40]
    sent = {name: value.format(new) for name, value in fields.items()}
    answer = who.post(path, headers={"Idempotency-Key": "x" * 200}, **sent)
    assert answer.status_code == 400 and "Idempotency-Key" in answer.text
    assert who.post(path, **sent).status_code == 303
