# SPDX-License-Identifier: GPL-3.0-or-later
"""Names may come from strangers. Whatever they contain, every page shows them exactly, runs no
script in them and keeps its layout."""

import urllib.parse

import pytest
from selenium.webdriver.common.by import By

from enrols import enroll
from goals import goal
from hostile import TEXTS, no_script_ran
from lookups import admin, await_status, body, new_id
from people import press, sign_in, texts

TABS = ["", "/setup", "/audience", "/health", "/history"]


@pytest.fixture(scope="module")
def reader(stack, browser):
    browser.width(1280)
    sign_in(browser, stack, "admin")
    return browser


@pytest.fixture(scope="module", params=TEXTS)
def hostile(request, stack):
    """A running experiment that has the text wherever a text may be: (the text, its id, a user)."""
    text = TEXTS[request.param]
    user = text[:40] + new_id("")
    arm = text.encode()[:50].decode(errors="ignore")
    goal(stack, name=text)
    request = body("hostile", name=text, criteria=None, description=text * 2, createdBy=text,
                   alternatives=[{"name": "control"}, {"name": arm, "payload": {"x": text}}],
                   goals=[text], data={"key": text})
    admin(stack, "POST", "create", request)
    await_status(stack, request["expId"])
    enroll(stack, request["expId"], user)
    return text, request["expId"], user


def look(stack, reader, path):
    driver = reader.open(stack.url + path)
    no_script_ran(reader)
    return driver


@pytest.mark.parametrize("tab", TABS)
def test_an_experiment_is_shown_with_its_exact_name_and_runs_no_script(stack, reader, hostile,
                                                                            tab):
    text, exp, _ = hostile
    driver = look(stack, reader, f"/admin/experiment/{exp}{tab}")
    heading = driver.find_element(By.TAG_NAME, "h1").get_attribute("textContent")
    assert heading == f"{text} {exp}"
    assert text in driver.find_element(By.TAG_NAME, "main").get_attribute("textContent")
    assert driver.execute_script("return document.title").endswith(" · assay")


# Elements with a direction mark in their own text that would turn the text beside them, too.
TURNED = """
return [...document.querySelectorAll("main *")].filter(e => [...e.childNodes].some(
    n => n.nodeType === 3 && /[\\u202a-\\u202e\\u2066-\\u2069]/.test(n.data))
    && getComputedStyle(e).display === "inline" && getComputedStyle(e).unicodeBidi !== "isolate")
    .map(e => e.outerHTML.slice(0, 120));
"""


@pytest.mark.parametrize("tab", TABS)
def test_a_direction_mark_in_a_name_affects_no_other_text(stack, reader, hostile, tab):
    driver = look(stack, reader, f"/admin/experiment/{hostile[1]}{tab}")
    assert driver.execute_script(TURNED) == []


@pytest.mark.parametrize("path", ["/admin", "/admin/experiments"])
def test_a_list_shows_the_exact_name_and_links_to_the_page(stack, reader, hostile, path):
    text, exp, _ = hostile
    driver = look(stack, reader, path)
    way = driver.find_element(By.CSS_SELECTOR, f"a[href='/admin/experiment/{exp}']")
    assert way.get_attribute("textContent") == text


def test_a_search_keeps_its_input(stack, reader, hostile):
    text, exp, _ = hostile
    driver = look(stack, reader, "/admin/experiments?q=" + urllib.parse.quote(text, safe=""))
    assert driver.find_element(By.ID, "q").get_attribute("value") == text
    assert exp in driver.find_element(By.TAG_NAME, "main").get_attribute("textContent")


def test_the_explanation_accepts_any_user_id(stack, reader, hostile):
    _, exp, user = hostile
    driver = look(stack, reader, f"/admin/experiment/{exp}/explain?user_id="
                  + urllib.parse.quote(user, safe=""))
    assert driver.find_element(By.ID, "user_id").get_attribute("value") == user
    heading = driver.find_element(By.ID, "sees").get_attribute("textContent")
    assert heading.startswith(user + " sees ")


def test_the_sign_in_form_keeps_name_and_target_and_runs_no_script(stack, sized_browser, hostile):
    sized_browser.width(1280)
    sized_browser.driver.delete_all_cookies()
    text = hostile[0]
    driver = sized_browser.open(stack.url + "/admin/login?to="
                                + urllib.parse.quote("/admin?" + text, safe=""))
    sized_browser.complaints()
    driver.execute_script("document.getElementById('name').value = arguments[0];"
                          "document.getElementById('password').value = 'wrong';", text[:100])
    press(driver, "Sign in")
    assert texts(driver, "h1") == ["Sign in"]
    assert driver.execute_script(
        "return document.querySelectorAll('main script, main img').length") == 0
