/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What somebody sees of experiments: asked, enrolled, set by hand, and explained.
 */
#include <string.h>

#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "service/decision/enrolment.h"
#include "handler/api/experiment/experiment.h"
#include "service/definition/auto_create.h"
#include "handler/routes.h"
#include "web/http/subject_input.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

/* What is answered of an experiment that there is not. */
static struct json_object *
unknown(const char *id)
{
	struct json_object *control = json_object_new_object();
	struct experiment none = {.id = id};
	struct outcome o = {.experiment = &none, .decision = {control, REASON_UNKNOWN, false, 0}};

	json_object_object_add(control, "name", json_object_new_string(DELIVERY_CONTROL));
	struct json_object *answer = enrolment_answer(&o);
	json_object_put(control);
	return answer;
}

static enum err
no_experiment(struct ctx *c)
{
	return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such experiment");
}

/* The alternative that the body asks for by name, in *name; only programs of the operator may. */
static enum err
read_force(struct ctx *c, struct json_object *body, const char **name)
{
	struct json_object *value = json_object_object_get(body, "force");

	*name = NULL;
	if (value == NULL)
		return OK;
	if (c->key_class < KEY_SERVER)
		return fail(&c->w, ERR_FORBIDDEN, "/force", "needs a server key");
	if (!json_object_is_type(value, json_type_string))
		return fail(&c->w, ERR_INVALID, "/force", "must be the name of an alternative");
	*name = json_object_get_string(value);
	return OK;
}

enum err
experiment_enroll(struct ctx *c)
{
	struct outcome o = {0};
	struct visitor who;
	struct json_object *body;
	enum err e = visitor_read(c, &body, &who);

	if (e == OK)
		e = subject_record_load(&c->w, &who);
	if (e == OK)
		e = read_force(c, body, &o.force);
	if (e == OK)
		e = auto_create(&c->w, c->args[0], json_object_object_get(body, "alternatives"),
		    &o.experiment);
	if (e == ERR_NOT_FOUND) {
		c->model = mem_json(c->w.mem, unknown(c->args[0]));
		return OK;
	}
	if (e != OK)
		return e;
	if (o.force != NULL && decide_named(o.experiment->alternatives, o.force) == NULL)
		return fail(&c->w, ERR_INVALID, "/force", "is no alternative of this experiment");
	e = enrolment_run(&c->w, &who, &o, 1);
	if (e == OK)
		c->model = mem_json(c->w.mem, enrolment_answer(&o));
	return e;
}

enum err
alternative_get(struct ctx *c)
{
	struct outcome o = {0};
	struct visitor who;
	enum err e = visitor_query(c, &who);

	if (e == OK)
		e = subject_record_load(&c->w, &who);
	if (e == OK)
		e = experiment_set_one(&c->w, c->args[0], &o.experiment);
	if (e == ERR_NOT_FOUND) {
		c->model = mem_json(c->w.mem, unknown(c->args[0]));
		return OK;
	}
	if (e != OK)
		return e;
	enrolment_look(&c->w, &who, &o, 1);
	/* Who only looks is not assigned, but sees what the others see who are in nothing. */
	if (o.decision.enrol) {
		o.decision.alternative =
		    decide_named(o.experiment->alternatives, DELIVERY_CONTROL);
		o.decision.reason = REASON_NOT_ENROLLED;
	}
	c->model = mem_json(c->w.mem, enrolment_answer(&o));
	return OK;
}

enum err
alternative_set(struct ctx *c)
{
	struct outcome o = {0};
	struct visitor who;
	struct json_object *body;
	enum err e = visitor_read(c, &body, &who);

	if (e == OK)
		e = subject_record_load(&c->w, &who);
	if (e == OK)
		e = experiment_set_one(&c->w, c->args[0], &o.experiment);
	if (e != OK)
		return e == ERR_NOT_FOUND ? no_experiment(c) : e;
	struct json_object *name = json_object_object_get(body, "alternative");
	if (!json_object_is_type(name, json_type_string))
		return fail(
		    &c->w, ERR_INVALID, "/alternative", "must be the name of an alternative");
	struct json_object *alternative =
	    decide_named(o.experiment->alternatives, json_object_get_string(name));
	if (alternative == NULL)
		return fail(
		    &c->w, ERR_INVALID, "/alternative", "is no alternative of this experiment");
	e = enrolment_set(&c->w, &who, &o, alternative);
	if (e == OK)
		c->model = mem_json(c->w.mem, enrolment_answer(&o));
	return e;
}

enum err
experiment_explain(struct ctx *c)
{
	struct outcome o = {0};
	struct visitor who;
	struct enrolled scrap;
	enum err e = visitor_query(c, &who);

	if (e == OK)
		e = subject_record_load(&c->w, &who);
	if (e == OK)
		e = experiment_set_one(&c->w, c->args[0], &o.experiment);
	if (e != OK)
		return e == ERR_NOT_FOUND ? no_experiment(c) : e;
	struct decision_request q = enrolment_question(&c->w, &who, &o, &scrap);
	enrolment_look(&c->w, &who, &o, 1);
	c->model = mem_json(c->w.mem, enrolment_answer(&o));
	json_object_object_add(c->model, "would_enroll",
	    json_object_new_boolean(o.decision.enrol));
	json_object_object_add(c->model, "salt", json_object_new_string(o.experiment->salt));
	json_object_object_add(c->model, "gates", decide_explain(&q));
	return OK;
}
