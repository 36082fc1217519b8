/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict in words. Conditions that make the numbers meaningless are checked first, in an order
 * in which each would make the later ones meaningless; only then are the arms compared. Harm is
 * said as soon as it is shown: neither a plan nor the first week holds it back.
 */
#include "core/stats/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "core/stats/plan_verdict.h"

#define MIXED_SHARE 0.01 /* of participants that may have seen several alternatives */

enum { MIXED_LEAST = 10, WEEK = 7 };

struct judge {
	const struct verdict_input *in;
	const struct arm_counts *t;
	const struct analysis *d;
	void *ctx;
	struct json_object *reasons;
	const char *state;
	size_t best; /* the arm that is better by most; narms: none */
	int64_t days_to_go;
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

static const struct compare *
comparison_of(const struct judge *j, size_t goal, size_t arm)
{
	return &j->in->all[goal * j->t->narms + arm];
}

/* 1: shown to be better than control in the goal, -1: worse, 0: neither. */
static int
significant_direction(const struct judge *j, size_t goal, size_t arm)
{
	return comparison_of(j, goal, arm)->direction;
}

/* What participants did, as a share or a mean. */
static const char *
level_text(const struct judge *j, size_t goal, size_t arm)
{
	const struct arm_counts_goal *g = &j->t->goals[goal];
	const struct compare *x = comparison_of(j, goal, arm);

	if (g->mwu)
		return mem_printf(j->ctx, "%.4g a participant (%.0f of %" PRId64 ")", x->mean,
		    g->cells[arm].actions, g->cells[arm].participants);
	return mem_printf(j->ctx, "%.4g %% (%" PRId64 " of %" PRId64 ")", x->rate * 100,
	    g->cells[arm].conversions, g->cells[arm].participants);
}

/* Adds what the looks say of one arm in the primary goal. */
static void
add_look_reason(struct judge *j, size_t arm, const char *what)
{
	const struct arm_counts *t = j->t;
	const struct compare *x = comparison_of(j, 0, arm);
	const struct look_arm *looks = j->d->arms[arm].looks;
	const struct look *l = looks == NULL ? NULL : looks_shown(looks);

	if (l == NULL) {
		add_reason(j, "%s in %s: %s (there was no look so far)", t->arms[arm].name,
		    t->goals[0].name, what);
		return;
	}
	if (!looks->decided && (looks->final || looks->none_stands))
		what = "no difference found";
	const char *on = looks->decided && looks->decided_on != l->day
	    ? mem_printf(j->ctx, ", decided on %s", analysis_day(j->ctx, looks->decided_on))
	    : looks->decided ? ", which decided" : "";
	add_reason(j, "%s in %s: %s; look of %s at %.0f%% of the plan%s: difference %+.4g points, "
	    "interval for all looks together %+.4g to %+.4g, z %.3g, bound %.3g",
	    t->arms[arm].name, t->goals[0].name, what, analysis_day(j->ctx, l->day),
	    floor(l->t * 100), on,
	    x->shown * 100, x->sequence.lo * 100, x->sequence.hi * 100, l->difference.z, l->bound);
}

/* Adds the numbers of one arm in one goal. */
static void
add_arm_reason(struct judge *j, size_t goal, size_t arm, const char *what)
{
	const struct arm_counts *t = j->t;
	const struct arm_counts_goal *g = &t->goals[goal];
	const struct compare *x = comparison_of(j, goal, arm);
	double scale = g->mwu ? 1 : 100;

	if (goal == 0 && j->d->method == ANALYSIS_SPENDING) {
		add_look_reason(j, arm, what);
		return;
	}
	if (isnan(x->sequence.p)) {
		add_reason(j, "%s in %s: %s (%s)", t->arms[arm].name, g->name, what, x->reason);
		return;
	}
	const char *adjusted = x->family > 1
	    ? mem_printf(j->ctx, ", adjusted for %zu comparisons", x->family) : "";
	add_reason(j, "%s in %s: %s; %s against control's %s, difference %+.4g%s, always-valid "
	    "%.4g %% interval %+.4g to %+.4g; p %.3g%s", t->arms[arm].name, g->name, what,
	    level_text(j, goal, arm), level_text(j, goal, (size_t)(t->control - t->arms)),
	    x->tested.d * scale, g->mwu ? "" : " points", (1 - x->level) * 100,
	    x->sequence.lo * scale, x->sequence.hi * scale, x->adjusted_p, adjusted);
}

/* ---- Conditions that make the numbers meaningless ------------------------------------------ */

static bool
sample_ratio_is_broken(struct judge *j)
{
	const struct arm_counts *t = j->t;

	if (t->ratio.ok)
		return false;
	add_reason(j, "sample ratio: p %.3g at any time, which is not above 0.001; chi-square %.4g",
	    t->ratio.p_any_time, t->ratio.chi2);
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

	if (j->t->multiple < MIXED_LEAST || !(share > MIXED_SHARE))
		return false;
	add_reason(j,
	    "%" PRId64 " of %" PRId64 " participants (%.4g %%) saw more than one alternative; "
	    "at most %g %% may",
	    j->t->multiple, j->t->participants, share * 100, MIXED_SHARE * 100);
	return true;
}

/* ---- The comparison of the arms ------------------------------------------------------------ */

static bool
is_treatment(const struct judge *j, size_t arm)
{
	return &j->t->arms[arm] != j->t->control;
}

/* Of the arms that are better in the primary goal, the one that is by most; narms: none. */
static size_t
find_best(const struct judge *j)
{
	size_t best = j->t->narms;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_treatment(j, i) || significant_direction(j, 0, i) <= 0)
			continue;
		if (best == j->t->narms ||
		    comparison_of(j, 0, i)->shown > comparison_of(j, 0, best)->shown)
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

/* The goal, other than the primary one, in which the arm is worse than control; ngoals: none. */
static size_t
find_harm(const struct judge *j, size_t arm)
{
	size_t g = 1;

	while (g < j->t->ngoals && significant_direction(j, g, arm) >= 0)
		g++;
	return g;
}

/* Sets the state of the verdict; returns its text. */
static const char *
conclude(struct judge *j, const char *state, const char *text)
{
	j->state = state;
	return text;
}

/* Some arm is better in the primary goal. */
static const char *
better_text(struct judge *j)
{
	const struct arm_counts *t = j->t;
	const char *name = t->arms[j->best].name;
	size_t harm = find_harm(j, j->best);

	if (harm < t->ngoals)
		return conclude(j, "harm", mem_printf(j->ctx, "%s wins in %s and harms %s: decide.",
		    name, t->goals[0].name, t->goals[harm].name));
	if (j->in->days < 0 || j->in->days >= WEEK)
		return conclude(j, "winner", mem_printf(j->ctx, "Winner: %s.", name));
	add_reason(j, "a winner is named after 7 whole days, because days of the week differ: "
	    "%" PRId64 " so far", j->in->days);
	return conclude(j, "ahead", mem_printf(j->ctx, "%s is ahead; wait for a full week.", name));
}

/* The names of the arms with that direction in the primary goal: "b, c and d". */
static const char *
names_text(struct judge *j, int way, size_t *n)
{
	struct buf *b = buf_new(j->ctx, 64);
	size_t left;

	*n = 0;
	for (size_t i = 0; i < j->t->narms; i++)
		*n += is_treatment(j, i) && significant_direction(j, 0, i) == way;
	left = *n;
	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_treatment(j, i) || significant_direction(j, 0, i) != way)
			continue;
		buf_str(b, left == *n ? "" : left == 1 ? " and " : ", ");
		buf_str(b, j->t->arms[i].name);
		left--;
	}
	return b->data;
}

/* Some arm is worse in the primary goal and none better; NULL when none is worse. */
static const char *
worse_text(struct judge *j)
{
	size_t worse, open;
	const char *bad = names_text(j, -1, &worse), *rest = names_text(j, 0, &open);

	if (worse == 0)
		return NULL;
	if (open == 0)
		return conclude(j, "worse", "Control is better.");
	return conclude(j, "worse",
	    mem_printf(j->ctx, "%s %s worse than control; %s %s undecided.", bad,
		worse == 1 ? "is" : "are", rest, open == 1 ? "is" : "are"));
}

/* What the plan says where no arm is better or worse; NULL: nothing. */
static const char *
plan_text(struct judge *j)
{
	struct plan_verdict said = {NULL, NULL, -1};

	if (!plan_verdict(j->ctx, j->in, j->reasons, &said))
		return NULL;
	j->days_to_go = said.days_to_go;
	return conclude(j, said.state, said.text);
}

static const char *
compared_text(struct judge *j)
{
	const struct arm_counts *t = j->t;

	if (t->control == NULL || t->narms < 2) {
		add_reason(j, "there is only one alternative, so there is nothing to compare");
		return conclude(j, "open", "No difference shown yet.");
	}
	if (j->d->method == ANALYSIS_NONE) {
		add_reason(j, "the experiment names no goal: the first that it names decides");
		return conclude(j, "unnamed", "Name the goal that decides.");
	}
	add_primary_reasons(j);
	add_harm_reasons(j);
	j->best = find_best(j);
	if (j->best < t->narms)
		return better_text(j);
	const char *text = worse_text(j);
	if (text == NULL)
		text = plan_text(j);
	return text != NULL ? text : conclude(j, "open", "No difference shown yet.");
}

static const char *
verdict_text(struct judge *j)
{
	if (j->t->participants == 0) {
		add_reason(j, "0 participants");
		return conclude(j, "waiting", "Waiting for the first participant.");
	}
	if (sample_ratio_is_broken(j))
		return conclude(j, "broken", "Do not trust these numbers: the split is broken.");
	if (too_many_multiple_exposures(j))
		return conclude(j, "mixed",
		    "Do not trust these numbers: subjects saw more than one alternative.");
	return compared_text(j);
}

/* What is not the verdict but should be known with it. */
static void
add_notes(struct judge *j)
{
	const struct arm_counts *t = j->t;

	if (t->drawn > 0 && t->narms > 1 && t->ratio.df == 0)
		add_reason(j, "the sample ratio was not checked: no allocation is known");
	if (t->participants > t->drawn)
		add_reason(j,
		    "%" PRId64 " of %" PRId64 " participants were assigned manually and are left "
		    "out of the sample ratio check", t->participants - t->drawn, t->participants);
	if (j->d->plan == NULL)
		add_reason(j,
		    "there is no plan, so the needed number of participants is not known");
	else if (j->d->method == ANALYSIS_SEQUENCE)
		add_reason(j, "%s", j->d->why);
}

struct json_object *
verdict_of(const struct verdict_input *in, int64_t *days_to_go)
{
	void *ctx = mem_ctx(NULL);
	struct judge j = {.in = in, .t = in->counts, .d = in->analysis, .ctx = ctx,
		.best = in->counts->narms,
		.reasons = json_object_new_array(), .days_to_go = -1};
	struct json_object *out = json_object_new_object();

	json_object_object_add(out, "text", json_object_new_string(verdict_text(&j)));
	json_object_object_add(out, "state", json_object_new_string(j.state));
	json_object_object_add(out, "winner", strcmp(j.state, "winner") == 0
	    ? json_object_new_string(j.t->arms[j.best].name) : NULL);
	add_notes(&j);
	json_object_object_add(out, "reasons", j.reasons);
	*days_to_go = j.days_to_go;
	talloc_free(ctx);
	return out;
}
