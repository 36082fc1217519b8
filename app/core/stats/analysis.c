/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chooses the method and, where looks decide, makes them from what each day added. What the method
 * rests on, the arms and their shares, is that of the allocation under which the first participant
 * came: it must not follow the data.
 */
#include "core/stats/analysis.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"

#define ALPHA 0.05

enum { WEEK = 7, MOST_DAYS = 40000 };

/* Columns of a row of days, and of a decision of before. */
enum { DAY, DAY_ARM, DAY_SPLIT, DAY_PARTICIPANTS, DAY_CONVERSIONS };
enum { WAS_ARM, WAS_CROSSED, WAS_DAY, WAS_DECIDED_ON, WAS_T, WAS_Z, WAS_BOUND, WAS_D, WAS_LO,
	WAS_HI, WAS_ALPHA };

/* ---- The allocations ----------------------------------------------------------------------- */

static bool
has_participants(const struct arm_counts *t, const struct arm_counts_split *s)
{
	for (size_t i = 0; i < t->narms; i++)
		if (s->participants[i] > 0)
			return true;
	return false;
}

/* The number of the allocation under which the first participant came, or else of the last one;
 * INT64_MIN: none is known. *last: of the last one. */
static int64_t
first_allocation(const struct arm_counts *t, int64_t *last)
{
	int64_t first = INT64_MAX;

	*last = INT64_MIN;
	for (size_t i = 0; i < t->nsplits; i++) {
		const struct arm_counts_split *s = &t->splits[i];
		if (has_participants(t, s) && s->nr < first)
			first = s->nr;
		*last = s->nr > *last ? s->nr : *last;
	}
	return first < INT64_MAX ? first : *last;
}

static struct json_object *
allocation_of(struct json_object *splits, int64_t nr)
{
	char *name = mem_printf(NULL, "%" PRId64, nr);
	struct json_object *o = json_object_object_get(splits, name);

	talloc_free(name);
	return o;
}

static double
share_of(struct json_object *allocation, const char *id)
{
	double share = json_object_get_double(json_object_object_get(allocation, id));

	return isfinite(share) && share > 0 ? share : 0;
}

static double
arm_share(struct json_object *allocation, const struct arm_counts_arm *arm)
{
	char *id = mem_printf(NULL, "%" PRId64, arm->id);
	double share = share_of(allocation, id);

	talloc_free(id);
	return share;
}

static size_t
count_shares(struct json_object *allocation)
{
	size_t n = 0;

	json_object_object_foreach(json_members(allocation), id, share) {
		(void)share;
		n += share_of(allocation, id) > 0;
	}
	return n;
}

/* Whether a later allocation gives a share to an alternative that had none at first. */
static bool
was_added_to(struct json_object *splits, struct json_object *first, int64_t first_nr)
{
	int64_t nr;

	json_object_object_foreach(json_members(splits), key, shares) {
		if (!num_int(key, INT64_MIN, INT64_MAX, &nr) || nr <= first_nr)
			continue;
		json_object_object_foreach(json_members(shares), id, share) {
			(void)share;
			if (share_of(shares, id) > 0 && !(share_of(first, id) > 0))
				return true;
		}
	}
	return false;
}

/* ---- Looks --------------------------------------------------------------------------------- */

/* What an arm's participants did up to a day, by split. */
struct sums {
	double *n, *c;
};

static bool
row_day(struct json_object *row, size_t column, int64_t *day)
{
	const char *text = json_object_get_string(json_item(row, column));

	return text != NULL && instant_day(text, day);
}

static double
row_number(struct json_object *row, size_t column)
{
	return json_object_get_double(json_item(row, column));
}

static struct sums *
new_sums(void *ctx, const struct arm_counts *t)
{
	struct sums *sums = mem_array(ctx, struct sums, t->narms);

	for (size_t i = 0; i < t->narms; i++) {
		sums[i].n = mem_check(talloc_zero_array(sums, double, t->nsplits));
		sums[i].c = mem_check(talloc_zero_array(sums, double, t->nsplits));
	}
	return sums;
}

static void
add_row(const struct arm_counts *t, struct sums *sums, struct json_object *row)
{
	size_t arm = arm_counts_arm_index(t, json_object_get_int64(json_item(row, DAY_ARM)));
	size_t split = arm_counts_split_index(t, json_object_get_int64(json_item(row, DAY_SPLIT)));

	if (arm == t->narms || split == t->nsplits)
		return;
	sums[arm].n[split] += row_number(row, DAY_PARTICIPANTS);
	sums[arm].c[split] += row_number(row, DAY_CONVERSIONS);
}

/* The variance that the difference would have, if the effect were as planned. */
static double
effect_variance(const struct difference_split splits[], size_t n, double effect)
{
	double sum = 0, pairs = 0;

	for (size_t i = 0; i < n; i++) {
		const struct difference_arm *x = &splits[i].x, *c = &splits[i].control;
		if (!(x->n >= 2 && c->n >= 2 && x->spread >= 0 && c->spread >= 0))
			continue;
		double w = x->n * c->n / (x->n + c->n), pc = c->sum / c->n;
		double p = fmin(1, fmax(0, pc + effect));
		sum += w * w * (p * (1 - p) / x->n + pc * (1 - pc) / c->n);
		pairs += w;
	}
	return pairs > 0 ? sum / (pairs * pairs) : 0;
}

static struct look_day
look_day(const struct arm_counts *t, const struct sums *x, const struct sums *control,
    double effect)
{
	struct difference_split *splits = mem_array(NULL, struct difference_split, t->nsplits);

	for (size_t i = 0; i < t->nsplits; i++)
		splits[i] = (struct difference_split){
			{x->n[i], x->c[i], difference_rate_spread(x->n[i], x->c[i])},
			{control->n[i], control->c[i],
			    difference_rate_spread(control->n[i], control->c[i])}};
	struct look_day day = {.difference = difference_of(DIFFERENCE_RATE, splits, t->nsplits),
		.effect_v = effect_variance(splits, t->nsplits, effect)};
	talloc_free(splits);
	return day;
}

/* The first day with a participant; false: there was none. */
static bool
find_first_day(struct json_object *rows, int64_t *first)
{
	for (size_t i = 0; i < json_items(rows); i++)
		if (row_number(json_item(rows, i), DAY_PARTICIPANTS) > 0 &&
		    row_day(json_item(rows, i), DAY, first))
			return true;
	return false;
}

/* Sums up the whole days for every arm, whose arrays have d->days elements; without an effect, that
 * of the plan is none. */
static void
sum_days(const struct arm_counts *t, const struct analysis *d, struct json_object *rows,
    struct look_day **days)
{
	struct sums *sums = new_sums(NULL, t);
	size_t control = (size_t)(t->control - t->arms), next = 0;

	for (int64_t i = 0; i < d->days; i++) {
		bool same = i > 0;
		int64_t day;
		for (; next < json_items(rows); next++) {
			struct json_object *row = json_item(rows, next);
			if (row_day(row, DAY, &day) && day > d->first_day + i)
				break;
			add_row(t, sums, row);
			same = false;
		}
		for (size_t a = 0; a < t->narms; a++) {
			if (a != control)
				days[a][i] = same ? days[a][i - 1]
				    : look_day(t, &sums[a], &sums[control], d->plan->effect);
			days[a][i].day = d->first_day + i;
		}
	}
	talloc_free(sums);
}

/* Takes over what was decided of the arm by the last whole day. */
static void
take_decided(const struct arm_counts_arm *arm, const struct analysis_input *in,
    struct look_arm *looks)
{
	for (size_t i = 0; i < json_items(in->decided); i++) {
		struct json_object *row = json_item(in->decided, i);
		bool crossed = json_object_get_boolean(json_item(row, WAS_CROSSED));
		int64_t day, on;
		if (json_object_get_int64(json_item(row, WAS_ARM)) != arm->id ||
		    !row_day(row, WAS_DAY, &day) || !row_day(row, WAS_DECIDED_ON, &on) ||
		    on > in->last_whole || (looks->stands && !crossed))
			continue;
		looks->stands = crossed;
		looks->none_stands = looks->none_stands || !crossed;
		looks->stood = (struct look){.day = day, .t = row_number(row, WAS_T),
			.difference = {.d = row_number(row, WAS_D), .z = row_number(row, WAS_Z)},
			.bound = row_number(row, WAS_BOUND), .lo = row_number(row, WAS_LO),
			.hi = row_number(row, WAS_HI)};
		looks->stood_alpha = row_number(row, WAS_ALPHA);
		looks->decided_on = on;
	}
	/* Days after a final look that stands are no looks. */
	while (looks->none_stands && looks->n > 0 &&
	    looks->looks[looks->n - 1].day > looks->stood.day)
		looks->n--;
	looks->final = looks->final || looks->none_stands;
}

/* The information that the last days brought, each. */
static double
recent_information(const struct look_day *days, int64_t n, double needed)
{
	if (n == 0)
		return 0;
	double pairs = days[n - 1].difference.pairs;
	if (n > WEEK)
		pairs -= days[n - 1 - WEEK].difference.pairs;
	return 2 * pairs / needed / fmin((double)n, WEEK);
}

/* Makes and judges the looks of all arms that are compared. */
static void
make_looks(struct analysis *d, const struct arm_counts *t, const struct analysis_input *in)
{
	size_t control = (size_t)(t->control - t->arms), n = 0;
	struct look_arm *looks = mem_check(
	    talloc_zero_array(d, struct look_arm, d->compared + t->narms));
	struct look_day **days = mem_array(NULL, struct look_day *, t->narms);

	for (size_t i = 0; i < t->narms; i++)
		days[i] = mem_check(talloc_zero_array(days, struct look_day, (size_t)d->days));
	sum_days(t, d, in->days, days);
	for (size_t i = 0; i < t->narms; i++) {
		struct analysis_arm *arm = &d->arms[i];
		if (i == control || !arm->compared)
			continue;
		looks_choose(days[i], (size_t)d->days, arm->needed, d->first_day, &looks[n]);
		take_decided(&t->arms[i], in, &looks[n]);
		arm->per_day = recent_information(days[i], d->days, arm->needed);
		arm->looks = &looks[n++];
	}
	/* Alternatives that are gone are still counted: they stay undecided, without a look. */
	looks_judge(looks, n < d->compared ? d->compared : n, d->alpha, d->plan->effect);
	talloc_free(days);
}

/* ---- The method ---------------------------------------------------------------------------- */

static void
set_arms(struct analysis *d, const struct arm_counts *t, const struct analysis_input *in)
{
	int64_t last, nr = first_allocation(t, &last);
	struct json_object *first = allocation_of(in->splits, nr);
	struct json_object *now = allocation_of(in->splits, last);
	double control = t->control == NULL ? 0 : arm_share(first, t->control);

	d->compared = first == NULL ? t->narms : count_shares(first);
	d->compared -= t->control != NULL && (first == NULL || control > 0);
	for (size_t i = 0; i < t->narms; i++) {
		struct analysis_arm *arm = &d->arms[i];
		double share = arm_share(first, &t->arms[i]);
		*arm = (struct analysis_arm){.compared = first == NULL || share > 0,
			.enters = now == NULL || arm_share(now, &t->arms[i]) > 0, .needed = NAN,
			.tuning = {SEQUENCE_TUNED_FOR, ALPHA}};
		if (d->plan == NULL || &t->arms[i] == t->control || !arm->compared)
			continue;
		double pair = share > 0 && control > 0 ? share / (share + control) : 0.5;
		arm->needed = (double)plan_needed(d->plan, d->compared + 1, pair);
		d->needed = isnan(d->needed) ? arm->needed : fmax(d->needed, arm->needed);
		if (in->plan_valid)
			arm->tuning.n = 2 * arm->needed;
	}
}

/* Why the plan, which is from before the first participant, does not decide; NULL: it does. */
static const char *
plan_fault(const struct analysis *d, const struct arm_counts *t, const struct analysis_input *in)
{
	int64_t last, nr = first_allocation(t, &last);

	if (in->plan_goal != NULL && strcmp(in->plan_goal, t->goals[0].name) != 0)
		return "the goal that decides was changed after the first participant came";
	if (was_added_to(in->splits, allocation_of(in->splits, nr), nr))
		return "an alternative was added after the first participant came";
	if (t->goals[0].mwu)
		return "the plan is about who does it, and the goal counts how often";
	if (!t->goals[0].window)
		return "the goal that decides has no window, within which a hit must come";
	return in->days == NULL || d->compared == 0 ? "there are no counts by day" : NULL;
}

static void
set_method(struct analysis *d, const struct arm_counts *t, const struct analysis_input *in)
{
	const char *fault;

	if (t->control == NULL || t->narms < 2 || t->ngoals == 0 || !in->has_primary) {
		d->why = t->control == NULL || t->narms < 2
		    ? "there is nothing to compare" : "no goal is named that decides";
		return;
	}
	d->method = ANALYSIS_SEQUENCE;
	if (d->plan == NULL) {
		d->why = "there is no plan: the confidence sequence decides, at every look";
		return;
	}
	if (!in->plan_valid) {
		d->why = "the plan was made after the first participant came, so it only says how "
		    "many are needed: the confidence sequence decides, at every look";
		return;
	}
	fault = plan_fault(d, t, in);
	d->alpha = d->plan->alpha;
	if (fault != NULL) {
		d->why = mem_printf(
		    d, "%s: the confidence sequence decides, at every look", fault);
		return;
	}
	d->method = ANALYSIS_SPENDING;
	d->why = "the plan was made before the first participant came: looks at the end of whole "
	    "days decide, which spend alpha as the plan is fulfilled";
}

struct analysis *
analysis_of(void *ctx, const struct arm_counts *t, const struct analysis_input *in)
{
	struct analysis *d = mem_new(ctx, struct analysis);
	struct plan *plan = mem_new(d, struct plan);

	*d = (struct analysis){.alpha = ALPHA, .needed = NAN, .days = -1, .closed = in->closed,
		.arms = mem_check(talloc_zero_array(d, struct analysis_arm, t->narms))};
	if (in->plan != NULL && plan_read(in->plan, "/plan", problem_new(plan), plan))
		d->plan = plan;
	set_arms(d, t, in);
	set_method(d, t, in);
	if (in->days != NULL) {
		bool came = find_first_day(in->days, &d->first_day);
		d->days = came && d->first_day <= in->last_whole
		    ? in->last_whole - d->first_day + 1 : 0;
		d->days = d->days > MOST_DAYS ? MOST_DAYS : d->days;
		d->waiting = t->ngoals > 0 ? t->goals[0].waiting : 0;
	}
	if (d->method == ANALYSIS_SPENDING)
		make_looks(d, t, in);
	return d;
}

double
analysis_information(const struct analysis_arm *arm)
{
	if (arm->looks == NULL)
		return NAN;
	return arm->looks->decided ? looks_shown(arm->looks)->t : arm->looks->information;
}

bool
analysis_final_day(const struct analysis *d, const struct analysis_arm *arm, int64_t *day)
{
	double t = analysis_information(arm), left;

	if (arm->looks == NULL)
		return false;
	if (arm->looks->final) {
		*day = arm->looks->none_stands ? arm->looks->stood.day
		    : arm->looks->looks[arm->looks->n - 1].day;
		return true;
	}
	left = t >= 1 ? 1 : arm->per_day > 0 ? ceil((1 - t) / arm->per_day - 1e-9) : INFINITY;
	if (left > MOST_DAYS)
		return false;
	double weeks = ceil(((double)d->days + left) / WEEK);
	*day = d->first_day + (int64_t)weeks * WEEK - 1;
	return true;
}

const char *
analysis_day(void *ctx, int64_t day)
{
	char text[INSTANT_TEXT];

	instant_format(day * INSTANT_DAY, text);
	return mem_dupn(ctx, text, sizeof "2026-11-21" - 1);
}
