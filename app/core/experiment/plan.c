/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the plan of a definition or of a request to the planner, and computes the sample size that
 * it needs.
 */
#include "core/experiment/plan.h"

#include <math.h>

#include "base/mem.h"
#include "core/stats/sample_size.h"

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

/* NAN where there is none. */
static double
needed_by(const struct plan *plan, size_t arms, double share)
{
	return sample_size_rate(plan->baseline + plan->effect, plan->baseline,
	    &(struct sample_size_plan){plan->alpha, plan->power, arms, share});
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
	double needed = needed_by(out, 2, 0.5);
	if (!(needed <= MAX_NEEDED)) {
		plan_problem(problems, at, "effect",
		    "is too small: more than 1e15 participants would be needed");
		return false;
	}
	out->needed = (int64_t)needed;
	return true;
}

int64_t
plan_needed(const struct plan *plan, size_t arms, double share)
{
	double needed = needed_by(plan, arms > 2 ? arms : 2, share);

	return needed <= MAX_NEEDED ? (int64_t)needed : (int64_t)MAX_NEEDED;
}

struct plan_size
plan_size(const struct plan *plan, const double shares[], size_t n, size_t control)
{
	size_t arms = 0;
	double total = 0, c = control < n ? shares[control] : 0;
	struct plan_size out = {0, 0};

	for (size_t i = 0; i < n; i++)
		arms += shares[i] > 0;
	for (size_t i = 0; i < n; i++) {
		double x = shares[i];
		if (i == control || !(x > 0) || !(c > 0))
			continue;
		int64_t needed = plan_needed(plan, arms, x / (x + c));
		out.per_arm = needed > out.per_arm ? needed : out.per_arm;
		/* The information of n participants is that of 2 n x c / (x + c) in each arm. */
		total = fmax(total, (double)needed * (x + c) / (2 * x * c));
	}
	if (out.per_arm == 0) {
		out.per_arm = plan_needed(plan, arms, 0.5);
		total = (double)out.per_arm * (arms > 2 ? (double)arms : 2);
	}
	/* Shares may be equal but for rounding. */
	out.total = (int64_t)fmin(ceil(total * (1 - 1e-12)), MAX_NEEDED);
	return out;
}

bool
plan_is_same(const struct plan *a, const struct plan *b)
{
	return a->baseline == b->baseline && a->effect == b->effect && a->alpha == b->alpha &&
	    a->power == b->power;
}
