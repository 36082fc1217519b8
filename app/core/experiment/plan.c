/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the plan of a definition or of a request to the planner, and computes the sample size that
 * it needs.
 */
#include "core/experiment/plan.h"

#include <math.h>

#include "base/mem.h"
#include "core/stats/stats.h"

#define DEFAULT_ALPHA 0.05
#define DEFAULT_POWER 0.8
#define MAX_NEEDED 1e15

/* The member as a number; absent when it is missing, NAN when it is not a number. */
static double
number_member(struct json_object *o, const char *name, double absent)
{
	struct json_object *value = json_object_object_get(o, name);

	if (value == NULL)
		return absent;
	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		return json_object_get_double(value);
	return NAN;
}

static bool
is_share(double x)
{
	return x > 0 && x < 1;
}

static void
plan_problem(struct problems *problems, const char *at, const char *name, const char *why)
{
	problem_add(problems, mem_printf(problems, "%s/%s", at, name), "%s", why);
}

bool
plan_read(struct json_object *o, const char *at, struct problems *problems, struct plan *out)
{
	static const char between[] = "must be a number above 0 and below 1";
	size_t before = problem_count(problems);

	if (!json_object_is_type(o, json_type_object)) {
		problem_add(problems, at, "must be an object with baseline and effect");
		return false;
	}
	*out = (struct plan){number_member(o, "baseline", NAN), number_member(o, "effect", NAN),
	    number_member(o, "alpha", DEFAULT_ALPHA), number_member(o, "power", DEFAULT_POWER), 0};
	if (!is_share(out->baseline))
		plan_problem(problems, at, "baseline", between);
	if (!isfinite(out->effect) || out->effect == 0)
		plan_problem(problems, at, "effect", "must be a number other than 0");
	else if (is_share(out->baseline) && !is_share(out->baseline + out->effect))
		plan_problem(problems, at, "effect",
		    "must keep baseline + effect above 0 and below 1");
	if (!is_share(out->alpha))
		plan_problem(problems, at, "alpha", between);
	if (!is_share(out->power))
		plan_problem(problems, at, "power", between);
	if (problem_count(problems) > before)
		return false;
	double needed =
	    stats_needed(out->baseline, out->baseline + out->effect, out->alpha, out->power);
	if (!(needed <= MAX_NEEDED)) {
		plan_problem(problems, at, "effect",
		    "is too small: more than 1e15 participants would be needed");
		return false;
	}
	out->needed = (int64_t)needed;
	return true;
}

int64_t
plan_needed(const struct plan *plan, size_t arms)
{
	double pairs = arms > 2 ? (double)(arms - 1) : 1;
	double needed = stats_needed(plan->baseline, plan->baseline + plan->effect,
	    plan->alpha / pairs, plan->power);

	return needed <= MAX_NEEDED ? (int64_t)needed : (int64_t)MAX_NEEDED;
}
