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
def test_a_new_profile_gets_its_preassigned_group(telemetry, user, appear, tmp_path):
    seg, address = make(telemetry.stack), mail()
    assert counts(preassign(telemetry.stack, seg, address)) == {"total": 1, "preassigned": 1}
    assert counts(preassign(telemetry.stack, seg, address)) == {"total": 1, "present": 1}
    assert group(telemetry.stack, seg, user) is None
    appear(telemetry.stack, user, {"email": address.swapcase()}, tmp_path)
    assert group(telemetry.stack, seg, user) == "A"
    assert counts(preassign(telemetry.stack, seg, address)) == {"total": 1, "present": 1}
    assert telemetry.stack.sql("select count(*) from preassigned where email = %s",
                          address.lower()) == [(0,)]


@pytest.mark.parametrize("appear", [by_profile, by_batch])
def test_telemetry_of_a_preassigned_group_names_the_sender_of_the_file(
        telemetry, user, appear, tmp_path):
    seg, address = make(telemetry.stack), mail()
    preassign(telemetry.stack, seg, address)
    appear(telemetry.stack, user, {"email": address}, tmp_path)
    event, = (e["edata"] for e in telemetry.events() if e["edata"].get("segmentation") == seg)
    assert (event["group"], event["by"]) == ("A", telemetry.stack.key("server").split("_")[2])


def test_the_last_file_decides_for_an_address(telemetry, user):
    seg, address = make(telemetry.stack), mail()
    preassign(telemetry.stack, seg, address)
    assert counts(preassign(telemetry.stack, seg, address, "B")) == {"total": 1, "preassigned": 1}
    put_user(telemetry.stack, user, email=address)
    assert group(telemetry.stack, seg, user) == "B"


def test_a_later_placement_by_hand_wins_over_a_preassignment(telemetry, user):
    seg, address = make(telemetry.stack), mail()
    preassign(telemetry.stack, seg, address)
    answer = telemetry.stack.call("PUT", f"/v1/segmentation/{seg}/member/{user}",
                                  json={"group": "B"})
    assert answer.status_code == 200
    put_user(telemetry.stack, user, email=address)
    assert group(telemetry.stack, seg, user) == "B"


def test_a_preassignment_moves_a_drawn_user(telemetry, user):
    seg, address = make(telemetry.stack, "random"), mail()
    drawn = telemetry.stack.call("GET", f"/v1/segmentation/{seg}/group", params={
        "user_id": user, "assign": "true"}).json()["group"]["name"]
    other = {"A": "B", "B": "A"}[drawn]
    preassign(telemetry.stack, seg, address, other)
    put_user(telemetry.stack, user, email=address)
    assert group(telemetry.stack, seg, user) == other


def test_an_address_elsewhere_in_a_profile_does_not_count(telemetry, user):
    seg, address = make(telemetry.stack), mail()
    preassign(telemetry.stack, seg, address)
    put_user(telemetry.stack, user, emails=[address], mail=address)
    assert group(telemetry.stack, seg, user) is None


def test_a_deleted_segmentation_forgets_the_addresses(telemetry, user):
    seg, address = make(telemetry.stack), mail()
    preassign(telemetry.stack, seg, address)
    assert telemetry.stack.call("DELETE", f"/v1/segmentation/{seg}", key="admin").status_code == 200
    put_user(telemetry.stack, user, email=address)
    assert telemetry.stack.sql("select count(*) from preassigned where email = %s",
                          address.lower()) == [(0,)]


def test_a_profile_written_during_a_file_gets_its_group(telemetry, user):
    """Both at once: whoever is first, the group is there in the end."""
    seg = make(telemetry.stack)
    addresses = [mail() for _ in range(60)]
    text = "email,group\n" + "".join(f"{a},A\n" for a in addresses)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(put_user, telemetry.stack, f"{user}-{n}", email=a)
                 for n, a in enumerate(addresses)]
        upload(telemetry.stack, seg, text)
        for call in calls:
            call.result(20)
    assert [group(telemetry.stack, seg, f"{user}-{n}") for n in range(60)] == ["A"] * 60
