/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RATES_H
#define RATES_H

#include "core/stats/difference.h"
#include "core/stats/sequence.h"
#include "core/stats/stats.h"

/* Two rates of one split, compared as verdicts compare them. */

static inline struct difference
rates_difference(struct stats_rate a, struct stats_rate control)
{
	double na = (double)a.n, ca = (double)a.c;
	double nc = (double)control.n, cc = (double)control.c;
	struct difference_split split = {{na, ca, difference_rate_spread(na, ca)},
		{nc, cc, difference_rate_spread(nc, cc)}};

	return difference_of(DIFFERENCE_RATE, &split, 1);
}

static inline struct sequence
rates_sequence(struct stats_rate a, struct stats_rate control, double tuned_for, double alpha)
{
	struct difference d = rates_difference(a, control);

	return sequence_of(&d, (struct sequence_tuning){tuned_for, alpha}, alpha);
}

#endif
