#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates contain no scripts, no inline styles and no unescaped values, and load nothing from
other hosts, as the strict Content-Security-Policy demands."""

import re

from tree import TOP, files, finish, line_of, report

COMMENT = re.compile(r"\{\{!.*?\}\}|<!--.*?-->", re.S)
RULES = [
    (r"<script\b(?![^>]*\bsrc=)[^>]*>|<script\b[^>]*>\s*[^<\s]", "an inline script"),
    (r"<style\b", "an inline style sheet"),
    (r"<[^>]*\sstyle\s*=", "a style attribute"),
    (r"<[^>]*\son[a-z]+\s*=", "an event handler as an attribute"),
    (r"javascript:", "a javascript: address"),
    (r"\{\{\{|\{\{\s*&", "unescaped output"),
    (r"=\s*\{\{|=\s*[^\"'\s>=]*\{\{(?=[^<>\"]*>)", "a value in an attribute without quotes"),
    (r"<(?:link|form|base|use|image)\b[^>]*\s(?:href|action)\s*=\s*[\"']?(?:[a-z]+:)?//|"
     r"\s(?:src|srcset|poster|data|formaction|xlink:href)\s*=\s*[\"']?(?:[a-z]+:)?//|"
     r"\sxmlns:(?!xlink)|<base\b|http-equiv", "something from another host, or a <base>"),
    (r"<(?:iframe|object|embed|frame)\b", "a page within a page"),
]
SHEET = [(r"url\(\s*[\"']?(?:[a-z]+:)?//|@import", "something from another host")]


def check(path, rules):
    text = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), path.read_text())
    for shape, why in rules:
        for match in re.finditer(shape, text, re.I):
            report(path, line_of(text, match.start()), why)
    for match in re.finditer(r"\{\{>\s*([^\s}]+)", text):
        if not (TOP / "templates" / match.group(1)).is_file():
            report(path, line_of(text, match.start()), f"there is no templates/{match.group(1)}")


for page in files("templates/**/*.html", "templates/assets/*.svg"):
    check(page, RULES)
for sheet in files("templates/assets/*.css"):
    check(sheet, SHEET)
finish()
