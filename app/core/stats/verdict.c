/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict in words. Conditions that make the numbers meaningless are checked first, in an order
 * in which each would make the later ones meaningless: no participants, a broken sample ratio,
 * multiple exposures, a sample below the plan. Only then are the arms compared.
 */
#include "core/stats/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

#include "base/mem.h"

#define SPLIT_P 0.001    /* the sample ratio is broken below this p */
#define MIXED_SHARE 0.01 /* of participants that may have seen several alternatives */
#define ALPHA 0.05

struct judge {
	const struct arm_counts *t;
	const struct compare *all;
	const struct plan *plan;
	struct json_object *reasons;
};

static void add_reason(struct judge *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
add_reason(struct judge *j, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *text = mem_vprintf(NULL, fmt, ap);
	va_end(ap);
	json_object_array_add(j->reasons, json_object_new_string(text));
	talloc_free(text);
}

bool
verdict_split_ok(const struct arm_counts *t)
{
	return isnan(t->ratio.p) || t->ratio.p >= SPLIT_P;
}

static const struct compare *
comparison_of(const struct judge *j, size_t goal, size_t arm)
{
	return &j->all[goal * j->t->narms + arm];
}

/* 1: significantly better than control in the goal, -1: significantly worse, 0: neither. */
static int
significant_direction(const struct judge *j, size_t goal, size_t arm)
{
	const struct compare *x = comparison_of(j, goal, arm);

	if (!(x->adjusted_p < ALPHA))
		return 0;
	double base = comparison_of(j, goal, (size_t)(j->t->control - j->t->arms))->rate;
	return (x->rate > base) - (x->rate < base);
}

/* Adds the numbers of one arm in one goal. */
static void
add_arm_reason(struct judge *j, size_t goal, size_t arm, const char *what)
{
	const struct arm_counts *t = j->t;
	const struct arm_counts_goal *g = &t->goals[goal];
	const struct compare *x = comparison_of(j, goal, arm);
	size_t c = (size_t)(t->control - t->arms);

	if (isnan(x->sequence.p)) {
		add_reason(j, "%s in %s: %s (%s)", t->arms[arm].name, g->name, what, x->reason);
		return;
	}
	add_reason(j,
	    "%s in %s: %s; %.4g %% (%" PRId64 " of %" PRId64 ") against control's %.4g %% (%" PRId64
	    " of %" PRId64 "), difference %+.4g points, always-valid 95 %% interval "
	    "%+.4g to %+.4g; p %.3g, adjusted for %zu comparisons",
	    t->arms[arm].name, g->name, what, x->rate * 100, g->cells[arm].conversions,
	    t->arms[arm].participants, comparison_of(j, goal, c)->rate * 100,
	    g->cells[c].conversions, t->control->participants, x->difference * 100,
	    x->sequence.lo * 100, x->sequence.hi * 100, x->adjusted_p, compare_count(t));
}

/* ---- Conditions that make the numbers meaningless ------------------------------------------ */

static bool
sample_ratio_is_broken(struct judge *j)
{
	const struct arm_counts *t = j->t;

	if (verdict_split_ok(t))
		return false;
	add_reason(j, "sample ratio: chi-square %.4g, p %.3g, which is below %g", t->ratio.chi2,
	    t->ratio.p, SPLIT_P);
	for (size_t i = 0; i < t->narms; i++)
		if (t->arms[i].expected > 0)
			add_reason(j, "%s: %" PRId64 " participants, %.0f expected",
			    t->arms[i].name, t->arms[i].drawn, t->arms[i].expected);
	return true;
}

static bool
too_many_multiple_exposures(struct judge *j)
{
	double share = (double)j->t->multiple / (double)j->t->participants;

	if (!(share > MIXED_SHARE))
		return false;
	add_reason(j,
	    "%" PRId64 " of %" PRId64 " participants (%.4g %%) saw more than one alternative; "
	    "at most %g %% may",
	    j->t->multiple, j->t->participants, share * 100, MIXED_SHARE * 100);
	return true;
}

static bool
sample_is_below_plan(struct judge *j)
{
	bool below = false;

	if (j->plan == NULL)
		return false;
	for (size_t i = 0; i < j->t->narms; i++) {
		const struct arm_counts_arm *arm = &j->t->arms[i];
		/* An arm without a share of the allocation never grows. */
		if (arm->participants >= j->plan->needed || arm->share == 0)
			continue;
		below = true;
		add_reason(j, "%s: %" PRId64 " participants, the plan needs %" PRId64, arm->name,
		    arm->participants, j->plan->needed);
	}
	return below;
}

/* ---- The comparison of the arms ------------------------------------------------------------ */

static bool
is_treatment(const struct judge *j, size_t arm)
{
	return &j->t->arms[arm] != j->t->control;
}

/* Of the arms that are better in the primary goal, the one with the best rate; narms: none. */
static size_t
find_best(const struct judge *j)
{
	size_t best = j->t->narms;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_treatment(j, i) || significant_direction(j, 0, i) <= 0)
			continue;
		if (best == j->t->narms ||
		    comparison_of(j, 0, i)->rate > comparison_of(j, 0, best)->rate)
			best = i;
	}
	return best;
}

static const char *
direction_words(int way)
{
	static const char *const words[] = {
	    "worse than control", "no difference shown yet", "better than control"};

	return words[way + 1];
}

static void
add_primary_reasons(struct judge *j)
{
	size_t better = 0;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_treatment(j, i))
			continue;
		add_arm_reason(j, 0, i, direction_words(significant_direction(j, 0, i)));
		better += significant_direction(j, 0, i) > 0;
	}
	if (better > 1)
		add_reason(j,
		    "%zu alternatives are better than control; they are not tested against each "
		    "other", better);
}

static void
add_harm_reasons(struct judge *j)
{
	for (size_t g = 1; g < j->t->ngoals; g++)
		for (size_t i = 0; i < j->t->narms; i++)
			if (is_treatment(j, i) && significant_direction(j, g, i) < 0)
				add_arm_reason(j, g, i, "harm, worse than control");
}

static const char *
compared_text(struct judge *j, void *ctx)
{
	const struct arm_counts *t = j->t;

	if (t->control == NULL || t->narms < 2) {
		add_reason(j, "there is only one alternative, so there is nothing to compare");
		return "No difference shown yet.";
	}
	if (t->ngoals == 0) {
		add_reason(j, "there is no goal to compare the alternatives by");
		return "No difference shown yet.";
	}
	add_primary_reasons(j);
	add_harm_reasons(j);
	size_t best = find_best(j);
	if (best < t->narms)
		return mem_printf(ctx, "Winner: %s.", t->arms[best].name);
	for (size_t i = 0; i < t->narms; i++)
		if (is_treatment(j, i) && significant_direction(j, 0, i) < 0)
			return "Control is better.";
	return "No difference shown yet.";
}

static const char *
verdict_text(struct judge *j, void *ctx)
{
	if (j->t->participants == 0) {
		add_reason(j, "0 participants");
		return "Waiting for the first participant.";
	}
	if (sample_ratio_is_broken(j))
		return "Do not trust these numbers: the split is broken.";
	if (too_many_multiple_exposures(j))
		return "Do not trust these numbers: subjects saw more than one alternative.";
	if (sample_is_below_plan(j))
		return "Keep running: the sample is below the plan.";
	return compared_text(j, ctx);
}

struct json_object *
verdict_of(const struct arm_counts *t, const struct compare *all, const struct plan *plan)
{
	struct judge j = {t, all, plan, json_object_new_array()};
	struct json_object *out = json_object_new_object();
	void *ctx = mem_ctx(NULL);

	json_object_object_add(out, "text", json_object_new_string(verdict_text(&j, ctx)));
	if (t->drawn > 0 && t->narms > 1 && isnan(t->ratio.p))
		add_reason(&j, "the sample ratio was not checked: no allocation is known");
	if (t->participants > t->drawn)
		add_reason(&j,
		    "%" PRId64 " of %" PRId64 " participants were assigned manually and are left "
		    "out of the sample ratio check", t->participants - t->drawn, t->participants);
	if (plan == NULL)
		add_reason(&j,
		    "there is no plan, so the needed number of participants is not known");
	json_object_object_add(out, "reasons", j.reasons);
	talloc_free(ctx);
	return out;
}
