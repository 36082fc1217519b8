# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of an experiment: results, audience, health, explanation, history."""

import csv
import html
import io
import re

import pytest

from enrols import change, enroll, running, set_state, somebody
from goals import goal, hit
from lookups import define, new_id, submit
from result_rows import fill, rebuild

TABS = {
    "results": lambda who, exp: who.get(f"/admin/experiment/{exp}"),
    "setup": lambda who, exp: who.get(f"/admin/experiment/{exp}/setup"),
    "audience": lambda who, exp: who.get(f"/admin/experiment/{exp}/audience"),
    "health": lambda who, exp: who.get(f"/admin/experiment/{exp}/health"),
    "explain": lambda who, exp: who.get(f"/admin/experiment/{exp}/explain"),
    "history": lambda who, exp: who.get(f"/admin/experiment/{exp}/history"),
}
HOSTILE = "<script>alert('x')</script>\u202e\"&"


def text_of(answer, status=200):
    """A page as the reader of its text sees it."""
    assert answer.status_code == status, answer.text
    assert "<script>" not in answer.text
    assert len(answer.content) < 52_000
    return html.unescape(answer.text)


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_is_shown_to_a_viewer_with_hostile_names_escaped(stack, viewer, tab):
    exp = running(stack, HOSTILE, name=HOSTILE, description=HOSTILE, goals=[goal(stack)])
    enroll(stack, exp, somebody())
    assert HOSTILE in text_of(TABS[tab](viewer, exp))


@pytest.mark.parametrize("tab", TABS)
def test_tabs_of_an_unknown_experiment_are_not_found(viewer, tab):
    assert TABS[tab](viewer, "nothing").status_code == 404


def test_the_csv_and_json_of_a_page_equal_those_of_the_api(stack, viewer):
    exp = running(stack, "b")
    enroll(stack, exp, somebody())
    told = viewer.get(f"/admin/experiment/{exp}/results.json")
    wanted = stack.call("GET", f"/v1/experiment/{exp}/results").json()
    assert told.headers["Content-Type"].startswith("application/json")
    told = told.json()
    # Results are those of the moment at which they were read.
    assert told.pop("data_through") <= wanted.pop("data_through")
    assert told == wanted
    table = viewer.get(f"/admin/experiment/{exp}/results.csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.text == stack.call("GET", f"/v1/experiment/{exp}/results?format=csv").text
    assert len(list(csv.reader(io.StringIO(table.text)))) > 2
    assert viewer.get("/admin/experiment/nothing/results.csv").status_code == 404


def test_the_audience_is_shown_in_words_with_a_sample(stack, viewer):
    word, who = new_id("city"), somebody()
    stack.call("PUT", f"/v1/user/{who}/profile", json={"city": word, "age": 40})
    exp = define(stack, "a", criteria={"type": "user", "filters": {
        "city": [word, "other"], "age": {">=": 18, "<": 65}}})
    text = text_of(viewer.get(f"/admin/experiment/{exp}/audience"))
    assert f'city is one of "{word}", "other"' in text
    assert "age is below 65 and is at least 18" in text
    assert "1 profiles match" in text and f"<code>{who}</code>" in text


def test_an_empty_audience_says_what_to_do(stack, viewer):
    exp = submit(stack, "a", criteria={"type": "device", "filters": [
        {"name": "os", "operator": "ISNULL"},
        {"name": "n", "operator": "RANGE", "value": {"start": 1, "end": 2}},
        {"name": "city", "operator": "IN", "value": [new_id("city")]}]})
    text = text_of(viewer.get(f"/admin/experiment/{exp}/audience"))
    assert "os is absent" in text and "n is from 1 to 2" in text
    assert "Nobody matches" in text and "curl -X PUT" in text


def test_health_warns_of_a_split_that_cannot_be_chance(stack, viewer):
    exp = running(stack, "b")
    text = text_of(viewer.get(f"/admin/experiment/{exp}/health"))
    assert "There are no participants yet" in text
    stack.sql("insert into assay.exposure (subject_id, experiment, alternative, earlier_exposures, "
              "exposed_at, forced, allocation) select 'u:' || %s || i, nr, 2, 0, now(), "
              "false, 1 from assay.experiment, generate_series(1, 100) as i where id = %s",
              exp, exp)
    rebuild(stack, exp)
    enroll(stack, exp, somebody())
    text = text_of(viewer.get(f"/admin/experiment/{exp}/health"))
    assert "Sample ratio mismatch" in text


def test_explaining_a_decision_shows_the_reason_and_changes_nothing(stack, viewer):
    exp = running(stack, "b")
    text = text_of(viewer.get(f"/admin/experiment/{exp}/explain?session_id=a%20s"))
    assert "a s sees" in text and "ASSIGNED" in text and "Then the draw decides" in text
    assert stack.sql("select count(*) from assay.enrolment where subject_id = 's:a s'") == [(0,)]
    enroll(stack, exp, {"device_id": "d1"})
    assert "It is enrolled." in text_of(
        viewer.get(f"/admin/experiment/{exp}/explain?device_id=d1"))
    assert viewer.get(f"/admin/experiment/{exp}/explain?user_id=").status_code == 200


def test_history_shows_every_change_with_before_and_after(stack, editor):
    exp = running(stack, "b")
    change(stack, exp, "b", name="another name")
    for n in range(6):
        editor.post(f"/admin/experiment/{exp}/state", state="track" if n % 2 else "enabled")
        set_state(stack, exp, "default")
    first = editor.get(f"/admin/experiment/{exp}/history")
    text = text_of(first)
    assert text.count("<li><p><time") == 10
    assert editor.name in text and "POST /admin/experiment/:id/state" in text
    assert '"state": "enabled"' in text and '"state": "default"' in text
    older = first.links["next"]["url"]
    text = text_of(editor.get(f"/admin/experiment/{exp}/history{older}"))
    assert '"expName": "another name"' in text and '"expName": "a name"' in text
    assert "POST /experiment/create" in text and "there was nothing" in text


def test_a_page_of_a_goal_has_its_counts(stack, viewer):
    name = goal(stack)
    exp = running(stack, "b", goals=[name])
    who = somebody()
    enroll(stack, exp, who)
    hit(stack, name, who)
    assert f"Goal: {name}" in text_of(viewer.get(f"/admin/experiment/{exp}"))


def spread_over(stack, exp, name, control, b):
    """Participants of the last three days, with what they did: {times: subjects} an arm."""
    for arm, hits in ((1, control), (2, b)):
        fill(stack, exp, arm, 60, {name: hits})
    stack.sql("update exposure as x set exposed_at = x.exposed_at - (length(subject_id) + "
              "hashtext(subject_id)) %% 2 * interval '1 day' - interval '1 day' "
              "from experiment as e where e.nr = x.experiment and e.id = %s", exp)
    rebuild(stack, exp)


def test_results_have_charts_over_time_and_by_number_of_hits(stack, viewer):
    name = goal(stack, test="mwu")
    exp = running(stack, HOSTILE, goals=[name])
    spread_over(stack, exp, name, {1: 10, 3: 5}, {1: 20, 20: 5})
    answer = viewer.get(f"/admin/experiment/{exp}")
    text = text_of(answer)
    assert answer.text.count('<polygon class="band') == 2
    assert answer.text.count('<polyline class="series') == 4
    assert "<td>control</td><td>25.00 %</td>" in text
    # 20 times count with the last column, 8.
    assert "<td>8</td><td>5</td><td>5</td>" in answer.text
    for drawing in re.findall(r"<svg[^>]*role=\"img\".*?</svg>", answer.text, re.S):
        title, desc = re.search(r'aria-labelledby="(\S+) (\S+)"', drawing).groups()
        assert f'<title id="{title}">' in drawing and f'<desc id="{desc}">' in drawing
        assert answer.text.count(f'id="{title}"') == 1


def test_a_goal_tested_by_share_has_no_chart_of_hits(stack, viewer):
    name = goal(stack)
    exp = running(stack, "b", goals=[name])
    spread_over(stack, exp, name, {1: 10}, {1: 20})
    text = text_of(viewer.get(f"/admin/experiment/{exp}"))
    assert "Conversion rate over time" in text and "At least so many times" not in text


def test_an_experiment_without_participants_says_how_to_enrol(stack, viewer):
    exp = running(stack, "b", goals=[goal(stack)])
    text = text_of(viewer.get(f"/admin/experiment/{exp}"))
    assert "Waiting for the first participant" in text and f"/v1/experiment/{exp}/enroll" in text


def test_every_worker_shows_current_results(stack, viewer):
    exp = running(stack, "b")
    for whole in (10, 20, 30):
        fill(stack, exp, 1, 10)
        for _ in range(20):
            text = text_of(viewer.get(f"/admin/experiment/{exp}/health"))
            assert f"<dt>Participants</dt><dd>{whole}</dd>" in text


def test_a_result_of_a_year_and_many_alternatives_is_a_small_page(stack, viewer):
    names = [goal(stack, test="mwu") for _ in range(3)]
    exp = running(stack, "b", "c", "d", "e", goals=names)
    for arm in range(1, 6):
        fill(stack, exp, arm, 40, {n: {times: 2 for times in range(1, 16)} for n in names})
    stack.sql("update exposure as x set exposed_at = x.exposed_at - (hashtext(subject_id) & 255) * "
              "interval '1 day' from experiment as e where e.nr = x.experiment and e.id = %s", exp)
    rebuild(stack, exp)
    text_of(viewer.get(f"/admin/experiment/{exp}"))
