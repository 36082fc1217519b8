# SPDX-License-Identifier: GPL-3.0-or-later
"""Dividing users into groups: by a form, by a file, by hand, by rules."""

from selenium.webdriver.common.by import By

from lookups import new_id
from people import follow, label, press, texts
from segmentations import make, name_of, place
from stack import wait_until


def write(driver, **fields):
    """Types into fields by their names; __ stands for a dot."""
    for name, text in fields.items():
        field = driver.find_element(By.NAME, name.replace("__", "."))
        if field.tag_name != "select":
            field.clear()
        field.send_keys(text)


def complaints(browser):
    """The console, without the statuses of refused forms."""
    return [line for line in browser.complaints()
            if "status of 422" not in line and "status of 409" not in line]


def rows(driver, section):
    found = driver.find_elements(By.CSS_SELECTOR, f"section[aria-labelledby={section}] tbody tr")
    return [row.text.split() for row in found]


def test_a_file_is_uploaded_into_a_segmentation_created_after_a_refused_form(
        stack, editor, tmp_path):
    seg = new_id("file")[:40]
    driver = editor.open(stack.url + "/admin/segmentations")
    follow(driver, "New segmentation")
    write(driver, id=seg, type="manual", name="Pilots", groups__0__name="in",
          groups__1__name="in")
    press(driver, "Create segmentation")
    wrong, = driver.find_elements(By.CSS_SELECTOR, "[aria-invalid]")
    assert wrong.get_attribute("name") == "groups.1.name"
    told = driver.find_element(By.ID, wrong.get_attribute("aria-describedby")).text
    assert "has the same id or name" in told
    assert driver.find_element(By.NAME, "name").get_attribute("value") == "Pilots"
    write(driver, groups__1__name="out")
    press(driver, "Create segmentation")
    assert texts(driver, "h1") == [f"Pilots {seg}"]
    assert rows(driver, "groups") == [["in", "0", "0"], ["out", "1", "0"]]
    follow(driver, "Upload a file of members")
    press(driver, "Upload")
    assert texts(driver, "#file-wrong") == ["choose a file, or paste its rows"]
    members = tmp_path / "members.csv"
    members.write_bytes(b"user_id,group\r\nann,in\r\nbob,nowhere\r\neve,out\r\n")
    driver.find_element(By.ID, "file").send_keys(str(members))
    press(driver, "Upload")
    assert texts(driver, ".numbers dd") == ["3", "2", "0", "0", "0", "1"]
    assert texts(driver, "main td") == ["3", "there is no group `nowhere`"]
    follow(driver, "Back to the members")
    assert rows(driver, "groups") == [["in", "0", "1"], ["out", "1", "1"]]
    assert [row[:3] for row in rows(driver, "members")] == [["ann", "in", "upload"],
                                                            ["eve", "out", "upload"]]
    assert complaints(editor) == []


def test_the_report_on_a_large_file_shows_its_progress(stack, editor, tmp_path):
    seg = make(stack, "manual", ("in",))
    members = tmp_path / "members.csv"
    members.write_text("user_id,group\n" + "".join(f"u{n},in\n" for n in range(20_000)))
    driver = editor.open(f"{stack.url}/admin/segmentation/{seg}/upload")
    driver.find_element(By.ID, "file").send_keys(str(members))
    press(driver, "Upload")

    # A page of what is under way may be looked at again while it is read.
    wait_until(lambda: "Import finished." in editor.open(driver.current_url).page_source, 60,
               "the end of the file")
    assert texts(driver, ".numbers dd")[:2] == ["20000", "20000"]


def test_a_member_is_moved_and_removed_by_hand(stack, editor):
    seg, user = make(stack, "manual", ("one", "two")), new_id("us er&")
    place(stack, seg, user, "one")
    driver = editor.open(f"{stack.url}/admin/segmentation/{seg}")
    write(driver.find_element(By.CSS_SELECTOR, "form[method=post][action$=members]"),
          user_id=user, group="nowhere")
    press(driver, "Add to the group")
    assert texts(driver, "#into-wrong") == ["is not a group of this segmentation"]
    assert label(driver, "User").get_attribute("value") == user
    write(driver, group="two")
    press(driver, "Add to the group")
    assert texts(driver, "#who ~ [role=status]") == [f"{user} is in the group two."]
    assert name_of(stack, seg, user) == "two"
    write(driver.find_element(By.CSS_SELECTOR, "form[method=post][action$=members]"),
          user_id=user)
    press(driver, "Remove")
    assert texts(driver, "#who ~ [role=status]") == [f"{user} is in no group."]
    assert complaints(editor) == []


def test_rules_are_edited_as_rows_and_shown_in_words(stack, editor):
    seg, city, user = new_id("rules")[:40], new_id("city"), new_id("user")
    stack.call("PUT", f"/v1/user/{user}/profile", json={"city": city, "age": 30})
    driver = editor.open(stack.url + "/admin/segmentations/new?type=rule")
    write(driver, id=seg, name="By rule", groups__0__name="here", groups__1__name="rest",
          groups__1__json='{"kind": {"eq": "user"}}', rules__0__group="here",
          rules__0__what="city", rules__0__value=city, rules__1__group="here",
          rules__1__what="age", rules__1__test="is at least", rules__1__value="true")
    press(driver, "Create segmentation")
    wrong, = driver.find_elements(By.CSS_SELECTOR, "[aria-invalid]")
    assert wrong.get_attribute("name") == "rules.1.group"
    write(driver, rules__1__value="18")
    press(driver, "Create segmentation")
    assert [" ".join(row) for row in rows(driver, "groups")] == [
        f'here 0 city is "{city}" and age >= 18', 'rest 1 kind is "user"']
    write(driver.find_element(By.CSS_SELECTOR, "section[aria-labelledby=who]"), user_id=user)
    press(driver, "Check")
    assert texts(driver, "#who ~ [role=status]") == [f"{user} is in the group here."]
    follow(driver, "Change")
    write(driver, rules__1__value="31")
    press(driver, "Save changes")
    assert "age >= 31" in " ".join(rows(driver, "groups")[0])
    assert complaints(editor) == []


def test_a_segmentation_names_its_users_and_is_deleted_without_any(stack, editor):
    seg = make(stack, "manual", ("one",))
    rule = make(stack, "rule", [{"name": "a", "rule": {"group": {"segmentation": seg,
                                                                 "eq": "one"}}}])
    driver = editor.open(f"{stack.url}/admin/segmentation/{seg}")
    follow(driver, "Delete")
    assert rule in texts(driver, "main ul a")
    assert texts(driver, "main button") == []
    stack.call("DELETE", f"/v1/segmentation/{rule}", key="admin")
    driver = editor.open(f"{stack.url}/admin/segmentation/{seg}/delete")
    driver.find_element(By.CSS_SELECTOR, "main [type=checkbox]").click()
    press(driver, f"Delete {seg} permanently")
    assert texts(driver, "h1") == ["Segmentations"]
    assert stack.call("GET", f"/v1/segmentation/{seg}").status_code == 404
