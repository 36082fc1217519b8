# SPDX-License-Identifier: GPL-3.0-or-later
"""Previews evaluate criteria in the database. Random filters over random profiles must match
what the reference implementation matches, which was written from the documentation."""

import json
import random
import string

import pytest

from lookups import a_second_later, define, new_id
from mapping import members
from criteria_model import holds, unreadable

# One web server is enough: the database decides, whoever asks.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

SEED = 20261121
PROFILES, FILTERS = 300, 440

WORDS = ["sunbird", "SunBird", "SUN", "x", "", " ", "Ä", "ä", "é", "😀", "a=b", "12", "true", "null",
         "' ; --", "%s", "{{x}}", "2019-02-10", "2019-02-30", "soon", "long" * 60, "LONG" * 60,
         "long" * 60 + "x", "l" * 199 + "é" + "y"]
DATES = ["2019-02-09", "2019-02-10", "2019-02-20", "2019-02-21", "2019-02-10T00:00:00Z",
         "2019-02-09T23:59:59.999Z", "2019-02-10T01:00:00+01:00", "2019-02-20T00:00:00.000Z",
         "2019-02-19T23:59:59.9999Z", "1969-12-31", "9999-12-31"]
NUMBERS = ["12", "12.0", "1.2e1", "-0", "0", "0.0", "1e3", "1000", "0.1", "-7", "1e17",
           "100000000000000000", "9007199254740993", "9007199254740992", "-1e-300", "1e300", "0.3"]
NAMES = ["a", "ab", "a b", "A", "b", "é", "a=b", "c#d", "e!", "x.y", "1"]


class Number(float):
    """A number that is written as it was chosen: 12, 12.0 and 1.2e1 are one."""

    def __new__(cls, text):
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __repr__(self):
        return self.text


def plain(value):
    """A value as JSON reads it."""
    if isinstance(value, Number):
        return json.loads(value.text)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def text(value):
    """JSON with numbers as they were chosen."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(v) for v in value) + "]"
    return json.dumps(value)


def scalar(r):
    return r.choice([r.choice(WORDS), r.choice(DATES), Number(r.choice(NUMBERS)), True, False])


def value_of(r, depth):
    kind = r.random()
    if kind < 0.5 or depth == 0:
        return scalar(r)
    if kind < 0.6:
        return r.choice([None, [], {}, "", [[]], [None], [""], [{}], {"b": None}])
    if kind < 0.8:
        return [value_of(r, depth - 1) for _ in range(r.randint(1, 3))]
    return {name: value_of(r, depth - 1) for name in r.sample(NAMES, r.randint(1, 3))}


def profile(r):
    return {name: value_of(r, 3) for name in r.sample(NAMES, r.randint(1, 6))}


def field(r):
    return ".".join(r.choice(NAMES) for _ in range(r.choice([1, 1, 1, 2, 2, 3])))


def bound(r):
    return r.choice([Number(r.choice(NUMBERS)), r.choice(DATES), r.choice(WORDS[:10])])


def span(r):
    """Two bounds of one type, in order."""
    if r.random() < 0.5:
        low, high = sorted(r.choices(NUMBERS, k=2), key=float)
        return Number(low), Number(high)
    return tuple(sorted(r.choices(["2019-02-09", "2019-02-10", "2019-02-20", "2019-02-21",
                                   "2019-02-20T00:00:00.001Z"], k=2)))


def user_condition(r):
    kind = r.randrange(5)
    if kind == 0:
        return scalar(r)
    if kind == 1:
        return [scalar(r) for _ in range(r.randint(1, 4))]
    if kind == 2:
        return {"startsWith": r.choice(["s", "SUN", "ä", "lo", "2019-02", "1", "😀", "a=",
                                        "long" * 50])}
    if kind == 3:
        return {r.choice(["<", "<=", ">", ">="]): bound(r)}
    low, high = span(r)
    return {r.choice([">", ">="]): low, r.choice(["<", "<="]): high}


OPERATORS = ["EQ", "NE", "IN", "NIN", "ISNULL", "ISNOTNULL", "ISEMPTY", "ISNOTEMPTY", "RANGE", "LT",
             "GT"]


def device_filter(r, operator):
    out = {"name": field(r), "operator": operator}
    if operator in ("EQ", "NE"):
        out["value"] = scalar(r)
    elif operator in ("IN", "NIN"):
        out["value"] = [scalar(r) for _ in range(r.randint(1, 4))]
    elif operator in ("LT", "GT"):
        out["value"] = bound(r)
    elif operator == "RANGE":
        out["value"] = dict(zip(("start", "end"), span(r)))
    return out


def criteria(r, i):
    """Every operator in turn; now and then more than one condition."""
    many = r.choice([1, 1, 1, 2])
    if i % 2 == 0:
        return {"type": "user", "filters": {field(r): user_condition(r) for _ in range(many)}}
    operators = [OPERATORS[(i // 2 + k) % len(OPERATORS)] for k in range(many)]
    return {"type": "device_mod", "filters": [device_filter(r, o) for o in operators]}


def preview(stack, body, status=200):
    answer = stack.call("POST", "/v1/experiment/preview", key="admin", data=text(body).encode(),
                        headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    return answer.json()


def store_users(stack, entries):
    lines = "\n".join(text({"user_id": i, **a}) for i, a in entries.items())
    answer = stack.call("POST", "/v1/users", data=lines.encode(),
                        headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200 and answer.json()["errors"] == [], answer.text


@pytest.fixture(scope="module")
def population(stack):
    """Random profiles, in parts of ten, each as a user and, with the terms that the program made of
    it, as a device."""
    r = random.Random(SEED)
    mark = new_id("p")
    entries = {f"{mark}-{i:04}": {**profile(r), "mark": mark, "part": f"{i // 10}"}
               for i in range(PROFILES)}
    store_users(stack, entries)
    stack.sql("insert into profile (subject_id, attributes, terms, changed_at)"
              " select 'd' || substr(subject_id, 2), attributes, terms, changed_at from profile"
              " where subject_id like %s", f"u:{mark}-%")
    return mark, {i: plain(a) for i, a in entries.items()}


def among(c, **others):
    """The criteria, for profiles that have these attributes besides."""
    if c["type"] == "user":
        return {**c, "filters": {**c["filters"], **others}}
    return {**c, "filters": c["filters"] + [
        {"name": n, "operator": "EQ", "value": v} for n, v in others.items()]}


def test_random_filters_select_just_whom_the_rules_select(stack, population):
    """All that a filter matches are counted, and in a part of ten each is seen by its id."""
    print(f"seed {SEED}")
    r = random.Random(SEED + 1)
    mark, profiles = population
    telling = 0
    for i in range(FILTERS):
        c = criteria(r, i)
        expected = [p for p, a in sorted(profiles.items()) if holds(plain(c), a)]
        result = preview(stack, {"criteria": among(c, mark=mark)})["result"]
        unread = unreadable(plain(among(c, mark=mark)),
                            [{**a, "mark": mark} for a in profiles.values()])
        assert result == {"matched": len(expected), "sample": expected[:10],
                          **({"unreadable": unread} if unread else {})}, text(c)
        part = profiles[r.choice(expected or list(profiles))]["part"]
        result = preview(stack, {"criteria": among(c, mark=mark, part=part)})["result"]
        assert result["sample"] == [p for p in expected if profiles[p]["part"] == part], text(c)
        telling += 0 < len(expected) < len(profiles)
    assert telling > FILTERS / 3, "most filters select nobody or everybody: this tested little"


def test_a_profile_that_is_written_is_decided_as_the_rules_say(stack, population):
    """The mapping decides in the database, a write in the program: both as the rules."""
    r = random.Random(SEED + 2)
    mark, profiles = population
    chosen = [among(criteria(r, i), mark=mark) for i in range(0, 240, 2)]
    chosen = [c for c in chosen if any(holds(plain(c), a) for a in profiles.values())]
    made = {define(stack, "portal", criteria=plain(c)): plain(c) for c in chosen}
    for exp, c in made.items():
        assert members(stack, exp) == {p for p, a in profiles.items() if holds(c, a)}, c
    a_second_later()
    ids = list(profiles)
    turned = dict(zip(ids, [profiles[i] for i in ids[7:] + ids[:7]]))
    store_users(stack, turned)
    for exp, c in made.items():
        assert members(stack, exp) == {p for p, a in turned.items() if holds(c, a)}, c


def test_a_preview_counts_and_shows_ten_in_order(stack, user):
    store_users(stack, {f"{user}-{i:02}": {"mark": user} for i in range(12)})
    result = preview(stack, {"criteria": {"type": "user", "filters": {"mark": user}}})["result"]
    assert result == {"matched": 12, "sample": [f"{user}-{i:02}" for i in range(10)]}


def test_a_preview_stores_nothing(stack, user):
    before = stack.sql("select count(*), max(nr) from experiment")
    preview(stack, {"request": {"criteria": {"type": "user", "filters": {"mark": user}}}})
    assert stack.sql("select count(*), max(nr) from experiment") == before


@pytest.mark.parametrize("body,place", [
    ({"criteria": {"type": "user", "filters": {"a": []}}}, "/criteria/filters/a"),
    ({"request": {"criteria": {"type": "user", "filters": {"a/b": None}}}},
     "/request/criteria/filters/a~1b"),
    ({"criteria": {"type": "x"}}, "/criteria/type"), ({"criteria": None}, "/criteria/type"),
    ({}, "/criteria/type"), ([], "/criteria/type")], ids=str)
def test_a_preview_of_invalid_criteria_is_refused(stack, body, place):
    answer = preview(stack, body, 400)
    assert list(answer["params"]["errorMsg"]) == [place, "status"]


@pytest.mark.parametrize("name", [c for c in string.punctuation if c not in "."] + ["'; --", "$1"])
def test_hostile_names_and_values_are_only_data(stack, user, name):
    store_users(stack, {user: {name: {name: name}, "mark": user}})
    path = f"{name}.{name}"
    for value, matched in ((name, 1), (name + name, 0)):
        filters = {"mark": user, path: value}
        assert preview(stack, {"criteria": {"type": "user", "filters": filters}})[
            "result"]["matched"] == matched
