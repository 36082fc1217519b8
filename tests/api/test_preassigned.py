# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of users who are known by an e-mail address only, until they appear."""

import concurrent.futures
import json

import pytest

from lookups import put_user
from uploads import counts, group, mail, make, upload


# One web server is enough: what is looked at are rows, and lines of telemetry.
def by_profile(stack, user, attributes, folder):
    put_user(stack, user, **attributes)


def by_batch(stack, user, attributes, folder):
    answer = stack.call("POST", "/v1/users", json=[{"user_id": user, **attributes}])
    assert answer.status_code == 200, answer.text


def by_import(stack, user, attributes, folder):
    file = folder / "users.ndjson"
    file.write_text(json.dumps({"user_id": user, **attributes}) + "\n")
    stack.assay("import", "users", str(file))


def preassign(stack, seg, address, name="A"):
    return upload(stack, seg, f"email,group\n{address},{name}\n").json()


@pytest.mark.parametrize("appear", [by_profile, by_batch, by_import])
def test_who_appears_has_the_preassigned_group(told, user, appear, tmp_path):
    seg, address = make(told.stack), mail()
    assert counts(preassign(told.stack, seg, address)) == {"total": 1, "preassigned": 1}
    assert counts(preassign(told.stack, seg, address)) == {"total": 1, "present": 1}
    assert group(told.stack, seg, user) is None
    appear(told.stack, user, {"email": address.swapcase()}, tmp_path)
    assert group(told.stack, seg, user) == "A"
    assert counts(preassign(told.stack, seg, address)) == {"total": 1, "present": 1}
    assert told.stack.sql("select count(*) from preassigned where email = %s",
                          address.lower()) == [(0,)]


@pytest.mark.parametrize("appear", [by_profile, by_batch])
def test_an_arrival_is_told_with_who_sent_the_file(told, user, appear, tmp_path):
    seg, address = make(told.stack), mail()
    preassign(told.stack, seg, address)
    appear(told.stack, user, {"email": address}, tmp_path)
    event, = (e["edata"] for e in told.events() if e["edata"].get("segmentation") == seg)
    assert (event["group"], event["by"]) == ("A", told.stack.key("server").split("_")[2])


def test_the_last_file_decides_for_an_address(told, user):
    seg, address = make(told.stack), mail()
    preassign(told.stack, seg, address)
    assert counts(preassign(told.stack, seg, address, "B")) == {"total": 1, "preassigned": 1}
    put_user(told.stack, user, email=address)
    assert group(told.stack, seg, user) == "B"


def test_who_was_placed_by_hand_since_stays_there(told, user):
    seg, address = make(told.stack), mail()
    preassign(told.stack, seg, address)
    answer = told.stack.call("PUT", f"/v1/segmentation/{seg}/member/{user}", json={"group": "B"})
    assert answer.status_code == 200
    put_user(told.stack, user, email=address)
    assert group(told.stack, seg, user) == "B"


def test_who_was_drawn_is_moved(told, user):
    seg, address = make(told.stack, "random"), mail()
    drawn = told.stack.call("GET", f"/v1/segmentation/{seg}/group", params={
        "user_id": user, "assign": "true"}).json()["group"]["name"]
    other = {"A": "B", "B": "A"}[drawn]
    preassign(told.stack, seg, address, other)
    put_user(told.stack, user, email=address)
    assert group(told.stack, seg, user) == other


def test_an_address_elsewhere_in_a_profile_does_not_count(told, user):
    seg, address = make(told.stack), mail()
    preassign(told.stack, seg, address)
    put_user(told.stack, user, emails=[address], mail=address)
    assert group(told.stack, seg, user) is None


def test_a_deleted_segmentation_forgets_the_addresses(told, user):
    seg, address = make(told.stack), mail()
    preassign(told.stack, seg, address)
    assert told.stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 200
    put_user(told.stack, user, email=address)
    assert told.stack.sql("select count(*) from preassigned where email = %s",
                          address.lower()) == [(0,)]


def test_nobody_falls_between_a_file_and_a_profile(told, user):
    """Both at once: whoever is first, the group is there in the end."""
    seg = make(told.stack)
    addresses = [mail() for _ in range(60)]
    text = "email,group\n" + "".join(f"{a},A\n" for a in addresses)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(put_user, told.stack, f"{user}-{n}", email=a)
                 for n, a in enumerate(addresses)]
        upload(told.stack, seg, text)
        for call in calls:
            call.result(20)
    assert [group(told.stack, seg, f"{user}-{n}") for n in range(60)] == ["A"] * 60
