# SPDX-License-Identifier: GPL-3.0-or-later
"""Random rules on random users must give what the reference implementation gives, which was written
from the documentation. SEED=n repeats a run."""

import os
import random

import pytest

from enrols import put, running
from lookups import a_second_later, new_id
from rule_model import Person
from segmentations import make, name_of, place
from test_preview import bound, field, plain, profile, scalar, text, value_of

# One web server is enough: the database decides, whoever asks.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

SEED = int(os.environ.get("RULES_SEED", "20261122"))
PEOPLE, RULES = 60, 60
SCOPES, KEYS = ["global", "course:x"], ["quiz.grade", "Quiz.Grade", "x"]
GROUPS = ["one", "One", "two"]


def term(r, segs, exp):
    """A term with one test; names have no order."""
    kind = r.choice(["attribute", "attribute", "tag", "group", "alternative", "kind"])
    subject = {
        "attribute": lambda: {"path": field(r)},
        "tag": lambda: {"scope": r.choice(SCOPES), "key": r.choice(KEYS)},
        "group": lambda: {"segmentation": r.choice(segs)},
        "alternative": lambda: {"experiment": exp},
        "kind": dict,
    }[kind]()
    names = kind not in ("attribute", "tag")
    op = r.choice(["eq", "ne", "in", "nin", "exists", "starts_with"]
                  + ([] if names else ["lt", "lte", "gt", "gte"]))
    pick = {"kind": lambda: r.choice(["user", "device", "User"]),
            "group": lambda: r.choice(GROUPS),
            "alternative": lambda: r.choice(["control", "B"])}.get(kind, lambda: scalar(r))
    if op in ("eq", "ne"):
        value = pick()
    elif op in ("in", "nin"):
        value = [pick() for _ in range(r.randint(1, 3))]
    elif op == "exists":
        value = r.random() < 0.5
    elif op == "starts_with":
        value = r.choice(["o", "O", "tw", "con", "us"] if names else
                         ["s", "SUN", "2019-02", "1", "ä", "long" * 40])
    else:
        value = bound(r)
        value = value if value != "" else "x"
    return {kind: dict(subject, **{op: value})}


def rule(r, segs, exp, depth=4):
    shape = r.choice(["all", "any", "not", "term", "term"]) if depth > 1 else "term"
    if shape == "term":
        return term(r, segs, exp)
    if shape == "not":
        return {"not": rule(r, segs, exp, depth - 1)}
    return {shape: [rule(r, segs, exp, depth - 1) for _ in range(r.randint(1, 3))]}


def put_json(stack, path, value):
    answer = stack.call("PUT", path, data=text(value).encode(),
                        headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 201), answer.text


def somebody_random(stack, r, segs, exp):
    """A user with a random profile, tags, groups and alternative; the id and the person."""
    user, attributes, tags, groups, alternatives = new_id("u"), profile(r), {}, {}, {}
    put_json(stack, f"/v1/user/{user}/profile", attributes)
    for scope in SCOPES:
        for key in KEYS:
            value = value_of(r, 2)
            if r.random() < 0.4 and value is not None:
                tags[scope, key] = plain(value)
                put_json(stack, f"/v1/user/{user}/tag/{scope}/{key}", {"value": value})
    for n, seg in enumerate(segs):
        for name in r.sample(GROUPS, r.choice([0, 1] if n else [0, 1, 2])):
            place(stack, seg, user, name)
            groups.setdefault(seg, []).append(name)
    if r.random() < 0.6:
        alternatives[exp] = [r.choice(["control", "B"])]
        put(stack, exp, user, alternatives[exp][0])
    return user, Person(plain(attributes), tags, groups, alternatives)


def test_rules_give_what_the_plain_evaluator_gives(stack):
    print(f"RULES_SEED={SEED}")
    r = random.Random(SEED)
    segs = [make(stack, "manual", GROUPS, overlap=n == 0) for n in range(2)]
    exp = running(stack, "B")
    rules = [rule(r, segs, exp) for _ in range(RULES)]
    computed = []
    for one in rules:
        body = {"id": new_id("seg")[:40], "type": "rule", "name": "n",
                "groups": [{"name": "yes", "rule": one}]}
        answer = stack.call("POST", "/v1/segmentation", key="admin", data=text(body).encode(),
                            headers={"Content-Type": "application/json"})
        assert answer.status_code == 201, (one, answer.text)
        computed.append(body["id"])
    people = [somebody_random(stack, r, segs, exp) for _ in range(PEOPLE)]
    a_second_later()
    counts = [0, 0]
    for seg, one in zip(computed, rules):
        for user, person in r.sample(people, 12):
            expected = person.holds(plain(one))
            counts[expected] += 1
            got = name_of(stack, seg, user) == "yes"
            assert got == expected, (SEED, user, text(one), vars(person))
    assert min(counts) > RULES, "the rules hold for nearly all, or for nearly nobody"
