/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_COMPARE_H
#define CORE_STATS_COMPARE_H

#include "core/stats/arm_counts.h"
#include "core/stats/difference.h"
#include "core/stats/sequence.h"
#include "core/stats/stats.h"

/*
 * The comparison of an arm with control in one goal. A number that cannot be computed is NAN, and
 * reason says why; control itself has only rate and mean. While either arm has fewer than
 * SEQUENCE_BURN_IN participants there is no interval, sequence or p.
 */
struct compare {
	double rate;        /* conversions / participants */
	double mean;        /* actions / participants */
	double difference;  /* rate - control's rate */
	double improvement; /* relative lift in percent: (rate - control's) / control's * 100 */
	double chi2_confidence; /* percent */
	double mwu_confidence;  /* percent; only for goals with that test */
	struct stats_interval interval; /* Newcombe's, of the difference, 95 % */
	struct stats_beat beat;         /* NAN when nobody or everybody converted */
	struct difference tested; /* of rates, or of means for goals with mwu; over the splits */
	struct sequence sequence; /* always-valid interval of tested at 1 - level; of rates cut to
				     -1..1. Its p is not adjusted. */
	double level;      /* of the interval: it excludes 0 where adjusted_p is below 0.05 */
	double adjusted_p; /* of the sequence, by Holm's method within the family of its goal */
	size_t family;     /* comparisons of that family */
	const char *reason; /* NULL when nothing is missing */
};

/* All comparisons, on ctx; that of goal g and arm a is at [g * narms + a]. */
struct compare *compare_all(void *ctx, const struct arm_counts *t);

#endif
