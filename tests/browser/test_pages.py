# SPDX-License-Identifier: GPL-3.0-or-later
"""The public pages: complete, without console messages, readable with and without scripts."""

import re

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.common.by import By

from people import texts
from stack import wait_until

PAGES = {"/": "assay", "/docs": "Documentation · assay", "/no/such/page": "Not found · assay"}
HOSTILE = "/%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(2)%3E"

every_page = pytest.mark.parametrize("path", PAGES)


def asset(stack, name):
    """The address of a file of the pages, which is named by its content."""
    return re.escape(f"{stack.url}/assets/{name}?v=") + "[0-9a-f]+"


def no_alert(driver):
    try:
        return driver.switch_to.alert.text
    except NoAlertPresentException:
        return None


@every_page
def test_page_has_title_language_one_heading_and_main(stack, browser, path):
    driver = browser.open(stack.url + path)
    assert driver.title == PAGES[path]
    assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert len(texts(driver, "h1")) == 1 and texts(driver, "h1")[0]
    assert len(texts(driver, "main")) == 1
    assert driver.execute_script("return document.compatMode") == "CSS1Compat"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_sections_are_labelled_by_their_headings(stack, browser, path):
    driver = browser.open(stack.url + path)
    sections = driver.find_elements(By.TAG_NAME, "section")
    names = [s.accessible_name for s in sections]
    assert len(names) >= 2 and all(names) and len(set(names)) == len(names)
    assert names == texts(driver, "section > h2")


@every_page
def test_page_loads_its_assets_and_nothing_from_elsewhere(stack, browser, path):
    driver = browser.open(stack.url + path)
    loads = browser.loads()
    assert all(url.startswith(stack.url + "/") for url in loads), loads
    assert loads.pop(stack.url + path) == (404 if "no/such" in path else 200)
    sheet, = (url for url in loads if re.fullmatch(asset(stack, "assay.css"), url))
    assert loads.pop(sheet) == 200
    assert all(re.fullmatch(asset(stack, "icon.svg"), url) for url in loads), loads
    rules = driver.execute_script("return document.styleSheets[0].cssRules.length")
    assert rules > 10


def test_the_icon_is_a_valid_image(stack, browser):
    driver = browser.open(stack.url + "/")
    icon = driver.find_element(By.CSS_SELECTOR, "link[rel=icon]").get_attribute("href")
    assert re.fullmatch(asset(stack, "icon.svg"), icon)
    width = driver.execute_async_script(
        "const [url, done] = arguments, i = new Image();"
        "i.onload = () => done(i.width); i.onerror = () => done(0); i.src = url;", icon)
    assert width > 0


@every_page
def test_the_console_stays_empty(stack, browser, path):
    browser.open(stack.url + path)
    complaints = browser.complaints()
    if "no/such" in path:  # the browser notes the status of the page itself
        complaints = [c for c in complaints if "status of 404" not in c]
    assert complaints == []


def test_the_content_policy_stops_an_injected_script(stack, browser):
    """Proves that the console shows violations, on which the tests above rely."""
    driver = browser.open(stack.url + "/")
    driver.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s);"
        "const p = document.createElement('p'); p.setAttribute('style', 'color: red');"
        "document.body.append(p);")
    assert driver.execute_script("return window.ran") is None
    complaints = browser.complaints()
    assert any("script" in c and "Content Security Policy" in c for c in complaints), complaints
    assert any("style" in c and "Content Security Policy" in c for c in complaints), complaints


def test_front_page_says_ready(stack, browser):
    def rows():
        driver = browser.open(stack.url + "/")
        assert texts(driver, "[role=status]") == ["Ready: this service answers requests."]
        return dict(zip(texts(driver, "table th"), texts(driver, "table td")))
    # On a busy machine the cache may be late, and then rests for a second.
    wait_until(lambda: rows()["Cache"] == "ok", what="the cache")
    assert rows()["Database"] == "ok"


def test_every_link_leads_to_a_page_by_clicking(stack, browser):
    driver = browser.open(stack.url + "/")
    addresses = [a.get_attribute("href") for a in driver.find_elements(By.CSS_SELECTOR, "a")]
    assert {stack.url + p for p in ("/", "/docs", "/readyz", "/version")} == set(addresses)
    for i, address in enumerate(addresses):
        driver = browser.open(stack.url + "/")
        driver.find_elements(By.CSS_SELECTOR, "a")[i].click()
        wait_until(lambda: driver.current_url == address, what=f"the way to {address}")
        assert browser.loads()[address] == 200


def test_the_error_page_links_to_the_front_page(stack, browser):
    driver = browser.open(stack.url + "/no/such/page")
    driver.find_element(By.LINK_TEXT, "Back to the start").click()
    wait_until(lambda: driver.current_url == stack.url + "/", what="the front page")


def test_documentation_shows_every_problem_at_its_address(stack, browser):
    """The `type` of a problem is an address: the browser goes to the row that explains it."""
    problem = stack.call("GET", "/v1/user/x", key=None).json()
    assert problem["type"] == "/docs#unauthorized"
    driver = browser.open(stack.url + problem["type"])
    row = driver.find_element(By.CSS_SELECTOR, ":target")
    assert row.tag_name == "tr" and problem["title"] in row.text


@pytest.mark.parametrize("path", [HOSTILE, "/?q=" + HOSTILE[1:], "/docs#" + HOSTILE[1:]])
def test_hostile_address_runs_no_script(stack, browser, path):
    driver = browser.open(stack.url + path)
    assert no_alert(driver) is None
    assert driver.find_elements(By.CSS_SELECTOR, "script, main img") == []
    assert not any("Content Security Policy" in c for c in browser.complaints())


def test_the_plain_browser_runs_no_scripts(browser, plain_browser):
    """Proves that the tests below run without scripts."""
    page = "data:text/html,<title>before</title><script>document.title = 'after'</script>"
    assert browser.open(page).title == "after"
    assert plain_browser.open(page).title == "before"


@every_page
def test_page_is_the_same_without_scripts(stack, browser, plain_browser, path):
    plain = plain_browser.open(stack.url + path)
    seen = texts(plain, "h1") + texts(plain, "h2") + texts(plain, "a")
    driver = browser.open(stack.url + path)
    assert seen == texts(driver, "h1") + texts(driver, "h2") + texts(driver, "a")
    assert len(seen) > 3


def test_link_works_without_scripts(stack, plain_browser):
    driver = plain_browser.open(stack.url + "/")
    driver.find_element(By.LINK_TEXT, "Documentation").click()
    wait_until(lambda: driver.current_url == stack.url + "/docs", what="the documentation")
    assert texts(driver, "h1") == ["Documentation"]


@every_page
@pytest.mark.parametrize("pixels", [1280, 390])
def test_pages_fit_the_window(stack, sized_browser, path, pixels):
    sized_browser.width(pixels)
    driver = sized_browser.open(stack.url + path)
    assert driver.execute_script("return innerWidth") == pixels
    wide = driver.execute_script(
        "return [...document.querySelectorAll('body *')].filter(e =>"
        " e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1"
        " && getComputedStyle(e).display !== 'inline').map(e => e.outerHTML.slice(0, 80))")
    assert wide == []


@pytest.mark.parametrize("dark", [False, True])
def test_colours_follow_the_preference_of_the_reader(stack, sized_browser, dark):
    sized_browser.dark(dark)
    driver = sized_browser.open(stack.url + "/")
    page, text = driver.execute_script(
        "const s = getComputedStyle(document.body);"
        "return [s.backgroundColor, s.color].map(c => c.match(/\\d+/g).slice(0, 3)"
        ".reduce((sum, n) => sum + Number(n), 0));")
    assert (page < text) == dark and abs(page - text) > 400
