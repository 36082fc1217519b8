#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the crawlers that are known by name, app/core/subject/crawlers.def, from the npm package
crawler-user-agents, which tests/agents/package.json pins:

    npm ci --prefix tests/agents && etc/crawlers.py > app/core/subject/crawlers.def

Patterns become plain texts; one that cannot is refused, and so is one that no longer exists but
is replaced below. HTTP libraries are left out, because apps use them."""

import json
import pathlib
import re
import sys
from re import _constants as code
from re import _parser as parser

TOP = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = TOP / "tests/agents/node_modules/crawler-user-agents"
DATE = "2026-11-30"
WIDTH = 98

# Patterns that also match people, and what stands for them; None: nothing does.
INSTEAD = {
    r"AP3A\.240617\.008": None,  # the build of an ordinary Android phone
    r"MetaIAB Facebook": None,  # the browser inside the Facebook app
    r"Code\/1\.": None,  # an editor's window
    r"Trae\/": None,
    r"Fluid": None,  # a browser for one site
    r"Sogou": r"Sogou (News|Pic|web)",  # Sogou Explorer is a browser
    r"Sonic": r"Sonic(\/|SiteAuditor)",
    r"Devin": r"Devin\/",
    r"Fever": r"Fever\/",
    r"PayPal\/": r"PayPal IPN",  # the app shows pages
    r"linko": r"linko\.app",
    r"mail\.ru": r"top\.mail\.ru",
    r"Goodreads": r"; Goodreads",
    # Apps that say their own name first when they look at a link, and last when they show a page.
    r"WhatsApp": r"^WhatsApp",
    r"Viber": r"^Viber$",
    r"Tumblr\/": r"^Tumblr\/",
    r"Notion\/": r"^Notion\/",
    r"Grammarly\/": r"^Grammarly\/",
    r"Instapaper\/": r"^Instapaper\/",
    # Ordinary words that are the whole agent.
    r"Adventurer": r"^Adventurer$",
    r"Hello World": r"^Hello World$",
    r"Magellan": r"^Magellan$",
    r"Jumio": r"^Jumio$",
}


def whole(items):
    """The texts that a sequence of a parsed pattern matches; None stands for what varies."""
    texts = [[]]
    for kind, value in items:
        if kind == code.LITERAL:
            more = [[chr(value)]]
        elif kind == code.AT:
            more = [["^" if value == code.AT_BEGINNING else "$", None]]
            more = [[("at", more[0][0])]]
        elif kind == code.IN and all(k == code.LITERAL for k, _ in value):
            more = [[chr(v)] for _, v in value]
        elif kind in (code.IN, code.MAX_REPEAT, code.ANY, code.NOT_LITERAL):
            more = [[None]]
        elif kind == code.BRANCH:
            more = [text for branch in value[1] for text in whole(branch)]
        elif kind == code.SUBPATTERN:
            more = whole(value[3])
        else:
            sys.exit(f"crawlers.py: cannot read {kind}")
        texts = [a + b for a in texts for b in more]
    return texts


def literal(parts):
    """The longest plain text of the parts, and where it must stand: (text, first, last)."""
    best = ("", False, False)
    text, first = "", False
    for part in [*parts, None]:
        if isinstance(part, str):
            text += part
        elif part == ("at", "^"):
            first = True
        else:
            best = max(best, (text, first, part == ("at", "$")), key=lambda b: len(b[0]))
            text, first = "", False
    return best


def generic(text):
    """Whether core/subject/bots.def knows the text without the list."""
    said = (TOP / "app/core/subject/bots.def").read_text("utf-8")
    words = re.findall(r'^BOT\("(.*)"\)$', said, re.M)
    low = text.lower()
    return any(word in low for word in words) or re.search("bots?(?![a-z])", low)


def crawlers(patterns):
    found = set()
    for pattern in patterns:
        for parts in whole(parser.parse(pattern)):
            text, first, last = literal(parts)
            if len(text) < 3:
                sys.exit(f"crawlers.py: {pattern} has no text to look for")
            found.add((text, first, last))
    anywhere = [text for text, first, last in found if not first and not last]
    return sorted(entry for entry in found if not generic(entry[0]) and
                  not any(text in entry[0] for text in anywhere if text != entry[0]) and
                  not (entry[0] in anywhere and (entry[1] or entry[2])))


def printed(entries, version):
    print(f"""/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Crawlers by name, in the case of letters in which they write themselves: CRAWLER(text, where),
 * where is IN anywhere, AT_START, AT_END or WHOLE. etc/crawlers.py wrote it on {DATE} from the
 * npm package crawler-user-agents {version}, whose licence is:
 *
 * Copyright (c) 2017 Martin Monperrus, the MIT licence: Permission is hereby granted, free of
 * charge, to any person obtaining a copy of this software and associated documentation files, to
 * deal in the Software without restriction, including without limitation the rights to use, copy,
 * modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
 * permit persons to whom the Software is furnished to do so, provided that the above copyright
 * notice and this permission notice are included in all copies or substantial portions of it. The
 * Software is provided "as is", without warranty of any kind, express or implied.
 */""")
    line = ""
    for text, first, last in entries:
        where = {(0, 0): "IN", (1, 0): "AT_START", (0, 1): "AT_END", (1, 1): "WHOLE"}[first, last]
        entry = f"CRAWLER({json.dumps(text)}, {where})"
        if line and len(line) + 1 + len(entry) > WIDTH:
            print(line)
            line = ""
        line += (" " if line else "") + entry
    print(line)


def main():
    said = json.loads((PACKAGE / "crawler-user-agents.json").read_text("utf-8"))
    version = json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"]
    known = [entry["pattern"] for entry in said]
    if gone := set(INSTEAD) - set(known):
        sys.exit(f"crawlers.py: no longer in the package: {', '.join(sorted(gone))}")
    patterns = [INSTEAD.get(entry["pattern"], entry["pattern"]) for entry in said
                if "http-library" not in entry["tags"]]
    printed(crawlers([pattern for pattern in patterns if pattern is not None]), version)


if __name__ == "__main__":
    main()
