/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Builds the JSON of the results from counted rows. NaN and infinity never leave this file: every
 * number passes number_json.
 */
#include "core/stats/results.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/stats/compare.h"
#include "core/experiment/plan.h"
#include "core/stats/arm_counts.h"
#include "core/stats/verdict.h"

enum { DIGITS = 15, ALL_DIGITS = 17 };

/*
 * The number in the shortest text that reads back as the same double; null when it is not finite.
 */
static struct json_object *
number_json(double x)
{
	if (!isfinite(x))
		return NULL;
	char *text = NULL;
	for (int digits = DIGITS; digits <= ALL_DIGITS; digits++) {
		talloc_free(text);
		text = mem_printf(NULL, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	struct json_object *o = json_object_new_double_s(x, text);
	talloc_free(text);
	return o;
}

static struct json_object *
string_json(const char *s)
{
	return s == NULL ? NULL : json_object_new_string(s);
}

static struct json_object *
interval_json(double lo, double hi)
{
	if (isnan(lo) || isnan(hi))
		return NULL;
	struct json_object *o = json_object_new_array();
	json_object_array_add(o, number_json(lo));
	json_object_array_add(o, number_json(hi));
	return o;
}

static struct json_object *
histogram_json(struct stats_histogram h)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < h.n; i++) {
		char *times = mem_printf(NULL, "%" PRId64, h.bins[i].times);
		json_object_object_add(o, times, json_object_new_int64(h.bins[i].subjects));
		talloc_free(times);
	}
	return o;
}

static struct json_object *
goal_arm_json(const char *name, const struct arm_counts_cell *cell, const struct compare *x)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", string_json(name));
	json_object_object_add(o, "conversions", json_object_new_int64(cell->conversions));
	json_object_object_add(o, "rate", number_json(x->rate));
	json_object_object_add(o, "difference", number_json(x->difference));
	json_object_object_add(o, "improvement", number_json(x->improvement));
	json_object_object_add(o, "chi2_confidence", number_json(x->chi2_confidence));
	json_object_object_add(o, "interval", interval_json(x->interval.lo, x->interval.hi));
	json_object_object_add(o, "chance_to_beat_control", number_json(x->beat.chance));
	json_object_object_add(o, "expected_loss", number_json(x->beat.loss));
	json_object_object_add(o, "mean_actions", number_json(x->mean));
	json_object_object_add(o, "mwu_confidence", number_json(x->mwu_confidence));
	json_object_object_add(o, "sequence", interval_json(x->sequence.lo, x->sequence.hi));
	json_object_object_add(o, "sequence_p", number_json(x->sequence.p));
	json_object_object_add(o, "adjusted_p", number_json(x->adjusted_p));
	json_object_object_add(o, "reason", string_json(x->reason));
	json_object_object_add(o, "histogram", histogram_json(cell->histogram));
	return o;
}

static struct json_object *
goals_json(const struct arm_counts *t, const struct compare *all)
{
	struct json_object *list = json_object_new_array();

	for (size_t g = 0; g < t->ngoals; g++) {
		struct json_object *o = json_object_new_object();
		struct json_object *arms = json_object_new_array();
		for (size_t i = 0; i < t->narms; i++)
			json_object_array_add(arms,
			    goal_arm_json(t->arms[i].name, &t->goals[g].cells[i],
				&all[g * t->narms + i]));
		json_object_object_add(o, "goal", string_json(t->goals[g].name));
		json_object_object_add(o, "test", string_json(t->goals[g].mwu ? "mwu" : "chi2"));
		json_object_object_add(o, "retired", json_object_new_boolean(t->goals[g].retired));
		json_object_object_add(o, "alternatives", arms);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *
arms_json(const struct arm_counts *t)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < t->narms; i++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "name", string_json(t->arms[i].name));
		json_object_object_add(
		    o, "participants", json_object_new_int64(t->arms[i].participants));
		json_object_object_add(o, "expected_share", number_json(t->arms[i].share));
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *
sample_ratio_json(const struct arm_counts *t)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "chi2", number_json(t->ratio.chi2));
	json_object_object_add(o, "p", number_json(t->ratio.p));
	json_object_object_add(o, "ok", json_object_new_boolean(verdict_split_ok(t)));
	return o;
}

struct json_object *
results_json(void *ctx, const struct results_input *in)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	void *work = mem_ctx(NULL);
	struct arm_counts *t = arm_counts_arms(work, in->alternatives, in->exposures, in->splits);
	struct plan plan;
	bool planned =
	    in->plan != NULL && plan_read(in->plan, "/plan", problem_new(work), &plan);

	arm_counts_goals(t, in->goals, in->conversions);
	const struct compare *all = compare_all(work, t);
	json_object_object_add(out, "experiment", string_json(in->experiment));
	json_object_object_add(out, "data_through", string_json(in->data_through));
	json_object_object_add(out, "alternatives", arms_json(t));
	json_object_object_add(out, "srm", sample_ratio_json(t));
	json_object_object_add(out, "multiple_exposures", json_object_new_int64(t->multiple));
	json_object_object_add(
	    out, "placed", json_object_new_int64(t->participants - t->drawn));
	json_object_object_add(out, "goals", goals_json(t, all));
	json_object_object_add(out, "verdict", verdict_of(t, all, planned ? &plan : NULL));
	talloc_free(work);
	return out;
}
