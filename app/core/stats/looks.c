/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks, bounds and decisions. An arm's decision is frozen at the look that crossed: later data are
 * shown but change nothing. A crossing that only a raised level brings, at a look of the past, is
 * dated on the day on which the level was raised, when it became known.
 */
#include "core/stats/looks.h"

#include <math.h>

#include "core/stats/sequence.h"
#include "core/stats/spending.h"

#define STEP 0.02       /* of information, between looks */
#define ROUNDING 1e-9

enum { WEEK = 7 };

static bool
is_final(double t, int64_t day, int64_t first_day)
{
	return t >= 1 && (day - first_day + 1) % WEEK == 0;
}

void
looks_choose(const struct look_day days[], size_t n, double needed, int64_t first_day,
    struct look_arm *out)
{
	double last = 0;

	*out = (struct look_arm){0};
	for (size_t i = 0; i < n && !out->final; i++) {
		const struct difference *d = &days[i].difference;
		double t = 2 * d->pairs / needed;
		out->information = t;
		bool final = is_final(t, days[i].day, first_day);
		if (d->fewest < SEQUENCE_BURN_IN || isnan(d->z) ||
		    (!final && (t >= 1 || t - last < STEP - ROUNDING)))
			continue;
		/* Information rises by STEP between looks: there is room for the final one. */
		if (out->n == LOOKS_MOST)
			break;
		out->looks[out->n++] = (struct look){.day = days[i].day, .t = t,
			.difference = *d, .effect_v = days[i].effect_v};
		out->final = final;
		last = t;
	}
}

/* The bounds of the arm's looks at its level, and the intervals they make. */
static void
set_bounds(struct look_arm *arm)
{
	double t[LOOKS_MOST], z[LOOKS_MOST];

	for (size_t i = 0; i < arm->n; i++)
		t[i] = arm->looks[i].t;
	spending_bounds(&(struct spending){SPENDING_POWER3, arm->alpha, arm->final}, t, arm->n, z);
	for (size_t i = 0; i < arm->n; i++) {
		struct look *l = &arm->looks[i];
		double half = z[i] * sqrt(l->difference.v);
		l->bound = z[i];
		l->lo = l->difference.d - half;
		l->hi = l->difference.d + half;
	}
}

/* The first look that crossed its bound; arm->n when none did. */
static size_t
find_crossing(const struct look_arm *arm)
{
	size_t i = 0;

	if (arm->none_stands && !(arm->alpha > arm->stood_alpha))
		return arm->n;
	while (i < arm->n && fabs(arm->looks[i].difference.z) < arm->looks[i].bound)
		i++;
	return i;
}

/* Of the arms not decided yet, the one whose crossing became known first; NULL when none crossed.
 * raised: the day of the last rejection. */
static struct look_arm *
next_decision(struct look_arm arms[], size_t n, int64_t raised)
{
	struct look_arm *best = NULL;

	for (size_t i = 0; i < n; i++) {
		struct look_arm *arm = &arms[i];
		size_t at = arm->decided || arm->stands ? arm->n : find_crossing(arm);
		if (arm->decided || (at == arm->n && !arm->stands))
			continue;
		if (!arm->stands) {
			arm->look = at;
			arm->decided_on =
			    arm->looks[at].day > raised ? arm->looks[at].day : raised;
		}
		if (best == NULL || arm->decided_on < best->decided_on)
			best = arm;
	}
	return best;
}

/* Whether the look that was stored is the one that counts. */
static bool
is_stored(const struct look_arm *arm)
{
	return arm->stands || (arm->none_stands && !arm->decided);
}

const struct look *
looks_shown(const struct look_arm *arm)
{
	if (is_stored(arm))
		return &arm->stood;
	if (arm->decided)
		return &arm->looks[arm->look];
	return arm->n > 0 ? &arm->looks[arm->n - 1] : NULL;
}

size_t
looks_told(const struct look_arm *arm)
{
	size_t n = 0;

	if (!is_stored(arm))
		return arm->decided ? arm->look + 1 : arm->n;
	while (n < arm->n && arm->looks[n].day <= arm->stood.day)
		n++;
	return n;
}

/* Whether an interval up to the decision excludes an effect as planned, in its variance or the
 * larger one that the effect itself would have. */
static bool
rules_out(const struct look_arm *arm, double effect)
{
	size_t n = looks_told(arm);

	for (size_t i = 0; i < n; i++) {
		const struct look *l = &arm->looks[i];
		double half = l->bound * sqrt(fmax(l->difference.v, l->effect_v));
		if ((effect > 0 && l->difference.d + half < effect) ||
		    (effect < 0 && l->difference.d - half > effect))
			return true;
	}
	return false;
}

void
looks_judge(struct look_arm arms[], size_t n, double alpha, double effect)
{
	struct look_arm *decided = NULL;
	int64_t raised = INT64_MIN;
	size_t left = n;

	do {
		for (size_t i = 0; i < n && left > 0; i++) {
			if (arms[i].decided)
				continue;
			arms[i].alpha = alpha / (double)left;
			set_bounds(&arms[i]);
		}
		decided = left > 0 ? next_decision(arms, n, raised) : NULL;
		if (decided != NULL) {
			decided->decided = true;
			raised = decided->decided_on;
			left--;
		}
	} while (decided != NULL);
	for (size_t i = 0; i < n; i++)
		arms[i].ruled_out = rules_out(&arms[i], effect);
}
