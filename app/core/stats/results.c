/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Builds the JSON of the results from counted rows. NaN and infinity never leave this file: every
 * number passes number_json() of core/stats/number_json.h.
 */
#include "core/stats/results.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/stats/arm_counts.h"
#include "core/stats/compare.h"
#include "core/stats/analysis_json.h"
#include "core/stats/number_json.h"
#include "core/stats/verdict.h"

enum { WEEK = 7 };

static struct json_object *
string_json(const char *s)
{
	return s == NULL ? NULL : json_object_new_string(s);
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

/* What is shown of an arm in a goal; NULL for control. */
static const char *
state_text(const struct compare *x)
{
	if (x->family == 0)
		return NULL;
	return x->direction == 0 ? "undecided" : x->direction > 0 ? "better" : "worse";
}

static struct json_object *
goal_arm_json(const char *name, const struct arm_counts_cell *cell, const struct compare *x)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", string_json(name));
	json_object_object_add(o, "participants", json_object_new_int64(cell->participants));
	json_object_object_add(o, "conversions", json_object_new_int64(cell->conversions));
	json_object_object_add(o, "rate", number_json(x->rate));
	json_object_object_add(o, "difference", number_json(x->difference));
	json_object_object_add(o, "improvement", number_json(x->improvement));
	json_object_object_add(o, "chi2_confidence", number_json(x->chi2_confidence));
	json_object_object_add(o, "interval", interval_json(x->interval.lo, x->interval.hi));
	json_object_object_add(o, "chance_to_beat_control", number_json(x->beat.chance));
	json_object_object_add(o, "expected_loss", number_json(x->beat.loss));
	json_object_object_add(o, "mean_actions", number_json(x->mean));
	json_object_object_add(o, "state", string_json(state_text(x)));
	json_object_object_add(o, "mwu_confidence", number_json(x->mwu_confidence));
	json_object_object_add(o, "sequence", interval_json(x->sequence.lo, x->sequence.hi));
	json_object_object_add(o, "sequence_p", number_json(x->sequence.p));
	json_object_object_add(o, "adjusted_p", number_json(x->adjusted_p));
	json_object_object_add(o, "reason", string_json(x->reason));
	json_object_object_add(o, "histogram", histogram_json(cell->histogram));
	return o;
}

/* Takes away what is not known by day: how many participants did it how often. */
static void
drop_histograms(struct json_object *arms)
{
	for (size_t i = 0; i < json_items(arms); i++) {
		json_object_object_add(json_item(arms, i), "histogram", NULL);
		json_object_object_add(json_item(arms, i), "mwu_confidence", NULL);
	}
}

/* Adds the window of a goal; null where it has none. */
static void
add_window(struct json_object *o, const struct arm_counts_goal *goal)
{
	bool has = goal->window;

	json_object_object_add(
	    o, "window_from", has ? json_object_new_int64(goal->window_from) : NULL);
	json_object_object_add(o, "window_to", has ? json_object_new_int64(goal->window_to) : NULL);
	json_object_object_add(o, "waiting", json_object_new_int64(goal->waiting));
	json_object_object_add(o, "counted_since", string_json(goal->counted_since));
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
		add_window(o, &t->goals[g]);
		json_object_object_add(o, "alternatives", arms);
		if (t->goals[g].window)
			drop_histograms(arms);
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

/* What the evidence against the split is at most told as: beyond it, a double ends. */
#define LN_E_MOST 700

static struct json_object *
sample_ratio_json(const struct arm_counts *t)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "chi2", number_json(t->ratio.chi2));
	json_object_object_add(o, "p", number_json(t->ratio.p));
	json_object_object_add(o, "e", number_json(exp(fmin(t->ratio.ln_e, LN_E_MOST))));
	json_object_object_add(o, "p_any_time", number_json(t->ratio.p_any_time));
	json_object_object_add(o, "ok", json_object_new_boolean(t->ratio.ok));
	return o;
}

/* The last day that is over at the time of the results: one minute after its end its sums stand. */
static bool
last_whole_day(const struct results_input *in, int64_t *day)
{
	int64_t at;

	if (in->data_through == NULL || !instant_day(in->data_through, day))
		return false;
	if (in->day_is_over)
		return true;
	if (!instant_parse(in->data_through, strlen(in->data_through), &at))
		return false;
	*day = (at - 60 * INSTANT_SECOND) / INSTANT_DAY - 1;
	return true;
}

/* The whole days since the first participant, and the participants of a day among the last 7. */
static void
set_days(struct verdict_input *v, const struct results_input *in)
{
	int64_t today, day, first = 0, recent = 0;
	bool came = false;

	v->days = -1;
	if (!last_whole_day(in, &today))
		return;
	today++;
	for (size_t i = 0; i < json_items(in->days); i++) {
		struct json_object *row = json_item(in->days, i);
		int64_t n = json_object_get_int64(json_item(row, 2));
		const char *text = json_object_get_string(json_item(row, 0));
		if (n <= 0 || text == NULL || !instant_day(text, &day))
			continue;
		first = came && first < day ? first : day;
		came = true;
		recent += day < today && day >= today - WEEK ? n : 0;
	}
	if (!came || first > today)
		return;
	v->days = today - first;
	v->per_day = (double)recent / fmax(1, fmin((double)v->days, WEEK));
}

/* What the primary goal is decided by. */
static struct analysis *
make_analysis(void *ctx, const struct arm_counts *t, const struct results_input *in)
{
	struct analysis_input d = in->analysis;

	d.splits = in->splits;
	if (!last_whole_day(in, &d.last_whole))
		d.days = NULL;
	return analysis_of(ctx, t, &d);
}

/* The whole days since the first on which a window of the goal ended: days of the week differ. */
static int64_t
window_days(const struct results_input *in, int64_t hours)
{
	int64_t last, day, first = INT64_MAX;

	if (!last_whole_day(in, &last))
		return 0;
	for (size_t i = 0; i < json_items(in->ended); i++) {
		struct json_object *row = json_item(in->ended, i);
		const char *text = json_object_get_string(json_item(row, 0));
		if (json_object_get_int64(json_item(row, 1)) == hours && text != NULL &&
		    json_object_get_int64(json_item(row, 3)) > 0 && instant_day(text, &day) &&
		    day < first)
			first = day;
	}
	return first <= last ? last - first + 1 : 0;
}

struct json_object *
results_json(void *ctx, const struct results_input *in)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	void *work = mem_ctx(NULL);
	struct arm_counts *t = arm_counts_arms(work, in->alternatives, in->exposures, in->splits);

	arm_counts_goals(t, in->goals, in->conversions, in->windows);
	if (in->outcomes != NULL)
		arm_counts_outcomes(t, in->outcomes, in->windows);
	const struct analysis *d = make_analysis(work, t, in);
	const struct compare *all = compare_all(work, t, d);
	json_object_object_add(out, "experiment", string_json(in->experiment));
	json_object_object_add(out, "data_through", string_json(in->data_through));
	json_object_object_add(out, "alternatives", arms_json(t));
	json_object_object_add(out, "srm", sample_ratio_json(t));
	json_object_object_add(out, "multiple_exposures", json_object_new_int64(t->multiple));
	json_object_object_add(
	    out, "placed", json_object_new_int64(t->participants - t->drawn));
	struct json_object *goals = goals_json(t, all);
	json_object_object_add(out, "goals", goals);
	for (size_t i = 0; in->day_is_over && i < json_items(goals); i++)
		drop_histograms(json_object_object_get(json_item(goals, i), "alternatives"));
	struct verdict_input v = {.counts = t, .all = all, .analysis = d};
	int64_t days_to_go;
	set_days(&v, in);
	/* Of a goal with a window the days count on which windows have ended. */
	if (d->method == ANALYSIS_SPENDING)
		v.days = d->days;
	else if (t->ngoals > 0 && t->goals[0].window)
		v.days = window_days(in, t->goals[0].window_to);
	struct json_object *verdict = verdict_of(&v, &days_to_go);
	json_object_object_add(out, "decision", analysis_json(&v));
	json_object_object_add(
	    out, "days_to_go", days_to_go < 0 ? NULL : json_object_new_int64(days_to_go));
	json_object_object_add(out, "verdict", verdict);
	talloc_free(work);
	return out;
}
