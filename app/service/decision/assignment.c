/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a subject gets of one experiment: looked at, enrolled, set by hand, and explained.
 */
#include "service/decision/assignment.h"

#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "service/change.h"
#include "service/decision/enrolment.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "service/definition/auto_create.h"
#include "store/work.h"

/* What is answered of an experiment that does not exist. */
static struct json_object *
make_unknown(struct work *w, const char *id)
{
	struct json_object *control = mem_json(w->mem, json_object_new_object());
	struct experiment none = {.id = id};
	struct outcome o = {.experiment = &none, .decision = {control, REASON_UNKNOWN, false, 0}};

	json_object_object_add(control, "name", json_object_new_string(DELIVERY_CONTROL));
	return mem_json(w->mem, enrolment_answer(&o));
}

/* Reads the visitor's record and the experiment. ERR_NOT_FOUND without a word about it. */
static enum err
load(struct work *w, struct visitor *who, const char *id, struct outcome *o)
{
	enum err e = subject_record_load(w, who);

	*o = (struct outcome){0};
	return e == OK ? experiment_set_one(w, id, &o->experiment) : e;
}

/* The same, and looks what is decided. */
static enum err
load_and_look(struct work *w, struct visitor *who, const char *id, struct outcome *o)
{
	enum err e = load(w, who, id, o);

	if (e == OK)
		enrolment_look(w, who, o, 1);
	return e == ERR_NOT_FOUND ? fail_missing(w, "experiment") : e;
}

/* The alternative that is asked for by name; only programs of the operator may. */
static enum err
read_force(struct work *w, struct json_object *value, const char **name)
{
	*name = NULL;
	if (value == NULL)
		return OK;
	if (!w->actor.trusted)
		return fail(w, ERR_FORBIDDEN, "/force", "needs a server key");
	if (!json_object_is_type(value, json_type_string))
		return fail(w, ERR_INVALID, "/force", "must be the name of an alternative");
	*name = json_object_get_string(value);
	return OK;
}

enum err
assignment_enroll(struct work *w, struct visitor *who, const char *id,
    const struct assignment_input *in, struct json_object **answer)
{
	struct outcome o = {0};
	enum err e = subject_record_load(w, who);

	if (e == OK)
		e = read_force(w, in->force, &o.force);
	if (e == OK)
		e = auto_create(w, id, in->alternatives, &o.experiment);
	if (e == ERR_NOT_FOUND) {
		*answer = make_unknown(w, id);
		return OK;
	}
	if (e != OK)
		return e;
	if (o.force != NULL && decide_named(o.experiment->alternatives, o.force) == NULL)
		return fail(w, ERR_INVALID, "/force", "is no alternative of this experiment");
	e = enrolment_run(w, who, &o, 1);
	if (e == OK)
		*answer = mem_json(w->mem, enrolment_answer(&o));
	return e;
}

enum err
assignment_look(struct work *w, struct visitor *who, const char *id, struct json_object **answer)
{
	struct outcome o;
	enum err e = load(w, who, id, &o);

	if (e == ERR_NOT_FOUND) {
		*answer = make_unknown(w, id);
		return OK;
	}
	if (e != OK)
		return e;
	enrolment_look(w, who, &o, 1);
	/* A subject that only looks is not assigned, but sees what the others see who are in
	 * nothing. */
	if (o.decision.enrol) {
		o.decision.alternative =
		    decide_named(o.experiment->alternatives, DELIVERY_CONTROL);
		o.decision.reason = REASON_NOT_ENROLLED;
	}
	*answer = mem_json(w->mem, enrolment_answer(&o));
	return OK;
}

enum err
assignment_explain(struct work *w, struct visitor *who, const char *id, struct json_object **answer)
{
	struct enrolled scrap;
	struct outcome o;
	enum err e = load_and_look(w, who, id, &o);

	if (e != OK)
		return e;
	struct decision_request q = enrolment_question(w, who, &o, &scrap);
	*answer = mem_json(w->mem, enrolment_answer(&o));
	json_object_object_add(*answer, "would_enroll", json_object_new_boolean(o.decision.enrol));
	json_object_object_add(*answer, "salt", json_object_new_string(o.experiment->salt));
	json_object_object_add(*answer, "gates", decide_explain(&q));
	return OK;
}

/* An assignment by hand. */
struct setting {
	struct visitor *who;
	const char *id;
	struct json_object *alternative; /* its name */
	struct outcome outcome;
};

static enum err
set(struct work *w, void *arg, struct json_object **answer)
{
	struct setting *s = arg;
	struct outcome *o = &s->outcome;
	/* Another try reads the record again. */
	struct visitor who = *s->who;
	enum err e = load_and_look(w, &who, s->id, o);

	change_target(w, s->id);
	if (e != OK)
		return e;
	change_concerns(w, &s->who->subject, 1);
	change_before(w, mem_json(w->mem, enrolment_answer(o)));
	if (!json_object_is_type(s->alternative, json_type_string))
		return fail(w, ERR_INVALID, "/alternative", "must be the name of an alternative");
	struct json_object *alternative = decide_named(
	    o->experiment->alternatives, json_object_get_string(s->alternative));
	if (alternative == NULL)
		return fail(
		    w, ERR_INVALID, "/alternative", "is no alternative of this experiment");
	e = enrolment_set(w, &who, o, alternative);
	if (e == OK)
		*answer = mem_json(w->mem, enrolment_answer(o));
	return e;
}

enum err
assignment_set(struct work *w, struct visitor *who, const char *id,
    struct json_object *alternative, struct json_object **answer)
{
	struct setting s = {.who = who, .id = id, .alternative = alternative};

	return change_run(w, set, &s, answer);
}
