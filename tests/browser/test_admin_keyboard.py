# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin by keyboard only: everything can be reached in order, has a visible focus, and works
as with a mouse."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from enrols import running
from people import left, link, sign_in, texts
from stack import wait_until

# The element that has the focus: its words, and the width of its outline.
FOCUS = """
const e = document.activeElement, s = getComputedStyle(e);
return [(e.labels && e.labels[0] || e).textContent.trim(), e.tagName,
    s.outlineStyle === "none" ? 0 : parseFloat(s.outlineWidth)];
"""


@pytest.fixture(scope="module")
def editor(stack, browser):
    browser.width(1280)
    sign_in(browser, stack, "editor")
    return browser


def press(driver, *keys):
    ActionChains(driver).send_keys(*keys).perform()


def focus(driver):
    return driver.execute_script(FOCUS)


def tab_to(driver, words):
    """Presses Tab until the element with these words has the focus."""
    for _ in range(100):
        press(driver, Keys.TAB)
        if focus(driver)[0] == words:
            return
    raise AssertionError(f"no Tab leads to {words!r}")


def go(driver, *keys):
    """Presses keys that lead to another page."""
    page = driver.find_element(By.TAG_NAME, "html")
    press(driver, *keys)
    left(driver, page)


def test_the_first_tab_stop_skips_the_menu(stack, editor):
    driver = editor.open(stack.url + "/admin/experiments")
    press(driver, Keys.TAB)
    words, _, outline = focus(driver)
    assert words == "Skip to content" and outline > 0
    skip = driver.switch_to.active_element
    assert skip.is_displayed() and skip.location["x"] >= 0
    press(driver, Keys.ENTER)
    assert driver.current_url.endswith("#main")
    press(driver, Keys.TAB)
    assert driver.execute_script(
        "return document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", ["/admin", "/admin/experiments", "/admin/experiment/{}/setup",
                                  "/admin/experiment/{}/explain"])
def test_tab_follows_the_reading_order_with_a_visible_focus(stack, editor, path):
    driver = editor.open(stack.url + path.format(running(stack, "b")))
    wanted = driver.execute_script(
        "return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]"
        ".filter(e => e.type !== 'hidden' && e.checkVisibility()"
        " && (e.type !== 'radio' || e === e.form.querySelector(`[name=${e.name}]`)))"
        ".map(e => (e.labels && e.labels[0] || e).textContent.trim())")
    assert len(wanted) > 10
    seen = []
    for _ in wanted:
        press(driver, Keys.TAB)
        words, tag, outline = focus(driver)
        assert outline >= 2, f"{tag} {words} does not show that it has the focus"
        seen.append(words)
    assert seen == wanted


def test_the_state_of_an_experiment_can_be_changed_by_keyboard(stack, editor):
    exp = running(stack, "b", name="By keys alone")
    driver = editor.open(stack.url + "/admin")
    tab_to(driver, "Experiments")
    go(driver, Keys.ENTER)
    tab_to(driver, "Search id or name")
    press(driver, exp)
    go(driver, Keys.ENTER)
    tab_to(driver, "By keys alone")
    go(driver, Keys.ENTER)
    tab_to(driver, "Setup")
    go(driver, Keys.ENTER)
    tab_to(driver, "Stop enrolling")
    go(driver, Keys.SPACE)
    assert "track" in texts(driver, ".chip")
    assert stack.sql("select state from assay.experiment where id = %s", exp) == [(3,)]


def test_signing_in_and_out_works_by_keyboard(stack, sized_browser):
    sized_browser.width(1280)
    driver = sized_browser.open(link(stack, "viewer", "keys-only"))
    tab_to(driver, "Sign in")
    go(driver, Keys.ENTER)
    wait_until(lambda: driver.current_url == stack.url + "/admin/account", what="the account")
    tab_to(driver, "Sign out")
    go(driver, Keys.ENTER)
    assert texts(driver, "h1") == ["Sign in"]
