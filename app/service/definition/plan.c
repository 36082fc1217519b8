/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The planner: the sample size of an experiment, and the days it takes at the present traffic.
 */
#include "service/definition/plan.h"

#include <math.h>
#include <stdio.h>

#include "base/instant.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "core/experiment/plan.h"
#include "store/db/db.h"
#include "store/work.h"

enum { WINDOW = 7, ARMS = 2 }; /* days; arms where nothing is known of the experiment */

/* The number of alternatives with a share of the subjects. */
static int64_t
count_arms(struct work *w, struct json_object *alternatives)
{
	int64_t arms = 0;

	json_object_object_foreach(mem_json(w->mem, bucket_allocation(alternatives)), id, share) {
		(void)id;
		arms += json_object_get_double(share) > 0;
	}
	return arms;
}

/* The traffic that an experiment gets, or would get. */
struct traffic {
	int64_t arms;
	int64_t participants; /* in all */
	int64_t recent;       /* of the last `days` days, today among them */
	int64_t days;         /* WINDOW, or fewer since the first participant */
};

/* Reads the traffic of the experiment; NULL: of the busiest one. ERR_NOT_FOUND. */
static enum err
read_traffic(struct work *w, const char *experiment, struct traffic *t)
{
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(w->now - WINDOW * INSTANT_DAY, since);
	enum err e = db_query(
	    w->db, w->mem, QUERY_plan_traffic, (const char *const[]){experiment, since}, &rows);
	*t = (struct traffic){ARMS, 0, 0, WINDOW};
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return experiment == NULL ? OK
		    : fail_missing(w, "experiment");
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	t->participants = db_int(rows, 0, "participants");
	t->recent = db_int(rows, 0, "exposures");
	/* Days from the first participant to the start of the window; negative: within it. */
	int64_t before = db_int(rows, 0, "days_before");
	if (before < 0)
		t->days = WINDOW + before + 1;
	if (experiment != NULL)
		t->arms = count_arms(w, json_object_object_get(row, "alternatives"));
	return OK;
}

/* Adds 0.1 as `0.1` and not as the digits of the nearest double. */
static void
add_number(struct json_object *o, const char *name, double x)
{
	char text[32];

	snprintf(text, sizeof text, "%.15g", x);
	json_object_object_add(o, name, json_object_new_double_s(x, text));
}

/* The days in which n subjects come at this traffic, rounded up; null without traffic. */
static struct json_object *
days_for(const struct traffic *t, int64_t n)
{
	if (t->recent <= 0)
		return NULL;
	return json_object_new_int64((int64_t)ceil((double)n * (double)t->days /
	    (double)t->recent));
}

enum err
plan_estimate(struct work *w, const struct plan *plan, const char *experiment,
    struct json_object **answer)
{
	struct json_object *o = mem_json(w->mem, json_object_new_object());
	struct traffic t;
	enum err e = read_traffic(w, experiment, &t);

	if (e != OK)
		return e;
	int64_t per_arm = plan_needed(plan, (size_t)t.arms);
	int64_t needed = per_arm * t.arms;
	int64_t left = experiment == NULL || t.participants < 0 ? needed
	    : needed > t.participants ? needed - t.participants : 0;
	add_number(o, "baseline", plan->baseline);
	add_number(o, "effect", plan->effect);
	add_number(o, "alpha", plan->alpha);
	add_number(o, "power", plan->power);
	json_object_object_add(o, "per_arm", json_object_new_int64(per_arm));
	json_object_object_add(o, "arms", json_object_new_int64(t.arms));
	json_object_object_add(o, "needed", json_object_new_int64(needed));
	add_number(o, "per_day", (double)t.recent / (double)t.days);
	json_object_object_add(o, "days", days_for(&t, needed));
	json_object_object_add(o, "days_to_go", days_for(&t, left));
	*answer = o;
	return OK;
}
