# SPDX-License-Identifier: GPL-3.0-or-later
"""Goals with a window: which hits count, and who is in the results of such a goal."""

import datetime
import json

import psycopg2
import pytest

from enrols import enroll, put, running, somebody
from goals import confirm, conversions, goal, hit, merge, said, session, text_of, view
from lookups import admin
from result_rows import cell, differences, number, results

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


def today(hour=0):
    """That hour of the present day."""
    now = datetime.datetime.now(UTC)
    return now.replace(hour=hour, minute=0, second=0, microsecond=0)


class Past:
    """Enrolments and hits at any time, booked by the ledger on its day."""

    def __init__(self, stack, exp):
        self.stack, self.exp, self.nr = stack, exp, number(stack, exp)
        stack.sql("update experiment set start_date = start_date - 30 where nr = %s", self.nr)
        self.connection = psycopg2.connect(stack.env["ASSAY_OWNER_DATABASE_URL"])
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute("set search_path = assay")

    def run(self, at, text, *params):
        """A row of the statement, run at that time."""
        self.cursor.execute("select set_config('assay.simulated_day', %s, false)",
                            (str(at.date()),))
        self.cursor.execute(text, params)
        return self.cursor.fetchone()

    def enrol(self, at, subject=None, arm=2):
        subject = subject or "u:" + somebody()
        self.run(at, "select made from enrol(%s, array[%s]::bigint[], array[%s], array[1::bigint], "
                 "array[null::integer], 'drawn', true, %s)", subject, self.nr, arm, at)
        return subject

    def hit(self, at, subject, name, times=1, event=None):
        """Where it was recorded, and whether it waits there."""
        return self.run(at, "select ids, waits from goal_hit(%s, %s, %s, %s, true, %s)",
                        subject, name, times, event, at)

    def confirm(self, at, subject):
        self.run(at, "select subject_confirm(%s, %s)", subject, at)

    def erase(self, at, subject):
        self.run(at, "select subject_erase(%s)", subject)


def windowed(stack, start, end, **more):
    """An experiment of control and b with one new goal of that window; Past and the goal's name."""
    name = goal(stack, window_from=start, window_to=end, **more)
    return Past(stack, running(stack, "b", goals=[name])), name


def told(past, name, **params):
    """Of the goal: (participants of b whose window has ended, of these with a hit, waiting)."""
    answer = results(past.stack, past.exp, **params)
    (found,) = [g for g in answer["goals"] if g["goal"] == name]
    b = cell(answer, name)
    return b["participants"], b["conversions"], found["waiting"]


def test_a_hit_counts_from_the_beginning_of_the_window_to_just_before_its_end(stack):
    past, name = windowed(stack, 24, 48)
    start, ms = today() - 10 * DAY, datetime.timedelta(milliseconds=1)
    subject = past.enrol(start)
    for at, counts in ((start, False), (start + DAY - ms, False), (start + DAY, True),
                       (start + 2 * DAY - ms, True), (start + 2 * DAY, False),
                       (start + 9 * DAY, False)):
        assert past.hit(at, subject, name) == ([past.exp] if counts else [], False), at - start
    assert conversions(stack, past.exp) == {("b", name): {2: 1}}
    assert differences(stack, past.exp) == []


def test_a_hit_outside_the_window_does_not_use_up_its_event(stack):
    past, name = windowed(stack, 24, 48)
    start = today() - 10 * DAY
    subject = past.enrol(start)
    assert past.hit(start, subject, name, event="e") == ([], False)
    assert past.hit(start + DAY, subject, name, event="e") == ([past.exp], False)
    assert past.hit(start + DAY, subject, name, event="e") == ([], False)
    assert conversions(stack, past.exp) == {("b", name): {1: 1}}


def test_a_call_and_a_view_say_where_they_counted(stack):
    page = "page-" + somebody()
    opened = goal(stack, window_from=0, window_to=168, page=page)
    later = goal(stack, window_from=1, window_to=168, page=page)
    always = goal(stack, page=page)
    exp, user = running(stack, "b", goals=[opened, later]), somebody()
    enroll(stack, exp, user)
    assert hit(stack, opened, user) == said([exp])
    assert hit(stack, later, user) == said([])
    view(stack, user, page)
    counted = conversions(stack, exp)
    assert [sum(counted[key]) for key in sorted(counted) if key[1] == opened] == [2]
    assert [sum(counted[key]) for key in sorted(counted) if key[1] == always] == [1]
    assert not [key for key in counted if key[1] == later]


def test_many_hits_at_once_obey_the_window(stack):
    past, name = windowed(stack, 0, 24)
    start = today() - 10 * DAY
    early, late = past.enrol(start), past.enrol(start + DAY)
    at = start + DAY + HOUR
    past.cursor.execute("select ids from goal_hit_many(%s, %s, %s::bigint[], %s, true, %s) "
                        "order by place", ([early, late], [name] * 2, [1, 1], [None, None], at))
    assert past.cursor.fetchall() == [([],), ([past.exp],)]
    assert conversions(stack, past.exp) == {("b", name): {1: 1}}
    assert differences(stack, past.exp) == []


def test_participants_count_when_the_day_on_which_their_window_ends_is_over(stack):
    """A window that ends at 23:00 is open at 01:00 of that day, and at its midnight."""
    past, name = windowed(stack, 0, 24)
    start = today(23) - 4 * DAY
    subject = past.enrol(start)
    past.hit(start + HOUR, subject, name)
    past.enrol(start + DAY)
    assert told(past, name, through=str(start.date())) == (0, 0, 1)
    assert told(past, name, through=str((start + DAY).date())) == (1, 1, 1)
    assert told(past, name, through=str((start + 2 * DAY).date())) == (2, 1, 0)
    assert told(past, name) == (2, 1, 0)
    past.enrol(today() - DAY)
    past.enrol(today())
    assert told(past, name) == (2, 1, 2)
    assert results(stack, past.exp)["alternatives"][1]["participants"] == 4
    assert differences(stack, past.exp) == []


def test_what_an_open_window_holds_is_in_no_number(stack):
    """Neither in the rate nor in the mean nor in the curve: all of them count finished windows."""
    past, name = windowed(stack, 0, 168, test="mwu")
    for days, hits in ((9, 2), (9, 0), (3, 5), (3, 0)):
        subject = past.enrol(today() - days * DAY)
        if hits:
            past.hit(today() - days * DAY + HOUR, subject, name, times=hits)
    answer = results(stack, past.exp)
    b = cell(answer, name)
    assert (b["participants"], b["conversions"], b["rate"], b["mean_actions"]) == (2, 1, 0.5, 1)
    assert (b["histogram"], b["mwu_confidence"]) == (None, None)
    ended = str((today() - 2 * DAY).date())
    assert [row for row in answer["converted"] if row[1] == name] == [[ended, name, "b", 1]]
    assert [row for row in answer["ended"] if row[1] == name] == [[ended, name, "b", 2]]
    assert results(stack, past.exp, through=str((today() - 3 * DAY).date()))["ended"] == []


def test_numbers_of_a_window_are_the_same_before_and_after_folding(stack):
    past, name = windowed(stack, 0, 24)
    for days in (1, 2, 3, 5, 5):
        subject = past.enrol(today() - days * DAY)
        past.hit(today() - days * DAY + HOUR, subject, name, times=days)
    before = results(stack, past.exp)
    stack.sql("select result_fold(1000)")
    after = results(stack, past.exp)
    for answer in (before, after):
        answer.pop("data_through")
    assert before == after
    assert told(past, name) == (4, 4, 1)
    assert differences(stack, past.exp) == []


def test_an_erasure_takes_off_a_window_that_is_open_and_no_day_of_the_past(stack):
    past, name = windowed(stack, 0, 48)
    done, open_one = past.enrol(today() - 6 * DAY), past.enrol(today() - DAY)
    past.hit(today() - 6 * DAY + HOUR, done, name)
    past.hit(today() - DAY + HOUR, open_one, name)
    day = str((today() - 2 * DAY).date())
    then = results(stack, past.exp, through=day)
    assert told(past, name, through=day) == (1, 1, 0)
    past.erase(today() - DAY + 2 * HOUR, open_one)
    assert told(past, name) == (1, 1, 0)
    assert differences(stack, past.exp) == []
    ends = (today() + DAY).date()
    assert stack.sql("select sum(n) from result_delta where experiment = %s and day = %s",
                     past.nr, ends) == [(0,)]
    past.erase(today() - DAY + 2 * HOUR, done)
    assert told(past, name) == (0, 0, 0)
    assert results(stack, past.exp, through=day) == then
    assert differences(stack, past.exp) == []


def test_a_session_is_in_the_window_of_its_enrolment_when_it_is_confirmed(stack):
    past, name = windowed(stack, 0, 1)
    start = today(12) - 3 * DAY
    subject = past.enrol(start, subject="s:" + somebody())
    assert past.hit(start + HOUR * 59 / 60, subject, name) == ([past.exp], True)
    assert past.hit(start + HOUR * 61 / 60, subject, name) == ([], False)
    past.confirm(start + HOUR * 62 / 60, subject)
    assert conversions(stack, past.exp) == {("b", name): {1: 1}}
    assert past.hit(start + HOUR * 63 / 60, subject, name) == ([], False)
    assert told(past, name) == (1, 1, 0)
    assert differences(stack, past.exp) == []


def test_a_session_that_is_confirmed_after_its_window_counts_from_that_day_on(stack):
    past, name = windowed(stack, 0, 1)
    subject = past.enrol(today() - 5 * DAY, subject="s:" + somebody())
    past.confirm(today() - 3 * DAY, subject)
    assert told(past, name, through=str((today() - 4 * DAY).date())) == (0, 0, 0)
    assert told(past, name, through=str((today() - 3 * DAY).date())) == (1, 0, 0)
    assert differences(stack, past.exp) == []


def age(stack, exp, subject, hours):
    """Lets the windows of a participant have begun so many hours ago."""
    for table, column in (("exposure", "enrolled_at"), ("conversion", "exposed_at")):
        stack.sql(f"update {table} set {column} = now() - %s * interval '1 hour' "
                  "where subject_id = %s", hours, subject)
    stack.sql("select result_rebuild(%s)", number(stack, exp))


def test_a_session_that_becomes_a_user_keeps_its_window(stack):
    name = goal(stack, window_from=0, window_to=168)
    exp, user, someone = running(stack, "b", goals=[name]), somebody(), session()
    put(stack, exp, someone, "b")
    confirm(stack, someone)
    hit(stack, name, someone)
    age(stack, exp, text_of(someone), 167)
    merge(stack, user, someone)
    assert differences(stack, exp) == []
    assert stack.sql("select now() - enrolled_at > interval '166 hours' from exposure "
                     "where subject_id = %s", "u:" + user) == [(True,)]
    assert hit(stack, name, user) == said([exp])
    age(stack, exp, "u:" + user, 169)
    assert hit(stack, name, user) == said([])


def test_a_waiting_hit_of_a_session_that_becomes_a_user_counts(stack):
    past, name = windowed(stack, 0, 1)
    start = today(12) - 3 * DAY
    subject, user = past.enrol(start, subject="s:" + somebody()), "u:" + somebody()
    past.hit(start + HOUR / 2, subject, name)
    past.run(start + HOUR * 34 / 60, "select moved from subject_incorporate(%s, %s, %s)", subject,
             user, start + HOUR * 34 / 60)
    assert conversions(stack, past.exp) == {("b", name): {1: 1}}
    assert told(past, name) == (1, 1, 0)
    assert past.hit(start + 2 * HOUR, user, name) == ([], False)
    assert differences(stack, past.exp) == []


def test_goals_of_one_window_share_their_participants(stack):
    first, second = (goal(stack, window_from=start, window_to=24) for start in (0, 12))
    past = Past(stack, running(stack, "b", goals=[first, second]))
    past.enrol(today() - 3 * DAY)
    assert told(past, first) == told(past, second) == (1, 0, 0)
    assert stack.sql("select goal, sum(n) from result_delta where experiment = %s group by 1 "
                     "order by 1", past.nr) == [(-24, 1), (0, 1)]


def test_an_experiment_without_windows_books_its_participants_once(stack):
    name = goal(stack)
    past = Past(stack, running(stack, "b", goals=[name]))
    past.enrol(today() - 3 * DAY)
    assert stack.sql("select goal, n from result_delta where experiment = %s", past.nr) == [(0, 1)]
    (found,) = results(stack, past.exp)["goals"]
    assert (found["window_from"], found["window_to"], found["waiting"], found["counted_since"]) == (
        None, None, 0, None)
    assert [a["participants"] for a in found["alternatives"]] == [0, 1]


def test_an_experiment_that_names_no_goals_has_the_windows_of_all(stack):
    name = goal(stack, window_from=0, window_to=31)
    past = Past(stack, running(stack, "b"))
    past.enrol(today() - 3 * DAY)
    assert told(past, name) == (1, 0, 0)
    new = goal(stack, window_from=0, window_to=37)
    assert told(past, new) == (0, 0, 1)
    stack.assay("jobs", "--once")
    assert told(past, new) == (1, 0, 0)


def test_a_goal_that_is_named_later_is_counted_when_the_jobs_have_been_there(stack):
    plain, name = goal(stack), goal(stack, window_from=0, window_to=29)
    past = Past(stack, running(stack, "b", goals=[plain]))
    subject = past.enrol(today() - 4 * DAY)
    past.hit(today() - 4 * DAY + HOUR, subject, name)
    admin(stack, "PATCH", past.exp, {"goals": [plain, name]})
    past.enrol(today() - 3 * DAY)
    answer = results(stack, past.exp)
    found = answer["goals"][1]
    assert found["counted_since"] is not None
    b = cell(answer, name)
    assert (b["participants"], b["conversions"], b["rate"]) == (0, 0, None)
    assert "those from before are being added" in b["reason"]
    assert differences(stack, past.exp) == []
    stack.assay("jobs", "--once")
    assert results(stack, past.exp)["goals"][1]["counted_since"] is None
    assert told(past, name) == (2, 1, 0)
    assert differences(stack, past.exp) == []


def test_a_window_that_is_set_while_there_are_participants_is_counted_by_the_jobs(stack):
    name = goal(stack)
    past = Past(stack, running(stack, "b", goals=[name]))
    past.enrol(today() - 4 * DAY)
    assert told(past, name) == (1, 0, 0)
    answer = stack.call("PATCH", f"/v1/goal/{name}", key="admin",
                        json={"window_from": 0, "window_to": 41})
    assert answer.status_code == 200, answer.text
    assert told(past, name) == (0, 0, 1)
    past.enrol(today() - 4 * DAY)
    stack.assay("jobs", "--once")
    assert told(past, name) == (2, 0, 0)
    assert differences(stack, past.exp) == []


def test_the_ledger_made_anew_has_the_same_days_for_windows(stack):
    past, name = windowed(stack, 0, 48)
    for days in (1, 2, 3, 5, 5):
        subject = past.enrol(today() - days * DAY)
        past.hit(today() - days * DAY + HOUR, subject, name, times=days)
    day = str((today() - 2 * DAY).date())
    now, then = results(stack, past.exp), results(stack, past.exp, through=day)
    stack.sql("select result_rebuild(%s)", past.nr)
    assert results(stack, past.exp)["goals"] == now["goals"]
    assert results(stack, past.exp, through=day)["goals"] == then["goals"]
    assert results(stack, past.exp)["ended"] == now["ended"]


def test_a_recount_finds_a_window_that_is_booked_on_a_wrong_day(stack):
    past, name = windowed(stack, 0, 48)
    past.enrol(today())
    stack.sql("select result_fold(1000)")
    right = stack.assay("doctor", "--recount", past.exp)
    assert right.stdout == f"the results of {past.exp} are those of the rows\n"
    stack.sql("update result_cell set day = day + 1 where experiment = %s and goal = -48 "
              "and day > '-infinity'", past.nr)
    wrong = stack.assay("doctor", "--recount", past.exp, check=False)
    assert wrong.returncode == 1
    assert "window that ends" in wrong.stdout


def test_the_day_on_which_a_window_ends_changes_nothing_in_a_goal_without_one(stack):
    plain, name = goal(stack), goal(stack, window_from=0, window_to=24)
    past = Past(stack, running(stack, "b", goals=[plain, name]))
    subject = past.enrol(today() - DAY)
    past.hit(today() - DAY + HOUR, subject, plain)
    past.hit(today() - DAY + HOUR, subject, name)
    assert told(past, plain) == (1, 1, 0)
    assert told(past, name) == (0, 0, 1)
    assert json.dumps(cell(results(stack, past.exp), plain)["histogram"]) == '{"0": 0, "1": 1}'


def test_a_winner_needs_a_week_of_days_on_which_windows_ended(stack):
    """Participants came on ten days, but the windows of five have ended."""
    past, name = windowed(stack, 0, 120)
    for days in range(10, 0, -1):
        at = today(1) - days * DAY
        subjects = ["u:" + somebody() for _ in range(80)]
        past.cursor.execute("select set_config('assay.simulated_day', %s, false)",
                            (str(at.date()),))
        past.cursor.execute("select 1 from enrol_many(%s, %s::bigint[], %s, %s::bigint[], true, "
                            "%s)", (subjects, [past.nr] * 80, [1, 2] * 40, [1] * 80, at))
        done = subjects[1::2]
        past.cursor.execute("select 1 from goal_hit_many(%s, %s, %s::bigint[], %s, true, %s)",
                            (done, [name] * 40, [1] * 40, [None] * 40, at + HOUR))
    answer = results(stack, past.exp)
    assert told(past, name) == (200, 200, 400)
    assert answer["verdict"]["text"] == "b is ahead; wait for a full week."
    assert "5 so far" in " ".join(answer["verdict"]["reasons"])
    past.enrol(today(1) - 12 * DAY)
    assert results(stack, past.exp)["verdict"]["text"] == "Winner: b."


@pytest.mark.smoke
def test_the_form_proposes_a_week_and_takes_none(stack, editor):
    page = editor.get("/admin/goals").text
    assert 'name="window_from:number" value="0"' in page
    assert 'name="window_to:number" value="168"' in page
    name, plain = "goal-" + somebody(), "goal-" + somebody()
    week = {"window_from:number": "0", "window_to:number": "168"}
    assert editor.post("/admin/goals", name=name, test="chi2", **week).status_code == 303
    none = {"window_from:number": "", "window_to:number": ""}
    assert editor.post("/admin/goals", name=plain, test="chi2", **none).status_code == 303
    listed = editor.get("/admin/goals?limit=1&after=" + name[:-1]).text
    assert "0 to 168 h" in listed
    assert 'value="168"' in editor.get(f"/admin/goal/{name}").text
    half = dict(week, **{"window_from:number": ""})
    refused = editor.post(f"/admin/goal/{name}", test="chi2", **half)
    assert refused.status_code == 422 and 'id="window_from-wrong"' in refused.text
    assert editor.post(f"/admin/goal/{name}", test="chi2", **none).status_code == 303
    assert 'value="168"' not in editor.get(f"/admin/goal/{name}").text


def test_the_page_of_results_and_the_csv_count_finished_windows(stack, viewer):
    past, name = windowed(stack, 0, 24)
    for days in (5, 4, 3, 1):
        past.hit(today() - days * DAY + HOUR, past.enrol(today() - days * DAY), name)
    text = viewer.get(f"/admin/experiment/{past.exp}").text
    assert "Hits count from 0 to 24 hours after the enrolment." in text
    assert "1 more is waiting." in text
    assert "3 of 3" in text
    csv = stack.call("GET", f"/v1/experiment/{past.exp}/results", params={"format": "csv"}).text
    assert f"{name},chi2,b,3,3,1" in csv


def test_windows_are_exported_and_imported(stack, tmp_path):
    name = goal(stack, window_from=0, window_to=168)
    document = json.loads(stack.assay("export", "definitions").stdout)
    (found,) = [g for g in document["goals"] if g["name"] == name]
    assert (found["window_from"], found["window_to"]) == (0, 168)
    file = tmp_path / "goals.json"
    file.write_text(json.dumps({"goals": [dict(found, window_to=48)]}))
    stack.assay("import", "definitions", str(file))
    document = json.loads(stack.assay("export", "definitions").stdout)
    assert dict(found, window_to=48) in document["goals"]
