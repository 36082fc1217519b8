# SPDX-License-Identifier: GPL-3.0-or-later
"""The hostile texts, typed into every text field of goals, layers and segmentations: what is
stored is shown exactly, a refused form keeps its input, and the audit log shows both."""

import urllib.parse

import pytest
from selenium.webdriver.common.by import By

from hostile import TEXTS, no_script_ran
from lookups import new_id
from people import press, sign_in, texts
from segmentations import make, place

SET = """
for (const [name, text] of Object.entries(arguments[0]))
    document.querySelector(`main form[method=post] [name="${name}"]`).value = text;
"""
VALUES = """
return Object.fromEntries([...document.querySelectorAll("main form[method=post] [name]")].map(
    e => [e.name, e.value]).reverse());
"""


@pytest.fixture(scope="module")
def writer(stack, browser):
    """An administrator, who sees the audit log, too."""
    browser.width(1280)
    sign_in(browser, stack, "admin")
    return browser


@pytest.fixture(params=TEXTS)
def text(request):
    return TEXTS[request.param]


def fill(stack, writer, path, send, **fields):
    """Types into the first form of a page, as by hand but for characters that keys have not."""
    driver = writer.open(stack.url + path)
    fields = {name.replace("__", "."): text for name, text in fields.items()}
    driver.execute_script(SET, fields)
    driver.execute_script(
        "document.querySelectorAll('main form').forEach(f => { f.noValidate = true; });")
    press(driver, send)
    return driver, fields


def said(driver):
    return driver.find_element(By.TAG_NAME, "main").get_attribute("textContent")


def quiet(writer):
    """The console is empty but for the 422 of refused forms, which the browser always notes."""
    refused = [line for line in writer.complaints() if "status of 422" not in line]
    assert refused == []
    no_script_ran(writer)


def test_a_goal_accepts_any_text_when_created_and_changed(stack, writer, text):
    name = text[:60] + new_id("")
    driver, _ = fill(stack, writer, "/admin/goals", "Create goal", name=name, page=text,
                     description=text)
    quiet(writer)
    path = "/admin/goal/" + urllib.parse.quote(name, safe="")
    driver = writer.open(stack.url + path)
    quiet(writer)
    assert texts(driver, "h1") and driver.find_element(By.TAG_NAME, "h1").get_attribute(
        "textContent") == name
    values = driver.execute_script(VALUES)
    assert (values["page"], values["description"]) == (text, text)


def test_a_layer_accepts_any_text_as_description_but_not_as_id(stack, writer, text):
    layer = new_id("layer")[:40]
    driver, _ = fill(stack, writer, "/admin/layers", "Create layer", id=layer, description=text)
    quiet(writer)
    driver = writer.open(f"{stack.url}/admin/layer/{layer}")
    quiet(writer)
    assert text in said(driver)
    driver, typed = fill(stack, writer, "/admin/layers", "Create layer", id=text, description=text)
    quiet(writer)
    values = driver.execute_script(VALUES)
    assert {name: values[name] for name in typed} == typed
    assert texts(driver, "#id-wrong")
    driver, typed = fill(stack, writer, f"/admin/layer/{layer}", "Assign slots", experiment=text,
                         **{"size:number": text})
    quiet(writer)
    values = driver.execute_script(VALUES)
    assert {name: values[name] for name in typed} == typed


def test_a_segmentation_accepts_any_text_in_its_fields(stack, writer, text):
    seg, short = new_id("seg")[:40], text[:60]
    driver, _ = fill(
        stack, writer, "/admin/segmentations/new?type=rule", "Create segmentation", id=seg,
        name=text, description=text, context=short, groups__0__name=short, rules__0__group=short,
        rules__0__what=short, rules__0__value="\"" + short.replace("\\", "").replace("\"", "'")
        + "\"")
    quiet(writer)
    heading = driver.find_element(By.TAG_NAME, "h1").get_attribute("textContent")
    assert heading == f"{text} {seg}"
    assert text in said(driver) and short in said(driver)
    for path in ("", "/edit", "/delete", "?user_id=" + urllib.parse.quote(text, safe="")):
        driver = writer.open(f"{stack.url}/admin/segmentation/{seg}{path}")
        quiet(writer)
    listed = writer.open(stack.url + "/admin/segmentations?context="
                         + urllib.parse.quote(short, safe=""))
    quiet(writer)
    assert listed.find_element(By.ID, "context").get_attribute("value") == short
    way = listed.find_element(By.CSS_SELECTOR, f"a[href='/admin/segmentation/{seg}']")
    assert way.get_attribute("textContent") == text
    noted = writer.open(f"{stack.url}/admin/audit?target={seg}")
    quiet(writer)
    assert len(texts(noted, ".changes > li")) == 1


def test_a_refused_segmentation_form_keeps_its_input(stack, writer, text):
    fields = {f"rules__0__{part}": text for part in ("group", "what", "value")}
    driver, typed = fill(stack, writer, "/admin/segmentations/new?type=rule", "Create segmentation",
                         id=text, name=text, description=text, context=text,
                         groups__0__name=text, groups__0__json=text, **fields)
    quiet(writer)
    values = driver.execute_script(VALUES)
    assert {name: values[name] for name in typed} == typed


def test_members_with_any_id_are_listed_moved_and_reported(stack, writer, text):
    group, user = text[:60], text[:30] + new_id("")
    seg = make(stack, "manual", (group, "other"))
    place(stack, seg, urllib.parse.quote(user, safe=""), group)
    driver = writer.open(f"{stack.url}/admin/segmentation/{seg}?group="
                         + urllib.parse.quote(group, safe=""))
    quiet(writer)
    cell = driver.find_element(By.CSS_SELECTOR, "section[aria-labelledby=members] tbody code")
    assert cell.get_attribute("textContent") == user
    driver, _ = fill(stack, writer, f"/admin/segmentation/{seg}", "Add to the group",
                     user_id=user, group="other")
    quiet(writer)
    assert f"{user} is in the group other." in said(driver)
    lines = [["user_id", "group"], [user, group], [text[:30], "no" + group]]
    rows = "\n".join(",".join(map(quoted, line)) for line in lines)
    driver, _ = fill(stack, writer, f"/admin/segmentation/{seg}/upload", "Upload", text=rows)
    quiet(writer)
    assert user in said(driver) and "there is no group `no" + group in said(driver)


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def test_the_audit_log_accepts_any_text_as_a_filter(stack, writer, text):
    query = urllib.parse.urlencode({"account": text, "target": text})
    driver = writer.open(f"{stack.url}/admin/audit?{query}")
    quiet(writer)
    for name in ("account", "target"):
        assert driver.find_element(By.ID, name).get_attribute("value") == text
