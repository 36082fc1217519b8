# SPDX-License-Identifier: GPL-3.0-or-later
"""A reference implementation of rules, from their documentation alone."""

from criteria_model import Field, passes, user_holds

ORDER = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def attribute_holds(field, op, value):
    """A missing value is false, whatever the test but exists: false."""
    if op == "exists":
        return field.null != value
    if field.null:
        return False
    if op in ORDER:
        return any(passes(v, ORDER[op], value) for v in field.values)
    if op == "starts_with":
        return user_holds(field, {"startsWith": value})
    wanted = value if isinstance(value, list) else [value]
    return field.has(wanted) == (op in ("eq", "in"))


def name_holds(names, op, value):
    """Names of groups are compared byte by byte."""
    if op == "exists":
        return bool(names) == value
    if not names:
        return False
    if op == "starts_with":
        return any(n.startswith(value) for n in names)
    wanted = value if isinstance(value, list) else [value]
    return any(n in wanted for n in names) == (op in ("eq", "in"))


class Person:
    """The facts about a user: profile, {(scope, key): value}, {id: names of groups}, {id:
    alternative}."""

    def __init__(self, profile, tags, groups, alternatives):
        self.profile, self.tags = profile, tags
        self.groups, self.alternatives = groups, alternatives

    def holds(self, rule):
        (word, part), = rule.items()
        if word == "all":
            return all(self.holds(r) for r in part)
        if word == "any":
            return any(self.holds(r) for r in part)
        if word == "not":
            return not self.holds(part)
        term = dict(part)
        if word == "attribute":
            field = Field(self.profile, term.pop("path"))
        elif word == "tag":
            place = term.pop("scope"), term.pop("key")
            field = Field({"v": self.tags[place]} if place in self.tags else {}, "v")
        elif word == "group":
            names = self.groups.get(term.pop("segmentation"), [])
        elif word == "alternative":
            names = self.alternatives.get(term.pop("experiment"), [])
        else:
            names = ["user"]
        (op, value), = term.items()
        if word in ("attribute", "tag"):
            return attribute_holds(field, op, value)
        return name_holds(names, op, value)
