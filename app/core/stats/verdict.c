/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From numbers to words. The questions come in the order in which an answer makes those behind it
 * meaningless.
 */
#include "core/stats/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

#include "base/mem.h"

#define SPLIT_P 0.001    /* below it a split is broken */
#define MIXED_SHARE 0.01 /* of the participants */
#define ALPHA 0.05

struct judge {
	const struct arm_counts *t;
	const struct compare *all;
	const struct plan *plan;
	struct json_object *reasons;
};

static void say(struct judge *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
say(struct judge *j, const char *fmt, ...)
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
compared(const struct judge *j, size_t goal, size_t arm)
{
	return &j->all[goal * j->t->narms + arm];
}

/* 1: surely better than control in the goal, -1: surely worse, 0: neither is shown. */
static int
direction(const struct judge *j, size_t goal, size_t arm)
{
	const struct compare *x = compared(j, goal, arm);

	if (!(x->adjusted_p < ALPHA))
		return 0;
	double base = compared(j, goal, (size_t)(j->t->control - j->t->arms))->rate;
	return (x->rate > base) - (x->rate < base);
}

/* One arm in one goal, in numbers. */
static void
say_arm(struct judge *j, size_t goal, size_t arm, const char *what)
{
	const struct arm_counts *t = j->t;
	const struct arm_counts_goal *g = &t->goals[goal];
	const struct compare *x = compared(j, goal, arm);
	size_t c = (size_t)(t->control - t->arms);

	if (isnan(x->sequence.p)) {
		say(j, "%s in %s: %s (%s)", t->arms[arm].name, g->name, what, x->reason);
		return;
	}
	say(j,
	    "%s in %s: %s; %.4g %% (%" PRId64 " of %" PRId64 ") against control's %.4g %% (%" PRId64
	    " of %" PRId64 "), difference %+.4g points, peek-safe 95 %% interval %+.4g to %+.4g; "
	    "p %.3g, corrected for %zu comparisons",
	    t->arms[arm].name, g->name, what, x->rate * 100, g->cells[arm].conversions,
	    t->arms[arm].participants, compared(j, goal, c)->rate * 100, g->cells[c].conversions,
	    t->control->participants, x->difference * 100,
	    x->sequence.lo * 100, x->sequence.hi * 100, x->adjusted_p, compare_count(t));
}

/* ---- What makes the numbers meaningless ---------------------------------------------------- */

static bool
is_broken(struct judge *j)
{
	const struct arm_counts *t = j->t;

	if (verdict_split_ok(t))
		return false;
	say(j, "sample ratio: chi-square %.4g, p %.3g, which is below %g", t->ratio.chi2,
	    t->ratio.p, SPLIT_P);
	for (size_t i = 0; i < t->narms; i++)
		if (t->arms[i].expected > 0)
			say(j, "%s: %" PRId64 " participants, %.0f expected", t->arms[i].name,
			    t->arms[i].drawn, t->arms[i].expected);
	return true;
}

static bool
is_mixed(struct judge *j)
{
	double share = (double)j->t->multiple / (double)j->t->participants;

	if (!(share > MIXED_SHARE))
		return false;
	say(j,
	    "%" PRId64 " of %" PRId64 " participants (%.4g %%) saw more than one alternative; "
	    "at most %g %% may",
	    j->t->multiple, j->t->participants, share * 100, MIXED_SHARE * 100);
	return true;
}

static bool
is_below_plan(struct judge *j)
{
	bool below = false;

	if (j->plan == NULL)
		return false;
	for (size_t i = 0; i < j->t->narms; i++) {
		const struct arm_counts_arm *arm = &j->t->arms[i];
		/* An arm that nobody is to get never grows. */
		if (arm->participants >= j->plan->needed || arm->share == 0)
			continue;
		below = true;
		say(j, "%s: %" PRId64 " participants, the plan needs %" PRId64, arm->name,
		    arm->participants, j->plan->needed);
	}
	return below;
}

/* ---- What they say ------------------------------------------------------------------------- */

static bool
is_other(const struct judge *j, size_t arm)
{
	return &j->t->arms[arm] != j->t->control;
}

/* The best of the arms that are better in the first goal; narms when none is. */
static size_t
find_best(const struct judge *j)
{
	size_t best = j->t->narms;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_other(j, i) || direction(j, 0, i) <= 0)
			continue;
		if (best == j->t->narms || compared(j, 0, i)->rate > compared(j, 0, best)->rate)
			best = i;
	}
	return best;
}

static const char *
word_of(int way)
{
	static const char *const words[] = {
	    "worse than control", "no difference shown yet", "better than control"};

	return words[way + 1];
}

static void
say_primary(struct judge *j)
{
	size_t better = 0;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_other(j, i))
			continue;
		say_arm(j, 0, i, word_of(direction(j, 0, i)));
		better += direction(j, 0, i) > 0;
	}
	if (better > 1)
		say(j, "%zu alternatives are better than control; they are not tested against "
		       "each other", better);
}

static void
say_harm(struct judge *j)
{
	for (size_t g = 1; g < j->t->ngoals; g++)
		for (size_t i = 0; i < j->t->narms; i++)
			if (is_other(j, i) && direction(j, g, i) < 0)
				say_arm(j, g, i, "harm, worse than control");
}

static const char *
outcome(struct judge *j, void *ctx)
{
	const struct arm_counts *t = j->t;

	if (t->control == NULL || t->narms < 2) {
		say(j, "there is only one alternative: nothing to compare");
		return "No difference shown yet.";
	}
	if (t->ngoals == 0) {
		say(j, "there is no goal to compare");
		return "No difference shown yet.";
	}
	say_primary(j);
	say_harm(j);
	size_t best = find_best(j);
	if (best < t->narms)
		return mem_printf(ctx, "Winner: %s.", t->arms[best].name);
	for (size_t i = 0; i < t->narms; i++)
		if (is_other(j, i) && direction(j, 0, i) < 0)
			return "Control is better.";
	return "No difference shown yet.";
}

static const char *
judge(struct judge *j, void *ctx)
{
	if (j->t->participants == 0) {
		say(j, "0 participants");
		return "No participants yet.";
	}
	if (is_broken(j))
		return "Do not trust these numbers: the split is broken.";
	if (is_mixed(j))
		return "Do not trust these numbers: subjects saw more than one alternative.";
	if (is_below_plan(j))
		return "Wait: the sample is below the plan.";
	return outcome(j, ctx);
}

struct json_object *
verdict_of(const struct arm_counts *t, const struct compare *all, const struct plan *plan)
{
	struct judge j = {t, all, plan, json_object_new_array()};
	struct json_object *out = json_object_new_object();
	void *ctx = mem_ctx(NULL);

	json_object_object_add(out, "text", json_object_new_string(judge(&j, ctx)));
	if (t->drawn > 0 && t->narms > 1 && isnan(t->ratio.p))
		say(&j, "the split was not checked: no shares are known");
	if (t->participants > t->drawn)
		say(&j, "%" PRId64 " of %" PRId64 " participants were placed by hand: the check of "
			"the split leaves them out", t->participants - t->drawn, t->participants);
	if (plan == NULL)
		say(&j, "there is no plan that says how many participants are needed");
	json_object_object_add(out, "reasons", j.reasons);
	talloc_free(ctx);
	return out;
}
