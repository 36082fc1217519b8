/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_SEQUENCE_H
#define CORE_STATS_SEQUENCE_H

#include "core/stats/difference.h"

/* Always-valid inference: intervals and p values that hold at all looks together. */

enum {
	SEQUENCE_TUNED_FOR = 5000, /* participants, where no plan says how many there will be */
	SEQUENCE_BURN_IN = 10      /* participants that each arm needs for an interval and a p */
};

struct sequence {
	double lo; /* of the difference; may lie outside its range */
	double hi;
	double p; /* the smallest level at which the interval excludes 0; at most 1 */
};

/* At which sample the interval is narrowest, in units of sqrt(v). */
struct sequence_tuning {
	double n;     /* participants of both arms; must not follow the data */
	double alpha; /* significance level */
};

/*
 * The asymptotic confidence sequence of a difference: with N = d->n and k = 1 + N (-2 ln a + ln(1 -
 * 2 ln a)) / n for the tuning's n and a, half width = sqrt(v) sqrt(2 k / (k - 1) (ln(k) / 2 - ln
 * level)), p = min(1, exp(ln(k) / 2 - z^2 (k - 1) / (2 k))). (Waudby-Smith, Arbour, Sinha, Kennedy,
 * Ramdas, Annals of Statistics 52, 2024.) Its mixture fixed, it holds at any level. NAN when v is 0
 * or no split counts, and while an arm has fewer than SEQUENCE_BURN_IN participants.
 */
struct sequence sequence_of(const struct difference *d, struct sequence_tuning tuning,
    double level);

#endif
