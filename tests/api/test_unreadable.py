# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that criteria compare as dates or numbers, and that are neither, are counted and
reported."""

import pytest

from lookups import admin, await_status, define, new_id, submit
from pages import Person
from test_admin_decisions import text_of
from test_admin_forms import fields

# One web server is enough: the database counts, whoever asks.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

DATES = ["2019-05-14", "2019-05-14 06:23:28.923+00", "2019-05-14T23:55:28-0530",
         "2019-05-14 10:55:27:201+0000", 1557815003923, "1557815003"]
NO_DATES = ["14.05.2019", "soon", 12, "2019-02-30", "12", True]
NUMBERS = [1, "2", -0.5, "1e3"]
NO_NUMBERS = ["1,5", "01", "+1", True, "2019-05-14"]


def users(stack, *values, **more):
    """A user for each value of v; what they have in common, as mark."""
    mark = new_id("m")
    entries = [{"user_id": f"{mark}-{i}", "mark": mark, "v": v, **more}
               for i, v in enumerate(values)]
    answer = stack.call("POST", "/v1/users", json=entries)
    assert answer.status_code == 200 and not answer.json()["errors"], answer.text
    return mark


def preview(stack, filters, kind="user"):
    answer = stack.call("POST", "/v1/experiment/preview", key="admin",
                        json={"criteria": {"type": kind, "filters": filters}})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_values_that_are_not_dates_are_counted(stack):
    mark = users(stack, *DATES, *NO_DATES)
    found = preview(stack, {"mark": mark, "v": {">": "2019-01-01"}})
    assert found["matched"] == len(DATES)
    assert found["unreadable"] == [{"field": "v", "values": len(NO_DATES)}]


def test_values_that_are_not_numbers_are_counted(stack):
    mark = users(stack, *NUMBERS, *NO_NUMBERS)
    found = preview(stack, {"mark": mark, "v": {">=": -1, "<": 10000}})
    assert found["matched"] == len(NUMBERS)
    assert found["unreadable"] == [{"field": "v", "values": len(NO_NUMBERS)}]


def test_nothing_is_said_when_all_can_be_compared(stack):
    nothing = [None, "", [], {}, {"inner": "soon"}]
    mark = users(stack, *DATES, *nothing, w="soon")
    assert "unreadable" not in preview(stack, {"mark": mark, "v": {">": "2019-01-01"}})
    assert "unreadable" not in preview(stack, {"mark": mark, "w": {">": "so"}})
    assert "unreadable" not in preview(stack, {"mark": mark, "w": "soon"})


def test_each_value_of_a_list_is_looked_at(stack):
    mark = users(stack, ["2019-05-14", "soon", "2019-05-14T00:00:00Z", "2019-02-30"], ["later"])
    found = preview(stack, {"mark": mark, "v": {">": "2019-01-01"}})
    assert found["unreadable"] == [{"field": "v", "values": 3}]


def test_unreadable_values_count_only_in_profiles_that_meet_the_other_conditions(stack):
    """A value that cannot be compared hides no other, and who is out anyway is not counted."""
    mark = users(stack, "soon", "later", **{"a=b": {"c.d": "many"}})
    users(stack, "soon")
    found = preview(stack, {"mark": mark, "v": {"<": "2019-01-01"}, "a=b.c.d": {">": 1}})
    assert found == {"matched": 0, "sample": [], "unreadable": [
        {"field": "a=b.c.d", "values": 2}, {"field": "v", "values": 2}]}


@pytest.mark.parametrize("operator,value", [
    ("LT", "2019-06-01"), ("GT", 5), ("RANGE", {"start": "2019-01-01", "end": "2019-12-31"})])
def test_devices_are_counted_as_well(stack, operator, value):
    mark = new_id("m")
    stack.sql("insert into assay.profile (subject_id, attributes, terms, changed_at) values"
              " (%s, '{}', %s, now())", f"d:{mark}", [f"mark={mark}", "v=soon"])
    found = preview(stack, [{"name": "mark", "operator": "EQ", "value": mark},
                            {"name": "v", "operator": operator, "value": value}], "device")
    assert found == {"matched": 0, "sample": [], "unreadable": [{"field": "v", "values": 1}]}


def test_a_bounded_number_of_profiles_is_looked_at(stack):
    """The more fields, the fewer profiles, and the answer says that there may be more values."""
    mark = users(stack, *["soon"] * 250)
    many = {f"f{i}": {"<": 1} for i in range(98)}
    found = preview(stack, {"mark": mark, "v": {"<": 1}, **many})
    assert found["unreadable"] == [{"field": "v", "values": 202, "at_least": True}]
    assert preview(stack, {"mark": mark, "v": {"<": 1}})["unreadable"] == [
        {"field": "v", "values": 250}]


def test_the_form_and_the_page_of_the_audience_say_it(stack):
    editor, mark = Person(stack, "editor"), users(stack, "soon", 1, "<b>", "2")
    typed = {"criteria.type": "user", "criteria.user.0.field": "mark",
             "criteria.user.0.value": mark, "criteria.user.1.field": "v",
             "criteria.user.1.operator": ">=", "criteria.user.1.value": "2"}
    answer = editor.post("/admin/experiments", do="count", **fields(), **typed)
    assert answer.status_code == 200, answer.text
    assert "1 match now" in answer.text
    assert "2 values of v are no dates or numbers" in text_of(answer)
    exp = define(stack, mark, criteria={"type": "user", "filters": {"mark": mark,
                                                                    "v": {">=": "2"}}})
    assert "Not compared: 2 values of v are no dates or numbers." in text_of(
        editor.get(f"/admin/experiment/{exp}/audience"))
    stack.call("PUT", f"/v1/user/{mark}-0/profile", json={"mark": mark, "v": 5})
    answer = editor.post("/admin/experiments", do="count", **fields(), **typed)
    assert "1 value of v is no date or number" in text_of(answer)
    stack.call("PUT", f"/v1/user/{mark}-2/profile", json={"mark": mark, "v": 5})
    answer = editor.post("/admin/experiments", do="count", **fields(), **typed)
    assert "3 match now" in answer.text and "no date" not in answer.text


@pytest.mark.parametrize("good,status,message", [
    (["2019-05-14"], "ACTIVE", "Experiment is actively mapped"),
    ([], "FAILED", "Users Not Found matching the Criteria")])
def test_the_message_of_a_mapping_says_it(stack, good, status, message):
    mark = users(stack, "soon", "later", *good)
    exp = submit(stack, mark, criteria={"type": "user", "filters": {
        "mark": mark, "v": {">": "2019-01-01"}}})
    await_status(stack, exp, status)
    assert admin(stack, "GET", exp)["status_msg"] == (
        f"{message}; 2 values of v are no dates or numbers")


def test_the_message_names_a_few_fields(stack):
    mark = users(stack, 1, **{f"w{i}": "soon" for i in range(7)})
    exp = submit(stack, mark, criteria={"type": "user", "filters": {
        "mark": mark, **{f"w{i}": {">": 1} for i in range(7)}}})
    await_status(stack, exp, "FAILED")
    said = admin(stack, "GET", exp)["status_msg"].split("; ")
    assert said[1:] == [f"1 value of w{i} is no date or number" for i in range(5)] + ["and others"]
