# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that nobody should send, over every route of the table: the n-th of a seed is always the
same bytes but for keys and sessions, so that any one can be sent again."""

import json
import random
import re
import urllib.parse

import samples
from rawhttp import request as raw
from samples import EXPERIMENTS, NAMES
from stack import TOP

ODD_TEXTS = ["", " ", "0", "-1", "1", "00", "null", "true", "[]", "{}", "..", "../..", "%", "%zz",
             "a b", "a/b", "'", "\"", "';--", "\\", "\x7f", "\u200b", "\ufeff", "\u00e9", "e\u0301",
             "\U0001f4a9", "\ud800", "\x00", "\x01", "\r\n", "=1+1", "a" * 41, "a" * 129,
             "\u00e9" * 300, "a" * 3000, "u:x", "group:x", "csv", "x.png", "x.csv", "1.csv",
             "2026-02-30", "2026-01-01T00:00:00.000Z", "9999-12-31T23:59:59Z", "1e999", "NaN",
             "9223372036854775808", "18446744073709551616", "control", "global", "course:1",
             "<script>", "{{x}}", "${x}", "%s%n", "a.b.c", "a[0]", "__proto__"]
ODD_NUMBERS = ["0", "-0", "1", "-1", "0.0", "1.0", "1e0", "1e400", "-1e400", "1e-400",
               "9007199254740993", "9223372036854775807", "9223372036854775808",
               "-9223372036854775809", "18446744073709551616", "9" * 400, "0.1", "1E+2"]
MEMBERS = sorted(set(re.findall(r'"([a-zA-Z_]{2,24})"', "\n".join(
    path.read_text() for path in sorted((TOP / "app").glob("**/*.c"))))))
FIELDS = sorted({re.sub("{{[^}]*}}", "0", name) for path in (TOP / "templates").glob("*.html")
                 for name in re.findall(r'name="([^"]+)"', path.read_text())} - {"csrf"})
WORDS = ["user_id", "device_id", "session_id", "after", "limit", "format", "days", "q", "scope",
         "group", "context", "type", "status", "state", "client", "sort", "key", "assign",
         "experiment", "baseline", "effect", "alpha", "power", "token", "to", "all", "account",
         "target", "bom", "signature", "do", "enroll"]
TYPES = ["application/json", "application/x-ndjson", "text/csv", "text/plain", "",
         "application/x-www-form-urlencoded", "application/json; charset=latin1",
         "multipart/form-data; boundary=b", "multipart/form-data", "application/JSON;;", "*/*"]


def routes():
    """(method, path, who, limit) of every row of the table."""
    table = (TOP / "app/handler/routes.def").read_text()
    row = (r'^(?:ROUTE|ENVELOPE|JOINT|OFREP)\("(\w+)", "([^"]+)", (\w+), '
           '(?:QUIET, |AUDIT, )?([^,]+),')
    sizes = {"KIB": 1024, "MIB": 1 << 20}
    return [(m, p, who, eval(limit, sizes)) for m, p, who, limit in  # pylint: disable=eval-used
            re.findall(row, table, re.M)]


class Generator:
    """request(n) gives the n-th request of a seed as (label, who, bytes): who says which keys or
    session the label's route needs, and where in the bytes the runner puts them."""

    def __init__(self, seed):
        self.seed, self.routes = seed, routes()
        self.dice = random.Random(seed)

    def request(self, n, credentials):
        """The n-th request; credentials(who) gives header lines and the csrf token."""
        self.dice = random.Random(f"{self.seed}:{n}")
        dice = self.dice
        method, path, who, limit = self.routes[n % len(self.routes)]
        if who == "KEY_CLIENT" and dice.random() < 0.4:
            who = "KEY_SERVER"  # which may do more there
        lines, csrf = credentials(who if dice.random() < 0.93 else dice.choice(
            ["KEY_NONE", "KEY_CLIENT", "KEY_SERVER", "KEY_ADMIN", "ROLE_ADMIN"]))
        if dice.random() < 0.03:
            method = dice.choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
        target = self.target(path)
        kind, body = b"", b""
        if method in ("POST", "PUT", "PATCH") or dice.random() < 0.02:
            kind, body = self.body(method, path, limit, csrf)
        lines = lines + self.headers(path)
        if kind:
            lines.append(f"Content-Type: {kind}")
        return f"{method} {path}", raw(method, target, *lines, body=body)

    def target(self, path):
        dice = self.dice
        page, query = path.startswith("/admin"), samples.QUERIES.get(path)
        steps = path.split("/")
        parts = [part if not part.startswith(":") else self.argument(before, part)
                 for before, part in zip([""] + steps, steps)]
        path = "/".join(urllib.parse.quote(p, safe=dice.choice(["", "/.:"]),
                                           errors="surrogatepass") for p in parts)
        if dice.random() < (0.02 if page else 0.5):
            path = "/v1" + path
        if query and dice.random() < 0.6:
            path += "?" + query
        elif dice.random() < 0.4:
            pairs = [(dice.choice(WORDS), self.word()) for _ in range(dice.randint(1, 4))]
            path += "?" + urllib.parse.urlencode(pairs, errors="surrogatepass")
        if dice.random() < 0.02:
            path += dice.choice(["?", "?&&", "?=", "?a=%ff", "?a=%00", "%2f", "//",
                                 "?" + "a=1&" * 300])
        return path[:7000]

    def argument(self, before, part):
        """What stands in a path behind another step: mostly what exists."""
        likely = EXPERIMENTS if before in ("experiment", "flags") else \
            ["global", "h-1"] if part == ":scope" else NAMES[:6]
        end = "." + part.partition(".")[2] if "." in part else ""
        return (self.dice.choice(likely) if self.dice.random() < 0.75 else self.word()) + end

    def word(self):
        """An id that may exist, or a text that should not."""
        dice = self.dice
        draw = dice.random()
        return dice.choice(NAMES) if draw < 0.7 else dice.choice(ODD_TEXTS) if draw < 0.93 else \
            "".join(chr(dice.choice([dice.randint(32, 126), dice.randint(1, 0xd7ff)]))
                    for _ in range(dice.randint(1, 30)))

    def headers(self, path):
        dice = self.dice
        lines = {
            "Idempotency-Key": lambda: dice.choice(NAMES + ["", "a" * 300, "\u00e9"]),
            "If-Match": lambda: dice.choice(["*", '"1"', '"x"', 'W/"1"', "1", f'"{"9" * 40}"']),
            "Origin": lambda: dice.choice(["null", "http://evil.example", "://", "http://"]),
            "Accept": lambda: dice.choice(["text/html", "*/*", "text/csv", "a" * 500]),
            "Content-Encoding": lambda: dice.choice(["gzip", "identity", "x"]),
            "X-Request-Id": lambda: dice.choice(["a", "a" * 400, "\u00ff", "a b"]),
            "Authorization": lambda: dice.choice(["Bearer", "Bearer x", "Basic eA==", "Bearer  "]),
            "X-API-Key": lambda: dice.choice(["", "x", "assay_" + "a" * 60]),
            "Cookie": lambda: dice.choice(["assay", "assay=", "assay=x", ";;;", "=", "a" * 3000]),
            "X-Forwarded-For": lambda: dice.choice(["::1", "1.2.3.4:5", "x", "1.2.3.4," * 90]),
            "X-Assay-Signature": lambda: dice.choice(["", "0" * 64, "x"]),
            "Sec-Fetch-Site": lambda: dice.choice(["cross-site", "none", "x"]),
            "User-Agent": lambda: dice.choice(["", "Googlebot", "a" * 4000, "\u00e9(((("]),
            "Accept-Language": lambda: "*",
        }
        if path.startswith("/admin") and dice.random() < 0.9:
            for name in ("Origin", "Sec-Fetch-Site", "Cookie", "Content-Encoding"):
                del lines[name]  # a form with these ends before it is read
        chosen = dice.sample(sorted(lines), dice.choice([0, 0, 0, 1, 1, 2, 4]))
        return [f"{name}: {lines[name]()}" for name in chosen]

    def body(self, method, path, limit, csrf):
        """(content type, bytes)"""
        dice, likely = self.dice, None
        if dice.random() < 0.6:
            likely = samples.body(f"{method} {path}", dice, lambda: self.value(1))
        if path.startswith("/admin") and dice.random() < 0.9:
            kind, body = self.form(csrf, path)
        elif likely:
            return likely
        else:
            kind, body = dice.choice([self.json_body, self.json_body, self.json_body, self.lines,
                                      self.csv, self.noise])()
        if dice.random() < 0.02:
            times = min(limit, 1 << 20) // max(len(body), 2) + dice.randint(-1, 1)
            body = (body or b"[]") * times
        if dice.random() < 0.05:
            body = self.damage(body)
        return dice.choice(TYPES) if dice.random() < 0.05 else kind, body

    def json_body(self):
        dice = self.dice
        text = self.value(0) if dice.random() < 0.3 else self.document()
        if dice.random() < 0.3:
            text = f'{{"request": {text}}}'
        return "application/json", text.encode("utf-8", "surrogatepass")

    def document(self):
        """An object with the members that some route reads, mostly of likely types."""
        dice = self.dice
        likely = {
            "user_id": self.name, "device_id": self.name, "session_id": self.name, "id": self.name,
            "expId": self.name, "name": self.name, "createdBy": self.name, "experiment": self.name,
            "group": self.name, "alternative": self.name, "layer": self.name, "goal": self.name,
            "timestamp": lambda: '"2026-01-01T00:00:00.000Z"', "count": self.number,
            "type": lambda: dice.choice(['"random"', '"manual"', '"rule"']),
            "alternatives": lambda: self.listed(["name", "weight", "value"]),
            "groups": lambda: self.listed(["name", "weight", "conditions"]),
            "goals": lambda: f"[{self.name()}]", "slots": lambda: f"[[{self.number()}, 5]]",
            "data": lambda: self.object(["startDate", "endDate", "key", "client", "x"]),
            "criteria": lambda: self.object(["user", "device", "x"]),
            "attributes": lambda: self.value(1), "state": lambda: '"enabled"',
            "unit": lambda: dice.choice(['"user"', '"device"', '"session"']),
            "test": lambda: dice.choice(['"chi2"', '"mwu"']), "value": lambda: self.value(1),
            "event_id": self.name, "description": self.name, "rules": lambda: self.value(1),
            "size": self.number, "experiments": lambda: f"[{self.name()}]"}
        chosen = dice.sample(sorted(likely), dice.randint(1, 9))
        values = [likely[m]() if dice.random() < 0.8 else self.value(1) for m in chosen]
        return "{" + ", ".join(f'"{m}": {value}' for m, value in zip(chosen, values)) + "}"

    def listed(self, members):
        return "[" + ", ".join(self.object(members) for _ in range(self.dice.randint(0, 4))) + "]"

    def object(self, members):
        dice = self.dice
        chosen = dice.sample(members, dice.randint(0, len(members)))
        return "{" + ", ".join(f'"{m}": {self.value(2)}' for m in chosen) + "}"

    def name(self):
        return json.dumps(self.dice.choice(NAMES))

    def number(self):
        return self.dice.choice(ODD_NUMBERS + ["2", "10", "100"])

    def value(self, depth):
        """Any JSON, and at times what is nearly JSON."""
        dice = self.dice
        draw = dice.random()
        if draw < 0.2:
            return self.number()
        if draw < 0.5 or depth > 5:
            return json.dumps(self.word(), ensure_ascii=dice.random() < 0.5)
        if draw < 0.65:
            return dice.choice(["null", "true", "false", "NaN", "\"\\u0000\"", "\"\\ud800\"", "''"])
        if draw < 0.8:
            return "[" + ",".join(self.value(depth + 1) for _ in range(dice.randint(0, 5))) + "]"
        if draw < 0.81:
            return "[" * 200 + "]" * 200 if dice.random() < 0.7 else "[" + "1," * 3000 + "1]"
        members = [f"{json.dumps(dice.choice(MEMBERS))}: {self.value(depth + 1)}"
                   for _ in range(dice.randint(0, 5))]
        return "{" + ",".join(members) + "}"

    def lines(self):
        dice = self.dice
        rows = [self.document() if dice.random() < 0.7 else self.value(1)
                for _ in range(dice.randint(1, 30))]
        return "application/x-ndjson", "\n".join(rows).encode("utf-8", "surrogatepass")

    def csv(self):
        dice = self.dice
        mark, end = dice.choice([",", ",", ";", "\t"]), dice.choice(["\n", "\r\n", "\r"])
        head = dice.choice([["user_id", "group"], ["email", "group"], ["user_id", "age", "x"],
                            ["User_ID ", "Group"], ["a"], []])
        rows = [[dice.choice(["", '"']) + self.word() + dice.choice(["", "", '"', '""'])
                 for _ in range(dice.choice([len(head), len(head), 1, 5]))]
                for _ in range(dice.randint(0, 40))]
        text = end.join(mark.join(row) for row in [head] + rows)
        return "text/csv", dice.choice(["", "", "\ufeff", "sep=;\n"]).encode() + \
            text.encode("utf-8", "surrogatepass")

    def noise(self):
        return self.dice.choice(TYPES), self.dice.randbytes(self.dice.choice([0, 1, 2, 30, 3000]))

    def damage(self, body):
        dice, data = self.dice, bytearray(body)
        for _ in range(dice.randint(1, 5)):
            at = dice.randint(0, len(data))
            data[at:at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
        return bytes(data)

    def field(self):
        """The name of a form's field: one that a page has, or a path that fits none."""
        dice = self.dice
        deep = ["request", "data", "criteria", "user", "device", "alternatives", "goals", "groups",
                "rules", "segments", "0", "1", "99999", "-1", "a", "startDate", "client", "key",
                "name", "weight", "op", "value", "conditions", "field", "layer"]
        if dice.random() < 0.4:
            return dice.choice(FIELDS)
        if dice.random() < 0.6:
            # A field as the form has it, cut off, deeper, or with another step in it.
            steps = dice.choice(FIELDS).split(".")
            steps = steps[:dice.randint(1, len(steps))] + dice.choice([[], [], ["0"], ["a"]])
            steps[dice.randrange(len(steps))] = dice.choice(steps + deep)
            return ".".join(steps)
        return ".".join(dice.choice(deep) for _ in range(dice.randint(1, 5))) + \
            dice.choice(["", "", "", ".", "..", "[]", "\u00e9"])

    def form(self, csrf, path):
        dice = self.dice
        likely = samples.form(path, dice, self.word) if dice.random() < 0.6 else None
        if likely:
            return samples.encoded(likely + [("csrf", csrf)])
        fields = [(self.field(), self.word()) for _ in range(dice.choice([0, 1, 3, 8, 40]))]
        if dice.random() < 0.1:
            fields = [(str(n), self.word()) for n in range(dice.randint(1, 3))]
        # Without the token nothing behind it would be reached.
        fields += [("csrf", csrf)] if dice.random() < 0.95 else []
        dice.shuffle(fields)
        if "upload" in path or dice.random() < 0.05:
            return self.parts(fields)
        return "application/x-www-form-urlencoded", \
            urllib.parse.urlencode(fields, errors="surrogatepass").encode()

    def parts(self, fields):
        dice = self.dice
        files = [("file", self.csv()[1])] if dice.random() < 0.9 else []
        fields = [(k, v.encode("utf-8", "surrogatepass")) for k, v in fields] + files
        dice.shuffle(fields)
        body = b""
        for name, value in fields:
            as_file = '; filename="a.csv"\r\nContent-Type: text/csv' if name == "file" else ""
            body += f'--b\r\nContent-Disposition: form-data; name="{name}"{as_file}'.encode() + \
                b"\r\n\r\n" + value + b"\r\n"
        if dice.random() < 0.05:
            body += b"--b\r\n\r\n\r\n" * dice.choice([10, 3000])
        return "multipart/form-data; boundary=b", body + (b"--b--\r\n" if dice.random() < 0.95
                                                          else b"")
