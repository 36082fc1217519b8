# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies that are right or nearly so, by route: what random ones hardly ever are, so that requests
come behind the checks of their shape."""

import datetime
import json
import urllib.parse

# What exists on the stack (the runner makes it), and what does not. Experiments and segmentations
# have their ids from one space.
NAMES = [f"h-{n}" for n in range(8)]
EXPERIMENTS = [f"e-{n}" for n in range(4)]
STAMP = "2026-01-01T00:00:00.000Z"


def fresh(dice):
    return f"n-{dice.randrange(10**6)}"


def names(dice):
    return dice.choice(NAMES[:5] + [fresh(dice)])


def experiments(dice):
    return dice.choice(EXPERIMENTS + EXPERIMENTS + [fresh(dice)])


def new(dice):
    """The id of what is to be made."""
    return fresh(dice) if dice.random() < 0.4 else names(dice)


def subject(dice):
    return {dice.choice(["user_id", "device_id", "session_id"]): names(dice)}


def day(offset=0, form="%Y-%m-%d"):
    return (datetime.datetime.utcnow() + datetime.timedelta(days=offset)).strftime(form)


def rule(dice, depth=0):
    """A rule over everything that rules can ask for."""
    test = dice.choice(["eq", "ne", "in", "lt", "gte", "starts_with", "exists"])
    value = {"in": ["h-1", 5], "lt": 7, "gte": 5, "exists": True}.get(test, "h-1")
    leaf = dice.choice([
        {"attribute": {"path": "age", test: value}}, {"kind": {"eq": "user"}},
        {"tag": {"scope": "global", "key": "x", test: value}},
        {"group": {"segmentation": names(dice), "eq": "h-1"}},
        {"alternative": {"experiment": experiments(dice), "in": ["h-1", "control"]}}])
    if depth > 2 or dice.random() < 0.6:
        return leaf
    return dice.choice([lambda: {"not": rule(dice, depth + 1)},
                        lambda: {"all": [rule(dice, depth + 1) for _ in range(2)]},
                        lambda: {"any": [rule(dice, depth + 1), leaf]}])()


# Criteria that rows of the directory are counted by.
COUNTED = [
    lambda d: {"type": "user", "filters": {"age": d.choice([5, [5, "x"], {">=": 5}]), "x": "h-1"}},
    lambda d: {"type": "device", "filters": [
        {"name": "state", "operator": "IN", "value": ["a", "b"]},
        {"name": "first_access", "operator": "RANGE", "value": {"start": STAMP, "end": STAMP}}]}]


def criteria(dice):
    return dice.choice([
        lambda d: None, lambda d: {"type": "rule", "filters": rule(d)},
        lambda d: {"type": "user", "filters": {f"group:{names(d)}": "h-1", "tag:global:x": "1"}},
        *COUNTED])(dice)


def alternatives(dice):
    return [{"name": name, "weight": dice.choice([1, 2, 0.5]), "payload": {"a": [1]}}
            for name in ["control", "h-1", "h-2"][:dice.randint(1, 3)]]


def experiment(dice):
    full = {"expId": experiments(dice), "name": "n", "createdBy": "h", "description": "d\nd",
            "criteria": criteria(dice),
            "data": {"startDate": day(), "endDate": dice.choice([None, day(9)]), "key": "k",
                     "client": "c", "url": "/x"},
            "alternatives": alternatives(dice), "default": "control", "traffic": 50,
            "goals": dice.choice([[], ["h-1"], [{"name": "h-2", "test": "mwu"}]]),
            "layer": dice.choice([None, "h-1", {"id": "h-1", "size": 3},
                                  {"id": "h-2", "slots": [[dice.randint(0, 99), 120]]}]),
            "plan": dice.choice([None, {"baseline": 0.1, "effect": 0.01, "alpha": 0.05,
                                        "power": 0.8}])}
    kept = dice.sample(sorted(full), dice.randint(3, len(full)))
    return {"request": {n: full[n] for n in full if n in kept or n in (
        "expId", "name", "createdBy", "data", "criteria", "description")}}


def changes(dice):
    full = experiment(dice)["request"]
    del full["expId"]
    return {"request": {n: full[n] for n in dice.sample(sorted(full), dice.randint(1, 3))}}


def segmentation(dice):
    kind = dice.choice(["random", "manual", "rule"])
    groups = [dict({"name": name}, **({"rule": rule(dice)} if kind == "rule" else {}))
              for name in ("h-1", "h-2", "h-3")[:dice.randint(1, 3)]]
    return {"id": new(dice), "type": kind, "name": "n", "groups": groups, "context": "global",
            "parameters": {"a": 1}, "overlap": kind == "manual" and dice.random() < 0.5}


def view(dice):
    return dict(subject(dice), name="page", timestamp=day(0, "%Y-%m-%dT%H:%M:%S.000Z"), url="/x",
                referrer="/y")


JSON = {
    "POST /page": lambda d: d.choice([view(d), [view(d) for _ in range(d.randint(1, 9))]]),
    "PUT /user/:id/profile": lambda d: {"age": d.choice([5, "5"]), "email": "a@b.example",
                                    "plan": ["x", {"deep": [1, 2]}], "x": {"y": STAMP}},
    "POST /users": lambda d: [{"user_id": names(d), "age": 4} for _ in range(d.randint(1, 9))],
    "PUT /user/:id/tag/:scope/:key": lambda d: {"value": d.choice([1, "x", None, [1], {"a": 1}])},
    "PUT /user/:id/tags": lambda d: {"h-1": 1, "h-2": "x"},
    "POST /experiment/create": experiment,
    "POST /experiment/preview": lambda d: {"criteria": d.choice(COUNTED)(d)},
    "PATCH /experiment/:id": changes,
    "POST /experiment/:id/state": lambda d: {"state": d.choice(["default", "enabled", "track"]),
                                        "default": d.choice(["control", "h-1"])},
    "POST /device/register/:did": lambda d: {"request": {
        "producer": "a.c", "ext": {"userid": names(d)}, "fcmToken": "t",
        "dspec": {"os": "x"}, "userDeclaredLocation": {"state": "s"}, "first_access": STAMP}},
    "POST /experiment/:id/enroll": lambda d: dict(subject(d), alternatives=d.choice(
        [["h-1", "h-2"], {"h-1": 3, "h-2": 1}]), attributes={"age": 5}),
    "POST /enroll": lambda d: dict(subject(d), attributes={"age": 5}, experiments=[experiments(d)]),
    "PUT /experiment/:id/alternative": lambda d: dict(subject(d), alternative="h-1"),
    "POST /layer": lambda d: {"id": new(d), "unit": d.choice(["user", "device", "session"])},
    "PUT /layer/:id/experiment/:exp": lambda d: d.choice([{"size": 3}, {"slots": [[7, 9]]}]),
    "POST /segmentation": segmentation,
    "PATCH /segmentation/:id": lambda d: {"groups": segmentation(d)["groups"]},
    "PUT /segmentation/:id/member/:user_id": lambda d: {"group": "h-1"},
    "POST /goal": lambda d: {"name": new(d), "test": "chi2", "page": "page", "description": "d"},
    "POST /goal/:name": lambda d: dict(subject(d), count=d.choice([1, 2.0]), event_id=names(d)),
    "PATCH /goal/:name": lambda d: {"test": "mwu", "page": "other"},
    "POST /visit": subject, "POST /confirm_human": lambda d: {"session_id": names(d)},
    "POST /user/:id/incorporate": lambda d: {"session_id": names(d)},
    "POST /ofrep/v1/evaluate/flags": lambda d: {"context": {"targetingKey": names(d), "age": 5}},
}

JSON["POST /ofrep/v1/evaluate/flags/:key"] = JSON["POST /ofrep/v1/evaluate/flags"]

FORMS = {
    "/admin/experiments": lambda d: {
        "request.expId": experiments(d), "request.name": "n", "request.description": "d",
        "request.data.startDate": day(), "request.data.client": "c", "request.data.key": "k",
        "request.traffic": "50", "request.alternatives.0.name": "control",
        "request.alternatives.1.name": "h-1", "request.alternatives.1.payload": '{"a": 1}',
        "request.goals.0.name": "h-1", "criteria.user.0.field": "age",
        "criteria.user.0.operator": d.choice([">=", "startsWith"]), "criteria.user.0.value": "5",
        "request.layer.id": d.choice(["", "h-1"]), "request.layer.size": "2",
        "criteria.type": "user", "do": d.choice(["save", "count"])},
    "/admin/experiment/:id/state": lambda d: {"state": d.choice(["enabled", "track"])},
    "/admin/experiment/:id/end": lambda d: {"default": "control"},
    "/admin/goals": lambda d: {"name": new(d), "test": "mwu", "page": "p"},
    "/admin/goal/:name": lambda d: {"test": "chi2", "description": "d"},
    "/admin/layers": lambda d: {"id": new(d), "unit": "user"},
    "/admin/layer/:id": lambda d: {"experiment": experiments(d), "size:number": "2"},
    "/admin/segmentations": lambda d: {
        "id": new(d), "name": "n", "groups.0.name": "h-1", "context": "global", "active": "on",
        **d.choice([{"type": "manual", "groups.1.name": "h-2"}, {"type": "random"}, {
            "type": "rule", "rules.0.of": "tag", "rules.0.what": "course:x:g",
            "rules.0.test": "gte", "rules.0.value": "5", "rules.0.group": "h-1"}])},
    "/admin/segmentation/:id/members": lambda d: {
        "user_id": names(d), "group": "h-1", "do": d.choice(["put", "drop"])},
    "/admin/keys": lambda d: {"class": d.choice(["client", "server"]), "name": "h"},
    "/admin/person/erase": lambda d: {"confirm": names(d)},
    "/admin/accounts": lambda d: {"name": f"p{d.randrange(10**6)}@example.org", "role": "viewer"},
}

# Changes are the same forms without the id.
for changing, holder, own in (
        ("/admin/experiment/:id/change", "/admin/experiments", "request.expId"),
        ("/admin/segmentation/:id/change", "/admin/segmentations", "id")):
    FORMS[changing] = lambda d, holder=holder, own=own: {
        name: value for name, value in FORMS[holder](d).items() if name != own}

# Words of a query without which a route does nothing.
QUERIES = {"/user/:id/tags": "scope=global", "/user/:id/tag": "scope=global",
           "/plan": "baseline=0.1&effect=0.02", "/segmentation/:id/group": "user_id=h-1",
           "/experiment/:id/explain": "user_id=h-1", "/admin/person/erase": "user_id=h-1",
           "/goal/:name.png": "user_id=h-1", "/experiment/:id/alternative": "user_id=h-1"}


def places(node, found):
    """(holder, key) of every value below node."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        found.append((node, key))
        if isinstance(value, (dict, list)):
            places(value, found)
    return found


def body(route, dice, value):
    """A sample for the route ("POST /goal") with up to three faults, as (content type, bytes); None
    when the route has none. value() gives any JSON text."""
    if route not in JSON:
        return None
    fragments = {}
    sample = JSON[route](dice)
    for n in range(dice.choice([0, 0, 0, 1, 1, 2, 3])):
        found = places(sample, [])
        if not found:
            break
        holder, key = dice.choice(found)
        draw = dice.random()
        if draw < 0.2:
            del holder[key]
        elif draw < 0.35 and isinstance(holder, dict):
            holder["h-odd"] = holder[key]
        elif draw < 0.5:
            other, there = dice.choice(found)
            holder[key] = json.loads(json.dumps(other[there]))
        else:
            holder[key] = f"fragment-{n}"
            fragments[f'"fragment-{n}"'] = value()
    text = json.dumps(sample)
    for mark, fragment in fragments.items():
        text = text.replace(mark, fragment)
    return "application/json", text.encode("utf-8", "surrogatepass")


def form(path, dice, word):
    """The fields of a form that is right, or has up to two faults; None when there is none."""
    if path not in FORMS:
        return None
    fields = FORMS[path](dice)
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        name = dice.choice(sorted(fields))
        fields[name] = word()
    return list(fields.items())


def encoded(fields):
    return "application/x-www-form-urlencoded", \
        urllib.parse.urlencode(fields, errors="surrogatepass").encode()
