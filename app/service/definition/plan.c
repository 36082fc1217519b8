/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The planner: the sample size of an experiment, and the days it takes at the present traffic.
 */
#include "service/definition/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "core/experiment/delivery.h"
#include "core/experiment/plan.h"
#include "store/db/db.h"
#include "store/work.h"

enum { WINDOW = 7, MONTH = 28 }; /* days */
enum { BISECTIONS = 40 };

/* Digits of an effect and of a rate that are told, as powers of ten. */
#define EFFECT_DIGITS 1e5
#define RATE_DIGITS 1e6

/* The traffic that an experiment gets, or would get. */
struct traffic {
	int64_t participants; /* in all */
	int64_t recent;       /* drawn within the last `days` days, today among them */
	int64_t days;         /* WINDOW, or fewer since the first participant */
	double *shares;       /* of the alternatives; at first two equal ones */
	size_t n, control;
};

/* Takes the shares of the alternatives. */
static void
take_shares(struct work *w, struct json_object *alternatives, struct traffic *t)
{
	struct json_object *allocation = mem_json(w->mem, bucket_allocation(alternatives));

	t->n = json_items(alternatives);
	t->control = t->n;
	t->shares = mem_array(w->mem, double, t->n);
	for (size_t i = 0; i < t->n; i++) {
		struct json_object *o = json_item(alternatives, i);
		const char *name = json_text(o, "name");
		t->shares[i] = json_object_get_double(json_object_object_get(allocation,
		    json_object_get_string(json_object_object_get(o, "id"))));
		if (name != NULL && strcmp(name, DELIVERY_CONTROL) == 0)
			t->control = i;
	}
}

/* The alternatives of a request completed, and numbered in their order; NULL: they are bad. */
static struct json_object *
complete_alternatives(struct work *w, struct json_object *given)
{
	struct json_object *list =
	    delivery_alternatives(given, "/request/alternatives", w->problems);

	for (size_t i = 0; i < json_items(list); i++)
		json_object_object_add(
		    json_item(list, i), "id", json_object_new_int64((int64_t)i + 1));
	return list;
}

/* Reads the traffic of the experiment; NULL: of the busiest one. ERR_NOT_FOUND. */
static enum err
read_traffic(struct work *w, const struct plan_question *q, struct traffic *t)
{
	char since[INSTANT_TEXT];
	struct db_rows *rows;
	struct json_object *alternatives =
	    q->alternatives == NULL ? NULL : complete_alternatives(w, q->alternatives);

	if (q->alternatives != NULL && alternatives == NULL)
		return ERR_INVALID;
	instant_format(w->now - WINDOW * INSTANT_DAY, since);
	enum err e = db_query(w->db, w->mem, QUERY_plan_traffic,
	    (const char *const[]){q->experiment, since}, &rows);
	*t = (struct traffic){.days = WINDOW, .n = 2};
	t->shares = mem_array(w->mem, double, t->n);
	t->shares[0] = t->shares[1] = 0.5;
	if (e == OK && db_count(rows) == 0 && q->experiment != NULL)
		return fail_missing(w, "experiment");
	if (e != OK)
		return e;
	if (db_count(rows) > 0) {
		struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
		t->participants = db_int(rows, 0, "participants");
		t->recent = db_int(rows, 0, "exposures");
		/* Days from the first participant to the start of the window; negative: within. */
		int64_t before = db_int(rows, 0, "days_before");
		if (before < 0)
			t->days = WINDOW + before + 1;
		if (alternatives == NULL && q->experiment != NULL)
			alternatives = json_object_object_get(row, "alternatives");
	}
	if (alternatives != NULL)
		take_shares(w, alternatives, t);
	return OK;
}

void
plan_add_number(struct json_object *o, const char *name, double x)
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

/* What is found with the plan's power by so many participants; null: nothing can be. */
static struct json_object *
effect_json(const struct plan *plan, const struct traffic *t, double participants)
{
	double low = 0, high = plan->effect > 0 ? 1 - plan->baseline : -plan->baseline;
	struct plan p = *plan;
	char text[32];

	p.effect = high * (1 - 1e-9);
	if ((double)plan_size(&p, t->shares, t->n, t->control).total > participants)
		return NULL;
	for (int i = 0; i < BISECTIONS; i++) {
		p.effect = (low + high) / 2;
		if ((double)plan_size(&p, t->shares, t->n, t->control).total > participants)
			low = p.effect;
		else
			high = p.effect;
	}
	/* Rounded away from zero: what is told can be found. */
	double told = ceil(fabs(high) * EFFECT_DIGITS) / EFFECT_DIGITS;
	snprintf(text, sizeof text, "%.15g", copysign(told, high));
	return json_object_new_double_s(copysign(told, high), text);
}

/* What 1, 2 and 4 weeks can find at this traffic. */
static struct json_object *
least_effects(const struct plan *plan, const struct traffic *t)
{
	static const int weeks[] = {1, 2, 4};
	struct json_object *list = json_object_new_array();
	double per_day = (double)t->recent / (double)t->days;

	for (size_t i = 0; i < sizeof weeks / sizeof weeks[0]; i++) {
		struct json_object *o = json_object_new_object();
		double n = floor(per_day * weeks[i] * WINDOW);
		json_object_object_add(o, "weeks", json_object_new_int(weeks[i]));
		json_object_object_add(o, "participants", json_object_new_int64((int64_t)n));
		json_object_object_add(o, "effect", effect_json(plan, t, n));
		json_object_array_add(list, o);
	}
	return list;
}

static int64_t
count_arms(const struct traffic *t)
{
	int64_t arms = 0;

	for (size_t i = 0; i < t->n; i++)
		arms += t->shares[i] > 0;
	return arms;
}

/* The whole weeks that are full after so many days; null for null. */
static struct json_object *
weeks_of(struct json_object *days)
{
	return days == NULL ? NULL
	    : json_object_new_int64((json_object_get_int64(days) + WINDOW - 1) / WINDOW);
}

enum err
plan_observe(struct work *w, const struct plan_question *q, struct json_object *members,
    struct json_object **observed)
{
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	*observed = NULL;
	if (q->goal == NULL || json_object_object_get_ex(members, "baseline", NULL))
		return OK;
	instant_format(w->now - MONTH * INSTANT_DAY, since);
	enum err e = db_query(w->db, w->mem, QUERY_plan_baseline,
	    (const char *const[]){q->goal, q->experiment, since, work_today(w)}, &rows);
	if (e != OK)
		return e;
	int64_t n = db_count(rows) > 0 ? db_int(rows, 0, "participants") : 0;
	int64_t c = n > 0 ? db_int(rows, 0, "conversions") : 0;
	if (c <= 0 || c >= n)
		return fail(w, ERR_INVALID, q->goal_at,
		    "tells no baseline: of the participants of the last 28 days some must have "
		    "hit it and some not");
	*observed = mem_json(w->mem, db_row_json(rows, 0));
	json_add_text(*observed, "goal", q->goal);
	plan_add_number(members, "baseline", floor((double)c / (double)n * RATE_DIGITS + 0.5) /
	    RATE_DIGITS);
	return OK;
}

enum err
plan_estimate(struct work *w, const struct plan *plan, const struct plan_question *q,
    struct json_object **answer)
{
	struct json_object *o = mem_json(w->mem, json_object_new_object());
	struct traffic t;
	enum err e = read_traffic(w, q, &t);

	if (e != OK)
		return e;
	struct plan_size size = plan_size(plan, t.shares, t.n, t.control);
	int64_t left = q->experiment == NULL || t.participants < 0 ? size.total
	    : size.total > t.participants ? size.total - t.participants : 0;
	struct json_object *days = days_for(&t, size.total);
	plan_add_number(o, "baseline", plan->baseline);
	plan_add_number(o, "effect", plan->effect);
	plan_add_number(o, "alpha", plan->alpha);
	plan_add_number(o, "power", plan->power);
	json_object_object_add(o, "per_arm", json_object_new_int64(size.per_arm));
	json_object_object_add(o, "arms", json_object_new_int64(count_arms(&t)));
	json_object_object_add(o, "needed", json_object_new_int64(size.total));
	plan_add_number(o, "per_day", (double)t.recent / (double)t.days);
	json_object_object_add(o, "days", days);
	json_object_object_add(o, "weeks", weeks_of(days));
	json_object_object_add(o, "days_to_go", days_for(&t, left));
	json_object_object_add(o, "least_effects", least_effects(plan, &t));
	*answer = o;
	return OK;
}
