/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_COMPARE_H
#define CORE_STATS_COMPARE_H

#include "core/stats/stats.h"
#include "core/stats/arm_counts.h"

/*
 * The comparison of an arm with control in one goal. A number that cannot be computed is NAN, and
 * reason says why; control itself has only rate and mean. While either arm has fewer than
 * STATS_BURN_IN participants there is no interval, sequence or p.
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
	struct stats_sequence sequence; /* always-valid interval, 95 %, cut to -1..1 */
	double adjusted_p;  /* of the sequence, by Holm's method over all goals and arms */
	const char *reason; /* NULL when nothing is missing */
};

/* All comparisons, on ctx; that of goal g and arm a is at [g * narms + a]. */
struct compare *compare_all(void *ctx, const struct arm_counts *t);

/* The number of comparisons that Holm's method adjusts for. */
size_t compare_count(const struct arm_counts *t);

#endif
