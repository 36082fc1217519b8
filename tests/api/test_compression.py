# SPDX-License-Identifier: GPL-3.0-or-later
"""Both web servers compress texts, and what that does to an ETag is undone."""

import gzip
import re

import pytest
import requests

from enrols import running
from flags import ask, everything, subject
from lookups import admin, body

LONG = "a long description, again and again. " * 40


def get(stack, path, coding, key="server", **headers):
    """The answer as it came over the wire."""
    headers = {"Accept-Encoding": coding, **({"X-API-Key": stack.key(key)} if key else {}),
               **headers}
    answer = requests.get(stack.url + path, headers=headers, stream=True, timeout=100)
    answer.wire = answer.raw.read(decode_content=False)
    return answer


@pytest.fixture(scope="module")
def exp(stack):
    request = body("compression", description=LONG, alternatives=[
        {"name": f"an alternative with a long name, {n}"} for n in range(12)])
    admin(stack, "POST", "create", request)
    return request["expId"]


PLACES = {"JSON": "/v1/experiment/{}", "HTML": "/docs", "CSS": "/assets/admin.css",
          "JS": "/assets/admin.js", "CSV": "/v1/experiment/{}/results?format=csv",
          "a script of other sites": "/assets/assay-openfeature.js"}


@pytest.mark.parametrize("place", PLACES)
def test_texts_are_compressed_for_those_who_take_it(stack, exp, place):
    path = PLACES[place].format(exp)
    plain, packed = get(stack, path, "identity"), get(stack, path, "gzip")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    text = gzip.decompress(packed.wire)
    assert len(packed.wire) < len(text)
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    if place != "JSON":  # its times and ids are of each request
        assert text == plain.wire


def test_lighttpd_has_brotli(stack, exp):
    answer = get(stack, f"/v1/experiment/{exp}", "br, gzip")
    assert answer.headers["Content-Encoding"] == {"lighttpd": "br", "nginx": "gzip"}[stack.server]


def test_what_is_small_is_left_as_it_is(stack):
    for path in ("/healthz", "/version"):
        answer = get(stack, path, "gzip")
        assert "Content-Encoding" not in answer.headers


def test_a_definition_is_changed_by_the_tag_that_came_compressed(stack, exp):
    path = f"/v1/experiment/{exp}"
    for coding in ("gzip", "br", "identity"):
        tag = get(stack, path, coding).headers["ETag"]
        again = get(stack, path, coding, **{"If-None-Match": tag})
        assert (again.status_code, again.wire) == (304, b"")

        def patch(version, name):
            return stack.call("PATCH", path, key="admin", headers={"If-Match": version},
                              json={"request": {"name": name}}).status_code
        assert patch(tag, coding) == 200, tag
        assert patch(tag, "another") == 412, tag
        assert get(stack, path, coding, **{"If-None-Match": tag}).status_code == 200


def test_all_flags_are_not_sent_again_by_the_tag_that_came_compressed(stack):
    for _ in range(8):
        running(stack, {"name": "b", "payload": LONG})
    who = subject()
    assert len(everything(stack, who)) >= 8
    for coding in ("gzip", "identity"):
        first = ask(stack, None, who, headers={"Accept-Encoding": coding})
        assert first.headers.get("Content-Encoding", "identity") == coding
        again = ask(stack, None, who, headers={
            "Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_token_of_forms_is_other_bytes_each_time(stack, editor):
    tokens = [re.findall(r'name="csrf" value="([0-9a-f]+)"', editor.get("/admin").text)
              for _ in range(2)]
    told = [t for page in tokens for t in page]
    assert tokens[0] and tokens[1] and not set(tokens[0]) & set(tokens[1])
    assert {len(t) for t in told} == {128}
    stored = {row[0] for row in stack.sql("select csrf from session")}
    assert not any(s in t for s in stored for t in told)
    for n, token in enumerate(told[:2] + told[-1:]):
        answer = editor.post("/admin/goals", csrf=token, name=f"masked-{stack.server}-{n}")
        assert answer.status_code in (200, 303), answer.text
    for wrong in ("", "0" * 128, told[0][:-1], told[0][:-1] + ("0" if told[0][-1] != "0" else "1"),
                  told[0][:64], *stored):
        assert editor.post("/admin/goals", csrf=wrong, name="x").status_code == 403
