# SPDX-License-Identifier: GPL-3.0-or-later
"""A reference implementation of criteria, from the documented rules alone: a field has the
values at its path, through any lists on the way; null is no value."""

import datetime
import decimal
import re

FOLD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?:(:\d\d)(?:[.,:](\d+))?)?"
                     r"( ?(?:[Zz]|[+-]\d\d(?::?\d\d)?))?")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAY = 86400 * 1000


def found(value, names):
    """The values at a path. Lists are transparent; a key may contain dots."""
    if isinstance(value, list):
        if not value and not names:
            yield value
        for item in value:
            yield from found(item, names)
    elif not names:
        yield value
    elif isinstance(value, dict):
        for n in range(1, len(names) + 1):
            key = ".".join(names[:n])
            if key in value:
                yield from found(value[key], names[n:])


def leaves(value):
    """The values and empty things in a value; nulls are not among them."""
    inside = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return [] if value is None else [value]
    return [leaf for item in inside for leaf in leaves(item)] if value else [value]


class Field:
    """The values that a profile has at a path."""

    def __init__(self, profile, name):
        nodes = list(found(profile, name.split(".")))
        self.null = not any(leaves(node) for node in nodes)
        self.values = [n for n in nodes if isinstance(n, (str, int, float))]
        inner = any(isinstance(n, dict) and n and leaves(n) for n in nodes)
        self.empty = not inner and all(v == "" and isinstance(v, str) for v in self.values)

    def has(self, wanted):
        return any(same(v, w) for v in self.values for w in wanted)


def same(a, b):
    if isinstance(a, str) and isinstance(b, str):
        return a.translate(FOLD) == b.translate(FOLD)
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return not isinstance(a, str) and not isinstance(b, str) and a == b


def instant(text):
    """Milliseconds of a day or date-time and whether it is a day; None for anything else."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            at = datetime.datetime.strptime(text + "+0000", "%Y-%m-%d%z")
            return (at - EPOCH) // datetime.timedelta(milliseconds=1), True
        match = INSTANT.fullmatch(text)
        if match is None:
            return None
        day, minute, second, fraction, zone = match.groups()
        zone = (zone or "Z").strip().upper().replace("Z", "+00:00").replace(":", "")
        at = datetime.datetime.strptime(f"{day}T{minute}{second or ':00'}{(zone + '00')[:5]}",
                                        "%Y-%m-%dT%H:%M:%S%z")
        ms = int(((fraction or "") + "000")[:3])
        return (at - EPOCH) // datetime.timedelta(milliseconds=1) + ms, False
    except ValueError:
        return None


def number(value):
    """A number, or a text that JSON would write as one, exactly; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, str) and not (len(value) <= 200 and NUMBER.fullmatch(value)):
        return None
    return decimal.Decimal(repr(value) if isinstance(value, float) else value)


def moment(value):
    """Milliseconds since 1970 of a date, or of a number large enough to be one."""
    at = instant(value) if isinstance(value, str) else None
    n = number(value)
    if at is not None or n is None:
        return None if at is None else at[0]
    if 10 ** 9 <= n < 10 ** 11:
        return int(n * 1000)
    return int(n) if 10 ** 11 <= n < 253402300800000 else None


def key(value, bound):
    """A value as something that can be compared with bound; None when it cannot."""
    if isinstance(bound, str) and instant(bound) is not None:
        return moment(value)
    if number(bound) is not None:
        return number(value)
    return value.translate(FOLD).encode() if isinstance(value, str) else None


COMPARE = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
           ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def passes(value, op, bound):
    """Whether a value passes one comparison. What is up to a day, or after one, goes by the
    whole day."""
    a, b = key(value, bound), key(bound, bound)
    if isinstance(bound, str) and instant(bound) and instant(bound)[1] and op in ("<=", ">"):
        op, b = {"<=": "<", ">": ">="}[op], b + DAY
    return a is not None and COMPARE[op](a, b)


def user_holds(field, condition):
    if isinstance(condition, list):
        return field.has(condition)
    if not isinstance(condition, dict):
        return field.has([condition])
    if "startsWith" in condition:
        start = condition["startsWith"].translate(FOLD)
        return any(isinstance(v, str) and v.translate(FOLD).startswith(start)
                   for v in field.values)
    return any(all(passes(v, op, b) for op, b in condition.items()) for v in field.values)


def in_range(value, start, end):
    """Numbers with both ends; dates from the first instant up to the start of the end."""
    if isinstance(start, str) and instant(start):
        a = key(value, start)
        return a is not None and key(start, start) <= a < key(end, end)
    return passes(value, ">=", start) and passes(value, "<=", end)


def device_holds(field, operator, value):
    return {
        "EQ": lambda: field.has([value]),
        "NE": lambda: not field.null and not field.has([value]),
        "IN": lambda: field.has(value),
        "NIN": lambda: not field.has(value),
        "ISNULL": lambda: field.null,
        "ISNOTNULL": lambda: not field.null,
        "ISEMPTY": lambda: field.empty,
        "ISNOTEMPTY": lambda: not field.empty,
        "LT": lambda: any(passes(v, "<", value) for v in field.values),
        "GT": lambda: any(passes(v, ">", value) for v in field.values),
        "RANGE": lambda: any(in_range(v, value["start"], value["end"]) for v in field.values),
    }[operator]()


def holds(criteria, profile):
    """Whether a profile matches."""
    if criteria["type"].startswith("user"):
        return all(user_holds(Field(profile, name), condition)
                   for name, condition in criteria["filters"].items())
    return all(device_holds(Field(profile, f["name"]), f["operator"], f.get("value"))
               for f in criteria["filters"])


def comparisons(criteria):
    """The field and a bound of each condition that compares."""
    if criteria["type"].startswith("user"):
        return [(name, next(iter(c.values()))) for name, c in criteria["filters"].items()
                if isinstance(c, dict) and "startsWith" not in c]
    return [(f["name"], f["value"]["start"] if f["operator"] == "RANGE" else f["value"])
            for f in criteria["filters"] if f["operator"] in ("LT", "GT", "RANGE")]


def uncompared(criteria):
    """The criteria without those conditions."""
    names = {name for name, bound in comparisons(criteria) if of_value(bound)}
    filters = criteria["filters"]
    if criteria["type"].startswith("user"):
        return {**criteria, "filters": {n: c for n, c in filters.items() if n not in names}}
    return {**criteria, "filters": [
        f for f in filters if f["operator"] not in ("LT", "GT", "RANGE") or not of_value(
            f["value"]["start"] if f["operator"] == "RANGE" else f["value"])]}


def of_value(bound):
    """Whether a bound is a number or a date."""
    return number(bound) is not None or (isinstance(bound, str) and instant(bound) is not None)


def unreadable(criteria, profiles):
    """[{field, values}]: how many different non-empty values cannot be compared, of profiles that
    meet the other conditions."""
    others = uncompared(criteria)
    counts = {}
    for name, bound in comparisons(criteria):
        if not of_value(bound):
            continue
        n = sum(len({(isinstance(v, bool), v.translate(FOLD) if isinstance(v, str) else v)
                     for v in Field(p, name).values if v != "" and key(v, bound) is None})
                for p in profiles if holds(others, p))
        counts[name] = max(n, counts.get(name, 0))
    return [{"field": f, "values": n} for f, n in sorted(counts.items()) if n]
