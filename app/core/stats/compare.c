/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compares every arm with control in every goal. Each number that cannot be computed is NAN and has
 * its reason in words; the p values of all comparisons together are adjusted by Holm's method.
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
};

static struct stats_rate
rate_of(const struct arm_counts_arm *arm, const struct arm_counts_cell *cell)
{
	return (struct stats_rate){arm->participants, cell->conversions};
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

/* Intervals and p, for which each arm needs STATS_BURN_IN participants. */
static void
add_intervals(void *ctx, struct compare *x, struct stats_rate a, struct stats_rate c)
{
	bool few = a.n < STATS_BURN_IN || c.n < STATS_BURN_IN;

	add_reason(ctx, x, few,
	    mem_printf(ctx, "fewer than %d participants in an arm: no interval and no p",
		STATS_BURN_IN));
	if (few)
		return;
	x->interval = stats_newcombe(a, c);
	x->sequence = stats_sequence(a, c, STATS_TUNED_FOR, ALPHA);
	x->adjusted_p = x->sequence.p;
	add_reason(ctx, x, isnan(x->sequence.p),
	    "no variance in either arm: no confidence sequence");
	if (isnan(x->sequence.p))
		return;
	x->sequence.lo = fmax(x->sequence.lo, -1);
	x->sequence.hi = fmin(x->sequence.hi, 1);
}

static struct compare
compare_arm(void *ctx, const struct arm_counts *t, const struct arm_counts_goal *goal, size_t arm)
{
	struct compare x = absent;
	const struct arm_counts_cell *cell = &goal->cells[arm];
	const struct arm_counts_cell *other =
	    t->control != NULL ? &goal->cells[t->control - t->arms] : cell;
	struct stats_rate a = rate_of(&t->arms[arm], cell);
	struct stats_rate c = t->control != NULL ? rate_of(t->control, other) : a;

	if (is_rate(a)) {
		x.rate = (double)a.c / (double)a.n;
		x.mean = cell->actions / (double)a.n;
	}
	x.reason = missing_reason(t, &t->arms[arm], a, c);
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
	add_intervals(ctx, &x, a, c);
	if (goal->mwu)
		add_mann_whitney(ctx, &x, cell->histogram, other->histogram);
	return x;
}

size_t
compare_count(const struct arm_counts *t)
{
	return t->control == NULL ? 0 : t->ngoals * (t->narms - 1);
}

struct compare *
compare_all(void *ctx, const struct arm_counts *t)
{
	size_t n = t->ngoals * t->narms;
	struct compare *all = mem_array(ctx, struct compare, n);
	double *p = mem_array(all, double, n);
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		size_t arm = i % t->narms;
		all[i] = compare_arm(all, t, &t->goals[i / t->narms], arm);
		if (t->control != NULL && &t->arms[arm] != t->control)
			p[used++] = all[i].adjusted_p;
	}
	stats_holm(p, used);
	used = 0;
	for (size_t i = 0; i < n; i++)
		if (t->control != NULL && &t->arms[i % t->narms] != t->control)
			all[i].adjusted_p = p[used++];
	talloc_free(p);
	return all;
}
