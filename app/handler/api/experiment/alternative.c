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

/* Takes the answer of the operation; the one about many experiments stands in an object. */
static void
show_assignment(struct ctx *c, const struct assignment *a)
{
	if (a->id != NULL) {
		c->model = a->answer;
		return;
	}
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", json_object_get(a->answer));
}

/* Answers what can be answered at once, and leaves the others for enrolments_join(). */
static enum err
begin_assignment(struct ctx *c, struct assignment *a)
{
	enum err e = assignment_begin(a);

	if (e == OK && a->answer != NULL)
		show_assignment(c, a);
	else if (e == OK)
		c->held = a;
	c->alone = a->alone;
	return e;
}

/* POST /v1/experiment/:id/enroll */
enum err
experiment_enroll(struct ctx *c)
{
	struct assignment *a = mem_new(c->w.mem, struct assignment);
	struct json_object *body;

	*a = (struct assignment){.w = &c->w, .id = c->args[0]};
	enum err e = visitor_read(c, &body, &a->who);
	if (e != OK)
		return e;
	a->in.force = json_object_object_get(body, "force");
	a->in.alternatives = json_object_object_get(body, "alternatives");
	a->in.as_shown = json_object_object_get_ex(body, "shown", &a->in.shown);
	return begin_assignment(c, a);
}

/* POST /v1/enroll */
enum err
enroll_all(struct ctx *c)
{
	struct assignment *a = mem_new(c->w.mem, struct assignment);
	struct json_object *body;

	*a = (struct assignment){.w = &c->w};
	enum err e = visitor_read(c, &body, &a->who);
	if (e != OK)
		return e;
	a->in.as_shown = json_object_object_get_ex(body, "shown", &a->in.shown);
	a->named = json_object_object_get_ex(body, "experiments", &a->ids);
	return begin_assignment(c, a);
}

/* Enrols the subjects of the requests and answers them. */
void
enrolments_join(struct ctx *const list[], enum err errs[], size_t n)
{
	struct assignment **held = mem_array(list[0]->w.mem, struct assignment *, n);

	for (size_t i = 0; i < n; i++)
		held[i] = list[i]->held;
	assignment_enroll(held, n);
	for (size_t i = 0; i < n; i++) {
		errs[i] = held[i]->e;
		if (errs[i] == OK)
			show_assignment(list[i], held[i]);
	}
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
