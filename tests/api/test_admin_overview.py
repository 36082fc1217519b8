# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview: running experiments, and warnings."""

import html
import re

import pytest

from enrols import enroll, running
from goals import hit
from layers import assign, new_layer
from lookups import await_status, body, admin, new_id
from pages import Person
from stack import Stack, wait_until
from result_rows import fill, two_arms
from uploads import make


@pytest.fixture(scope="module")
def bare():
    """One without a cache and without telemetry, of which jobs end."""
    s = Stack("lighttpd", KEEP="1", ASSAY_MEMCACHED="", ASSAY_TELEMETRY_FILE="")
    yield s
    s.stop()


def told(person):
    """{warning: where it leads}"""
    answer = person.get("/admin")
    assert answer.status_code == 200 and len(answer.content) < 50_000
    section = answer.text.partition('id="look"')[2].partition("</section>")[0]
    return {html.unescape(text).strip(): way for text, way in
            re.findall(r'<li>([^<]*)(?:<a href="([^"]*)">)?', section)}


def await_warning(person, words, there=True):
    """Until a warning has these words, or none has; where it leads."""
    def found():
        ways = [way for text, way in told(person).items() if words in text]
        return ways or not there if there else not ways
    return wait_until(found, 20, f"{words}: {there}")


def test_a_sample_ratio_mismatch_is_a_warning(stack, viewer):
    exp, _ = two_arms(stack)
    fill(stack, exp, 1, 900)
    fill(stack, exp, 2, 500)
    assert await_warning(viewer, f"The split of {exp} is broken") == [
        f"/admin/experiment/{exp}/health"]


def test_hits_of_unknown_goals_are_counted(stack, viewer):
    hit(stack, new_id("goal"), new_id("user"), status=404)
    assert await_warning(viewer, "named a goal that does not exist") == ["/admin/goals"]


def test_a_nearly_full_layer_is_a_warning_until_there_is_room(stack, viewer):
    layer, exp = new_layer(stack), running(stack, "b")
    assign(stack, layer, exp, size=9499)
    assert not [t for t in told(viewer) if layer in t]
    assign(stack, layer, exp, size=9500)
    assert await_warning(viewer, f"The layer {layer} is nearly full: 500 of 10,000") == [
        f"/admin/layer/{layer}"]


def test_a_failed_mapping_is_a_warning(stack, viewer):
    request = body("c", criteria={"type": "user", "filters": {"city": new_id("nowhere")}})
    admin(stack, "POST", "create", request)
    exp = request["expId"]
    await_status(stack, exp, "FAILED")
    assert await_warning(viewer, f"The audience of {exp} could not be mapped: Users Not Found") == [
        f"/admin/experiment/{exp}/audience"]


def test_disabled_services_and_waiting_work_are_warnings(bare):
    viewer = Person(bare, "viewer")
    assert {"The cache is off: everything works, only slower.",
            "Telemetry is off: look-ups and assignments leave no events."} <= set(told(viewer))
    bare.end("jobs")
    request = body("c", criteria=None)
    admin(bare, "POST", "create", request)
    seg = make(bare)
    bare.call("POST", f"/v1/segmentation/{seg}/upload", headers={"Content-Type": "text/csv"},
              data="user_id,group\n" + "".join(f"u{n},A\n" for n in range(1100)))
    assert not [t for t in told(viewer) if "wait" in t]
    late = "now() - interval '10 minutes 1 second'"
    bare.sql(f"update audience_job set due_at = {late}; update upload set created_at = {late}")
    await_warning(viewer, "An audience waits to be mapped for over ten minutes")
    await_warning(viewer, "A file of members waits for over ten minutes")
    bare.again("jobs")
    await_warning(viewer, "An audience waits", there=False)
    await_warning(viewer, "A file of members waits", there=False)


def test_a_running_experiment_is_shown_at_once_and_its_participants_shortly_after(stack, viewer):
    exp = running(stack, "b", name=new_id("Fresh"))

    def line():
        row = viewer.get("/admin").text.partition(f"/admin/experiment/{exp}\"")[2]
        found = re.search(r'data-of="Participants">(\d+)<', row.partition("</tr>")[0])
        return found and found.group(1)
    assert wait_until(line, 5, "the experiment") == "0"
    enroll(stack, exp, new_id("user"))
    wait_until(lambda: line() == "1", 5, "one participant")
