# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of definitions that another change overtakes between their read and their check. The
other one is a transaction that keeps the check waiting, renames a group and commits, so that each
case meets the race for certain."""

import contextlib
import threading

import psycopg2
import pytest

from lookups import body
from segmentations import make
from stack import Stack, wait_until


# What the database does is the same behind every web server. The wait may be long.
@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd", ASSAY_STATEMENT_TIMEOUT_MS="60000")
    yield s
    s.stop()


def overtaken(stack, changes, request):
    """The answer to a request whose check of the definitions came after these statements."""
    url = stack.env["ASSAY_OWNER_DATABASE_URL"].replace("assay_owner@", "postgres@")
    answers = []
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("lock table assay.cache_epoch in access exclusive mode")
        thread = threading.Thread(target=lambda: answers.append(request()))
        thread.start()

        def waits():
            cursor.execute("select 1 from pg_locks as l join pg_stat_activity as a using (pid)"
                           " where not l.granted and a.usename = 'assay_app'")
            return cursor.fetchall()
        wait_until(waits, 20, "a request that waits")
        for statement, *params in changes:
            cursor.execute(statement, params)
        cursor.execute("update assay.cache_epoch set definitions = definitions + 1")
        connection.commit()
    thread.join(60)
    return answers[0]


def rename(base, user):
    """The group `one` of base is `two` from now on, also for its user."""
    groups = ("update assay.segmentation set groups = replace(groups::text, '\"one\"', '\"two\"')"
              "::jsonb, version = version + 1 where id = %s")
    return [(groups, base), (groups, user),
            ("update assay.experiment set criteria = replace(criteria::text, '\"one\"', '\"two\"')"
             "::jsonb, version = version + 1 where id = %s", user)]


def experiment(stack, base):
    """One whose criteria name `one` of base: its path, and how it is changed and read."""
    request = body("overtaken", criteria={"type": "user", "filters": {f"group:{base}": "one"}})
    answer = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert answer.status_code == 200, answer.text
    path = f"/v1/experiment/{request['expId']}"

    def read():
        found = stack.call("GET", path).json()["result"]
        return found["expDescription"], found["criteria"]["filters"][f"group:{base}"]
    return request["expId"], path, lambda changes: {"request": changes}, read


def segmentation(stack, base):
    """One with a rule that names `one` of base: the same of it."""
    seg = make(stack, "rule", [{"name": "in", "rule": {
        "group": {"segmentation": base, "eq": "one"}}}])
    path = f"/v1/segmentation/{seg}"

    def read():
        found = stack.call("GET", path).json()
        return found["description"], found["groups"][0]["rule"]["group"]["eq"]
    return seg, path, lambda changes: changes, read


@pytest.fixture(params=[experiment, segmentation], ids=["experiment", "segmentation"])
def named(request, stack):
    """A segmentation of which something names a group, and that something."""
    base = make(stack, "manual")
    return base, *request.param(stack, base)


def patch(stack, path, changes, **headers):
    return stack.call("PATCH", path, key="admin", json=changes, headers=headers)


def test_a_change_that_a_rename_overtakes_is_made_over_the_new_name(stack, named):
    base, user, path, wrap, read = named
    answer = overtaken(stack, rename(base, user),
                       lambda: patch(stack, path, wrap({"description": "again"})))
    assert answer.status_code == 200, answer.text
    assert read() == ("again", "two")


def test_a_change_over_a_version_that_a_rename_overtakes_is_refused(stack, named):
    base, user, path, wrap, read = named
    before, tag = read()[0], stack.call("GET", path).headers["ETag"]
    answer = overtaken(stack, rename(base, user), lambda: patch(
        stack, path, wrap({"description": "again"}), **{"If-Match": tag}))
    assert answer.status_code == 412, answer.text
    assert "two" not in answer.text and "`one`" not in answer.text
    assert read() == (before, "two")


def test_a_change_to_a_removed_name_is_reported_once(stack):
    base = make(stack, "manual")
    user, path, _, read = segmentation(stack, base)
    answer = overtaken(stack, rename(base, user), lambda: patch(stack, path, {"groups": [
        {"id": 0, "name": "in", "rule": {"group": {"segmentation": base, "eq": "one"}}}]}))
    assert (answer.status_code, answer.json()["errors"]) == (422, [
        {"pointer": "/groups/0/rule/group", "detail": "there is no group `one`"}])
    assert read()[1] == "two"


def test_the_audit_row_of_an_overtaken_change_is_about_that_change_alone(stack, named):
    base, user, path, wrap, _ = named
    assert overtaken(stack, rename(base, user), lambda: patch(
        stack, path, wrap({"description": "again"}))).status_code == 200
    before, = stack.sql("select before::text from assay.audit where target like %s"
                        " order by nr desc limit 1", f"%{user}%")[0]
    assert '"two"' in before and '"one"' not in before


def test_a_segmentation_that_somebody_else_changes_is_changed_after_that(stack):
    seg = make(stack, "manual")
    others = ("update assay.segmentation set name = 'theirs', version = version + 1"
              " where id = %s", seg)
    answer = overtaken(stack, [others], lambda: patch(
        stack, f"/v1/segmentation/{seg}", {"description": "ours"}))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["description"]) == ("theirs", "ours")


def test_changing_a_definition_that_is_deleted_meanwhile_is_not_found(stack):
    seg = make(stack, "manual")
    answer = overtaken(stack, [("delete from assay.segmentation where id = %s", seg)],
                       lambda: patch(stack, f"/v1/segmentation/{seg}", {"name": "another"}))
    assert answer.status_code == 404, answer.text
    assert stack.call("GET", f"/v1/segmentation/{seg}").status_code == 404


def without_b(exp):
    return ("update assay.experiment set alternatives = jsonb_path_query_array(alternatives,"
            " '$[*] ? (@.name != \"b\")'), version = version + 1 where id = %s", exp)


@pytest.mark.parametrize("named, status", [(False, 400), (True, 412)])
def test_a_default_that_is_removed_while_a_state_is_set_is_not_set(stack, named, status):
    request = body("overtaken", alternatives=[{"name": "control"}, {"name": "b"}])
    exp = request["expId"]
    made = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert made.status_code == 200, made.text
    headers = {"If-Match": made.headers["ETag"]} if named else {}
    answer = overtaken(stack, [without_b(exp)], lambda: stack.call(
        "POST", f"/v1/experiment/{exp}/state", key="admin", headers=headers,
        json={"state": "default", "default": "b"}))
    assert answer.status_code == status, answer.text
    found = stack.call("GET", f"/v1/experiment/{exp}").json()["result"]
    assert (found["state"], found["default"]) == ("enabled", "control")


def test_a_state_that_another_change_overtakes_is_set_after_it(stack):
    request = body("overtaken", alternatives=[{"name": "control"}, {"name": "b"}])
    exp = request["expId"]
    made = stack.call("POST", "/v1/experiment/create", key="admin", json={"request": request})
    assert made.status_code == 200, made.text
    answer = overtaken(stack, [without_b(exp)], lambda: stack.call(
        "POST", f"/v1/experiment/{exp}/state", key="admin", json={"state": "track"}))
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["state"] == "track"
    (before,), = stack.sql("select before from audit where target = %s and action like %s",
                           exp, "%/state")
    assert [a["name"] for a in before["alternatives"]] == ["control"]
