/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The planner: how many subjects an experiment needs, and how long they take to come.
 */
#include "core/experiment/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum { WINDOW = 7, ARMS = 2 }; /* days; arms where nothing is known of the experiment */

/* The query as the plan of a definition: what is no number stays a text, and is refused as one. */
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

/* Alternatives that somebody can be drawn into. */
static int64_t
arms_of(struct ctx *c, struct json_object *alternatives)
{
	int64_t arms = 0;

	json_object_object_foreach(mem_json(c->w.mem, bucket_allocation(alternatives)), id, share) {
		(void)id;
		arms += json_object_get_double(share) > 0;
	}
	return arms;
}

struct traffic {
	int64_t arms;
	int64_t exposures; /* in the last WINDOW days */
};

/* Of the experiment that the query names, else of the busiest; arms are those of the former. */
static enum err
read_traffic(struct ctx *c, struct traffic *t)
{
	const char *experiment = req_query(&c->req, "experiment");
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now - WINDOW * INSTANT_DAY, since);
	enum err e = db_query(c->w.db, c->w.mem, QUERY_plan_traffic,
	    (const char *const[]){experiment, since}, &rows);
	*t = (struct traffic){ARMS, 0};
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return experiment == NULL ? OK
		    : fail_detail(&c->w, ERR_NOT_FOUND, "there is no such experiment");
	struct json_object *row = mem_json(c->w.mem, db_row_json(rows, 0));
	t->exposures = db_int(rows, 0, "exposures");
	if (experiment != NULL)
		t->arms = arms_of(c, json_object_object_get(row, "alternatives"));
	return OK;
}

/* 0.1 as 0.1, and not as the double next to it. */
static void
put(struct json_object *o, const char *name, double x)
{
	char text[32];

	snprintf(text, sizeof text, "%.15g", x);
	json_object_object_add(o, name, json_object_new_double_s(x, text));
}

enum err
plan_get(struct ctx *c)
{
	struct plan plan;
	struct traffic t;
	enum err e = read_plan(c, &plan);

	if (e == OK)
		e = read_traffic(c, &t);
	if (e != OK)
		return e;
	struct json_object *o = mem_json(c->w.mem, json_object_new_object());
	int64_t needed = plan.needed * t.arms;
	put(o, "baseline", plan.baseline);
	put(o, "effect", plan.effect);
	put(o, "alpha", plan.alpha);
	put(o, "power", plan.power);
	json_object_object_add(o, "per_arm", json_object_new_int64(plan.needed));
	json_object_object_add(o, "arms", json_object_new_int64(t.arms));
	json_object_object_add(o, "needed", json_object_new_int64(needed));
	put(o, "per_day", (double)t.exposures / WINDOW);
	/* Rounded up. */
	json_object_object_add(o, "days", t.exposures == 0 ? NULL
	    : json_object_new_int64((needed * WINDOW + t.exposures - 1) / t.exposures));
	c->model = o;
	return OK;
}
