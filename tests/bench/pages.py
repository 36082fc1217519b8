# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of the admin over the demo, as rows for the table: how fast, how large."""

import os
import urllib.error
import urllib.parse
import urllib.request

from place import BUILD, Failed, run

EXP = "/admin/experiment/CHECKOUT-BUTTON"
# Path -> the least ratio to GET /healthz. Results are cached, but their charts are drawn each time.
PAGES = {"/admin": 0.3, "/admin/experiments": 0.3, "/admin/experiments/new": 0.3, EXP: 0.15,
         EXP + "/setup": 0.3, EXP + "/audience": 0.3, EXP + "/health": 0.3, EXP + "/history": 0.3,
         EXP + "/explain?user_id=demo-007": 0.3, EXP + "/edit": 0.3, "/admin/goals": 0.3,
         "/admin/people": 0.3, "/admin/person?user_id=demo-007": 0.3, "/admin/pages": 0.3,
         "/admin/layers": 0.3, "/admin/accounts": 0.3, "/admin/keys": 0.3, "/admin/audit": 0.3}
LARGEST = 50_000
MANY = 10_000

# Copies of an experiment of the demo, all of them stopped.
DEFINED = f"""
insert into assay.id_registry (id, kind)
select 'MANY-' || i, 'experiment' from generate_series(1, {MANY}) as i;
insert into assay.experiment overriding system value
select (jsonb_populate_record(e, jsonb_build_object('id', 'MANY-' || i, 'nr', 1000 + i,
	'status', 'STOPPED'))).*
from assay.experiment as e, generate_series(1, {MANY}) as i where e.id = 'HERO-TEXT';
analyze assay.experiment;
"""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects are returned, not followed."""

    def redirect_request(self, *_):
        return None


def opened(stack, path, data=None, **headers):
    """The status, headers and body of an answer, whatever it is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    try:
        with opener.open(urllib.request.Request(stack.url + path, data, headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as other:
        return other.code, other.headers, other.read()


class Pages:
    """The rows about pages; `bench` keeps them."""

    def __init__(self, bench, paired, seconds):
        self.bench, self.paired, self.seconds = bench, paired, seconds

    def sign_in(self, stack):
        """Signs in and keeps the cookie for load.lua."""
        link = run(BUILD / "assay", "user", "add", "bench", "--role", "admin", "-c",
                   f"{stack.env['ASSAY_STATE']}/assay.conf").strip()
        token = urllib.parse.urlencode({"token": link.partition("token=")[2]}).encode()
        status, headers, _ = opened(stack, "/admin/enter", token)
        if status != 303:
            raise Failed(f"the sign-in link is refused: {status}")
        os.environ["BENCH_COOKIE"] = headers["Set-Cookie"].partition(";")[0]

    def size(self, stack, path):
        status, _, text = opened(stack, path, Cookie=os.environ["BENCH_COOKIE"])
        if status != 200:
            raise Failed(f"{path} answers {status}")
        return len(text)

    def load(self, stack, path, **how):
        os.environ["BENCH_PATH"] = path
        return self.bench.wrk.run(stack, "page_of_admin", 1, self.seconds, **how)

    def each(self, stack):
        sizes = {path: self.size(stack, path) for path in PAGES}
        for path, target in PAGES.items():
            rates = self.paired(lambda p=path: self.load(stack, p).rate,
                                lambda: self.bench.healthz(stack))
            self.bench.add(f"GET {path} : GET /healthz", stack.server, rates, "/s", target)
        most = max(sizes, key=sizes.get)
        self.bench.row("the largest of these pages, " + most, stack.server,
                       f"{sizes[most]:,} bytes", "", "", f"< {LARGEST:,}",
                       "met" if sizes[most] < LARGEST else "NOT met")

    def among_many(self, stack):
        """A page near the end of a long list beside the first one: keyset paging costs the same."""
        stack.sql("-c", DEFINED)
        first, last = "/admin/experiments", "/admin/experiments?after=1201"
        rates = self.paired(lambda: self.load(stack, last, connections=1).rate,
                            lambda: self.load(stack, first, connections=1).rate)
        self.bench.add(f"experiments, a page near the end of {MANY:,} : the first", stack.server,
                       rates, "/s", 0.8)

    def server(self, stack, server):
        stack.start(server, ASSAY_WORKERS="8", DEMO="1")
        self.sign_in(stack)
        self.each(stack)
        self.among_many(stack)
        stack.stop()
