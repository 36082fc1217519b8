# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of client keys, which anybody can read: kinds of subjects, signatures, attributes and
counts."""

import hashlib
import hmac
import json
import re

import pytest

from clientkeys import call, id_of, make, sign, ways
from enrols import enroll, rows, running
from goals import BOT, goal, hit
from lookups import define, new_id
from pages import Person
from shapes import assert_problem, view
from stack import wait_until

NAMES = ["enroll one", "enroll all", "alternative", "goal", "visit", "human", "page"]


@pytest.fixture(scope="module")
def exp(stack):
    return running(stack, "b")


@pytest.fixture(scope="module")
def asked(stack, exp):
    return ways(stack, exp, goal(stack))


@pytest.fixture(scope="module")
def signed(stack):
    return make(stack, "--signed")


def register(stack, device, headers, status=200, **request):
    """A registration; its envelope."""
    answer = stack.call("POST", f"/v1/device/register/{device}", key=None, headers=headers,
                        json={"request": request})
    assert answer.status_code == status, answer.text
    return answer.json()


def held(stack, subject):
    """Whether anything is stored of a subject."""
    return stack.sql("select exists (select from profile where subject_id = %s) or exists (select "
                     "from enrolment where subject_id = %s) or exists (select from page_view where "
                     "subject_id = %s) or exists (select from confirmed where subject_id = %s)",
                     *[subject] * 4)[0][0]


# ---- --subjects --------------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("allowed", ["user", "device", "session", "user,session", "device,user"])
def test_other_kinds_of_subjects_are_refused(stack, asked, name, allowed):
    key = make(stack, "--subjects", allowed)
    for kind in ("user", "device", "session"):
        if (name, kind) == ("page", "device"):
            continue
        who = new_id(kind)
        answer = asked[name](key, {f"{kind}_id": who})
        if kind in allowed.split(","):
            assert answer.status_code in (200, 204), answer.text
        else:
            assert_problem(answer, 403, f"/{kind}_id")
            assert not held(stack, f"{kind[0]}:{who}")


def test_a_registration_is_refused_by_the_kind_of_its_subjects(stack):
    device, user = new_id("device"), new_id("user")
    no_users = {"X-API-Key": make(stack, "--subjects", "device,session")}
    no_devices = {"X-API-Key": make(stack, "--subjects", "user")}
    answer = register(stack, device, headers=no_users, status=403, ext={"userid": user})
    assert list(answer["params"]["errorMsg"]) == ["/request/ext/userid", "status"]
    register(stack, device, headers=no_devices, status=403)
    assert not held(stack, "d:" + device) and not held(stack, "u:" + user)
    register(stack, device, headers=no_users)
    assert held(stack, "d:" + device)


# ---- --signed ----------------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_a_user_needs_a_signature(asked, signed, name, stack):
    key, secret = signed
    who = new_id("user")
    right = sign(secret, "u:" + who)
    wrong = [sign(secret, "u:" + who + "x"), sign(secret, "d:" + who), sign(secret, who),
             right.upper(), right[:-1], right + "0", "", "0" * 64, sign(secret[::-1], "u:" + who),
             hashlib.sha256(("u:" + who).encode()).hexdigest()]
    bare = assert_problem(asked[name](key, {"user_id": who}), 403, "/signature")
    assert "missing" in bare["errors"][0]["detail"]
    for signature in wrong:
        answer = asked[name](key, {"user_id": who}, {"signature": signature})
        assert "not the signature" in assert_problem(answer, 403, "/signature")["errors"][0][
            "detail"], signature
    assert not held(stack, "u:" + who)
    for beside, headers in (({"signature": right}, {}), ({}, {"X-Assay-Signature": right})):
        answer = asked[name](key, {"user_id": who}, beside, headers=headers)
        assert answer.status_code in (200, 204), answer.text


@pytest.mark.parametrize("signature", [None, 7, True, [], {}, ["a"], 1.5])
def test_a_signature_of_another_type_is_none(asked, signed, signature):
    answer = asked["enroll all"](signed[0], {"user_id": new_id()}, {"signature": signature})
    assert_problem(answer, 403, "/signature")


def test_sessions_and_new_devices_need_no_signature(asked, signed):
    for kind in ("session", "device"):
        assert asked["enroll all"](signed[0], {f"{kind}_id": new_id()}).status_code == 200


def test_ids_are_signed_as_the_bytes_they_are(asked, signed):
    key, secret = signed
    for who in ("jürgen " + new_id(), "a:b/" + new_id(), "用户" + new_id(), '"' + new_id()):
        answer = asked["enroll all"](key, {"user_id": who}, {"signature": sign(secret, "u:" + who)})
        assert answer.status_code == 200, answer.text


def test_the_hmac_is_keyed_with_the_printed_secret(asked, signed):
    """As `openssl dgst -sha256 -hmac SECRET` does it, and not with the bytes it may stand for."""
    key, secret = signed
    assert re.fullmatch("[0-9a-f]{64}", secret)
    decoded = hmac.new(bytes.fromhex(secret), b"u:ann", hashlib.sha256).hexdigest()
    assert asked["enroll all"](key, {"user_id": "ann"}, {"signature": decoded}).status_code == 403
    text = hmac.new(secret.encode(), b"u:ann", hashlib.sha256).hexdigest()
    assert asked["enroll all"](key, {"user_id": "ann"}, {"signature": text}).status_code == 200


def test_a_signature_does_not_fit_another_key(stack, asked, signed):
    other, _ = make(stack, "--signed")
    who = new_id()
    signature = sign(signed[1], "u:" + who)
    assert_problem(asked["enroll all"](other, {"user_id": who}, {"signature": signature}), 403,
                   "/signature")


def test_other_keys_pass_a_signature_over(stack, asked):
    for kind in ("client", "server", "admin"):
        answer = asked["enroll all"](stack.key(kind), {"user_id": new_id()}, {"signature": "x"})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("lines", [False, True])
def test_each_view_of_a_batch_has_a_signature_of_its_own(stack, signed, lines):
    key, secret = signed
    a, b, c, d = (new_id("user") for _ in range(4))
    items = [view(a, signature=sign(secret, "u:" + a)), view(b), view(c, signature=sign(secret, a)),
             view(d), {**view(""), "session_id": new_id("session")}]
    del items[4]["user_id"]
    headers = {"X-Assay-Signature": sign(secret, "u:" + d)}
    if lines:
        answer = call(stack, key, "POST", "/v1/page", data="\n".join(map(json.dumps, items)),
                      headers={**headers, "Content-Type": "application/x-ndjson"})
    else:
        answer = call(stack, key, "POST", "/v1/page", json=items, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["received"], told["recorded"]) == (5, 3)
    assert [e["pointer"] for e in told["errors"]] == ["/1/signature", "/2/signature"]
    assert [held(stack, "u:" + u) for u in (a, b, c, d)] == [True, False, False, True]


def test_a_batch_without_any_right_to_it_is_refused_as_a_whole(stack, signed):
    users = [new_id("user") for _ in range(3)]
    answer = call(stack, signed[0], "POST", "/v1/page", json=[view(u) for u in users])
    assert_problem(answer, 403, *[f"/{i}/signature" for i in range(3)])
    spoilt = [view(users[0]), view(users[1], at="never")]
    answer = call(stack, signed[0], "POST", "/v1/page", json=spoilt)
    assert_problem(answer, 422, "/0/signature", "/1/timestamp")
    assert not any(held(stack, "u:" + u) for u in users)


def test_an_image_counts_only_with_a_signature(stack, exp, signed):
    key, secret = signed
    name, who = goal(stack), new_id("user")
    enroll(stack, exp, who)

    def show(**query):
        answer = stack.call("GET", f"/v1/goal/{name}.png", key=None,
                            params={"key": key, "user_id": who, **query})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
        return stack.sql("select count(*) from assay.conversion as c join assay.goal as g on "
                         "g.nr = c.goal where g.name = %s", name)[0][0]
    assert show() == 0
    assert show(signature="0" * 64) == 0
    assert show(signature=sign(secret, "u:" + who)) == 1


def test_the_header_may_be_sent_from_pages(stack):
    answer = stack.call("OPTIONS", "/v1/enroll", key=None, headers={"Origin": stack.url})
    assert "X-Assay-Signature" in answer.headers["Access-Control-Allow-Headers"]


# ---- devices and a signed key ------------------------------------------------------------------

def profile(stack, device):
    return stack.call("GET", f"/v1/device/profile/{device}").json()["result"]


def state_of(stack, device):
    """All that is stored of a device."""
    return [stack.sql(f"select t::text from assay.{table} as t where subject_id = %s order by 1",
                      "d:" + device)
            for table in ("profile", "enrolment", "exposure", "audience")]


def test_a_known_device_is_rewritten_only_with_its_signature(stack, signed):
    key, secret = signed
    headers = {"X-API-Key": key}
    device, client = new_id("device"), new_id("client")
    exp = define(stack, client, alternatives=[{"name": "b"}])
    stack.call("POST", f"/v1/experiment/{exp}/state", key="admin", json={"state": "enabled"})
    told = {"producer": f"tests.{client}", "dspec": {"os": "1"}}

    def ask(fcm, **more):
        return register(stack, device, headers={**headers, **more.pop("headers", {})},
                        fcmToken=fcm, **told, **more)["result"]["actions"]
    wait_until(lambda: [a["data"]["id"] for a in ask("own")] == [exp], 10, "the enrolment")
    before, actions = state_of(stack, device), ask("own")
    assert profile(stack, device)["fcmToken"] == "own"
    assert ask("stolen") == actions
    assert ask("stolen", headers={"X-Assay-Signature": sign(secret, "u:" + device)}) == actions
    assert ask("stolen", headers={"User-Agent": "another"}) == actions
    assert state_of(stack, device) == before
    # What began later is not drawn for somebody who may be anybody.
    later = define(stack, client)
    stack.call("POST", f"/v1/experiment/{later}/state", key="admin", json={"state": "enabled"})
    assert ask("stolen") == actions and state_of(stack, device) == before
    proof = sign(secret, "d:" + device)
    assert ask("mine", headers={"X-Assay-Signature": proof}) != []
    assert profile(stack, device)["fcmToken"] == "mine"
    ask("too", signature=proof)
    assert profile(stack, device)["fcmToken"] == "too"


def test_a_first_registration_needs_no_signature(stack, signed):
    device = new_id("device")
    register(stack, device, headers={"X-API-Key": signed[0]}, fcmToken="first")
    assert profile(stack, device)["fcmToken"] == "first"


def test_other_keys_rewrite_devices_as_before(stack, signed):
    device = new_id("device")
    for n, kind in enumerate(("client", "server", "client")):
        register(stack, device, headers={"X-API-Key": stack.key(kind)}, fcmToken=f"t{n}")
        assert profile(stack, device)["fcmToken"] == f"t{n}"


def test_the_user_of_a_device_needs_a_signature(stack, signed):
    key, secret = signed
    device, user, client = new_id("device"), new_id("user"), new_id("client")
    exp = define(stack, client)
    stack.call("POST", f"/v1/experiment/{exp}/state", key="admin", json={"state": "enabled"})

    def ask(status, ext=None, headers=None, **more):
        return register(stack, device, headers={"X-API-Key": key, **(headers or {})}, status=status,
                        producer=f"tests.{client}", ext={"userid": user, **(ext or {})}, **more)
    for ext in ({}, {"signature": "0" * 64}, {"signature": sign(secret, "d:" + user)}):
        answer = ask(403, ext)
        assert list(answer["params"]["errorMsg"]) == ["/request/ext/signature", "status"]
    assert not held(stack, "u:" + user) and not held(stack, "d:" + device)
    right = sign(secret, "u:" + user)

    def enrolled():
        ask(200, {"signature": right})
        return len(rows(stack, "enrolment", exp)) == 1
    wait_until(enrolled, 10, "the enrolment of the user")
    ask(200, headers={"X-Assay-Signature": right})
    ask(200, signature=right)
    # One request proves both: each in a place of its own.
    ask(200, {"signature": right}, {"X-Assay-Signature": sign(secret, "d:" + device)},
        fcmToken="both")
    assert profile(stack, device)["fcmToken"] == "both"


# ---- --attributes ------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["enroll one", "enroll all"])
def test_attributes_of_a_request_are_refused(stack, asked, name):
    key = make(stack, "--attributes", "no")
    who = new_id("user")
    for given in ({"state": "KA"}, {}):
        answer = asked[name](key, {"user_id": who}, {"attributes": given})
        assert_problem(answer, 403, "/attributes")
    assert not held(stack, "u:" + who)
    assert asked[name](key, {"user_id": who}).status_code == 200
    yes = make(stack, "--attributes", "yes")
    assert asked[name](yes, {"user_id": who}, {"attributes": {"a": 1}}).status_code == 200


# ---- counts ------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind, most", [("client", 100), ("server", 1000000), ("admin", 1000000)])
def test_a_hit_of_a_client_key_counts_at_most_a_hundred(stack, kind, most):
    name, who = goal(stack), new_id("user")
    hit(stack, name, who, key=kind, count=most)
    for count in (most + 1, 10 ** 12, 2 ** 62):
        answer = stack.call("POST", f"/v1/goal/{name}", key=kind,
                            json={"user_id": who, "count": count})
        assert str(most) in assert_problem(answer, 422, "/count")["errors"][0]["detail"]


# ---- making and changing such keys ---------------------------------------------------------------

@pytest.mark.parametrize("options", [
    ("--subjects", ""), ("--subjects", "users"), ("--subjects", "user;session"),
    ("--attributes", "maybe"), ("--attributes", ""), ("--rate", "-1"), ("--rate", "1.5"),
    ("--rate", "1000001"), ("--new-rate", "many"), ("--new-rate", ""), ("--rate",),
    ("--signed", "yes"), ("--class", "server", "--signed"), ("--class", "admin", "--rate", "5"),
    ("--class", "server", "--subjects", "user"), ("--class", "server", "--attributes", "no"),
    ("--signd",)])
def test_a_key_with_invalid_limits_is_not_created(stack, options):
    before = stack.sql("select count(*) from api_key")
    kind = () if "--class" in options else ("--class", "client")
    done = stack.assay("key", "create", *kind, *options, check=False)
    assert (done.returncode, done.stdout) == (2, "") and "assay key" in done.stderr
    assert stack.sql("select count(*) from api_key") == before


def test_secrets_are_shown_once_and_logged_nowhere(stack, asked, signed):
    key, secret = signed
    who = new_id("user")
    good = sign(secret, "u:" + who)
    asked["enroll all"](key, {"user_id": who}, {"signature": good})
    asked["enroll all"](key, {"user_id": who}, {"signature": "0" * 64})
    log = stack.log()
    assert secret not in log and good not in log and id_of(key) in log
    listed = stack.assay("key", "list").stdout
    assert secret not in listed
    line, = [x for x in listed.splitlines() if x.startswith(id_of(key))]
    assert "signed" in line
    assert secret not in str(stack.sql("select a::text from audit as a"))


@pytest.fixture(scope="module")
def admin(stack):
    return Person(stack, "admin")


def shown_secret(answer):
    """The signing secret that a page shows."""
    return re.search(r"<pre><code>([0-9a-f]{64})</code></pre>", answer.text).group(1)


def noted(stack, target):
    """What the audit log keeps of a key."""
    return stack.sql("select a::text from audit as a where target = %s", target)


def test_a_signed_key_is_made_and_changed_in_the_pages(stack, admin, asked):
    who = new_id("user")
    answer = admin.post("/admin/keys", **{
        "class": "client", "name": new_id("key"), "subjects": "user, session", "signed": "1",
        "attributes": "no", "rate": "7", "new_rate": "0"})
    assert answer.status_code == 200, answer.text
    key = re.search(r"asy_client_[0-9a-f]{8}_[0-9a-f]{48}", answer.text).group()
    secret, path = shown_secret(answer), f"/admin/keys/{id_of(key)}"
    page = admin.get(path)
    assert page.status_code == 200 and secret not in page.text
    assert f'href="{path}"' in admin.get("/admin/keys").text
    for part in ('value="user,session"', 'name="signed" value="1" checked', 'name="rate" value="7"',
                 'name="new_rate" value="0"', 'name="attributes" value="no" checked'):
        assert part in page.text, part
    assert_problem(asked["enroll all"](key, {"device_id": who}), 403, "/device_id")
    proof = {"signature": sign(secret, "u:" + who)}
    assert asked["enroll all"](key, {"user_id": who}, proof).status_code == 200
    assert_problem(asked["enroll all"](key, {"user_id": who}, {**proof, "attributes": {"a": 1}}),
                   403, "/attributes")
    # A change that leaves the signature alone shows and changes no secret.
    answer = admin.post(path + "/change", subjects="", signed="1", attributes="yes", rate="")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    wait_until(lambda: asked["enroll all"](key, {"device_id": who}).status_code == 200, 10,
               "the new kinds")
    assert asked["enroll all"](key, {"user_id": who}, proof).status_code == 200
    # A new secret ends the old one.
    answer = admin.post(path + "/change", signed="1", renew="1")
    fresh = shown_secret(answer)
    assert answer.status_code == 200 and fresh != secret
    renewed = {"signature": sign(fresh, "u:" + who)}
    wait_until(lambda: all(asked["enroll all"](key, {"user_id": who}, proof).status_code == 403
                           for _ in range(20)), 10, "the end of the old secret")
    assert asked["enroll all"](key, {"user_id": who}, renewed).status_code == 200
    # Without a signature at last.
    assert admin.post(path + "/change", subjects="user").status_code == 303
    wait_until(lambda: asked["enroll all"](key, {"user_id": who}).status_code == 200, 10,
               "users without a signature")
    kept = str(noted(stack, id_of(key)))
    assert secret not in kept and fresh not in kept and "subjects" in kept
    assert secret not in stack.log() and fresh not in stack.log()
    assert stack.sql("select signing_secret is null from api_key where id = %s",
                     id_of(key)) == [(True,)]


def test_what_is_wrong_with_a_change_of_a_key_is_said_beside_its_fields(stack, admin):
    key = make(stack)
    path = f"/admin/keys/{id_of(key)}/change"
    for fields, why in (({"subjects": "nobody"}, "must be some of user,device,session"),
                        ({"attributes": "x"}, "must be yes or no"),
                        ({"rate": "-1"}, "from 0 to 1000000"),
                        ({"new_rate": "x"}, "from 0 to 1000000")):
        answer = admin.post(path, **fields)
        assert answer.status_code == 422 and why in answer.text
        name, typed = next(iter(fields.items()))
        assert name == "attributes" or f'name="{name}" value="{typed}"' in answer.text
    assert stack.sql("select cardinality(subjects), attributes, rate, new_rate from api_key where "
                     "id = %s", id_of(key)) == [(3, True, None, None)]


def test_only_client_keys_have_limits(stack, admin):
    key = make(stack, kind="server")
    page = admin.get(f"/admin/keys/{id_of(key)}")
    assert page.status_code == 200 and "/change" not in page.text
    assert admin.post(f"/admin/keys/{id_of(key)}/change", rate="5").status_code == 409
    answer = admin.post("/admin/keys", **{"class": "server", "name": "n", "signed": "1"})
    assert answer.status_code == 422 and "only client keys" in answer.text
    assert admin.get("/admin/keys/00000000").status_code == 404
    assert admin.post("/admin/keys/00000000/change").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_keys_are_for_admins(stack, role):
    key, person = make(stack), Person(stack, role)
    assert person.get(f"/admin/keys/{id_of(key)}").status_code == 403
    assert person.post(f"/admin/keys/{id_of(key)}/change", rate="1").status_code == 403


def test_a_bot_needs_a_signature_as_well(asked, signed):
    """A User-Agent is no way round."""
    for name in NAMES:
        assert asked[name](signed[0], {"user_id": new_id()}, headers=BOT).status_code == 403
