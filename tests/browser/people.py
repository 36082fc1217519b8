# SPDX-License-Identifier: GPL-3.0-or-later
"""What the browser tests of the admin share: signing in, and the list of pages."""

import re

from selenium.webdriver.common.by import By

from lookups import new_id
from stack import TOP, wait_until

# Values for the :names of a page's address in the demo; the longest prefix of the route applies.
SAMPLES = {"/admin/experiment/:id": ["CHECKOUT-BUTTON"], "/admin/goal/:name": ["purchase"],
           "/admin/keys/:id": ["00000000"],
           "/admin/layer/:id": ["menu"], "/admin/segmentation/:id": ["tables"],
           "/admin/segmentation/:id/upload/:job": ["tables", "1"]}
# Query strings with which a page, by its route, is checked as well: with results and without.
ALSO = {
    "/admin/experiments": ["?q=hero", "?q=no+such+thing"],
    "/admin/experiment/:id/explain": ["?user_id=demo-007"],
    "/admin/people": ["?q=demo-", "?q=no+such+user"],
    "/admin/person": ["?user_id=nobody", "?device_id=demo-device-001", "?session_id=nobody",
                      "?user_id=demo-007&views=last",
                      "?user_id=demo-007&after=2100-01-01T00%3A00%3A00Z"],
    "/admin/segmentation/:id": ["?user_id=bob&group=one", "?group=two"],
    "/admin/segmentations": ["?context=nothing"],
    "/admin/segmentations/new": ["?type=rule"],
}
# The query without which a page shows nothing.
NEEDS = {"/admin/person": "?user_id=demo-007", "/admin/person/erase": "?user_id=demo-007"}
ROW = re.compile(r'^ROUTE\("GET", "(/admin[^"]*)", (\w+), .*, "([a-z_]+\.html)"', re.M)


def address(route):
    """The route with its :names filled in."""
    begins = [b for b in SAMPLES if route.startswith(b)]
    for value in SAMPLES[max(begins, key=len)] if begins else []:
        route = re.sub(r":\w+", value, route, count=1)
    assert ":" not in route, f"SAMPLES has no values for {route}"
    return route


def pages():
    """The address of every page that needs a sign-in, by the program's own table of routes."""
    rows = ROW.findall((TOP / "app/handler/routes.def").read_text())
    routes = [route for route, who, _ in rows if who.startswith("ROLE_")]
    assert len(routes) > 5
    return [address(route) + query for route in routes
            for query in [NEEDS.get(route, ""), *ALSO.get(route, [])]]


def link(stack, role, name=None):
    """The sign-in link of a new account with that role."""
    words = ("user", "add", name or new_id(role)[:20], "--role", role)
    return stack.url + stack.assay(*words).stdout.strip()


def sign_in(browser, stack, role, name=None):
    """Signs the browser in by a link, as a person would."""
    driver = browser.open(link(stack, role, name))
    press(driver, "Sign in")
    wait_until(lambda: driver.current_url == stack.url + "/admin/account", what="the account")
    return browser.open(stack.url + "/admin")


def texts(driver, selector):
    return [e.text for e in driver.find_elements(By.CSS_SELECTOR, selector)]


def button(driver, words):
    """The button with these words."""
    found = [b for b in driver.find_elements(By.TAG_NAME, "button") if b.text == words]
    assert len(found) == 1, f"{len(found)} buttons say {words}"
    return found[0]


def press(driver, words):
    """Presses the button with these words and waits for the next page."""
    page = driver.find_element(By.TAG_NAME, "html")
    button(driver, words).click()
    left(driver, page)


def left(driver, page):
    """Waits until the page with this root element is gone and the next one is complete."""
    wait_until(lambda: [e for e in driver.find_elements(By.TAG_NAME, "html") if e != page],
               what="another page")
    wait_until(lambda: driver.execute_script("return document.readyState") == "complete",
               what="the whole page")


def label(driver, words):
    """The field that a label with these words is for."""
    found = [e for e in driver.find_elements(By.TAG_NAME, "label") if e.text == words]
    assert len(found) == 1, f"{len(found)} labels say {words}"
    inside = found[0].find_elements(By.CSS_SELECTOR, "input, select, textarea")
    return inside[0] if inside else driver.find_element(By.ID, found[0].get_attribute("for"))


def follow(driver, words):
    """Clicks the link with these words and waits for the next page."""
    page = driver.find_element(By.TAG_NAME, "html")
    driver.find_element(By.LINK_TEXT, words).click()
    left(driver, page)
