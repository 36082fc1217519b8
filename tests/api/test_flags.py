# SPDX-License-Identifier: GPL-3.0-or-later
"""Flags over OFREP: what clients of OpenFeature ask, and what they are told."""

import concurrent.futures
import json

import pytest
import requests

from clientkeys import make, sign
from enrols import change, enroll, put, rows, running, set_state
from flags import BASE, ask, evaluate, everything, subject, switch
from lookups import a_second_later, admin, body, new_id, of_users, put_user
from shapes import assert_problem



def for_pro(stack):
    """An experiment for users of a plan; somebody has it, or the definition would fail."""
    put_user(stack, new_id("user"), plan="pro")
    return running(stack, "b", criteria=of_users(plan=["pro"]))


def end(stack, exp, default):
    """Stops an experiment, after which all see that alternative."""
    admin(stack, "PATCH", exp, {"default": default})
    admin(stack, "POST", f"{exp}/stop")
    a_second_later()


def error(answer, status, code, key=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    said = answer.json()
    assert said["errorCode"] == code and said["errorDetails"], said
    assert said.get("key") == key
    return said["errorDetails"]


@pytest.mark.smoke
def test_one_flag_enrols_and_keeps_its_answer(stack):
    flag, who = switch(stack), subject()
    said = [evaluate(stack, flag, who) for _ in range(2)]
    variant = said[0]["variant"]
    assert said[0] == said[1]
    assert said[0] == {
        "key": flag, "value": variant == "on", "reason": "SPLIT", "variant": variant,
        "metadata": {"experiment": flag, "reason": "ENROLLED", "enrolled": True}}
    assert len(rows(stack, "enrolment", flag)) == 1
    assert enroll(stack, flag, who["targetingKey"])["alternative"] == variant


def test_fifty_at_once_enrol_once(stack):
    flag, who = switch(stack), subject()
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        said = list(pool.map(lambda _: evaluate(stack, flag, who, timeout=300), range(50)))
    assert all(s == said[0] for s in said)
    assert len(rows(stack, "enrolment", flag)) == 1


def test_a_look_tells_what_enrolling_would_and_writes_nothing(stack):
    flag = switch(stack)
    people = [subject() for _ in range(8)]
    looks = [evaluate(stack, flag, p, query="?enroll=false") for p in people]
    assert rows(stack, "enrolment", flag) == []
    assert all(x["reason"] == "SPLIT" and x["metadata"]["reason"] == "ENROLLED" and
               x["metadata"]["enrolled"] is False for x in looks)
    assert [x["variant"] for x in looks] == [evaluate(stack, flag, p)["variant"] for p in people]


def test_all_flags_enrol_nobody_unless_the_query_says_so(stack):
    flag, who = switch(stack), subject()
    looked = everything(stack, who)[flag]
    assert looked["metadata"]["enrolled"] is False
    assert rows(stack, "enrolment", flag) == []
    assert everything(stack, who, query="?enroll=false&page=1")[flag] == looked
    enrolled = everything(stack, who, query="?enroll=true")[flag]
    assert enrolled["variant"] == looked["variant"]
    assert enrolled["metadata"]["enrolled"] is True
    assert len(rows(stack, "enrolment", flag)) == 1
    assert everything(stack, who)[flag] == enrolled


def test_all_flags_have_those_that_the_subject_is_not_in_and_are_in_order(stack):
    flag = running(stack, "b", data={"modulus": 0}, traffic=0)
    said = ask(stack, None, subject()).json()["flags"]
    keys = [f["key"] for f in said]
    assert keys == sorted(keys, key=lambda k: k.encode())
    mine = next(f for f in said if f["key"] == flag)
    assert (mine["reason"], mine["variant"], mine["metadata"]["reason"]) == (
        "STATIC", "control", "NOT_IN_ROLLOUT")


@pytest.mark.parametrize("path", ["", "/v1"])
@pytest.mark.parametrize("key", ["client", "server", "admin"])
def test_both_base_addresses_and_all_keys_answer(stack, path, key):
    flag = switch(stack)
    for route in (f"{path}{BASE}/{flag}", path + BASE):
        answer = stack.call("POST", route, key=key, json={"context": subject()})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "{}"])
def test_a_key_is_taken_with_bearer_and_bare(stack, header):
    flag, key = switch(stack), stack.key("client")
    for route in (f"{BASE}/{flag}", "/v1/enroll"):
        answer = stack.call("POST", route, key=None, json={"context": subject(), "user_id": "u"},
                            headers={"Authorization": header.format(key)})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("header", [None, "asy_client_00000000_" + "0" * 48, "Basic eA==", "key"])
def test_no_key_and_a_wrong_one_are_unauthorized(stack, header):
    for route in (f"{BASE}/x", BASE):
        answer = stack.call("POST", route, key=None, json={},
                            headers={"Authorization": header} if header else {})
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_other_methods_are_refused(stack):
    for route in (f"{BASE}/x", BASE):
        answer = stack.call("GET", route)
        assert_problem(answer, 405)
        assert answer.headers["Allow"] == "POST, OPTIONS"
    assert stack.call("GET", "/ofrep/v1/configuration").status_code == 404


# What a body says, and the code; for one flag and for all.
BODIES = {
    "no JSON": ("{", "PARSE_ERROR"), "nothing": ("", "PARSE_ERROR"),
    "a member twice": ('{"context":{},"context":{}}', "PARSE_ERROR"),
    "an array": ("[]", "PARSE_ERROR"), "null": ("null", "PARSE_ERROR"),
    "null context": ('{"context":null}', "INVALID_CONTEXT"),
    "text context": ('{"context":"x"}', "INVALID_CONTEXT"),
    "another kind": ('{"context":{"targetingKey":"a","kind":"multi"}}', "INVALID_CONTEXT"),
    "null kind": ('{"context":{"targetingKey":"a","kind":null}}', "INVALID_CONTEXT"),
    "a number as key": ('{"context":{"targetingKey":5}}', "INVALID_CONTEXT"),
    "undefined": ('{"context":{"targetingKey":"undefined"}}', "INVALID_CONTEXT"),
    "NaN": ('{"context":{"targetingKey":"NaN"}}', "INVALID_CONTEXT"),
    "two dots": ('{"context":{"targetingKey":".."}}', "INVALID_CONTEXT"),
    "a line break": ('{"context":{"targetingKey":"a\\nb"}}', "INVALID_CONTEXT"),
    "129 bytes": ('{"context":{"targetingKey":"%s"}}' % ("a" * 129), "INVALID_CONTEXT"),
    "agent": ('{"context":{"targetingKey":"a","user_agent":5}}', "INVALID_CONTEXT"),
    "too many attributes": (json.dumps({"context": {"targetingKey": "a",
                                                    "x": list(range(300))}}), "INVALID_CONTEXT"),
}


@pytest.mark.parametrize("case", BODIES)
def test_what_cannot_be_read_is_said_with_the_code(stack, case):
    text, code = BODIES[case]
    for flag in ("some-flag", None):
        answer = stack.call("POST", f"{BASE}/{flag}" if flag else BASE, data=text,
                            headers={"Content-Type": "application/json; charset=utf-8"})
        error(answer, 400, code, flag)


def test_what_the_house_answers_otherwise_is_a_general_400(stack):
    large = json.dumps({"context": {"x": "a" * (130 << 10)}})
    error(stack.call("POST", f"{BASE}/f", data=large,
                     headers={"Content-Type": "application/json"}), 400, "GENERAL", "f")
    error(stack.call("POST", f"{BASE}/f", data="{}", headers={"Content-Type": "text/csv"}),
          400, "GENERAL", "f")
    error(ask(stack, "f", subject(), query="?enroll=perhaps"), 400, "PARSE_ERROR", "f")


@pytest.mark.parametrize("key", ["nothing", "a%2Fb", "%3Cscript%3E", "%C3%A9", "a b"])
def test_an_unknown_flag_is_not_found_and_not_made(stack, key):
    for kind in ("server", "client"):
        answer = stack.call("POST", f"{BASE}/{key}", key=kind, json={"context": subject()})
        error(answer, 404, "FLAG_NOT_FOUND", requests.utils.unquote(key))
    assert stack.sql("select from experiment where id = %s", requests.utils.unquote(key)) == []


@pytest.mark.parametrize("context", [{}, {"targetingKey": ""}, {"plan": "pro"}])
def test_a_flag_without_a_subject_is_answered_where_nobody_is_needed(stack, context):
    flag, over, off = switch(stack), switch(stack), switch(stack)
    end(stack, over, "on")
    set_state(stack, off, "default")
    a_second_later()
    error(ask(stack, flag, context), 400, "TARGETING_KEY_MISSING", flag)
    assert evaluate(stack, over, context)["value"] is True
    assert evaluate(stack, off, context)["reason"] == "DISABLED"
    said = everything(stack, context)
    assert said[flag]["errorCode"] == "TARGETING_KEY_MISSING" and "value" not in said[flag]
    assert (said[over]["value"], said[over]["reason"]) == (True, "STATIC")
    assert (said[off]["value"], said[off]["reason"]) == (False, "DISABLED")


def test_reason_variant_and_metadata_are_always_there(stack):
    """The Python provider raises KeyError without them, or at a reason that it does not know."""
    known = {"STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"}
    for flag, said in everything(stack, subject()).items():
        assert said["reason"] in known and said["variant"], flag
        assert all(isinstance(v, (str, bool, int, float)) for v in said["metadata"].values())


def test_values_are_payloads_or_names(stack):
    who = subject()

    def value(*payloads):
        names = [{"name": n, **({} if p is None else {"payload": p})}
                 for n, p in zip(("control", "b"), payloads)]
        flag = running(stack, *names)
        put(stack, flag, who["targetingKey"], "b")
        return evaluate(stack, flag, who).get("value", "absent")
    for payload in (True, "x", 5, 0.5, {"a": [1, None]}, [1]):
        assert value(None, payload) == payload
    assert value(None, None) == "b"
    assert value(True, None) == "absent"


def test_somebody_put_into_an_alternative_is_a_match(stack):
    flag, who = switch(stack), subject()
    put(stack, flag, who["targetingKey"], "on")
    said = evaluate(stack, flag, who)
    assert (said["value"], said["reason"], said["metadata"]) == (True, "TARGETING_MATCH", {
        "experiment": flag, "reason": "FORCED", "enrolled": True})


@pytest.mark.parametrize("kind", ["user", "device", "session"])
def test_the_kind_says_who_the_subject_is(stack, kind):
    flag, who = switch(stack), subject(kind=kind)
    variant = evaluate(stack, flag, who)["variant"]
    assert enroll(stack, flag, {f"{kind}_id": who["targetingKey"]}) == {
        "experiment": flag, "alternative": variant, "payload": variant == "on",
        "reason": "ENROLLED", "enrolled": True, "new": False}


def test_without_a_kind_the_key_says_it(stack):
    flag, who = switch(stack), subject()
    key = make(stack, "--subjects", "session")
    answer = ask(stack, flag, who, key=None, headers={"X-API-Key": key})
    assert answer.status_code == 200
    assert stack.sql("select subject_id from enrolment where subject_id = %s",
                     "s:" + who["targetingKey"]) != []
    details = error(ask(stack, flag, {**who, "kind": "user"}, key=None,
                        headers={"X-API-Key": key}), 400, "INVALID_CONTEXT", flag)
    assert "not allowed with this key" in details


def test_a_signed_key_asks_for_the_signature_within_the_context(stack):
    flag, who = switch(stack), subject()
    key, secret = make(stack, "--signed")

    def say(signature):
        return ask(stack, flag, {**who, **signature}, key=None, headers={"X-API-Key": key})
    good = sign(secret, "u:" + who["targetingKey"])
    assert "missing" in error(say({}), 400, "INVALID_CONTEXT", flag)
    assert "not the signature" in error(say({"signature": "0" * 64}), 400, "INVALID_CONTEXT", flag)
    assert say({"signature": good}).json()["reason"] == "SPLIT"


def test_the_rest_of_the_context_is_attributes_of_this_decision(stack):
    flag = for_pro(stack)
    who = subject()
    assert evaluate(stack, flag, who)["metadata"]["reason"] == "NOT_IN_AUDIENCE"
    assert evaluate(stack, flag, {**who, "plan": "pro"})["reason"] == "SPLIT"
    assert stack.call("GET", f"/v1/user/{who['targetingKey']}/profile").status_code == 404


def test_attributes_that_a_key_does_not_allow_are_passed_over_and_told(stack):
    flag = for_pro(stack)
    key = make(stack, "--attributes", "no")
    said = ask(stack, flag, subject(plan="pro"), key=None, headers={"X-API-Key": key}).json()
    assert said["metadata"] == {"experiment": flag, "reason": "NOT_IN_AUDIENCE",
                                "enrolled": False, "attributes": "ignored"}


def test_bots_are_told_by_the_agent_of_the_context_or_of_the_request(stack):
    flag = switch(stack)
    robot = "Mozilla/5.0 (compatible; Googlebot/2.1)"
    for key, context, headers, reason in (
            ("server", {"user_agent": robot}, {}, "BOT"),
            ("server", {}, {"User-Agent": robot}, "ENROLLED"),
            ("client", {}, {"User-Agent": robot}, "BOT"),
            ("client", {"user_agent": robot}, {}, "ENROLLED")):
        said = evaluate(stack, flag, subject(**context), key=key, headers=headers)
        assert said["metadata"]["reason"] == reason, (key, context)


@pytest.mark.parametrize("how", ["stop", "end"])
def test_a_shipped_winner_goes_on_in_all_flags_and_in_enroll(stack, how):
    flag, lost, who = switch(stack), switch(stack), subject()
    if how == "stop":
        end(stack, flag, "on")
        end(stack, lost, "control")
    else:
        for exp, default in ((flag, "on"), (lost, "control")):
            admin(stack, "PATCH", exp, {"default": default})
            stack.sql("update experiment set start_date = start_date - 9, "
                      "end_date = start_date - 3, status = 'INACTIVE' where id = %s", exp)
        stack.sql("update cache_epoch set definitions = definitions + 1")
        a_second_later()
    for key in ("server", "client"):
        said = everything(stack, who, key=key)
        assert (said[flag]["value"], said[flag]["reason"]) == (True, "STATIC")
        assert lost not in said
        listed = {e["experiment"]: e for e in stack.call(
            "POST", "/v1/enroll", key=key, json={"user_id": who["targetingKey"]}
        ).json()["experiments"]}
        assert listed[flag]["payload"] is True and listed[flag]["enrolled"] is False
        assert lost not in listed
    assert evaluate(stack, flag, who)["value"] is True
    assert rows(stack, "enrolment", flag) == []


def test_a_winner_goes_with_the_definition(stack):
    flag = switch(stack)
    end(stack, flag, "on")
    assert flag in everything(stack, subject())
    admin(stack, "POST", f"{flag}/resume")
    a_second_later()
    assert everything(stack, subject())[flag]["reason"] == "SPLIT"
    end(stack, flag, "on")
    admin(stack, "DELETE", flag)
    a_second_later()
    assert flag not in everything(stack, subject())


def visible(stack, flag, key):
    """Whether a key sees it among all flags, by its id, and in /v1/enroll."""
    who = subject()
    listed = stack.call("POST", "/v1/enroll", key=key, json={
        "user_id": who["targetingKey"], "attributes": {"plan": "pro"}}).json()["experiments"]
    return (flag in everything(stack, who, key=key),
            ask(stack, flag, who, key=key).status_code == 200,
            flag in [e["experiment"] for e in listed])


def test_client_keys_do_not_see_what_is_for_servers(stack):
    flag = running(stack, "b", visibility="server")
    assert visible(stack, flag, "server") == (True, True, True)
    assert visible(stack, flag, "client") == (False, False, False)
    error(ask(stack, flag, subject(), key="client"), 404, "FLAG_NOT_FOUND", flag)
    assert enroll(stack, flag, new_id("user"), key="client")["enrolled"] is True
    admin(stack, "PATCH", flag, {"visibility": "public"})
    a_second_later()
    assert visible(stack, flag, "client") == (True, True, True)


def test_a_winner_for_servers_is_not_seen_by_client_keys(stack):
    flag = switch(stack, visibility="server")
    end(stack, flag, "on")
    assert visible(stack, flag, "server") == (True, True, True)
    assert visible(stack, flag, "client") == (False, False, False)


def test_rules_are_for_servers_unless_they_say_otherwise(stack):
    rule = {"type": "rule", "filters": {"kind": {"eq": "user"}}}
    for criteria in (rule, of_users(**{"tag:global:plan": ["pro"]})):
        flag = running(stack, "b", criteria=criteria)
        assert admin(stack, "GET", flag)["visibility"] == "server"
        assert flag in everything(stack, subject())
        assert flag not in everything(stack, subject(), key="client")
        admin(stack, "PATCH", flag, {"visibility": "public"})
        a_second_later()
        assert flag in everything(stack, subject(), key="client")


def test_visibility_is_shown_stored_and_checked(stack):
    exp = running(stack, "b")
    assert admin(stack, "GET", exp)["visibility"] == "public"
    admin(stack, "PATCH", exp, {"visibility": "server"})
    assert admin(stack, "GET", exp)["visibility"] == "server"
    admin(stack, "PATCH", exp, {"visibility": None})
    assert admin(stack, "GET", exp)["visibility"] == "public"
    for wrong in ("", "all", 5, ["public"]):
        answer = stack.call("PATCH", f"/v1/experiment/{exp}", key="admin",
                            json={"request": {"visibility": wrong}})
        assert answer.status_code == 400
        assert "/request/visibility" in answer.json()["params"]["errorMsg"]


def test_the_tag_is_of_the_answer(stack):
    flag, who = switch(stack), subject()
    plain = {"Accept-Encoding": "identity"}
    tag = ask(stack, None, who, headers=plain).headers["ETag"]
    assert ask(stack, None, who, headers={"If-None-Match": '"other"'}).status_code == 200
    for said in (tag, "W/" + tag, tag.strip('"'), f'"x", {tag}', tag[:-1] + '-gzip"',
                 tag[:-1] + '-br"', "*"):
        again = ask(stack, None, who, headers={"If-None-Match": said})
        assert (again.status_code, again.text) == (304, ""), said
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == "no-store"
    # Enrolling changes what is told, and so does another context.
    evaluate(stack, flag, who)
    changed = ask(stack, None, who, headers={**plain, "If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert ask(stack, None, who, headers=plain).headers["ETag"] == changed.headers["ETag"]


def test_a_browser_may_ask_where_the_key_says_so(stack):
    site = f"https://{new_id('site')}.example"
    key = make(stack, "--origin", site)
    flag = switch(stack)
    for route in (BASE, f"{BASE}/{flag}"):
        asked = stack.call("OPTIONS", route, key=None, headers={
            "Origin": site, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,if-none-match"})
        assert asked.status_code == 204
        allowed = asked.headers["Access-Control-Allow-Headers"].lower()
        assert all(h in allowed for h in ("authorization", "content-type", "if-none-match",
                                          "x-api-key", "traceparent", "tracestate", "baggage"))
        assert asked.headers["Access-Control-Max-Age"] == "7200"
    headers = {"Authorization": key, "Origin": site}
    answer = ask(stack, None, subject(), key=None, headers=headers)
    assert answer.headers["Access-Control-Allow-Origin"] == site
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    # What goes wrong must be readable, too: the provider decides by the status.
    headers["If-None-Match"] = "*"
    for answer in (ask(stack, None, subject(), key=None, headers=headers),
                   ask(stack, flag, {}, key=None, headers={**headers}),
                   ask(stack, "none", subject(), key=None, headers=headers),
                   ask(stack, None, {}, key=None, headers={"Origin": site})):
        assert answer.headers["Access-Control-Allow-Origin"] == site, answer.status_code
    assert_problem(ask(stack, flag, subject(), key=None, headers={
        "Authorization": key, "Origin": "https://evil.example"}), 403)


def test_a_change_is_seen_within_a_second(stack):
    flag, who = switch(stack), subject()
    put(stack, flag, who["targetingKey"], "on")
    change(stack, flag, {"name": "control", "payload": 1}, {"name": "on", "payload": 2})
    assert evaluate(stack, flag, who)["value"] == 2
    assert everything(stack, who)[flag]["value"] == 2


def test_a_definition_says_the_type_of_its_values_and_warns_of_several(stack):
    request = body("types", alternatives=[{"name": "b", "payload": 1}, {"name": "c"}])
    made = admin(stack, "POST", "create", request)
    assert made["value_type"] == "number" and "warnings" not in made

    def change_to(*payloads):
        given = [{"name": n, "payload": p} for n, p in zip("bc", payloads)]
        return admin(stack, "PATCH", request["expId"], {"alternatives": given})
    for payloads, kind in (((True, False), "boolean"), (("x", None), "string"),
                           (({}, []), "object"), ((None, None), "name")):
        changed = change_to(*payloads)
        assert changed["value_type"] == kind and "warnings" not in changed
    changed = change_to("x", 1)
    assert changed["value_type"] == "mixed"
    assert len(changed["warnings"]) == 1 and "several types" in changed["warnings"][0]
    assert admin(stack, "GET", request["expId"])["value_type"] == "mixed"
    mixed = body("types", alternatives=[{"name": "b", "payload": 1}, {"name": "c", "payload": "x"}])
    made = admin(stack, "POST", "create", mixed)
    assert made["value_type"] == "mixed" and len(made["warnings"]) == 1
    # What an answer shows can be sent back.
    admin(stack, "PATCH", mixed["expId"], {"value_type": "mixed", "name": "again"})
