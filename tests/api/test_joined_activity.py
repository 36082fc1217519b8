# SPDX-License-Identifier: GPL-3.0-or-later
"""Goal hits and enrolments that wait for a worker at the same time share one commit, and each of
them gets the answer that it would get alone. test_joined_writes.py has what is the same for all."""

import concurrent.futures
import uuid

import pytest

import clientkeys
from enrols import enroll, running
from goals import conversions, goal, said
from joined import NOW, Sent, happens, joined_first, names, pool, together, view  # noqa: F401
from lookups import a_second_later, new_id
from stack import SERVERS, Stack, wait_until


@pytest.fixture(scope="module", params=SERVERS)
def stack(request):
    """A pool of a single worker, so that whatever waits waits for this one."""
    s = Stack(request.param, KEEP=1, ASSAY_WORKERS=1, ASSAY_CACHE_TIMEOUT_MS=1000,
              ASSAY_SELFCHECK=1)
    wait_until(lambda: s.sql("select 1 from experiment where selfcheck = 'session'"), 10,
               "the self-checks")
    a_second_later()
    yield s
    s.stop()


def hit(name, user, **more):
    return "POST", f"/v1/goal/{name}", {"json": {"user_id": user, **more}}


def enrolled(stack, exps, count):
    users = names(count)
    for u in users:
        for exp in exps:
            enroll(stack, exp, u)
    return users


def test_hits_of_goals_share_a_transaction(stack):
    one, other = running(stack), running(stack)
    red, blue = goal(stack), goal(stack)
    users = []

    def make():
        users[:] = enrolled(stack, [one], 4) + enrolled(stack, [one, other], 1) + names(1)
        a, b, c, d, both, nobody = users
        return [hit(red, a), hit(blue, b, count=3), hit(red, c, event_id="e"), hit(red, both),
                ("GET", f"/v1/goal/{blue}.png", {"params": {"user_id": d}}), hit(red, nobody)]
    sent = together(stack, make)
    assert sent.statuses == [200] * 6
    assert [a.json() for a in sent.answers[:4]] == [
        said([one]), said([one]), said([one]), said([one, other])]
    assert sent.answers[4].headers["Content-Type"] == "image/png"
    assert sent.answers[5].json() == said()
    rows = stack.sql("select substr(c.subject_id, 3), g.name, c.hits::integer, c.xmin::text"
                     " from conversion as c join goal as g on g.nr = c.goal"
                     " join experiment as e on e.nr = c.experiment"
                     " where e.id = %s and c.subject_id = any (%s)", one,
                     [f"u:{u}" for u in users])
    a, b, c, d, both, _ = users
    assert {row[:3] for row in rows} == {(a, red, 1), (b, blue, 3), (c, red, 1), (d, blue, 1),
                                         (both, red, 1)}
    assert len({xmin for *_, xmin in rows}) == 1


def test_a_goal_that_does_not_exist_is_told_to_whom_named_it(stack):
    exp, red = running(stack), goal(stack)
    users = []

    def make():
        users[:] = enrolled(stack, [exp], 3)
        return [hit(red, users[0]), hit(new_id("goal"), users[1]), hit(red, users[2], count=0),
                hit(red, users[2], count=-1)]
    sent = together(stack, make, good=3)
    assert sent.statuses == [200, 404, 200, 422]
    assert [sent.answers[n].json() for n in (0, 2)] == [said([exp]), said()]


def test_two_hits_of_one_subject_are_one_after_the_other(stack):
    exp, red = running(stack), goal(stack)
    users, before = [], {}

    def make():
        users[:] = enrolled(stack, [exp], 2)
        before.update(conversions(stack, exp).get(("control", red), {}))
        return [hit(red, users[0], event_id="e"), hit(red, users[1]),
                hit(red, users[0], event_id="e"), hit(red, users[1], count=2)]
    sent = together(stack, make, good=2)
    assert sent.statuses == [200] * 4
    told = sorted(a.json()["duplicate"] for a in (sent.answers[0], sent.answers[2]))
    assert told == [False, True]
    assert [sent.answers[n].json() for n in (1, 3)] == [said([exp])] * 2
    rows = stack.sql("select substr(subject_id, 3), hits::integer from conversion"
                     " where subject_id = any (%s)", [f"u:{u}" for u in users])
    assert dict(rows) == {users[0]: 1, users[1]: 3}


def test_when_a_hit_fails_each_is_recorded_alone(stack):
    exp, red = running(stack), goal(stack)
    users = []

    def make():
        users[:] = enrolled(stack, [exp], 5)
        return [hit(red, u, count=999 if i == 1 else 1) for i, u in enumerate(users)]
    with happens(stack, "conversion", "new.hits = 999", "raise exception 'never'"):
        sent = together(stack, make, failures=1)
    assert sent.statuses == [200, 500, 200, 200, 200]
    rows = stack.sql("select substr(subject_id, 3), hits::integer from conversion"
                     " where subject_id = any (%s)", [f"u:{u}" for u in users])
    assert dict(rows) == {u: 1 for u in users if u != users[1]}


def test_hits_of_many_writers_count_once_each(pool):  # noqa: F811
    """Beside page views, enrolments and erasures; the sums of results say the same."""
    exp, other, red = running(pool, "b"), running(pool), goal(pool)
    users, gone_users = enrolled(pool, [exp, other], 8), enrolled(pool, [exp], 4)

    def write(n):
        user = users[n % 8]
        if n % 10 == 7:
            return pool.call("DELETE", f"/v1/user/{gone_users[n // 10 % 4]}").status_code, None
        if n % 5 == 1:
            fresh = uuid.uuid4().hex
            answer = pool.call("POST", f"/v1/experiment/{exp}/enroll", json={"user_id": fresh})
            return answer.status_code, None
        if n % 5 == 2:
            return pool.call("POST", "/v1/page", json=view(user, NOW + n)).status_code, None
        if n % 10 == 3:
            return pool.call(*hit(red, gone_users[n // 10 % 4])[:2],
                             json={"user_id": gone_users[n // 10 % 4]}).status_code, None
        answer = pool.call("POST", f"/v1/goal/{red}", json={
            "user_id": user, "event_id": f"event {n // 2}"})
        return answer.status_code, (user, f"event {n // 2}")
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        with joined_first(pool):
            written = threads.map(write, range(800))
        done = list(written)
    assert {status for status, _ in done} == {200}
    wanted = {}
    for _, event in done:
        if event is not None:
            wanted.setdefault(event[0], set()).add(event[1])
    for of in (exp, other):
        rows = pool.sql("select substr(c.subject_id, 3), c.hits::integer from conversion as c"
                        " join experiment as e on e.nr = c.experiment"
                        " join goal as g on g.nr = c.goal where e.id = %s and g.name = %s"
                        " and c.subject_id = any (%s)", of, red, [f"u:{u}" for u in users])
        assert dict(rows) == {user: len(events) for user, events in wanted.items()}
        assert pool.assay("doctor", "--recount", of).returncode == 0


def enrolling(exp, user, **more):
    return "POST", f"/v1/experiment/{exp}/enroll", {"json": {"user_id": user, **more}}


def held(stack, exp, users):
    """User: (its alternative, the transaction that stored it)."""
    rows = stack.sql("select substr(n.subject_id, 3), a.o ->> 'name', n.xmin::text"
                     " from enrolment as n join experiment as e on e.nr = n.experiment"
                     " join jsonb_array_elements(e.alternatives) as a (o)"
                     " on (a.o ->> 'id')::integer = n.alternative"
                     " where e.id = %s and n.subject_id = any (%s)",
                     exp, [f"u:{u}" for u in users])
    return {user: (alternative, made) for user, alternative, made in rows}


def test_first_enrolments_share_a_transaction(stack):
    exp, other = running(stack, "b", "c"), running(stack, "b")
    users = []

    def make():
        users[:] = names(9)
        return [enrolling(exp, u) for u in users[:6]] + [enrolling(other, users[6])] + [
            ("POST", "/v1/enroll", {"json": {"user_id": u, "experiments": [exp, other]}})
            for u in users[7:]]
    made = stack.metric("enrolments_total")
    sent = together(stack, make)
    assert sent.statuses == [200] * 9
    assert stack.metric("enrolments_total") >= made + 11
    bodies = [a.json() for a in sent.answers]
    told = bodies[:7] + [e for body in bodies[7:] for e in body["experiments"]]
    assert {(e["new"], e["enrolled"], e["reason"]) for e in told} == {(True, True, "ASSIGNED")}
    have, others = held(stack, exp, users), held(stack, other, users)
    assert {u: a for u, (a, _) in have.items()} == dict(
        zip(users[:6] + users[7:],
            [b["alternative"] for b in bodies[:6]] +
            [b["experiments"][0]["alternative"] for b in bodies[7:]]))
    assert set(others) == set(users[6:])
    assert len({made for _, made in [*have.values(), *others.values()]}) == 1
    checked = stack.sql("select substr(n.subject_id, 3), n.xmin::text from enrolment as n"
                        " join experiment as e on e.nr = n.experiment"
                        " where e.selfcheck = 'user' and n.subject_id = any (%s)",
                        [f"u:{u}" for u in users])
    assert sorted(user for user, _ in checked) == sorted(users)
    assert {made for _, made in checked} == {have[users[0]][1]}
    for u in users[:6]:
        again = enroll(stack, exp, u)
        assert (again["new"], again["alternative"]) == (False, have[u][0])


def test_an_enrolment_by_another_rule_is_stored_beside_the_drawn_ones(stack):
    exp = running(stack, "b")
    users = []

    def make():
        users[:] = names(6)
        enroll(stack, exp, users[4])
        a, b, c, d, enrolled_before, e = users
        return [enrolling(exp, a), enrolling(exp, b, force="b"), enrolling(exp, c),
                enrolling(exp, d, force="none of them"), enrolling(exp, enrolled_before),
                enrolling(new_id("exp"), e)]
    sent = together(stack, make, good=2)
    assert sent.statuses == [200, 200, 200, 422, 200, 200]
    a, b, c, _, before, unknown = (answer.json() for answer in sent.answers)
    assert (b["alternative"], b["reason"], b["new"]) == ("b", "FORCED", True)
    assert (before["new"], before["reason"]) == (False, "ENROLLED")
    assert (unknown["alternative"], unknown["enrolled"]) == ("control", False)
    assert {a["reason"], c["reason"]} == {"ASSIGNED"}
    assert set(held(stack, exp, users)) == {users[n] for n in (0, 1, 2, 4)}


def test_one_subject_that_comes_several_times_is_enrolled_once(stack):
    exp = running(stack, "b", "c")
    users = []

    def make():
        users[:] = names(2)
        return [enrolling(exp, users[n % 2]) for n in range(7)]
    sent = together(stack, make, good=2)
    assert sent.statuses == [200] * 7
    for n in range(2):
        mine = [a.json() for a in sent.answers[n::2]]
        assert len({a["alternative"] for a in mine}) == 1
        assert sorted(a["new"] for a in mine) == [False] * (len(mine) - 1) + [True]


def test_when_an_enrolment_fails_each_is_stored_alone(stack):
    exp = running(stack, "b")
    users = []

    def make():
        users[:] = names(4)
        return [enrolling(exp, u if i != 2 else u + "-never") for i, u in enumerate(users)]
    with happens(stack, "enrolment", "new.subject_id like '%-never'", "raise exception 'never'"):
        sent = together(stack, make, failures=1)
    assert sent.statuses == [200, 200, 500, 200]
    assert all(sent.answers[n].json()["new"] for n in (0, 1, 3))
    assert set(held(stack, exp, users)) == {users[n] for n in (0, 1, 3)}


def test_many_who_come_at_once_are_enrolled_once_each(pool):  # noqa: F811
    """And everybody is told the alternative that is stored, whoever asks first."""
    exps = [running(pool, "b", "c") for _ in range(3)]
    users = names(60)

    def ask(n):
        user = users[n * 7 % 60]
        if n % 4 == 0:
            answer = pool.call("POST", "/v1/enroll", json={"user_id": user, "experiments": exps})
            assert answer.status_code == 200, answer.text
            return [(user, e) for e in answer.json()["experiments"]]
        return [(user, enroll(pool, exps[n % 3], user))]
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        with joined_first(pool):
            asked = threads.map(ask, range(600))
        told = [pair for some in asked for pair in some]
    have = {exp: held(pool, exp, users) for exp in exps}
    assert {have[e["experiment"]][user][0] == e["alternative"] for user, e in told} == {True}
    assert sum(e["new"] for _, e in told) == sum(map(len, have.values()))
    for exp in exps:
        assert pool.assay("doctor", "--recount", exp).returncode == 0


def test_a_request_that_names_many_experiments_is_ended_by_itself(stack):
    """Each of them may have to be read, in the time of all that would wait with it."""
    exp = running(stack)
    a, b, many, c, d = users = names(5)
    sent = Sent(stack, [enrolling(exp, a), enrolling(exp, b),
                        ("POST", "/v1/enroll", {"json": {
                            "user_id": many, "experiments": [exp] * 33}}),
                        enrolling(exp, c), enrolling(exp, d)])
    assert sent.statuses == [200] * 5
    made = {user: by for user, (_, by) in held(stack, exp, users).items()}
    assert set(made) == set(users)
    assert made[many] not in {made[u] for u in (a, b, c, d)}


def test_a_request_about_all_of_many_experiments_is_ended_by_itself(stack):
    """Each of them is a row to be written, in the time of all that would wait with it."""
    exp = [running(stack) for _ in range(33)][0]
    a_second_later()
    a, b, every, c, d = users = names(5)
    sent = Sent(stack, [enrolling(exp, a), enrolling(exp, b),
                        ("POST", "/v1/enroll", {"json": {"user_id": every}}),
                        enrolling(exp, c), enrolling(exp, d)])
    assert sent.statuses == [200] * 5
    made = {user: by for user, (_, by) in held(stack, exp, users).items()}
    assert set(made) == set(users)
    assert made[every] not in {made[u] for u in (a, b, c, d)}


def test_what_is_read_for_many_at_once_is_found_in_the_cache_afterwards(stack):
    exp = running(stack)
    users = enrolled(stack, [exp], 16)
    stack.memcached(b"flush_all")
    assert Sent(stack, [enrolling(exp, u) for u in users]).statuses == [200] * 16
    hits = stack.metric("cache_hits_total")
    for u in users:
        assert enroll(stack, exp, u)["new"] is False
    assert stack.metric("cache_hits_total") == hits + 16


def test_a_new_subject_that_comes_several_times_at_once_counts_once(stack):
    """Against the limit on new subjects, whose burst is 25 here."""
    exp, session = running(stack), uuid.uuid4().hex
    key = clientkeys.make(stack, "--rate", "0", "--new-rate", "1")
    path = f"/v1/experiment/{exp}/enroll"
    for other in names(24):
        assert clientkeys.call(stack, key, "POST", path,
                               json={"session_id": other}).status_code == 200
    sent = Sent(stack, [("POST", path, {
        "json": {"session_id": session}, "key": None, "headers": {"X-API-Key": key}})] * 12)
    assert sent.statuses == [200] * 12
    assert sum(a.json()["new"] for a in sent.answers) == 1
