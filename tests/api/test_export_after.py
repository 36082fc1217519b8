# SPDX-License-Identifier: GPL-3.0-or-later
"""The places in a user's history from which an export can go on."""

import pytest

EDGES = ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
         "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]


@pytest.mark.parametrize("after", EDGES)
def test_export_goes_on_from_any_instant_that_can_be_written(stack, user, after):
    view = {"user_id": user, "name": "a", "timestamp": "1970-01-01T00:00:00.001Z"}
    assert stack.call("POST", "/v1/page", json=view).status_code == 200
    answer = stack.call("GET", f"/v1/user/{user}/export?after={after}")
    assert answer.status_code == 200
    assert len(answer.json()["records"]) == (after < "1971")


@pytest.mark.parametrize("after", ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_export_refuses_an_instant_outside_of_the_years_by_name(stack, user, after):
    answer = stack.call("GET", f"/v1/user/{user}/export", params={"after": after})
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["after"]
