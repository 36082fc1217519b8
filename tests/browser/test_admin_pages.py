# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the admin over the demo data: no console messages, no foreign resources,
accessible, and readable at any size."""

import base64
import re

import pytest
from selenium.webdriver.common.by import By

import axe
from people import pages, sign_in, texts
from stack import TOP

SHOTS = TOP / "build/screenshots"
WIDE = """
return [...document.querySelectorAll("body *")].filter(e =>
    getComputedStyle(e).position !== "absolute" && !e.closest("svg, details:not([open]) > *")
    && e.getBoundingClientRect().right > arguments[0] + 1).map(e => e.outerHTML.slice(0, 120));
"""

# Elements that do not fit and cannot be reached by scrolling.
CUT = """
return [...document.querySelectorAll("main *")].filter(e => e.clientWidth > 0
    && ["hidden", "clip"].includes(getComputedStyle(e).overflowX)
    && e.scrollWidth > e.clientWidth + 1 && !e.closest("svg")).map(e => e.outerHTML.slice(0, 120));
"""


# Words of ordinary length that are broken over two lines.
BROKEN = """
const found = [], walk = document.createTreeWalker(document.querySelector("main"), 4);
for (let node; (node = walk.nextNode());) {
    const box = node.parentElement;
    if (box.closest("svg, textarea, select, option, datalist, pre, details:not([open]) > *"))
        continue;
    for (const word of node.data.matchAll(/[A-Za-z0-9:]{2,24}/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1)
            found.push(word[0] + " in " + box.outerHTML.slice(0, 100));
    }
}
return found;
"""

# Cells of a table without visible headings that have no label of their own either.
UNNAMED = """
return [...document.querySelectorAll("main table")].flatMap(t => {
    const head = t.querySelector("thead");
    if (!head || getComputedStyle(head).display !== "none") return [];
    return [...t.querySelectorAll("tbody tr")].flatMap(r => [...r.cells].slice(1).filter(c =>
        c.colSpan === 1 && c.getClientRects().length > 0
        && ["none", "normal", '""'].includes(getComputedStyle(c, "::before").content)));
}).map(c => c.outerHTML.slice(0, 100));
"""


@pytest.fixture(scope="module")
def rules():
    return axe.source()


@pytest.fixture(scope="module")
def reader(demo, browser):
    """A browser that an administrator, who sees all that there is, has signed in with."""
    sign_in(browser, demo, "admin")
    browser.width(1280)
    browser.dark(False)
    return browser


@pytest.fixture(scope="module")
def plain_reader(demo, reader, plain_browser):
    """The same person without scripts."""
    plain_browser.open(demo.url + "/admin/login")
    for cookie in reader.driver.get_cookies():
        plain_browser.driver.add_cookie(cookie)
    return plain_browser


@pytest.fixture(scope="module", params=pages())
def page(request, demo, reader):
    """A page that was just opened: its address, what the browser said and what it loaded."""
    reader.open(demo.url + request.param)
    return request.param, reader.complaints(), reader.loads()


def test_the_browser_console_stays_empty(page):
    assert page[1] == []


def test_all_resources_are_local_and_found(demo, page):
    path, _, loads = page
    loads = {url: loads[url] for url in loads if not url.startswith("data:image/")}
    assert all(url.startswith(demo.url + "/") for url in loads), loads
    assert set(loads.values()) <= {200, 304}, loads
    assert demo.url + path in loads


def test_a_page_has_title_one_heading_landmarks_and_no_empty_values(page, reader):
    driver = reader.driver
    assert driver.title.endswith(" · assay")
    assert len(texts(driver, "h1")) == 1 and texts(driver, "h1")[0]
    assert [len(texts(driver, mark)) for mark in ("header", "main", "footer")] == [1, 1, 1]
    assert "{{" not in driver.page_source and "undefined" not in driver.page_source


def test_a_screenshot_is_taken_of_every_page(page, reader):
    """Kept in build/screenshots; a page that shows nothing would be a small file."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-zA-Z0-9]+", "-", page[0].removeprefix("/admin")).strip("-") or "overview"
    high = reader.driver.execute_script("return document.documentElement.scrollHeight")
    taken = reader.driver.execute_cdp_cmd("Page.captureScreenshot", {
        "captureBeyondViewport": True,
        "clip": {"x": 0, "y": 0, "width": 1280, "height": min(high, 2400), "scale": 1}})
    picture = base64.b64decode(taken["data"])
    (SHOTS / f"{name}.png").write_bytes(picture)
    assert len(picture) > 8_000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(demo, page, reader, rules, dark):
    reader.dark(dark)
    try:
        reader.open(demo.url + page[0])
        reader.driver.execute_script(
            "document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert axe.serious(reader.driver, rules) == []
    finally:
        reader.dark(False)


def test_a_page_fits_a_small_phone(demo, page, reader):
    reader.width(320)
    try:
        driver = reader.open(demo.url + page[0])
        assert driver.execute_script(WIDE, 320) == []
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
    finally:
        reader.width(1280)


def test_on_a_phone_words_do_not_break_and_cells_have_labels(demo, page, reader):
    reader.width(375)
    try:
        driver = reader.open(demo.url + page[0])
        assert driver.execute_script(BROKEN) == []
        assert driver.execute_script(UNNAMED) == []
    finally:
        reader.width(1280)


def test_at_200_percent_zoom_nothing_is_cut_off_or_scrolls_sideways(demo, page, reader):
    """A window of 1280 px at 200 % is 640 px wide for the page."""
    reader.width(640, scale=2)
    try:
        driver = reader.open(demo.url + page[0])
        assert driver.execute_script("return [innerWidth, devicePixelRatio]") == [640, 2]
        assert driver.execute_script(WIDE, 640) == []
        assert driver.execute_script(CUT) == []
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 640
    finally:
        reader.width(1280)


def test_the_check_finds_text_that_is_cut_off(demo, reader):
    """Proves that the check of the test above can fail."""
    driver = reader.open(demo.url + "/admin")
    driver.execute_script(
        "const p = document.createElement('p'); p.textContent = 'W'.repeat(500);"
        "p.style.overflow = 'hidden'; p.style.overflowWrap = 'normal';"
        "document.querySelector('main').append(p);")
    assert len(driver.execute_script(CUT)) == 1


def test_a_page_has_the_same_text_without_scripts(demo, page, reader, plain_reader):
    def said(driver):
        return [texts(driver, mark) for mark in ("h1", "h2", "main th", "main td", "main a")]
    plain = said(plain_reader.open(demo.url + page[0]))
    assert plain == said(reader.open(demo.url + page[0]))
    assert plain[0]


def test_axe_finds_a_field_without_a_label_and_low_contrast(demo, reader, rules):
    """Proves that the check of axe can fail."""
    driver = reader.open(demo.url + "/admin")
    driver.execute_script(
        "const i = document.createElement('input'), p = document.createElement('p');"
        "p.textContent = 'pale'; p.style.color = '#ddd'; p.style.background = '#fff';"
        "document.querySelector('main').append(i, p);")
    found = axe.serious(driver, rules)
    assert [line.split(": ")[1] for line in found] == ["color-contrast", "label"], found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_theme_button_changes_the_colours_and_is_remembered(demo, reader, dark):
    def is_dark(driver):
        colour = driver.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
        return sum(map(int, re.findall(r"\d+", colour)[:3])) < 300
    reader.dark(dark)
    driver = reader.open(demo.url + "/admin")
    try:
        assert is_dark(driver) == dark
        driver.find_element(By.CSS_SELECTOR, "footer [data-scheme]").click()
        assert is_dark(driver) != dark
        assert is_dark(reader.open(demo.url + "/admin/experiments")) != dark
        assert reader.complaints() == []
    finally:
        driver.execute_script("localStorage.clear()")
        reader.dark(False)
