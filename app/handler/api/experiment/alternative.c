/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Assignments over the API: enrolment of a subject in one experiment, in several or in all; the
 * alternative it has; an alternative set by hand; and the explanation of a decision.
 */
#include "base/mem.h"
#include "handler/routes.h"
#include "service/decision/assignment.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"

/* POST /v1/experiment/:id/enroll */
enum err
experiment_enroll(struct ctx *c)
{
	struct visitor who;
	struct json_object *body;
	enum err e = visitor_read(c, &body, &who);

	if (e != OK)
		return e;
	struct assignment_input in = {
		.force = json_object_object_get(body, "force"),
		.alternatives = json_object_object_get(body, "alternatives"),
	};
	in.as_shown = json_object_object_get_ex(body, "shown", &in.shown);
	return assignment_enroll(&c->w, &who, c->args[0], &in, &c->model);
}

/* POST /v1/enroll */
enum err
enroll_all(struct ctx *c)
{
	struct visitor who;
	struct json_object *body, *ids, *list;
	struct assignment_input in = {0};
	enum err e = visitor_read(c, &body, &who);

	if (e != OK)
		return e;
	in.as_shown = json_object_object_get_ex(body, "shown", &in.shown);
	e = json_object_object_get_ex(body, "experiments", &ids)
	    ? assignment_enroll_named(&c->w, &who, ids, &in, &list)
	    : assignment_enroll_all(&c->w, &who, &in, &list);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", json_object_get(list));
	return OK;
}

/* GET /v1/experiment/:id/alternative */
enum err
alternative_get(struct ctx *c)
{
	struct visitor who;
	enum err e = visitor_query(c, &who);

	return e == OK ? assignment_preview(&c->w, &who, c->args[0], &c->model) : e;
}

/* PUT /v1/experiment/:id/alternative */
enum err
alternative_put(struct ctx *c)
{
	struct visitor who;
	struct json_object *body;
	enum err e = visitor_read(c, &body, &who);

	return e == OK ? assignment_set(&c->w, &who, c->args[0],
			     json_object_object_get(body, "alternative"), &c->model)
		       : e;
}

/* GET /v1/experiment/:id/explain */
enum err
experiment_explain(struct ctx *c)
{
	struct visitor who;
	enum err e = visitor_query(c, &who);

	return e == OK ? assignment_explain(&c->w, &who, c->args[0], &c->model) : e;
}
