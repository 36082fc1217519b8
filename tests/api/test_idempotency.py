# SPDX-License-Identifier: GPL-3.0-or-later
"""Idempotency-Key: a request that is repeated, also in parallel, is done once, and every caller
gets the same answer."""

import threading

import pytest

from lookups import body, new_id
from test_concurrency import at_once


def create(stack, request, token, key="admin"):
    return stack.call("POST", "/v1/experiment/create", key=key, json={"request": request},
                      headers={"Idempotency-Key": token})


def result(answer):
    assert answer.status_code == 200, answer.text
    assert answer.json()["params"]["status"] == "successful"
    return answer.json()["result"]


def kept(stack, token):
    return stack.sql("select count(*) from idempotency where key = %s", token)[0][0]


@pytest.fixture
def token():
    return new_id("t")


@pytest.fixture
def request_():
    return body("portal")


def test_the_same_request_again_gets_the_same_answer(stack, token, request_):
    first = result(create(stack, request_, token))
    assert first["status"] == "SUBMITTED"
    assert [result(create(stack, request_, token)) for _ in range(8)] == [first] * 8
    assert result(create(stack, request_, new_id("t")))["err"] == "failed"


@pytest.mark.parametrize("change", [{"name": "another"}, {"expId": "e-of-another"}], ids=str)
def test_another_request_with_the_key_is_refused_and_makes_nothing(stack, token, request_, change):
    first = result(create(stack, request_, token))
    answer = create(stack, {**request_, **change}, token)
    assert answer.status_code == 400
    assert answer.json()["params"]["errorMsg"]["Idempotency-Key"] == "was used for another request"
    assert stack.sql("select 1 from experiment where id = %s", change.get("expId", "-")) == []
    assert result(create(stack, request_, token)) == first


def test_a_refused_request_may_be_corrected_under_its_key(stack, token, request_):
    assert create(stack, {**request_, "name": None}, token).status_code == 400
    assert kept(stack, token) == 0
    assert result(create(stack, request_, token))["status"] == "SUBMITTED"


def test_an_answer_is_kept_for_a_day(stack, token, request_):
    result(create(stack, request_, token))
    for age, again in (("23 hours", "SUBMITTED"), ("25 hours", None)):
        stack.sql("update idempotency set created_at = now() - %s::interval where key = %s",
                  age, token)
        assert result(create(stack, request_, token)).get("status") == again


@pytest.mark.parametrize("token", ["a b", "x" * 129, "\u00e9"], ids=ascii)
def test_an_invalid_idempotency_key_is_refused(stack, request_, token):
    answer = create(stack, request_, token.encode("utf-8"))
    assert answer.status_code == 400
    assert stack.sql("select 1 from experiment where id = %s", request_["expId"]) == []


@pytest.mark.parametrize("callers, rounds", [(2, 30), (20, 10)])
def test_of_many_parallel_requests_one_is_done_and_all_get_its_answer(stack, callers, rounds):
    """A 409 says when to come again, and then there is the answer."""
    for _ in range(rounds):
        token, request = new_id("t"), body("portal")
        answers = at_once([lambda: create(stack, request, token)] * callers)
        told = [result(a) for a in answers if a.status_code != 409]
        assert told and told == [told[0]] * len(told)
        assert told[0]["status"] == "SUBMITTED"
        for late in (a for a in answers if a.status_code == 409):
            assert int(late.headers["Retry-After"]) > 0
            assert "is under way" in late.json()["params"]["errmsg"]
        assert result(create(stack, request, token)) == told[0]
        assert kept(stack, token) == 1
        assert stack.sql("select count(*) from experiment where id = %s",
                         request["expId"]) == [(1,)]


def test_answers_that_overlap_with_the_end_of_the_first_are_the_same(stack):
    """One caller after the other, so close that each meets another moment of the first."""
    for delay in range(40):
        token, request = new_id("t"), body("portal")
        begun = threading.Event()

        def first():
            begun.set()
            return create(stack, request, token)

        def second(wait=delay * 0.0004):
            begun.wait(10)
            threading.Event().wait(wait)
            return create(stack, request, token)
        answers = [a for a in at_once([first, second]) if a.status_code != 409]
        assert {result(a)["status"] for a in answers} == {"SUBMITTED"}


@pytest.mark.parametrize("path, more", [
    ("layer", {"unit": "user"}), ("goal", {}),
    ("segmentation", {"type": "manual", "name": "n", "groups": [{"name": "a"}]})],
    ids=lambda v: v if isinstance(v, str) else "")
def test_a_repeated_request_gets_the_original_answer_after_later_changes(stack, token, path, more):
    name = new_id("once")[:40]
    body_ = dict(more, **{"name" if path == "goal" else "id": name})
    first, again = [stack.call("POST", f"/v1/{path}", key="admin", json=body_,
                               headers={"Idempotency-Key": token}) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers.get("Location") == first.headers.get("Location")
