/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plans as they are written in definitions and asked for by the planner.
 */
#include "core/experiment/plan.h"

#include <math.h>

#include "base/mem.h"
#include "core/stats/stats.h"

#define ALPHA 0.05
#define POWER 0.8
#define MOST 1e15

/* The member as a number; standard when it is absent, NAN when it is no number. */
static double
member(struct json_object *o, const char *name, double standard)
{
	struct json_object *value = json_object_object_get(o, name);

	if (value == NULL)
		return standard;
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
refuse(struct problems *problems, const char *at, const char *name, const char *why)
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
	*out = (struct plan){member(o, "baseline", NAN), member(o, "effect", NAN),
	    member(o, "alpha", ALPHA), member(o, "power", POWER), 0};
	if (!is_share(out->baseline))
		refuse(problems, at, "baseline", between);
	if (!isfinite(out->effect) || out->effect == 0)
		refuse(problems, at, "effect", "must be a number other than 0");
	else if (is_share(out->baseline) && !is_share(out->baseline + out->effect))
		refuse(problems, at, "effect", "must keep baseline + effect above 0 and below 1");
	if (!is_share(out->alpha))
		refuse(problems, at, "alpha", between);
	if (!is_share(out->power))
		refuse(problems, at, "power", between);
	if (problem_count(problems) > before)
		return false;
	double needed =
	    stats_needed(out->baseline, out->baseline + out->effect, out->alpha, out->power);
	if (!(needed <= MOST)) {
		refuse(problems, at, "effect", "is too small to be found");
		return false;
	}
	out->needed = (int64_t)needed;
	return true;
}
