# SPDX-License-Identifier: GPL-3.0-or-later
"""The main tasks of the admin, from the first click to the last, with a mouse."""

from selenium.webdriver.common.by import By

from enrols import enroll, running
from lookups import await_status, new_id
from people import follow, label, link, press, sign_in, texts
from stack import wait_until


def test_a_sign_in_link_works_once_and_then_leads_to_the_sign_in_form(stack, sized_browser):
    name = new_id("once")[:20]
    address = link(stack, "viewer", name)
    driver = sized_browser.open(address)
    press(driver, "Sign in")
    assert texts(driver, "h1") == ["Your account"]
    assert texts(driver, "#password-title") == ["Set a password"]
    assert texts(driver, ".who a") == [f"{name} (viewer)"]
    assert texts(driver, "a[href='/admin/accounts']") == []
    press(driver, "Sign out")
    assert texts(driver, "h1") == ["Sign in"]
    driver = sized_browser.open(address)
    press(driver, "Sign in")
    assert "Overview" not in driver.title
    assert texts(driver, "[role=alert]")
    driver = sized_browser.open(stack.url + "/admin")
    assert driver.current_url == stack.url + "/admin/login?to=/admin"


def test_signing_in_leads_to_the_page_that_was_asked_for(stack, sized_browser):
    sized_browser.driver.delete_all_cookies()
    driver = sized_browser.open(stack.url + "/admin/experiments?q=some")
    label(driver, "Name").send_keys("nobody")
    label(driver, "Password").send_keys("a wrong password")
    press(driver, "Sign in")
    assert texts(driver, "[role=alert]") == ["name or password is wrong"]
    assert label(driver, "Name").get_attribute("value") == "nobody"
    assert driver.find_element(By.NAME, "to").get_attribute("value") == "/admin/experiments?q=some"


def test_a_filter_finds_an_experiment_and_is_part_of_the_address(stack, editor):
    exp = running(stack, "b", name=new_id("Found"))
    driver = editor.open(stack.url + "/admin/experiments")
    label(driver, "Search id or name").send_keys(exp)
    press(driver, "Filter")
    assert [a.rpartition("/")[2] for a in hrefs(driver, "main td a")] == [exp]
    label(driver, "State").send_keys("track")
    press(driver, "Filter")
    assert texts(driver, "main td a") == []
    assert label(driver, "State").get_attribute("value") == "track"
    assert exp in driver.current_url


def hrefs(driver, selector):
    return [a.get_attribute("href") for a in driver.find_elements(By.CSS_SELECTOR, selector)]


def test_enrolments_arrive_on_the_results_page(stack, editor):
    exp = running(stack, "b", name=new_id("Seen"))
    driver = editor.open(f"{stack.url}/admin/experiment/{exp}")
    assert texts(driver, ".verdict h2") == ["Waiting for the first participant."]
    for _ in range(3):
        enroll(stack, exp, new_id("user"))

    def total():
        driver = editor.open(f"{stack.url}/admin/experiment/{exp}")
        table = driver.find_element(By.CSS_SELECTOR, "section[aria-labelledby=split] table")
        return sum(int(row.split()[1]) for row in table.text.splitlines()[1:])
    wait_until(lambda: total() == 3, 30, "three participants")


def test_state_winner_stop_and_resume_each_have_a_form(stack, editor):
    exp = running(stack, "b", name=new_id("Stately"))
    driver = editor.open(f"{stack.url}/admin/experiment/{exp}")
    follow(driver, "Setup")
    follow(driver, "End the experiment")
    label(driver, "Alternative that everybody will see").send_keys("b")
    press(driver, "End the experiment")
    assert "default" in texts(driver, ".chip")
    assert "everybody sees b." in texts(driver, ".verdict h2")[0]
    assert enroll(stack, exp, new_id("user"))["alternative"] == "b"
    follow(driver, "Setup")
    press(driver, "Stop")
    assert "STOPPED" in texts(driver, ".chip")
    assert not [t for t in texts(driver, "button") if t in ("Start", "Stop enrolling")]
    press(driver, "Resume")
    wait_until(lambda: "ACTIVE" in texts(editor.open(driver.current_url), ".chip"), 20, "ACTIVE")
    follow(driver, "History")
    assert len(texts(driver, ".changes > li")) >= 3
    assert editor.complaints() == []


def test_an_experiment_is_created_after_a_refused_form_and_started(stack, editor):
    exp = new_id("made")[:40]
    driver = editor.open(stack.url + "/admin/experiments/new")
    given = {"request.expId": exp, "request.name": "From a form", "request.description": "See",
             "request.data.client": "a-client", "request.data.key": "k",
             "request.traffic": "150", "request.alternatives.1.name": "b"}
    for name, text in given.items():
        field = driver.find_element(By.NAME, name)
        field.clear()
        field.send_keys(text)
    press(driver, "Create experiment")
    wrong = driver.find_element(By.NAME, "request.traffic")
    assert wrong.get_attribute("aria-invalid") == "true"
    assert driver.find_element(By.ID, wrong.get_attribute("aria-describedby")).text
    assert len(driver.find_elements(By.CSS_SELECTOR, "[aria-invalid]")) == 1
    kept = {name: driver.find_element(By.NAME, name).get_attribute("value") for name in given}
    assert kept == given
    wrong.clear()
    wrong.send_keys("100")
    press(driver, "Create experiment")
    await_status(stack, exp)
    driver = editor.open(f"{stack.url}/admin/experiment/{exp}/setup")
    assert "From a form" in texts(driver, "h1")[0]
    press(driver, "Stop enrolling")
    press(driver, "Start")
    assert "enabled" in texts(driver, ".chip")
    assert enroll(stack, exp, new_id("user"))["new"]


def test_a_new_password_signs_in(stack, sized_browser):
    sized_browser.driver.delete_all_cookies()
    name, words = new_id("words")[:20], "seven grey donkeys walk at dawn"
    sign_in(sized_browser, stack, "viewer", name)
    driver = sized_browser.open(stack.url + "/admin/account")
    for field in ("New password", "Repeat the new password"):
        label(driver, field).send_keys(words)
    press(driver, "Save")
    press(driver, "Sign out")
    label(driver, "Name").send_keys(name)
    label(driver, "Password").send_keys(words)
    press(driver, "Sign in")
    assert texts(driver, "h1") == ["Overview"]
    assert sized_browser.complaints() == []
