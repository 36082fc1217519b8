/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The planner over the API: its input is the query string, its answer a sample size and a duration.
 */
#include "service/definition/plan.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "core/experiment/plan.h"
#include "handler/routes.h"
#include "web/http/ctx.h"

/*
 * Reads the members of a plan from the query. A parameter that is not JSON stays a string, which
 * plan_read() then refuses with the same message as that of a definition.
 */
static struct json_object *
read_members(struct ctx *c)
{
	static const char *const names[] = {"baseline", "effect", "alpha", "power"};
	struct json_object *o = mem_json(c->w.mem, json_object_new_object());
	struct json_fault fault;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *text = req_query(&c->req, names[i]);
		struct json_object *value = NULL;
		if (text == NULL)
			continue;
		if (json_read(c->w.mem, text, strlen(text), &value, &fault) != OK)
			value = NULL;
		json_object_object_add(o, names[i], value != NULL
		    ? json_object_get(value) : json_object_new_string(text));
	}
	return o;
}

/* GET /v1/plan */
enum err
plan_get(struct ctx *c)
{
	const struct plan_question q = {.experiment = req_query(&c->req, "experiment"),
		.goal = req_query(&c->req, "goal"), .goal_at = "/goal"};
	struct json_object *members = read_members(c), *observed;
	struct plan plan;
	enum err e = plan_observe(&c->w, &q, members, &observed);

	if (e == OK && !plan_read(members, "", c->w.problems, &plan))
		e = ERR_INVALID;
	if (e == OK)
		e = plan_estimate(&c->w, &plan, &q, &c->model);
	if (e == OK && observed != NULL)
		json_object_object_add(c->model, "observed", json_object_get(observed));
	return e;
}
