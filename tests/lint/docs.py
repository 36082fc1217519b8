#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents: links lead to files and headings that exist, files of the source that a text
names exist, and the pages for a first visit stay short."""

import re

from tree import TOP, files, finish, lines, report

PAGES = files("*.md", "docs/*.md", "app/**/*.md", "sql/*.md", "tests/*.md", "tests/api/*.md")
MOST = {"README.md": 250, "ARCHITECTURE.md": 300}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A file or folder of the source, named in backticks. What has a placeholder in it is an example.
NAMED = re.compile(r"`((?:app|sql|templates|tests|etc|docs)/[A-Za-z0-9_./-]+)`")
FENCE = re.compile(r"^```")
# A walk through files that the reader is to make, by a word of their names.
EXAMPLE = re.compile(r"<!-- files named (\w+) are an example -->")


def text_lines(path):
    """(number, line) of what is text and no listing."""
    listing = False
    for n, line in enumerate(lines(path), 1):
        if FENCE.match(line):
            listing = not listing
        elif not listing:
            yield n, line


def anchors(path):
    """The anchors of headings, as hosting pages make them."""
    for _, line in text_lines(path):
        if re.match(r"^#+ ", line):
            words = re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower())
            yield words.replace(" ", "-")


def check_link(path, n, link):
    if re.match(r"^(https?|mailto):", link):
        return
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        report(path, n, f"leads nowhere: {link}")
    elif anchor and target.suffix == ".md" and anchor not in anchors(target):
        report(path, n, f"there is no heading for {link}")


for page in PAGES:
    example = EXAMPLE.search(page.read_text())
    for number, text in text_lines(page):
        for found in LINK.findall(text):
            check_link(page, number, found)
        for found in NAMED.findall(text) if page.name != "CHANGELOG.md" else []:
            if not (TOP / found).exists() and not (example and example[1] in found):
                report(page, number, f"names a file that there is not: {found}")
    most = MOST.get(str(page))
    if most and len(lines(page)) - 1 > most:
        report(page, most, f"{len(lines(page)) - 1} lines; at most {most}")
finish()
