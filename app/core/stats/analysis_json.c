/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision as JSON. Everything that a reader needs to check it is in there: the looks with
 * their bounds, what they were made for, and why this method was taken.
 */
#include "core/stats/analysis_json.h"

#include <math.h>

#include "base/mem.h"
#include "core/stats/number_json.h"
#include "core/stats/verdict_input.h"

static struct json_object *
day_json(int64_t day)
{
	void *work = mem_ctx(NULL);
	struct json_object *o = json_object_new_string(analysis_day(work, day));

	talloc_free(work);
	return o;
}

static struct json_object *
count_json(double n)
{
	return isfinite(n) ? json_object_new_int64((int64_t)n) : NULL;
}

static struct json_object *
look_json(const char *name, const struct look *l)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "alternative", json_object_new_string(name));
	json_object_object_add(o, "day", day_json(l->day));
	json_object_object_add(o, "information", number_json(l->t));
	json_object_object_add(o, "difference", number_json(l->difference.d));
	json_object_object_add(o, "interval", interval_json(l->lo, l->hi));
	json_object_object_add(o, "z", number_json(l->difference.z));
	json_object_object_add(o, "bound", number_json(l->bound));
	return o;
}

/* The information of an arm, whichever way is decided. */
static double
arm_information(const struct verdict_input *in, size_t arm)
{
	const struct analysis_arm *a = &in->analysis->arms[arm];

	return a->looks != NULL ? analysis_information(a)
	    : 2 * in->all[arm].tested.pairs / a->needed;
}

static bool
is_compared(const struct verdict_input *in, size_t arm)
{
	return &in->counts->arms[arm] != in->counts->control && in->analysis->arms[arm].compared;
}

static const char *
outcome_text(const struct compare *x, const struct look_arm *looks)
{
	if (looks->decided)
		return x->direction > 0 ? "better" : "worse";
	return looks->final ? "none" : NULL;
}

/* Adds what an alternative has of its own. */
static struct json_object *
arm_json(const struct verdict_input *in, size_t arm)
{
	const struct analysis_arm *a = &in->analysis->arms[arm];
	const char *name = in->counts->arms[arm].name;
	struct json_object *o = json_object_new_object();
	int64_t final;

	json_object_object_add(o, "name", json_object_new_string(name));
	json_object_object_add(o, "needed", count_json(a->needed));
	json_object_object_add(o, "information", number_json(arm_information(in, arm)));
	if (a->looks == NULL)
		return o;
	const char *outcome = outcome_text(&in->all[arm], a->looks);
	const struct look *l = looks_shown(a->looks);
	json_object_object_add(
	    o, "outcome", outcome == NULL ? NULL : json_object_new_string(outcome));
	json_object_object_add(o, "alpha", number_json(a->looks->alpha));
	json_object_object_add(
	    o, "decided_on", a->looks->decided ? day_json(a->looks->decided_on) : NULL);
	json_object_object_add(o, "final_on",
	    !a->looks->decided && analysis_final_day(in->analysis, a, &final)
		? day_json(final) : NULL);
	json_object_object_add(
	    o, "planned_effect_ruled_out", json_object_new_boolean(a->looks->ruled_out));
	json_object_object_add(o, "look", l == NULL ? NULL : look_json(name, l));
	return o;
}

/* The looks of all alternatives; of one that was decided, the last is as it was then. */
static struct json_object *
looks_json(const struct verdict_input *in)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < in->counts->narms; i++) {
		const struct look_arm *looks = in->analysis->arms[i].looks;
		const struct look *shown = looks == NULL ? NULL : looks_shown(looks);
		size_t n = looks == NULL ? 0 : looks_told(looks);
		for (size_t k = 0; k + 1 < n; k++)
			json_object_array_add(
			    list, look_json(in->counts->arms[i].name, &looks->looks[k]));
		if (shown != NULL)
			json_object_array_add(list, look_json(in->counts->arms[i].name, shown));
	}
	return list;
}

/* The first day on which an alternative was decided, and the last on which one ends. */
static void
add_days(struct json_object *o, const struct verdict_input *in)
{
	const struct analysis *d = in->analysis;
	int64_t decided = INT64_MAX, final = INT64_MIN, day;
	bool out = d->method == ANALYSIS_SPENDING;

	for (size_t i = 0; i < in->counts->narms; i++) {
		const struct look_arm *looks = d->arms[i].looks;
		if (looks == NULL)
			continue;
		if (looks->decided && looks->decided_on < decided)
			decided = looks->decided_on;
		if (!looks->decided && analysis_final_day(d, &d->arms[i], &day) && day > final)
			final = day;
		out = out && looks->ruled_out;
	}
	json_object_object_add(
	    o, "decided_on", decided == INT64_MAX ? NULL : day_json(decided));
	json_object_object_add(o, "final_on", final == INT64_MIN ? NULL : day_json(final));
	json_object_object_add(o, "planned_effect_ruled_out",
	    d->method == ANALYSIS_SPENDING ? json_object_new_boolean(out) : NULL);
}

/* The least of what alternatives have that get participants; NAN: there is no plan. */
static double
least_information(const struct verdict_input *in)
{
	double least = NAN;

	for (size_t i = 0; i < in->counts->narms; i++)
		if (is_compared(in, i) && in->analysis->arms[i].enters)
			least = fmin(least, arm_information(in, i));
	return least;
}

struct json_object *
analysis_json(const struct verdict_input *in)
{
	static const char *const methods[] = {NULL, "sequence", "spending"};
	const struct analysis *d = in->analysis;
	const char *method = methods[d->method];
	struct json_object *o = json_object_new_object(), *arms = json_object_new_array();
	double tuned = SEQUENCE_TUNED_FOR;

	for (size_t i = 0; i < in->counts->narms; i++)
		if (is_compared(in, i)) {
			tuned = d->arms[i].tuning.n;
			if (d->method != ANALYSIS_NONE)
				json_object_array_add(arms, arm_json(in, i));
		}
	json_object_object_add(
	    o, "method", method == NULL ? NULL : json_object_new_string(method));
	json_object_object_add(o, "why", json_object_new_string(d->why));
	json_object_object_add(o, "alpha", number_json(d->alpha));
	json_object_object_add(o, "tuned_for", count_json(tuned));
	json_object_object_add(o, "needed", count_json(d->needed));
	json_object_object_add(o, "information",
	    d->method == ANALYSIS_NONE ? NULL : number_json(least_information(in)));
	json_object_object_add(o, "looks", looks_json(in));
	add_days(o, in);
	json_object_object_add(o, "alternatives", arms);
	return o;
}
