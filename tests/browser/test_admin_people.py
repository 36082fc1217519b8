# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of users for their data: finding, reading and erasing it."""

import urllib.parse

import pytest
from selenium.webdriver.common.by import By

from enrols import put, running
from lookups import new_id, put_user
from people import follow, label, press, sign_in, texts
from segmentations import make, place
from shapes import post, view

TEXTS = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>",
         "\u202e\u05d0 a/b?c&d#e%41", "{{{page.csrf}}}", "W" * 90]
FIELDS = {"User": "user_id", "Device": "device_id", "Session": "session_id"}


@pytest.fixture(scope="module", params=[True, False], ids=["scripts", "no-scripts"])
def keeper(request, stack, browser, plain_browser):
    """An administrator, with a script or without."""
    b = browser if request.param else plain_browser
    b.width(1280)
    sign_in(b, stack, "admin")
    return b


def look_up(browser, stack, field, text):
    driver = browser.open(stack.url + "/admin")
    follow(driver, "People")
    label(driver, field).send_keys(text)
    press(driver, "Look up the " + field.lower())
    return driver


def test_a_user_is_found_read_and_erased(stack, keeper):
    user, exp, seg = new_id("user"), running(stack, "blue"), make(stack, "manual")
    put_user(stack, user, plan="free")
    put(stack, exp, user, "blue")
    place(stack, seg, user, "one")
    stack.call("PUT", f"/v1/user/{user}/tag/global/grade", json={"value": "A"})
    post(stack, view(user, name="Pricing"))
    driver = look_up(keeper, stack, "User", user)
    assert urllib.parse.urlsplit(driver.current_url).query == f"user_id={user}"
    assert texts(driver, "h1") == [f"{user} user"]
    assert '"plan": "free"' in texts(driver, "main pre")[0]
    assert [texts(driver, f"section[aria-labelledby={s}] tbody tr")[0].split()[:2]
            for s in ("enrolments", "groups", "tags")] == [[exp, "blue"], [seg, "one"],
                                                           ["global", "grade"]]
    assert texts(driver, ".numbers dd") == ["1", "1", "1", "1"]
    follow(driver, "The last views")
    assert "Pricing" in texts(driver, "section[aria-labelledby=views] tbody tr")[0]
    follow(driver, "Back to everything stored")
    follow(driver, f"Explain {exp}")
    assert texts(driver, "#sees") == [f"{user} sees blue"]
    follow(driver, "Everything stored about it")
    follow(driver, "Erase …")
    label_of = driver.find_element(By.ID, "confirm")
    label_of.send_keys(user[:-1])
    press(driver, "Erase permanently")
    assert texts(driver, ".wrong") == ["is not the id, so nothing was erased"]
    field = driver.find_element(By.ID, "confirm")
    assert field.get_attribute("aria-invalid") == "true"
    field.send_keys(user[-1])
    assert len(keeper.complaints()) == 1, "the answer 422, and nothing else"
    press(driver, "Erase permanently")
    assert texts(driver, "h1") == [f"Erased: {user}"]
    assert "Page views 1" in texts(driver, "main tr")
    assert "Profile in the directory 1" in texts(driver, "main tr")
    driver = look_up(keeper, stack, "User", user)
    assert texts(driver, ".empty p")[0].startswith("Nothing is stored about this user id")
    assert keeper.complaints() == []


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_id_is_shown_and_runs_no_script(stack, browser, field, text):
    sign_in(browser, stack, "admin")
    who, exp = {FIELDS[field]: text + new_id("")}, running(stack, "b")
    put(stack, exp, who, "b")
    wanted = who[FIELDS[field]]
    browser.width(320)
    try:
        driver = look_up(browser, stack, field, wanted)
        heading = driver.find_element(By.TAG_NAME, "h1").get_attribute("textContent")
        assert heading == f"{wanted} {field.lower()}"
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
        follow(driver, "Erase …")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
        driver.find_element(By.ID, "confirm").send_keys(wanted)
        press(driver, "Erase permanently")
        assert driver.find_element(By.TAG_NAME, "h1").get_attribute("textContent") == (
            f"Erased: {wanted}")
        assert driver.execute_script(
            "return document.querySelectorAll('main script, main img').length") == 0
        assert browser.complaints() == []
    finally:
        browser.width(1280)


def test_the_directory_links_to_its_users(stack, keeper):
    begin = new_id("begin")
    for n in "12":
        put_user(stack, begin + n, plan="free")
    driver = keeper.open(stack.url + "/admin/people")
    label(driver, "Id begins with").send_keys(begin)
    press(driver, "Filter")
    assert texts(driver, "main td a") == [begin + "1", begin + "2"]
    follow(driver, begin + "2")
    assert texts(driver, "h1") == [f"{begin}2 user"]
    assert keeper.complaints() == []
