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
 * Reads the query like the plan of a definition. A parameter that is not JSON stays a string, which
 * plan_read() then refuses with the same message.
 */
static enum err
read_plan(struct ctx *c, struct plan *plan)
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
	return plan_read(o, "", c->w.problems, plan) ? OK : ERR_INVALID;
}

/* GET /v1/plan */
enum err
plan_get(struct ctx *c)
{
	struct plan plan;
	enum err e = read_plan(c, &plan);

	return e == OK
	    ? plan_estimate(&c->w, &plan, req_query(&c->req, "experiment"), &c->model) : e;
}
