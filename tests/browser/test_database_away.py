# SPDX-License-Identifier: GPL-3.0-or-later
"""The front page says when the service is not ready, and when it is ready again."""

import signal

import pytest
from selenium.webdriver.common.by import By

from stack import Stack, wait_until


@pytest.fixture(params=["lighttpd", "nginx"])
def broken(request):
    """A stack of its own whose database connections are refused."""
    s = Stack(request.param, KEEP=1)
    try:
        s.end("postgres", signal.SIGINT)
        yield s
    finally:
        s.stop()


def state(browser, stack):
    driver = browser.open(stack.url + "/")
    return driver.find_element(By.CSS_SELECTOR, "[role=status]").text


def test_the_front_page_works_without_a_database_and_says_not_ready(broken, browser):
    wait_until(lambda: state(browser, broken).startswith("Not ready"), what="the bad news")
    assert browser.complaints() == []
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "table tr")
    assert rows[0].text == "Database down"
    browser.driver.find_element(By.LINK_TEXT, "Documentation").click()
    assert browser.driver.title == "Documentation · assay"
    broken.again("postgres")
    wait_until(lambda: state(browser, broken).startswith("Ready"), 20, "the good news")
