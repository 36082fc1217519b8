# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at the pages, without a browser: signs in by a link, reads, sends forms."""

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
        return self.session.get(self.stack.url + path, allow_redirects=False, timeout=10, **kw)

    def csrf(self):
        """The token that every form of this session carries."""
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/admin").text).group(1)

    def post(self, path, headers=None, **fields):
        """Sends a form; with the token, where there is a session, unless one is given."""
        if self.session.cookies and "csrf" not in fields:
            fields["csrf"] = self.csrf()
        return self.session.post(self.stack.url + path, data=fields, headers=headers,
                                 allow_redirects=False, timeout=10)
