# SPDX-License-Identifier: GPL-3.0-or-later
"""The self-check: an experiment without a difference behind the enrolments of people, which no
answer shows; what it says on the first page, in the metrics and in `assay doctor`."""

import hashlib
import html
import re

import pytest

from enrols import enroll, put, running
from goals import confirm, goal, hit, merge, said, session, text_of
from lookups import a_second_later, admin, body, new_id, register
from pages import Person
from stack import Stack, wait_until

KINDS = ("user", "device", "session")


@pytest.fixture(scope="module")
def on():
    s = Stack("nginx", KEEP="1", ASSAY_SELFCHECK="1", ASSAY_CACHE_SECONDS="3600")
    wait_until(lambda: len(numbers(s)) == 3, 10, "the self-checks")
    a_second_later()
    yield s
    s.stop()


def numbers(s):
    """{kind: number of its self-check}"""
    return dict(s.sql("select selfcheck, nr from experiment where selfcheck is not null"))


def enrolments(s, subject):
    """{experiment: (alternative, transaction, time)} of a subject; self-checks by kind."""
    return {name: rest for name, *rest in s.sql(
        "select coalesce(e.id, e.selfcheck), n.alternative, n.xmin::text, n.enrolled_at "
        "from enrolment as n join experiment as e on e.nr = n.experiment where n.subject_id = %s",
        text_of(subject))}


def restart(s, **settings):
    """The pool and the jobs with other settings, once the jobs had their first round."""
    for part in ("serve", "jobs"):
        s.end(part)
    before = s.log("jobs").count("event=partitions")
    s.again("serve", **settings)
    s.again("jobs", **settings)
    wait_until(lambda: s.call("GET", "/readyz", key=None).status_code == 200, 20, "the pool")
    wait_until(lambda: s.log("jobs").count("event=partitions") > before, 20, "the jobs")


def jobs_once(s):
    assert s.assay("jobs", "--once", ASSAY_SELFCHECK="1").returncode == 0


def metrics(s):
    """{(name, labels): value} of the self-checks."""
    text = s.call("GET", "/metrics", key="admin").text
    return {(name, labels): float(value) for name, labels, value in
            re.findall(r"^assay_selfcheck_(\w+)\{(.*)\} (\S+)$", text, re.M)}


def participants(s, kind):
    found = metrics(s)
    return sum(found["participants", f'kind="{kind}",alternative="{name}"']
               for name in ("control", "x"))


def block(page):
    """The cells of each row of the block on the first page; none: there is no block."""
    section = page.partition('id="selfcheck"')[2].partition("</section>")[0]
    rows = re.findall(r"<tr>(<td.*?)</tr>", section, re.S)
    return [[html.unescape(c) for c in re.findall(r"<td[^>]*>([^<]*)</td>", r)] for r in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_enrolment_enrols_in_the_self_check_by_the_same_transaction(on, kind):
    exp, other, who = running(on, "b"), running(on, "b"), {f"{kind}_id": new_id(kind)}
    first = enroll(on, exp, who)
    assert first["new"] and first["experiment"] == exp
    found = enrolments(on, who)
    assert set(found) == {exp, kind} and found[kind][1:] == found[exp][1:]
    enroll(on, other, who)
    again = enrolments(on, who)
    assert again[kind] == found[kind] and again[other][1] != found[kind][1]


def test_many_enrolments_at_once_bring_one_in_the_self_check(on, user):
    running(on, "b"), running(on, "b")
    answer = on.call("POST", "/v1/enroll", json={"user_id": user}).json()["experiments"]
    found = enrolments(on, user)
    assert {o["experiment"] for o in answer} == set(found) - {"user"} and len(answer) >= 2
    assert len({rest[1] for rest in found.values()}) == 1 and "user" in found


def test_who_is_placed_or_forced_or_a_bot_is_not_in_it(on):
    exp, placed, forced, bot = running(on, "b"), *(new_id("user") for _ in range(3))
    put(on, exp, placed, "b")
    enroll(on, exp, forced, force="b")
    enroll(on, exp, bot, headers={"User-Agent": "Googlebot/2.1"}, key="client")
    assert [set(enrolments(on, u)) for u in (placed, forced, bot)] == [{exp}, {exp}, set()]


def test_its_split_is_that_of_the_hash(on):
    exp, users = running(on, "b"), [new_id("user") for _ in range(20)]
    salt = on.sql("select salt from experiment where selfcheck = 'user'")[0][0]
    for u in users:
        enroll(on, exp, u)
        digest = hashlib.sha256(f"{salt}:alternative:{u}".encode()).digest()
        bucket = (int.from_bytes(digest[:8], "big") >> 11) / 2 ** 53
        assert enrolments(on, u)["user"][0] == (1 if bucket < 0.5 else 2)


def statements(s, act):
    """The prepared statements that act() makes PostgreSQL run, in order, without those of jobs."""
    log = s.state / "log" / "postgres.log"
    s.sql("alter role assay_app set log_statement = 'all'", role="postgres")
    restart_workers(s)
    act()
    start = log.stat().st_size
    act()
    wait_until(lambda: "execute enrol" in log.read_bytes()[start:].decode(), 5, "the log")
    return re.findall(r"execute (\w+)", log.read_bytes()[start:].decode())


def restart_workers(s):
    s.end("serve")
    s.again("serve")
    wait_until(lambda: s.call("GET", "/readyz", key=None).status_code == 200, 20, "the pool")


def test_turned_on_it_adds_no_statement_to_an_enrolment():
    """One worker, so that nothing is read anew meanwhile."""
    ran = {}
    for value in ("0", "1"):
        s = Stack("nginx", KEEP="1", ASSAY_SELFCHECK=value, ASSAY_WORKERS="1")
        try:
            exp = running(s, "b")
            ran[value] = [name for name in statements(s, lambda: enroll(s, exp, new_id("user")))
                          if name not in ("ping", "cache_epoch", "key_used")]
            assert len(numbers(s)) == (3 if value == "1" else 0)
        finally:
            s.stop()
    assert ran["0"] == ran["1"] and ran["0"].count("enrol") == 1


def test_no_list_shows_it(on, user, device):
    exp = running(on, "b", name="Shown")
    enroll(on, exp, user)
    assert "user" in enrolments(on, user)
    viewer = Person(on, "admin")
    answers = [on.call("GET", path, key="admin") for path in (
        "/v1/experiment/list?limit=100", "/v1/experiment/list?q=self", "/v1/segmentation",
        "/v1/experiment/list?sort=name", f"/v1/user/{user}/experiments", f"/v1/user/{user}",
        f"/v1/user/{user}/profile", "/v1/segmentation/export.csv", "/v1/layer", "/v1/goal/list",
        "/v1/users", "/v1/plan?baseline=0.1&effect=0.02")]
    answers += [on.call("POST", "/v1/enroll", json={"user_id": user}),
                on.call("POST", "/v1/enroll", json={"user_id": user, "experiments": [exp]})]
    answers += [on.call("POST", f"/ofrep/v1/evaluate/flags{way}",
                        json={"context": {"targetingKey": user}})
                for way in ("", "?enroll=true", f"/{exp}", "/user")]
    answers += [viewer.get(path) for path in (
        "/admin/experiments", f"/admin/person?user_id={user}", "/admin/segmentations",
        "/admin/segmentations/export.csv", "/admin/people", "/admin/layers", "/admin/audit",
        "/admin/experiments/new")]
    for answer in answers:
        assert answer.status_code in (200, 404), (answer.url, answer.text)
        assert "Self-check" not in answer.text, answer.url
        assert not re.search(r'"(expId|id|experiment|key)": ?null', answer.text), answer.url
    listed = on.call("GET", "/v1/experiment/list?limit=100").json()["result"]
    assert all(e["expId"] for e in listed["experiments"])
    of_user = on.call("GET", f"/v1/user/{user}/experiments").json()["experiments"]
    assert {e["experiment"] for e in of_user} == set(enrolments(on, user)) - {"user"}
    register(on, device, "nobody")
    held = [r for r in on.call("GET", f"/v1/user/{user}/export").json()["records"]
            if r["record"] == "enrollment"]
    assert [r["experiment"] for r in held].count(None) == 1
    made = on.assay("export", "definitions").stdout
    assert "Self-check" not in made and exp in made
    assert "Self-check" not in on.assay("export", "groups", "--context", "global").stdout


def test_the_first_page_counts_people_s_experiments_alone(on, user):
    exp, viewer = running(on, "b"), Person(on, "viewer")
    enroll(on, exp, user)
    running_now = on.sql("select count(*) from experiment where status = 'ACTIVE' and state <> 0"
                         " and id is not null")[0][0]
    came = on.sql("select count(*) from exposure as x join experiment as e on e.nr = x.experiment"
                  " where e.id is not null and not x.forced")[0][0]

    def shown():
        return [int(n) for n in re.findall(r"<dd>(\d+)</dd>", viewer.get("/admin").text)][:2]
    wait_until(lambda: shown() == [running_now, came], 5, "the numbers")


def test_the_planner_takes_no_baseline_from_it(on):
    """All hits count in it, and so it has more of them than any experiment."""
    name, users = goal(on), [new_id("user") for _ in range(6)]
    few, many = running(on, "b"), running(on, "b")
    for i, who in enumerate(users):
        enroll(on, many if i < 4 else few, who)
        if i not in (0, 5):
            hit(on, name, who)
    told = on.call("GET", "/v1/plan", params={"goal": name, "effect": 0.02}).json()
    assert told["observed"] == {
        "goal": name, "experiment": many, "participants": 4, "conversions": 3}


def test_no_name_reaches_it(on, user):
    exp = running(on, "b")
    enroll(on, exp, user)
    nr = str(numbers(on)["user"])
    before = on.sql("select e::text from experiment as e where selfcheck is not null order by nr")
    for name in ("Self-check", "user", "selfcheck", nr, "null", "-", "%00"):
        for method, path, more in (
                ("GET", "", {}), ("DELETE", "", {}), ("POST", "/stop", {}), ("GET", "/results", {}),
                ("PATCH", "", {"json": {"request": {"name": "taken"}}}),
                ("POST", "/state", {"json": {"state": "default"}}),
                ("PUT", "/alternative", {"json": {"user_id": user, "alternative": "x"}})):
            answer = on.call(method, f"/v1/experiment/{name}{path}", key="admin", **more)
            # The oldest routes answer 200 about what there is not.
            assert answer.status_code in (400, 404) or answer.json()["result"] is None, answer.text
        assert on.call("GET", f"/v1/segmentation/{name}/members").status_code in (400, 404)
        answer = on.call("POST", "/v1/enroll", json={"user_id": user, "experiments": [name]})
        assert answer.status_code in (404, 422)
    answer = on.call("POST", "/v1/experiment/create", key="admin",
                     json={"request": {**body("c"), "expId": None}})
    assert answer.status_code in (400, 422)
    done = on.assay("doctor", "--recount", nr, check=False)
    assert done.returncode == 1 and "there is no experiment" in done.stderr
    assert on.sql("select e::text from experiment as e where selfcheck is not null "
                  "order by nr") == before


def test_a_name_like_its_own_is_free(on, user):
    name = "selfcheck"
    admin(on, "POST", "create", {**body("c"), "expId": name, "name": "Self-check"})
    assert admin(on, "GET", name)["expId"] == name
    admin(on, "DELETE", name)
    assert len(numbers(on)) == 3


def conversions(s, subject):
    return s.sql("select g.name, c.alternative from conversion as c join goal as g on g.nr = c.goal"
                 " join experiment as e on e.nr = c.experiment"
                 " where c.subject_id = %s and e.selfcheck is not null", text_of(subject))


def test_a_hit_counts_in_it_and_the_answer_does_not_say_so(on, user):
    exp, name = running(on, "b"), goal(on)
    enroll(on, exp, user)
    assert hit(on, name, user) == said([exp])
    assert conversions(on, user) == [(name, enrolments(on, user)["user"][0])]
    on.call("POST", f"/v1/experiment/{exp}/state", key="admin", json={"state": "default"})
    assert hit(on, name, user) == said()
    waiter = session()
    other = running(on, "b")
    enroll(on, other, waiter)
    on.call("POST", f"/v1/experiment/{other}/state", key="admin", json={"state": "default"})
    assert hit(on, name, waiter) == said()


def test_an_unconfirmed_session_takes_part_once_it_is_confirmed(on):
    exp, who, name = running(on, "b"), session(), goal(on)
    before = participants(on, "session")
    enroll(on, exp, who)
    hit(on, name, who)
    assert participants(on, "session") == before and conversions(on, who) == []
    confirm(on, who)
    assert participants(on, "session") == before + 1
    assert [n for n, _ in conversions(on, who)] == [name]


def test_an_erasure_takes_the_subject_out(on, user):
    exp, name = running(on, "b"), goal(on)
    before = participants(on, "user")
    enroll(on, exp, user)
    hit(on, name, user)
    assert participants(on, "user") == before + 1
    answer = on.call("DELETE", f"/v1/user/{user}")
    assert answer.status_code == 200
    assert participants(on, "user") == before
    assert on.sql("select sum(n)::integer from (select n from result_delta where experiment = %s "
                  "and goal = (select nr from goal where name = %s) union all select n from "
                  "result_cell where experiment = %s and day = '-infinity' "
                  "and goal = (select nr from goal where name = %s)) as d",
                  numbers(on)["user"], name, numbers(on)["user"], name) == [(0,)]
    for table in ("enrolment", "exposure", "conversion"):
        assert on.sql(f"select count(*) from {table} where subject_id = %s", "u:" + user) == [(0,)]


def test_an_incorporation_moves_it(on, user):
    exp, who, name = running(on, "b"), session(), goal(on)
    enroll(on, exp, who)
    confirm(on, who)
    hit(on, name, who)
    was = enrolments(on, who)["session"]
    merge(on, user, who)
    assert enrolments(on, who) == {}
    assert enrolments(on, user)["session"][0] == was[0]
    assert conversions(on, user) == [(name, was[0])]


def test_its_goal_is_the_one_hit_most_and_changes_only_for_one_hit_twice_as_often(on):
    exp, rare, common = running(on, "b"), goal(on), goal(on)
    kind, users = "device", [{"device_id": new_id("device")} for _ in range(7)]

    def chosen():
        jobs_once(on)
        return on.sql("select goals ->> 0 from experiment where selfcheck = %s", kind)[0][0]
    for who in users:
        enroll(on, exp, who)
    for who in users[:2]:
        hit(on, rare, who)
    assert chosen() == rare
    for who in users[:3]:
        hit(on, common, who)
    assert chosen() == rare
    for who in users[3:5]:
        hit(on, common, who)
    assert chosen() == common


def fill_days(s, kind, shift=0):
    """28 days of sums, control's as they are, x's with `shift` more conversions a day."""
    name = s.sql("select goals ->> 0 from experiment where selfcheck = %s", kind)[0][0]
    if name is None:
        name = goal(s)
        s.sql("update experiment set goals = jsonb_build_array(%s::text) where selfcheck = %s",
              name, kind)
    s.sql("delete from result_cell where experiment = %s", numbers(s)[kind])
    s.sql("""
        insert into result_cell (experiment, goal, alternative, allocation, day, before, n, sum,
            squares, multiple, placed, forced)
        select e.nr, k.goal, a.nr, 1, d.day, 0, sum(k.n), 0, 0, 0, 0, 0
        from experiment as e
        cross join generate_series(1, 28) as back
        cross join (values (1), (2)) as a (nr)
        cross join lateral (values (((now() at time zone 'UTC')::date - back)),
            ('-infinity'::date)) as d (day)
        cross join lateral (values (0::bigint, 300), ((select nr from goal where name = %s),
            60 + (back * 7 %% 13 - 6) * (a.nr * 2 - 3) + (a.nr - 1) * %s)) as k (goal, n)
        where e.selfcheck = %s
        group by e.nr, k.goal, a.nr, d.day""", name, shift, kind)
    return name


def test_what_it_says_is_on_the_first_page_in_the_metrics_and_in_doctor(on):
    name, viewer = fill_days(on, "user"), Person(on, "viewer")
    jobs_once(on)
    users = wait_until(lambda: [r for r in block(viewer.get("/admin").text) if r[0] == "users"
                                and "28 days" in r[4]], 5, "the block")[0]
    assert users[1].startswith("control 8400, x 8400"), users
    assert users[2].startswith("sound") and users[3] == name
    assert users[4].startswith("uniform over 28 days, p ")
    assert users[5] == "No difference shown yet."
    found = metrics(on)
    assert found["participants", 'kind="user",alternative="x"'] == 8400
    assert found["days", 'kind="user"'] == 28 and found["ok", 'kind="user"'] == 1
    for metric in ("split_p", "day_p", "uniform_p"):
        assert 0.001 < found[metric, 'kind="user"'] <= 1, metric
    done = on.assay("doctor", check=False, ASSAY_SELFCHECK="1").stdout
    assert re.search(r"^ok +selfcheck +users: control 8400, x 8400; split sound, .* uniform over "
                     r"28 days, p .*; No difference shown yet\.$", done, re.M), done
    assert viewer.get("/admin").text.count("The p values of the self-check") == 0


def test_p_values_that_are_not_uniform_and_a_broken_split_are_warned_of(on):
    fill_days(on, "user", shift=40)
    viewer = Person(on, "viewer")
    wait_until(lambda: "The p values of the self-check of users are not uniform" in
               viewer.get("/admin").text, 5, "the warning")
    found = metrics(on)
    assert found["uniform_p", 'kind="user"'] < 0.001 and found["ok", 'kind="user"'] == 0
    on.sql("update result_cell set n = n * 2 where experiment = %s and goal = 0 "
           "and alternative = 1", numbers(on)["user"])
    done = on.assay("doctor", check=False, ASSAY_SELFCHECK="1").stdout
    assert re.search(r"^warning +selfcheck +The self-check of users is split wrongly", done, re.M)
    assert metrics(on)["split_p", 'kind="user"'] < 0.001
    fill_days(on, "user")


def test_its_rows_are_reaped_when_it_is_gone_and_the_jobs_make_it_anew(on, user):
    exp = running(on, "b")
    enroll(on, exp, user)
    old = numbers(on)["user"]
    on.sql("delete from experiment where nr = %s", old)
    jobs_once(on)
    jobs_once(on)
    for table in ("enrolment", "exposure", "conversion", "result_cell", "result_delta",
                  "allocation"):
        assert on.sql(f"select count(*) from {table} where experiment = %s", old) == [(0,)], table
    assert numbers(on)["user"] > old
    a_second_later()
    enroll(on, running(on, "b"), user)
    assert set(enrolments(on, user)) >= {exp, "user"}


def test_turned_off_it_enrols_and_shows_nothing_and_turned_on_it_goes_on(on, user):
    kept, exp, viewer = numbers(on), running(on, "b"), Person(on, "viewer")
    enroll(on, exp, user)
    held = enrolments(on, user)["user"]
    restart(on, ASSAY_SELFCHECK="0")
    other, name = new_id("user"), goal(on)
    enroll(on, exp, other)
    hit(on, name, user)
    assert set(enrolments(on, other)) == {exp} and conversions(on, user) == []
    assert metrics(on) == {} and block(viewer.get("/admin").text) == []
    done = on.assay("doctor", check=False, ASSAY_SELFCHECK="0").stdout
    assert not re.search(r"^\w+ +selfcheck ", done, re.M)
    restart(on, ASSAY_SELFCHECK="1")
    enroll(on, running(on, "b"), other)
    assert numbers(on) == kept and enrolments(on, user)["user"] == held
    assert "user" in enrolments(on, other)
    hit(on, name, user)
    assert [n for n, _ in conversions(on, user)] == [name]
    assert len(block(viewer.get("/admin").text)) == 3 and len(metrics(on)) > 0
