# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages offer what is possible, say what is left out, and ask before what cannot be undone."""

import html
import re

import pytest

from enrols import enroll, running, set_state, somebody
from goals import confirm, goal, session
from lookups import admin, new_id
from pages import Person, values
from segmentations import make
from stack import wait_until
from result_rows import rates


@pytest.fixture(scope="module")
def keeper(stack):
    return Person(stack, "admin")


def text_of(answer, status=200):
    """The words of a page, as a reader sees them."""
    assert answer.status_code == status, answer.text
    plain = re.sub(r"<[^>]*>", "", re.sub(r"<select.*?</select>", "", answer.text, flags=re.S))
    return re.sub(r"\s+", " ", html.unescape(plain))


def test_a_stopped_experiment_can_be_resumed_but_not_started(stack, editor):
    exp = running(stack, "b", state="default")
    setup = f"/admin/experiment/{exp}/setup"
    assert ">Start<" in editor.get(setup).text
    assert editor.post(f"/admin/experiment/{exp}/stop").status_code == 303
    page = editor.get(setup)
    for words in (">Start<", ">Stop enrolling<", ">Stop<"):
        assert words not in page.text
    assert ">Resume<" in page.text and "new people are enrolled" not in text_of(page)
    for state in ("enabled", "track"):
        answer = editor.post(f"/admin/experiment/{exp}/state", state=state)
        assert answer.status_code == 409 and "resume it first" in answer.text
    assert admin(stack, "GET", exp)["state"] == "default"
    assert "It is stopped" in text_of(editor.get(f"/admin/experiment/{exp}"))


@pytest.mark.parametrize("status", ["INACTIVE", "FAILED"])
def test_an_ended_or_failed_experiment_offers_no_start(stack, editor, status):
    exp = running(stack, "b")
    stack.sql("update experiment set status = %s where id = %s", status, exp)
    page = editor.get(f"/admin/experiment/{exp}/setup")
    for words in (">Start<", ">Stop enrolling<", ">Stop<", ">Resume<"):
        assert words not in page.text
    assert "new people are enrolled" not in text_of(page)
    assert editor.post(f"/admin/experiment/{exp}/state", state="track").status_code == 409


def test_a_start_in_the_future_is_shown_as_such(stack, editor):
    exp = running(stack, "b", data={"startDate": "2099-01-01", "endDate": None})
    text = text_of(editor.get(f"/admin/experiment/{exp}/setup"))
    assert "From 2099-01-01 on new people are enrolled" in text
    assert "Now new people are enrolled" not in text


def decided(stack, winner):
    """An experiment in which b is far better than control, or nobody has done anything."""
    exp = running(stack, "b")
    goal_name = goal(stack)
    admin(stack, "PATCH", exp, {"goals": [goal_name]})
    if winner:
        rates(stack, exp, goal_name, (60, 0), (60, 60))
        assert verdict(stack, exp) == "Winner: b."
    for _ in range(4):
        enroll(stack, exp, somebody())
    return exp


def verdict(stack, exp):
    return stack.call("GET", f"/v1/experiment/{exp}/results").json()["verdict"]["text"]


def test_the_end_proposes_the_winner_and_the_results_say_what_everybody_sees(stack, editor):
    exp = decided(stack, True)
    setup = editor.get(f"/admin/experiment/{exp}/setup").text
    assert 'name="default"' not in setup and f"/admin/experiment/{exp}/end" in setup
    page = editor.get(f"/admin/experiment/{exp}/end")
    assert "Winner: b." in text_of(page) and values(page.text)["default"] == "b"
    answer = editor.post(f"/admin/experiment/{exp}/end", default="control",
                         version=values(page.text)["version"])
    assert answer.headers["Location"] == f"/admin/experiment/{exp}"
    found = admin(stack, "GET", exp)
    assert (found["state"], found["default"]) == ("default", "control")
    results = editor.get(f"/admin/experiment/{exp}")
    title = re.search(r'<h2 id="verdict">(.*?)</h2>', results.text).group(1)
    assert re.fullmatch(r"Ended \d+ [A-Z][a-z]{2} \d{4}: everybody sees control\.", title)
    set_state(stack, exp, "enabled")
    assert "Ended" not in text_of(editor.get(f"/admin/experiment/{exp}"))


def test_without_a_winner_nothing_is_proposed_and_one_must_be_chosen(stack, editor):
    exp = decided(stack, False)
    page = editor.get(f"/admin/experiment/{exp}/end").text
    assert values(page)["default"] == ""
    answer = editor.post(f"/admin/experiment/{exp}/end", default="")
    assert answer.status_code == 422 and "must be chosen" in answer.text
    answer = editor.post(f"/admin/experiment/{exp}/end", default="nothing")
    assert answer.status_code == 422 and "/default" not in answer.text
    assert admin(stack, "GET", exp)["state"] == "enabled"
    viewer = Person(stack, "viewer")
    assert viewer.get(f"/admin/experiment/{exp}/end").status_code == 403
    assert viewer.post(f"/admin/experiment/{exp}/end", default="b").status_code == 403


def test_an_end_over_an_older_version_is_refused(stack, editor):
    exp = running(stack, "b")
    old = values(editor.get(f"/admin/experiment/{exp}/end").text)["version"]
    admin(stack, "PATCH", exp, {"name": "meanwhile"})
    answer = editor.post(f"/admin/experiment/{exp}/end", default="b", version=old)
    assert answer.status_code == 412 and admin(stack, "GET", exp)["state"] == "enabled"


def test_unconfirmed_sessions_are_reported_beside_the_numbers(stack, editor):
    exp, sessions = running(stack, "b"), [session() for _ in range(3)]
    for one in sessions:
        enroll(stack, exp, one)
    words = "3 sessions have not been confirmed as human and are not counted."
    results, health = f"/admin/experiment/{exp}", f"/admin/experiment/{exp}/health"
    for path in (results, health):
        wait_until(lambda p=path: words in text_of(editor.get(p)), 20, f"sessions on {path}")
    for one in sessions:
        confirm(stack, one)
    for path in (results, health):
        wait_until(lambda p=path: "confirmed as human" not in text_of(editor.get(p)), 20,
                   f"no sessions on {path}")


def test_the_overview_reports_unconfirmed_sessions(stack, editor):
    exp = running(stack, "b")
    enroll(stack, exp, session())
    wait_until(lambda: f"{exp}: 1 session has not been confirmed" in text_of(editor.get("/admin")),
               90, "the session on the overview")


def test_an_audience_of_everybody_is_shown_by_its_enrolments(stack, editor):
    exp = running(stack, "b")
    for subject in (somebody(), somebody(), {"device_id": new_id("d")}, session()):
        enroll(stack, exp, subject)
    text = text_of(editor.get(f"/admin/experiment/{exp}/audience"))
    assert re.search(r"Users enrolled so far ?2 ?Devices ?1 ?Sessions ?1", text), text
    assert "last mapping" not in text


def test_counting_live_criteria_is_no_error(stack, editor):
    seg = make(stack)
    form = {"request.expId": new_id("e")[:40], "request.name": "n", "request.description": "d",
            "request.data.startDate": "2099-01-01", "request.data.client": "c",
            "request.data.key": "k", "criteria.type": "user",
            "criteria.user.0.field": f"group:{seg}", "criteria.user.0.value": "one"}
    counted = editor.post("/admin/experiments", do="count", **form)
    text = text_of(counted)
    assert "there is no audience to count" in text and 'role="alert"' not in counted.text
    assert editor.post("/admin/experiments", **form).status_code == 303
    form["criteria.user.0.operator"] = "<="
    form["criteria.user.0.value"] = "true"
    assert editor.post("/admin/experiments", do="count", **form).status_code == 422


def enrolled_today(editor):
    page = editor.get("/admin").text
    return int(re.search(r"Enrolments today</dt><dd>(\d+)", page).group(1))


def test_enrolments_of_today_stay_when_an_experiment_ends(stack, editor):
    exp = running(stack, "b")
    before = enrolled_today(editor)
    for _ in range(5):
        enroll(stack, exp, somebody())
    wait_until(lambda: enrolled_today(editor) >= before + 5, 20, "five enrolments")
    assert editor.post(f"/admin/experiment/{exp}/stop").status_code == 303
    there = admin(stack, "GET", exp)["status"]
    assert there == "STOPPED"
    # Another one that starts shows that the page was made anew.
    late = running(stack, "b")
    enroll(stack, late, somebody())
    wait_until(lambda: enrolled_today(editor) >= before + 6, 20, "the six of them")


def test_a_link_leads_to_the_password_form_and_pages_remind_of_it(stack, keeper):
    name = new_id("new")
    link = html.unescape(keeper.post("/admin/accounts", name=name, role="viewer").text)
    who = Person(stack, "viewer")
    who.session.cookies.clear()
    answer = who.post("/admin/enter", token=re.search(r"token=([0-9a-f]+)", link).group(1))
    assert answer.headers["Location"] == "/admin/account"
    for path in ("/admin", "/admin/goals", "/admin/nothing"):
        page = who.get(path, headers={"Accept": "text/html"})
        assert "You have no password yet" in page.text, path
    words = "seven grey donkeys walk at dawn"
    assert who.post("/admin/account/password", password=words, again=words).status_code == 303
    assert "You have no password yet" not in who.get("/admin").text


@pytest.mark.parametrize("path", ["/admin/nothing", "/admin/experiment/x/y/z", "/admin/goal"])
def test_an_unknown_page_has_the_menu(stack, editor, path):
    answer = editor.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert 'href="/admin/experiments"' in answer.text and editor.name in answer.text
    stranger = stack.call("GET", path, key=None, headers={"Accept": "text/html"})
    assert stranger.status_code == 404 and 'href="/admin/experiments"' not in stranger.text


def test_a_key_is_revoked_after_a_question_that_shows_its_last_use(stack, keeper):
    label = new_id("key")
    made = keeper.post("/admin/keys", **{"class": "client", "name": label}).text
    key = re.search(r"asy_client_([0-9a-f]{8})_", made).group(1)
    assert f'action="/admin/keys/{key}/revoke"' not in keeper.get("/admin/keys").text
    page = keeper.get(f"/admin/keys/{key}/revoke")
    text = text_of(page)
    assert label in text and "never" in text and "client" in text
    assert stack.sql("select revoked_at from api_key where id = %s", key) == [(None,)]
    assert keeper.post(f"/admin/keys/{key}/revoke").status_code == 303
    assert "no longer valid" in text_of(keeper.get(f"/admin/keys/{key}/revoke"))
    assert keeper.get("/admin/keys/00000000/revoke").status_code == 404


FORM = {"request.expId": "a b", "request.name": "", "request.description": "d",
        "request.data.startDate": "2001-01-01", "request.data.client": "c",
        "request.data.key": "k", "request.traffic": "200",
        "request.alternatives.0.name": "control", "request.alternatives.1.name": "b",
        "request.alternatives.1.weight": "-1", "request.alternatives.2.name": "",
        "request.alternatives.3.name": "", "request.goals.0.name": "", "request.goals.1.name": "",
        "criteria.user.0.field": "", "criteria.device.0.name": ""}


def test_a_refused_form_names_its_fields_and_grows_no_rows(editor):
    page = editor.post("/admin/experiments", **FORM)
    assert page.status_code == 422
    summary = re.search(r'role="alert">(.*?)</div>', page.text, re.S).group(1)
    assert "request" not in summary and "<code>" not in summary and "data." not in summary
    for field, words in (("expId", "Id"), ("name", "Name"), ("start", "First day"),
                         ("traffic", "Traffic"), ("a1-name", "Alternatives, row 2")):
        assert f'<a href="#{field}">{words}</a>' in summary, summary
        assert f'id="{field}"' in page.text
    found = values(page.text)
    for prefix, count in (("request.alternatives", 4), ("request.goals", 2),
                          ("criteria.user", 1), ("criteria.device", 1)):
        rows = {name.split(".")[2] for name in found if name.startswith(prefix + ".")}
        assert len(rows) == count, prefix
    again = editor.post("/admin/experiments", **{n: found[n] for n in FORM})
    assert len(values(again.text)) == len(found)


def test_a_refused_segmentation_names_its_fields_and_grows_no_rows(editor):
    form = {"id": "a b", "name": "", "type": "rule", "groups.0.name": "x", "groups.1.name": "",
            "rules.0.group": "nobody", "rules.0.what": "plan", "rules.1.group": "",
            "rules.2.group": ""}
    page = editor.post("/admin/segmentations", **form)
    assert page.status_code == 422
    summary = re.search(r'role="alert">(.*?)</div>', page.text, re.S).group(1)
    assert "<code>" not in summary and "/" not in re.sub(r"<[^>]*>", "", summary)
    found = values(page.text)
    assert len({n for n in found if re.fullmatch(r"groups\.\d+\.name", n)}) == 2
    assert len({n for n in found if re.fullmatch(r"rules\.\d+\.what", n)}) == 3


@pytest.mark.parametrize("path, fields", [
    ("/admin/goals", {"name": "_x"}), ("/admin/layers", {"id": "a b", "unit": "no"}),
    ("/admin/accounts", {"name": "-x", "role": "god"}),
    ("/admin/keys", {"class": "god", "name": "n", "days": "0"}),
    ("/admin/layer/nothing", {"experiment": "x", "size": "0"})])
def test_no_page_shows_a_pointer(keeper, path, fields):
    answer = keeper.post(path, **fields)
    assert answer.status_code in (404, 422)
    main = html.unescape(answer.text.partition("<main")[2])
    shown = re.sub(r"<pre>.*?</pre>|<[^>]*>", "", main, flags=re.S)
    for pointer in ("/name", "/id", "/unit", "/role", "/class", "/days", "/size", "request."):
        assert pointer not in shown, shown


DESCRIPTION = "one line\nand another\n\ttabbed"


@pytest.mark.parametrize("path, fields, page, read", [
    ("/admin/goals", {"name": "{}", "description": DESCRIPTION}, "/admin/goal/{}",
     "select description from goal where name = %s"),
    ("/admin/layers", {"id": "{}", "unit": "user", "description": DESCRIPTION}, None,
     "select description from layer where id = %s"),
    ("/admin/segmentations", {"id": "{}", "name": "n", "type": "manual", "groups.0.name": "a",
                              "description": DESCRIPTION}, "/admin/segmentation/{}/edit",
     "select description from segmentation where id = %s"),
    ("/admin/experiments", {"request.expId": "{}", "request.name": "n",
                            "request.description": DESCRIPTION, "request.data.client": "c",
                            "request.data.startDate": "2099-01-01", "request.data.key": "k"},
     "/admin/experiment/{}/edit", "select description from experiment where id = %s")])
def test_a_description_has_lines(stack, editor, path, fields, page, read):
    new = new_id("d")[:40]
    sent = {name: value.format(new).replace("\n", "\r\n") for name, value in fields.items()}
    assert editor.post(path, **sent).status_code == 303
    assert stack.sql(read, new) == [(DESCRIPTION,)]
    if page is not None:
        assert DESCRIPTION in html.unescape(editor.get(page.format(new)).text)


def test_a_description_has_no_other_control_characters(stack, editor):
    for bad in ("a\x1b[2Jb", "a\x0bb", "a\rb", "a\x7f"):
        answer = stack.call("POST", "/v1/goal", key="admin",
                            json={"name": new_id("g"), "description": bad})
        assert answer.status_code == 422, repr(bad)
