/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Assignments of one subject in one experiment, as the routes of the API offer them: previewed
 * without a write, explained gate by gate, and set by hand. Each operation reads the visitor's
 * record first; enrolment.c decides and writes. assignment_enroll.c enrols.
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

/*
 * The answer for an experiment that does not exist: control, so that a client can always go on.
 */
static struct json_object *
unknown_answer(struct work *w, const char *id)
{
	struct json_object *control = mem_json(w->mem, json_object_new_object());
	struct experiment none = {.id = id};
	struct enrolment_outcome o = {.experiment = &none, .decision = {control, REASON_UNKNOWN,
	    false, 0}};

	json_object_object_add(control, "name", json_object_new_string(DELIVERY_CONTROL));
	return mem_json(w->mem, enrolment_answer(&o));
}

/*
 * Reads the visitor's record and the experiment. ERR_NOT_FOUND leaves w->detail unset, because some
 * callers answer control instead of failing.
 */
static enum err
load_visitor(struct work *w, struct visitor *who, const char *id, struct enrolment_outcome *o)
{
	enum err e = subject_record_load(w, who);

	*o = (struct enrolment_outcome){0};
	return e == OK ? experiment_set_one(w, id, &o->experiment) : e;
}

/* load_visitor(), then the decision without a write. ERR_NOT_FOUND names the experiment. */
static enum err
load_and_decide(struct work *w, struct visitor *who, const char *id, struct enrolment_outcome *o)
{
	enum err e = load_visitor(w, who, id, o);

	if (e == OK)
		enrolment_decide(w, who, o, 1);
	return e == ERR_NOT_FOUND ? fail_missing(w, "experiment") : e;
}

/*
 * The alternative that the request asks for by name. Only trusted actors may: a public client could
 * otherwise choose its own treatment.
 */
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

/* The name of the alternative that the visitor has seen. */
static enum err
read_shown(struct work *w, const struct assignment_input *in, struct enrolment_outcome *o)
{
	if (in->as_shown && !json_object_is_type(in->shown, json_type_string))
		return fail(w, ERR_INVALID, "/shown", "must be the name of an alternative");
	o->as_shown = in->as_shown;
	o->shown = in->as_shown ? json_object_get_string(in->shown) : NULL;
	return OK;
}

enum err
assignment_choose_one(struct assignment *a)
{
	struct enrolment_outcome *o = mem_new(a->w->mem, struct enrolment_outcome);
	enum err e = read_force(a->w, a->in.force, &o->force);

	if (e == OK)
		e = read_shown(a->w, &a->in, o);
	if (e == OK)
		e = auto_create(a->w, a->id, a->in.alternatives, &o->experiment);
	if (e == ERR_NOT_FOUND) {
		a->answer = unknown_answer(a->w, a->id);
		return OK;
	}
	if (e != OK)
		return e;
	if (o->force != NULL && decide_named(o->experiment->alternatives, o->force) == NULL)
		return fail(
		    a->w, ERR_INVALID, "/force", "is not an alternative of this experiment");
	a->enrolment.list = o;
	a->enrolment.n = 1;
	return OK;
}

enum err
assignment_preview(struct work *w, struct visitor *who, const char *id, struct json_object **answer)
{
	struct enrolment_outcome o;
	enum err e = load_visitor(w, who, id, &o);

	if (e == ERR_NOT_FOUND) {
		*answer = unknown_answer(w, id);
		return OK;
	}
	if (e != OK)
		return e;
	enrolment_decide(w, who, &o, 1);
	/*
	 * A preview never assigns: a subject that would be enrolled sees control, as subjects
	 * outside of the experiment do.
	 */
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
	struct enrolment_outcome o;
	enum err e = load_and_decide(w, who, id, &o);

	if (e != OK)
		return e;
	struct decision_request q = enrolment_request(w, who, &o, &scrap);
	*answer = mem_json(w->mem, enrolment_answer(&o));
	json_object_object_add(*answer, "would_enroll", json_object_new_boolean(o.decision.enrol));
	json_object_object_add(*answer, "salt", json_object_new_string(o.experiment->salt));
	json_object_object_add(*answer, "gates", decide_explain(&q));
	return OK;
}

/* An assignment by hand, as the argument of change_run(). */
struct assignment_change {
	struct visitor *who;
	const char *id;
	struct json_object *alternative; /* its name */
	struct enrolment_outcome outcome;
};

/* The change behind assignment_set(). The audit row has the assignment before as `before`. */
static enum err
set_assignment(struct work *w, void *arg, struct json_object **answer)
{
	struct assignment_change *s = arg;
	struct enrolment_outcome *o = &s->outcome;
	/* A copy: a retry of the change has to read the record again. */
	struct visitor who = *s->who;
	enum err e = load_and_decide(w, &who, s->id, o);

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
		    w, ERR_INVALID, "/alternative", "is not an alternative of this experiment");
	e = enrolment_set(w, &who, o, alternative);
	if (e == OK)
		*answer = mem_json(w->mem, enrolment_answer(o));
	return e;
}

enum err
assignment_set(struct work *w, struct visitor *who, const char *id,
    struct json_object *alternative, struct json_object **answer)
{
	struct assignment_change s = {.who = who, .id = id, .alternative = alternative};

	return change_run(w, set_assignment, &s, answer);
}
