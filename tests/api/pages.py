# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at the pages, without a browser: signs in by a link, reads, sends forms."""

import html
import re

import requests

from lookups import new_id


class Person:
    """Somebody with an account of a role, signed in."""

    def __init__(self, stack, role):
        self.stack, self.role = stack, role
        self.name = new_id(role)
        self.session = requests.Session()
        link = stack.assay("user", "add", self.name, "--role", role).stdout.strip()
        self.post("/admin/enter", token=link.partition("token=")[2])

    def get(self, path, **kw):
        return self.session.get(self.stack.url + path, allow_redirects=False, timeout=120, **kw)

    def csrf(self):
        """The token that every form of this session carries."""
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/admin").text).group(1)

    def post(self, path, headers=None, files=None, **fields):
        """Sends a form with the token of the session, unless another is given; with files as
        multipart/form-data."""
        if self.session.cookies and "csrf" not in fields:
            fields["csrf"] = self.csrf()
        return self.session.post(self.stack.url + path, data=fields, headers=headers, files=files,
                                 allow_redirects=False, timeout=120)


def text_of_page(answer, status=200):
    """The text of a page without markup."""
    assert answer.status_code == status, answer.text
    assert "<script>" not in answer.text and len(answer.content) < 50_000
    return html.unescape(answer.text)


def values(page):
    """{name: value} of the fields of a page."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        of = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if of.get("type") != "checkbox" and "name" in of:
            found[of["name"]] = html.unescape(of.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)<', page):
        found[name] = html.unescape(text)
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = html.unescape(chosen.group(1)) if chosen else ""
    return found
