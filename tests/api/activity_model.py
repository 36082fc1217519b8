# SPDX-License-Identifier: GPL-3.0-or-later
"""A reference model of enrolments, exposures and conversions: one dict for each table, and the
documented rules in plain Python."""

from goals import NOT_PRESENT, PRESENT

WAITS, RECORDS = "waits", "records"


class Model:
    """Subjects are texts as in the database; records are the ids of experiments that record."""

    def __init__(self, records):
        self.records = records
        self.enrolled = {}   # (subject, experiment): [alternative, source]
        self.exposed = {}    # (subject, experiment, alternative): forced
        self.hits = {}       # (subject, experiment, alternative, goal): [hits, forced]
        self.waiting = {}    # the same: hits
        self.seen = {}       # (subject, experiment): less than 6 hours ago
        self.confirmed = set()
        self.events = set()
        self.views = set()   # (subject, instant)

    def counts(self, subject):
        return subject[0] != "s" or subject in self.confirmed

    def expose(self, subject, exp):
        alternative, source = self.enrolled[subject, exp]
        self.exposed.setdefault((subject, exp, alternative), source == "forced")

    def enrol(self, subject, exp, alternative, source):
        """Drawn or forced enrolments are for new subjects only; by hand anybody is moved."""
        if source != "set" and (subject, exp) in self.enrolled:
            return
        self.enrolled[subject, exp] = [alternative, source]
        if self.counts(subject):
            self.expose(subject, exp)

    def of(self, subject):
        return [exp for who, exp in self.enrolled if who == subject and exp in self.records]

    def add(self, subject, exp, alternative, goal, times):
        key = (subject, exp, alternative, goal)
        if not self.counts(subject):
            self.waiting[key] = self.waiting.get(key, 0) + times
            return WAITS
        row = self.hits.setdefault(key, [0, self.exposed.get((subject, exp, alternative), True)])
        row[0] += times
        return RECORDS

    def hit(self, subject, goal, times, event=None):
        """The expected answer."""
        answer = {"recorded": [], "waiting": [], "duplicate": False}
        if times == 0:
            return answer
        if event is not None and (subject, goal, event) in self.events:
            return dict(answer, duplicate=True)
        if event is not None and self.of(subject):
            self.events.add((subject, goal, event))
        for exp in self.of(subject):
            how = self.add(subject, exp, self.enrolled[subject, exp][0], goal, times)
            answer["recorded" if how == RECORDS else "waiting"].append(exp)
        return {k: sorted(v) if isinstance(v, list) else v for k, v in answer.items()}

    def visit(self, subject):
        for exp in self.of(subject):
            if self.seen.get((subject, exp)):
                continue
            alternative = self.enrolled[subject, exp][0]
            self.add(subject, exp, alternative, NOT_PRESENT, 1)
            if (subject, exp) in self.seen:
                self.add(subject, exp, alternative, PRESENT, 1)
            self.seen[subject, exp] = True

    def view(self, subject, at, goals, after_enrolment):
        if (subject, at) in self.views:
            return
        self.views.add((subject, at))
        self.visit(subject)
        for goal in goals if after_enrolment else []:
            self.hit(subject, goal, 1)

    def six_hours(self):
        self.seen = {key: False for key in self.seen}

    def five_minutes(self):
        self.waiting.clear()

    def replay(self, subject, receiver, exp):
        for key in [k for k in self.waiting if k[:2] == (subject, exp)]:
            self.add(receiver, exp, key[2], key[3], self.waiting.pop(key))

    def confirm(self, subject):
        if self.counts(subject):
            return
        self.confirmed.add(subject)
        for who, exp in self.enrolled:
            if who == subject:
                self.expose(subject, exp)
                self.replay(subject, subject, exp)

    def incorporate(self, session, user):
        """The expected answer."""
        moved = [e for who, e in self.enrolled if who == session and (user, e) not in self.enrolled]
        dropped = [e for who, e in self.enrolled if who == session and e not in moved]
        for exp in moved:
            self.enrolled[user, exp] = list(self.enrolled[session, exp])
            if (session, exp) in self.seen:
                self.seen[user, exp] = self.seen[session, exp]
            for table in (self.exposed, self.hits):
                for key in [k for k in table if k[:2] == (session, exp)]:
                    table[(user, *key[1:])] = table[key]
            self.expose(user, exp)
            self.replay(session, user, exp)
        views = {(user, at) for who, at in self.views if who == session} - self.views
        self.views |= views
        self.events |= {(user, *event) for who, *event in self.events if who == session}
        self.forget(session)
        return {"moved": len(moved), "dropped": len(dropped), "page_views": len(views)}

    def forget(self, subject):
        for table in (self.enrolled, self.exposed, self.hits, self.waiting, self.seen):
            for key in [k for k in table if k[0] == subject]:
                del table[key]
        self.confirmed.discard(subject)
        self.events = {k for k in self.events if k[0] != subject}
        self.views = {k for k in self.views if k[0] != subject}


ROWS = {
    "enrolled": """select t.subject_id, e.id, a.o ->> 'name', array[t.source] from enrolment as t
        join experiment as e on e.nr = t.experiment
        join jsonb_array_elements(e.alternatives) as a (o)
            on (a.o ->> 'id')::integer = t.alternative where e.id = any (%s)""",
    "exposed": """select t.subject_id, e.id, a.o ->> 'name', t.forced from exposure as t
        join experiment as e on e.nr = t.experiment
        join jsonb_array_elements(e.alternatives) as a (o)
            on (a.o ->> 'id')::integer = t.alternative where e.id = any (%s)""",
    "hits": """select t.subject_id, e.id, a.o ->> 'name', g.name, t.hits, t.forced
        from conversion as t join experiment as e on e.nr = t.experiment
        join goal as g on g.nr = t.goal join jsonb_array_elements(e.alternatives) as a (o)
            on (a.o ->> 'id')::integer = t.alternative where e.id = any (%s)""",
    "waiting": """select t.subject_id, e.id, a.o ->> 'name', g.name, t.hits
        from waiting_goal as t join experiment as e on e.nr = t.experiment
        join goal as g on g.nr = t.goal join jsonb_array_elements(e.alternatives) as a (o)
            on (a.o ->> 'id')::integer = t.alternative
        where e.id = any (%s) and t.expires_at > now()""",
}


def stored(stack, experiments):
    """The tables in the model's shape."""
    rows = {name: stack.sql(text, experiments) for name, text in ROWS.items()}
    return {"enrolled": {r[:2]: [r[2], r[3][0]] for r in rows["enrolled"]},
            "exposed": {r[:3]: r[3] for r in rows["exposed"]},
            "hits": {r[:4]: [r[4], r[5]] for r in rows["hits"]},
            "waiting": {r[:4]: r[4] for r in rows["waiting"]}}


def expected(model):
    return {name: getattr(model, name) for name in ROWS}
