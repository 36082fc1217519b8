# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever subjects do, and in whatever order: the rows that results are computed from are those
of a model in plain Python. SEED=n runs the same operations again."""

import datetime
import os
import random

import pytest

from activity_model import Model, expected, stored
from enrols import alternative, enroll, put, running, set_state
from goals import confirm, goal, hit, merge, text_of, view, visit
from lookups import a_second_later, new_id

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

STEPS = 250
ARMS = ["red", "blue"]


class World:
    """A few subjects, experiments and goals, and what can be done with them."""

    def __init__(self, stack, dice):
        self.stack, self.dice = stack, dice
        self.enabled, self.tracked, self.default = (running(stack, *ARMS) for _ in range(3))
        self.experiments = [self.enabled, running(stack, *ARMS), self.tracked, self.default]
        self.page = new_id("page")
        self.goals = [goal(stack), goal(stack, page=self.page), goal(stack, page=self.page)]
        self.paged = self.goals[1:]
        self.users = [{"user_id": new_id()} for _ in range(2)]
        self.sessions = [{"session_id": new_id()} for _ in range(3)]
        self.all = [*self.users, *self.sessions, {"device_id": new_id()}]
        set_state(stack, self.tracked, "track")
        set_state(stack, self.default, "default")
        a_second_later()
        self.model = Model(set(self.experiments) - {self.default})
        self.clock = 0

    def enroll(self):
        who, exp = self.dice.choice(self.all), self.dice.choice(self.experiments)
        force = self.dice.choice([None, None, *ARMS])
        answer = enroll(self.stack, exp, who, **({"force": force} if force else {}))
        if exp in (self.tracked, self.default):
            assert answer["new"] is False
            return
        assert answer["new"] is ((text_of(who), exp) not in self.model.enrolled)
        self.model.enrol(text_of(who), exp, answer["alternative"],
                         "forced" if force else "drawn")
        assert answer["alternative"] == self.model.enrolled[text_of(who), exp][0]

    def put(self):
        who, exp = self.dice.choice(self.all), self.dice.choice(self.experiments)
        arm = self.dice.choice(ARMS)
        put(self.stack, exp, who, arm)
        self.model.enrol(text_of(who), exp, arm, "set")

    def hit(self):
        who, name = self.dice.choice(self.all), self.dice.choice(self.goals)
        count = self.dice.choice([0, 1, 1, 2, 1000])
        event = self.dice.choice([None, None, "a", "b"])
        more = {} if event is None else {"event_id": event}
        key = "server" if count > 100 else "client"  # a client key counts no further
        answer = hit(self.stack, name, who, key=key, count=count, **more)
        assert {k: sorted(v) if isinstance(v, list) else v for k, v in answer.items()} == \
            self.model.hit(text_of(who), name, count, event)

    def visit(self):
        who = self.dice.choice(self.all)
        visit(self.stack, who)
        self.model.visit(text_of(who))

    def view(self):
        """A view of now, one of before all enrolments, or one that there was before."""
        who, page = self.dice.choice(self.all[:-1]), self.dice.choice([self.page, "other"])
        old = self.dice.random() < 0.3
        self.clock += self.dice.choice([0, 1, 1])
        at = datetime.datetime(2013, 1, 1) if old else \
            datetime.datetime.utcnow().replace(hour=0, minute=0, second=0, microsecond=0) + \
            datetime.timedelta(days=1)
        at = (at + datetime.timedelta(milliseconds=self.clock)).isoformat(
            timespec="milliseconds") + "Z"
        view(self.stack, who, page, at)
        self.model.view(text_of(who), at, self.paged if page == self.page else [], not old)

    def confirm(self):
        who = self.dice.choice(self.all)
        confirm(self.stack, who)
        self.model.confirm(text_of(who))

    def incorporate(self):
        user, who = self.dice.choice(self.users), self.dice.choice(self.sessions)
        assert merge(self.stack, user["user_id"], who) == \
            self.model.incorporate(text_of(who), text_of(user))

    def erase(self):
        user = self.dice.choice(self.users)
        answer = self.stack.call("DELETE", f"/v1/user/{user['user_id']}").json()["deleted"]
        for name, told in (("enrolled", "enrollments"), ("exposed", "exposures"),
                           ("hits", "conversions"), ("views", "page_views"),
                           ("events", "goal_events")):
            held = [k for k in getattr(self.model, name) if k[0] == text_of(user)]
            assert answer[told] == len(held), told
        self.model.forget(text_of(user))

    def six_hours(self):
        self.stack.sql("update enrolment set last_seen_at = last_seen_at - interval '6 hours' "
                       "where subject_id = any (%s)", [text_of(who) for who in self.all])
        self.model.six_hours()

    def five_minutes(self):
        self.stack.sql("update waiting_goal set expires_at = expires_at - interval '300 seconds' "
                       "where subject_id = any (%s)", [text_of(who) for who in self.all])
        self.model.five_minutes()

    def agrees(self):
        assert stored(self.stack, self.experiments) == expected(self.model)


OFTEN = {"enroll": 20, "put": 8, "hit": 25, "visit": 12, "view": 15, "confirm": 4,
         "incorporate": 5, "erase": 2, "six_hours": 4, "five_minutes": 2}


@pytest.mark.parametrize("run", range(3))
def test_rows_equal_the_model_after_any_sequence(stack, run):
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10 ** 9)))
    print(f"SEED={seed}")
    world = World(stack, random.Random(seed))
    for step in range(STEPS):
        name, = world.dice.choices(list(OFTEN), OFTEN.values())
        print(step, name)
        getattr(world, name)()
        if step % 25 == 0:
            world.agrees()
    world.agrees()
    assert len(world.model.hits) > 0


def test_a_row_that_the_model_does_not_have_is_noticed(stack):
    """A row that the model does not know is noticed, in each of the tables."""
    world = World(stack, random.Random(1))
    user = world.users[0]
    world.model.enrol(text_of(user), world.enabled, "red", "set")
    assert alternative(stack, world.enabled, user)["enrolled"] is False
    with pytest.raises(AssertionError):
        world.agrees()
    put(stack, world.enabled, user, "red")
    world.agrees()
    hit(stack, world.goals[0], user)
    with pytest.raises(AssertionError):
        world.agrees()
    world.model.hit(text_of(user), world.goals[0], 1)
    world.agrees()
