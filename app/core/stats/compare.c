/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compares every arm with control in every goal. Each number that cannot be computed is NAN and has
 * its reason in words. The p values of the primary goal, which is the first, are adjusted by Holm's
 * method over its arms; those of all other goals together: a goal of little importance must not
 * cost the primary one power.
 */
#include "core/stats/compare.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"

#define ALPHA 0.05

static const struct compare absent = {
    .rate = NAN,
    .mean = NAN,
    .difference = NAN,
    .improvement = NAN,
    .chi2_confidence = NAN,
    .mwu_confidence = NAN,
    .interval = {NAN, NAN},
    .beat = {NAN, NAN, NAN},
    .sequence = {NAN, NAN, NAN},
    .adjusted_p = NAN,
    .level = NAN,
    .shown = NAN,
    .tested = {.d = NAN, .v = NAN, .z = NAN},
};

static struct stats_rate
rate_of(const struct arm_counts_cell *cell)
{
	return (struct stats_rate){cell->participants, cell->conversions};
}

static double
mean_of(const struct arm_counts_cell *cell)
{
	return cell->actions / (double)cell->participants;
}

static bool
is_rate(struct stats_rate r)
{
	return r.n > 0 && r.c <= r.n;
}

/* Why the arm cannot be compared at all; NULL when it can. */
static const char *
missing_reason(const struct arm_counts *t, const struct arm_counts_arm *arm, struct stats_rate a,
    struct stats_rate c)
{
	if (a.n == 0)
		return "no participants";
	if (!is_rate(a))
		return "more conversions than participants";
	if (arm == t->control)
		return "baseline of the comparison";
	if (t->control == NULL)
		return "there is no control";
	if (c.n == 0)
		return "no participants in control";
	return is_rate(c) ? NULL : "more conversions than participants in control";
}

/* Why a goal has no participants: those from before it had its window are to be counted. */
static const char *
uncounted_reason(void *ctx, const struct arm_counts_goal *goal)
{
	if (goal->counted_since == NULL)
		return "participants are not counted by the window of this goal";
	return mem_printf(ctx, "participants are counted by the window of this goal since %s; "
	    "those from before are being added", goal->counted_since);
}

static void
add_reason(void *ctx, struct compare *x, bool missing, const char *why)
{
	if (missing)
		x->reason =
		    x->reason == NULL ? why : mem_printf(ctx, "%s; %s", x->reason, why);
}

static void
add_mann_whitney(void *ctx, struct compare *x, struct stats_histogram a,
    struct stats_histogram control)
{
	struct stats_mwu mwu = stats_mann_whitney(a, control);

	x->mwu_confidence = mwu.confidence;
	add_reason(ctx, x, isnan(mwu.u),
	    "fewer than 20 participants in an arm: no Mann-Whitney test");
	add_reason(ctx, x, !isnan(mwu.u) && isnan(mwu.p),
	    "all participants have equally many actions: no Mann-Whitney test");
}

/* What the arm's participants did in one split, or (split NULL) in all of them together. */
static struct difference_arm
difference_arm(const struct arm_counts_goal *goal, size_t arm, size_t split)
{
	const struct arm_counts_cell *cell = &goal->cells[arm];
	double n, converted, actions, spread;

	if (cell->by_split != NULL) {
		n = cell->by_split[split].participants;
		converted = cell->by_split[split].conversions;
		actions = cell->by_split[split].actions;
		spread = cell->by_split[split].spread;
	} else {
		n = (double)cell->participants;
		converted = (double)cell->conversions;
		actions = cell->actions;
		spread = cell->spread;
	}
	return goal->mwu ? (struct difference_arm){n, actions, spread}
			 : (struct difference_arm){
				n, converted, difference_rate_spread(n, converted)};
}

/* The difference between the arm and control, each split compared by itself. */
static struct difference
difference_between(void *ctx, const struct arm_counts *t, const struct arm_counts_goal *goal,
    size_t arm)
{
	size_t control = (size_t)(t->control - t->arms);
	size_t n = goal->cells[arm].by_split != NULL ? t->nsplits : 1;
	struct difference_split *splits = mem_array(ctx, struct difference_split, n);

	for (size_t i = 0; i < n; i++) {
		splits[i].x = difference_arm(goal, arm, i);
		splits[i].control = difference_arm(goal, control, i);
	}
	struct difference d = difference_of(
	    goal->mwu ? DIFFERENCE_MEAN : DIFFERENCE_RATE, splits, n);
	talloc_free(splits);
	return d;
}

/* The always-valid p, for which each arm needs SEQUENCE_BURN_IN participants. */
static void
add_p(void *ctx, struct compare *x, struct sequence_tuning tuning)
{
	bool few = isnan(x->tested.d) || x->tested.fewest < SEQUENCE_BURN_IN;

	add_reason(ctx, x, few,
	    mem_printf(ctx, "fewer than %d participants in an arm: no interval and no p",
		SEQUENCE_BURN_IN));
	add_reason(ctx, x, !few && isnan(x->tested.z),
	    "no variance in either arm: no confidence sequence");
	x->adjusted_p = sequence_of(&x->tested, tuning, ALPHA).p;
}

static struct compare
compare_arm(void *ctx, const struct arm_counts *t, const struct arm_counts_goal *goal,
    size_t arm, struct sequence_tuning tuning)
{
	struct compare x = absent;
	const struct arm_counts_cell *cell = &goal->cells[arm];
	const struct arm_counts_cell *other =
	    t->control != NULL ? &goal->cells[t->control - t->arms] : cell;
	struct stats_rate a = rate_of(cell);
	struct stats_rate c = t->control != NULL ? rate_of(other) : a;

	if (is_rate(a)) {
		x.rate = (double)a.c / (double)a.n;
		x.mean = mean_of(cell);
	}
	x.reason = goal->counted ? missing_reason(t, &t->arms[arm], a, c)
				 : uncounted_reason(ctx, goal);
	if (a.n == 0 && goal->counted && t->arms[arm].participants > 0)
		x.reason = "no participant whose window has ended";
	if (x.reason != NULL)
		return x;
	double base = (double)c.c / (double)c.n;
	if (a.c > 0 && c.c > 0)
		x.improvement = (x.rate - base) / base * 100;
	x.chi2_confidence = stats_chi2(a, c).confidence;
	x.difference = x.rate - base;
	/* Without variance the posteriors would only reflect the sizes of the arms. */
	if (!isnan(x.chi2_confidence))
		x.beat = stats_beat(a, c);
	add_reason(ctx, &x, isnan(x.improvement), "a rate is 0: no improvement in percent");
	add_reason(ctx, &x, isnan(x.chi2_confidence),
	    "nobody or everybody converted: no chi-square test and no chance to beat control");
	if (a.n >= SEQUENCE_BURN_IN && c.n >= SEQUENCE_BURN_IN)
		x.interval = stats_newcombe(a, c);
	x.tested = difference_between(ctx, t, goal, arm);
	add_p(ctx, &x, tuning);
	add_reason(ctx, &x, x.tested.d * (goal->mwu ? x.mean - mean_of(other)
						     : x.difference) < 0,
	    "the allocation was changed: compared within each period, where the difference has the "
	    "opposite sign");
	if (goal->mwu)
		add_mann_whitney(ctx, &x, cell->histogram, other->histogram);
	return x;
}

/* A family of n comparisons, judged at level alpha together. */
struct family {
	const double *p;        /* as they came */
	const double *adjusted; /* by Holm's method */
	size_t n;
	double alpha;
};

/* The level at which Holm's method tests comparison `which`: those rejected before it are counted
 * out. */
static double
holm_level(const struct family *f, size_t which)
{
	bool rejected = f->adjusted[which] < f->alpha;
	size_t before = 0;

	for (size_t i = 0; i < f->n; i++) {
		bool first = !rejected || f->p[i] < f->p[which] ||
		    (i < which && f->p[i] == f->p[which]);
		before += i != which && f->adjusted[i] < f->alpha && first;
	}
	return f->alpha / (double)(f->n - before);
}

/* Rates differ by 1 at most. */
static void
cut_interval(struct compare *x, const struct arm_counts_goal *goal)
{
	if (goal->mwu || isnan(x->sequence.lo))
		return;
	x->sequence.lo = fmax(x->sequence.lo, -1);
	x->sequence.hi = fmin(x->sequence.hi, 1);
}

/* What comparison i is tuned for: the primary goal for its own level. */
static struct sequence_tuning
tuning_of(const struct arm_counts *t, const struct analysis *d, size_t i)
{
	struct sequence_tuning tuning = d->arms[i % t->narms].tuning;

	if (i < t->narms)
		tuning.alpha = d->alpha;
	return tuning;
}

/* Adjusts the p values of the goals from first to last, one family, and sets the intervals. */
static void
judge_family(const struct arm_counts *t, const struct analysis *d, struct compare *all,
    size_t first, size_t last)
{
	size_t n = 0;
	double *p = mem_array(all, double, (last - first) * t->narms);
	double *raw = mem_array(all, double, (last - first) * t->narms);
	size_t *at = mem_array(all, size_t, (last - first) * t->narms);

	for (size_t i = first * t->narms; i < last * t->narms; i++) {
		if (t->control == NULL || &t->arms[i % t->narms] == t->control)
			continue;
		at[n] = i;
		raw[n] = all[i].adjusted_p;
		p[n] = raw[n];
		n++;
	}
	stats_holm(p, n);
	struct family f = {raw, p, n, first == 0 ? d->alpha : ALPHA};
	for (size_t k = 0; k < n; k++) {
		struct compare *x = &all[at[k]];
		x->family = n;
		x->adjusted_p = p[k];
		x->level = holm_level(&f, k);
		x->sequence = sequence_of(&x->tested, tuning_of(t, d, at[k]), x->level);
		x->shown = x->tested.d;
		if (p[k] < f.alpha)
			x->direction = (x->tested.d > 0) - (x->tested.d < 0);
		cut_interval(x, &t->goals[at[k] / t->narms]);
	}
	talloc_free(at);
	talloc_free(raw);
	talloc_free(p);
}

/* The primary goal, where looks decide: what the last look says, or the one that decided. */
static void
judge_looks(const struct arm_counts *t, const struct analysis *d, struct compare *all)
{
	for (size_t i = 0; i < t->narms; i++) {
		struct compare *x = &all[i];
		const struct look_arm *looks = d->arms[i].looks;
		const struct look *l = looks == NULL ? NULL : looks_shown(looks);
		if (&t->arms[i] == t->control)
			continue;
		x->family = d->compared;
		x->adjusted_p = NAN;
		x->direction = 0;
		x->sequence.lo = l == NULL ? NAN : l->lo;
		x->sequence.hi = l == NULL ? NAN : l->hi;
		x->shown = l == NULL ? NAN : l->difference.d;
		x->level = looks == NULL ? NAN : looks->alpha;
		cut_interval(x, &t->goals[0]);
		if (looks != NULL && looks->decided)
			x->direction = l->difference.d > 0 ? 1 : -1;
		add_reason(all, x, true, l == NULL
		    ? "looks at the end of days decide, and there was none so far"
		    : "looks at the end of days decide: the interval is that of the last one, and "
		      "there is no adjusted p");
	}
}

struct compare *
compare_all(void *ctx, const struct arm_counts *t, const struct analysis *d)
{
	size_t n = t->ngoals * t->narms;
	struct compare *all = mem_array(ctx, struct compare, n);

	for (size_t i = 0; i < n; i++) {
		all[i] = compare_arm(
		    all, t, &t->goals[i / t->narms], i % t->narms, tuning_of(t, d, i));
	}
	if (t->ngoals == 0)
		return all;
	judge_family(t, d, all, 0, 1);
	if (d->method == ANALYSIS_SPENDING)
		judge_looks(t, d, all);
	judge_family(t, d, all, 1, t->ngoals);
	return all;
}
