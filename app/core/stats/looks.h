/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_LOOKS_H
#define CORE_STATS_LOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/stats/difference.h"

/*
 * Group-sequential analysis of experiments with a plan that was made before the first participant.
 * Looks belong to whole days of data, not to readers: however often anybody reads the results, the
 * same days are the looks.
 */

enum { LOOKS_MOST = 50 };

/* An arm against control, cumulative to the end of a UTC day. */
struct look_day {
	int64_t day; /* days since 1970 */
	struct difference difference;
	double effect_v; /* variance of the difference if the planned effect were true; or 0 */
};

struct look {
	int64_t day;
	double t; /* information: 2 pairs / needed */
	struct difference difference;
	double effect_v;
	double bound;  /* of |z| */
	double lo, hi; /* the interval d -+ bound sqrt(v), which holds at all looks together */
};

/* An arm with its looks. */
struct look_arm {
	struct look looks[LOOKS_MOST];
	size_t n;
	bool final;    /* the last one is the final look: all of alpha is spent there */
	double information; /* of the last whole day, also where that is no look */
	/* Set before looks_judge where the arm was decided earlier, by the same rules: that stands,
	 * whatever has become of the numbers since. */
	bool stands;
	bool none_stands; /* its final look was passed without a decision */
	struct look stood;  /* the look of one of these */
	double stood_alpha; /* the level of its bounds: only a raised one decides anew */
	/* By looks_judge: */
	bool decided;  /* |z| reached its bound */
	size_t look;   /* at this look; what comes later changes no word */
	int64_t decided_on; /* the day on which that was known; given where it stands */
	double alpha;  /* the level of the bounds, raised as other arms are rejected (Holm) */
	bool ruled_out; /* an effect as planned, at a look up to then */
};

/*
 * Chooses the looks among n whole days in order, the first of which is the day of the first
 * participant: a day with both arms past the burn-in is a look when its information is below 1 and
 * at least 0.02 above the last look's; the final look is the first day with information of 1 or
 * more that ends a week counted from first_day. needed: participants of each arm by the plan.
 */
void looks_choose(const struct look_day days[], size_t n, double needed, int64_t first_day,
    struct look_arm *out);

/*
 * Judges the arms at level alpha over all of them: bounds by alpha t^3 spending at alpha / (arms
 * not rejected yet), made anew after each rejection (Holm over sequential tests: Maurer, Bretz
 * 2013). effect: the planned difference, below which the interval must lie to rule it out (above,
 * when effect < 0).
 */
void looks_judge(struct look_arm arms[], size_t n, double alpha, double effect);

/* The look that says what is known of a judged arm: the one that decided, else the last one; NULL
 * before the first. */
const struct look *looks_shown(const struct look_arm *arm);

/* How many of its looks there are up to that one. */
size_t looks_told(const struct look_arm *arm);

#endif
