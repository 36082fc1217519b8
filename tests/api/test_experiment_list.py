# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of definitions in each of its orders, among ten thousand, and the page that shows it."""

import html
import re
import urllib.parse

import pytest

from enrols import running
from pages import Person, values
from stack import Stack, servers_of, wait_until

MANY = 10000
SORTS = [way + word for word in ("name", "created", "updated", "start") for way in ("", "-")]
STATUSES = ["SUBMITTED", "PROCESSING", "ACTIVE", "STOPPED", "INACTIVE", "FAILED"]

# Copies of one, with few different names, times and days: most are equal to many others.
COPIES = """
    with made as (insert into id_registry (id, kind)
        select 'copy-' || i, 'experiment' from generate_series(1, %s) as i)
    insert into experiment overriding system value
    select (jsonb_populate_record(e, jsonb_build_object('id', 'copy-' || i, 'nr', 100000 + i,
        'name', (array['zebra', 'Zebra', 'apple', 'Äpfel', 'a:b', 'Apple pie', 'élan', ' ', '_',
            '%%', '100:2026-01-01'])[1 + i * 7 %% 11],
        'created_at', timestamptz '2026-01-01 00:00:00.000123Z' + i * 31 %% 13 * interval '1 us',
        'updated_at', timestamptz '2026-01-02Z' + i * 17 %% 29 * interval '1 h',
        'start_date', date '2026-01-01' + i * 13 %% 19, 'end_date', null,
        'data', e.data || jsonb_build_object('client', 'client-' || i %% 50),
        'status', (array['STOPPED', 'FAILED', 'INACTIVE'])[1 + i %% 3]))).*
    from experiment as e, generate_series(1, %s) as i where e.id = %s
    returning 1"""


@pytest.fixture(scope="module", params=servers_of(__name__))
def many(request):
    s = Stack(request.param)
    assert len(s.sql(COPIES, MANY, MANY, running(s))) == MANY
    s.sql("analyze experiment; select 1")
    yield s
    s.stop()


@pytest.fixture(scope="module")
def viewer(many):
    return Person(many, "viewer")


def folded(name):
    """A to Z as a to z, and nothing else."""
    return re.sub("[A-Z]", lambda m: m.group().lower(), name)


def rows(stack):
    """Of every definition, by the number: (id, client, status, {order: what it goes by})."""
    found = stack.sql("""select id, data ->> 'client', status, name, created_at, updated_at,
                             start_date from experiment order by nr""")
    return [(exp, client, status, {"name": folded(name), "created": created, "updated": updated,
                                   "start": start})
            for exp, client, status, name, created, updated, start in found]


def in_order(found, sort):
    """The ids by the key, of equals by the number; - turns both round."""
    word = sort.lstrip("-")
    down = sort.startswith("-")
    ordered = sorted(found[::-1] if down else found, key=lambda r: r[3][word], reverse=down)
    # A reversed sort leaves equals as they came in.
    return [r[0] for r in ordered]


def walk(stack, **params):
    """The ids of all pages, each reached by the link of the one before."""
    url, found = "/v1/experiment/list?" + urllib.parse.urlencode(params), []
    while True:
        answer = stack.call("GET", url)
        assert answer.status_code == 200, answer.text
        result = answer.json()["result"]
        assert len(result["experiments"]) <= params["limit"]
        found += [e["expId"] for e in result["experiments"]]
        link = answer.links.get("next")
        assert (link is None) == (result["next"] is None)
        if link is None:
            return found
        url = urllib.parse.urljoin("/v1/experiment/list", link["url"])


def read_by_orders(stack):
    """How often the indexes of the orders were gone through, and what was read there in all."""
    (scans, read), = stack.sql("""select sum(idx_scan)::int, sum(idx_tup_read)::int
        from pg_stat_user_indexes where indexrelname ~ '^experiment_by_'""")
    return scans, read


def test_a_page_among_ten_thousand_reads_no_more_than_it_shows(many):
    """The first test here: servers tell their counts late, and these are to be of it alone."""
    (nr, *at), = many.sql("""select nr, name, created_at::text, updated_at::text, start_date::text
                             from experiment where id = 'copy-5000'""")
    scans, read = read_by_orders(many)
    for sort in SORTS:
        place = at[["name", "created", "updated", "start"].index(sort.lstrip("-"))]
        page = many.call("GET", "/v1/experiment/list",
                         params={"sort": sort, "limit": 10, "after": f"{nr}:{place}"})
        assert len(page.json()["result"]["experiments"]) == 10
    wait_until(lambda: read_by_orders(many)[0] >= scans + len(SORTS), 30, "the counts")
    assert read_by_orders(many)[1] - read <= len(SORTS) * 11


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_paged_without_gaps_or_repeats(many, sort):
    assert walk(many, sort=sort, limit=1000) == in_order(rows(many), sort)


@pytest.mark.parametrize("sort", SORTS)
def test_an_order_goes_with_the_filters(many, sort):
    fitting = [r for r in rows(many) if r[1] == "client-7" and r[2] == "FAILED"]
    assert len(fitting) > 60
    assert walk(many, sort=sort, client="client-7", status="failed", limit=7) == in_order(
        fitting, sort)


def test_without_an_order_the_newest_is_first(many):
    assert walk(many, limit=1000) == [r[0] for r in rows(many)][::-1]


def test_paging_continues_when_the_last_row_has_changed(many):
    """Also what is deleted or renamed meanwhile leaves no gap among the others."""
    fitting = [r for r in rows(many) if r[1] == "client-9"]
    wanted = in_order(fitting, "name")
    first = many.call("GET", "/v1/experiment/list", params={
        "sort": "name", "client": "client-9", "limit": 5}).json()["result"]
    last = first["experiments"][-1]
    assert [e["expId"] for e in first["experiments"]] == wanted[:5]
    many.sql("update experiment set name = 'ж' where id = %s returning 1", last["expId"])
    rest = walk(many, sort="name", client="client-9", limit=50, after=first["next"])
    many.sql("update experiment set name = %s where id = %s returning 1", last["expName"],
             last["expId"])
    assert rest == wanted[5:] + [last["expId"]]


@pytest.mark.parametrize("name,value,words", [
    ("sort", "size", ["name", "created", "updated", "start"]),
    ("sort", "--name", ["name"]), ("sort", "NAME", ["name"]), ("sort", "-", ["name"]),
    ("sort", "name desc", ["name"]), ("sort", "e.nr", ["name"]),
    ("status", "RUNNING", STATUSES), ("status", "ACTIVE'--", STATUSES)])
def test_an_unknown_word_is_refused_with_those_that_are_known(many, viewer, name, value, words):
    answer = many.call("GET", "/v1/experiment/list", params={name: value})
    assert answer.status_code == 400
    place = "query.status" if name == "status" else name
    assert all(w in answer.json()["params"]["errorMsg"][place] for w in words)
    page = viewer.get("/admin/experiments", params={name: value})
    assert page.status_code == 422 and all(w in page.text for w in words)


@pytest.mark.parametrize("sort,after", [
    ("name", "7"), ("name", ":a"), ("name", "x:a"), ("name", "0:a"), ("created", "7:apple"),
    ("updated", "7:2026-02-30 00:00:00+00"), ("start", "7:2026-13-01"), ("-start", "7:"),
    (None, "7:apple")])
def test_a_cursor_of_another_order_is_refused(many, sort, after):
    answer = many.call("GET", "/v1/experiment/list", params={"sort": sort, "after": after})
    assert answer.status_code == 400
    assert list(answer.json()["params"]["errorMsg"]) == ["after", "status"]


def test_an_unknown_type_of_segmentations_is_refused_with_those_that_are_known(many):
    answer = many.call("GET", "/v1/segmentation", params={"type": "magic"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error == {"pointer": "type", "detail": "must be random, manual, rule or experiment"}
    known = [many.call("GET", "/v1/segmentation", params={"type": t}).status_code
             for t in ("random", "manual", "rule", "experiment")]
    assert known == [200] * 4


def heads(page):
    """{words: (aria-sort or "", where it leads)} of the columns that can be sorted."""
    found = re.findall(r'<th scope="col"(?: aria-sort="(\w+)")?><a href="([^"]+)">([^<]+)</a>',
                       page)
    return {words: (order, html.unescape(link)) for order, link, words in found}


def shown(page):
    return re.findall(r'<td><a href="/admin/experiment/([^"]+)">', page)


def test_heads_sort_and_keep_search_and_filters(many, viewer):
    page = viewer.get("/admin/experiments?q=copy&status=failed&state=1").text
    assert (values(page)["status"], values(page)["state"]) == ("FAILED", "enabled")
    assert {words: order for words, (order, _) in heads(page).items()} == {
        "Experiment": "", "Dates": "", "Created": "", "Updated": ""}
    fitting = [r for r in rows(many) if r[2] == "FAILED"]
    for head, sort in (("Experiment", "name"), ("Experiment", "-name"), ("Dates", "-start"),
                       ("Dates", "start"), ("Updated", "-updated"), ("Created", "-created")):
        page = viewer.get(heads(page)[head][1]).text
        order = "descending" if sort.startswith("-") else "ascending"
        assert {w for w, (o, _) in heads(page).items() if o} == {head}
        assert heads(page)[head][0] == order
        assert shown(page) == in_order(fitting, sort)[:100]
        of = values(page)
        assert (of["q"], of["status"], of["state"], of["sort"]) == (
            "copy", "FAILED", "enabled", sort)
        assert len(page.encode()) < 50_000


def test_the_next_page_keeps_order_and_filters_and_a_head_begins_anew(many, viewer):
    fitting = in_order([r for r in rows(many) if r[2] == "STOPPED"], "-name")
    page = viewer.get("/admin/experiments?status=STOPPED&sort=-name").text
    (link,) = re.findall(r'<a rel="next" href="([^"]+)"', page)
    page = viewer.get(html.unescape(link)).text
    assert shown(page) == fitting[100:200]
    assert "after=" not in heads(page)["Experiment"][1]
