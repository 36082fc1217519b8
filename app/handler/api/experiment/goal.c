/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of goals over the API.
 */
#include "service/definition/goal.h"

#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"

/* Reads the body as a goal; unknown members are problems. */
static enum err
read_goal(struct ctx *c, struct goal_input *in)
{
	struct json_object *body;
	enum err e = body_json(c, &body);

	return e == OK ? goal_input_read(&c->w, body, true, in) : e;
}

/* POST /v1/goal */
enum err
goal_post(struct ctx *c)
{
	struct goal_input in;
	enum err e = read_goal(c, &in);

	c->status = 201;
	return e == OK ? goal_add(&c->w, &in, &c->model) : e;
}

/* GET /v1/goal/list */
enum err
goals_get(struct ctx *c)
{
	struct json_object *list;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);

	if (e == OK)
		e = goal_list(&c->w, page.after, page.limit, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "goals", json_object_get(list));
	paging_next(c, next);
	return OK;
}

/* PATCH /v1/goal/:name */
enum err
goal_patch(struct ctx *c)
{
	struct goal_input in;
	enum err e = read_goal(c, &in);

	return e == OK ? goal_change(&c->w, c->args[0], &in, &c->model) : e;
}

/* DELETE /v1/goal/:name */
enum err
goal_delete(struct ctx *c)
{
	return goal_retire(&c->w, c->args[0], &c->model);
}
