/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_COMPARE_H
#define CORE_STATS_COMPARE_H

#include "core/stats/stats.h"
#include "core/stats/arm_counts.h"

/*
 * An arm in a goal against control. A number that there is not is NAN, and reason says why;
 * control itself has only rate and mean. While an arm of the two has fewer than STATS_BURN_IN
 * participants there is no interval, sequence or p.
 */
struct compare {
	double rate;        /* conversions / participants */
	double mean;        /* actions / participants */
	double difference;  /* rate - control's rate */
	double improvement; /* percent of control's rate: (rate - control's) / control's * 100 */
	double chi2_confidence; /* percent */
	double mwu_confidence;  /* percent; only of goals with that test */
	struct stats_interval interval; /* of the difference of the rates, as the next ones */
	struct stats_beat beat;         /* absent when nobody or everybody did it */
	struct stats_sequence sequence; /* within -1 .. 1 */
	double adjusted_p;  /* of the sequence, by Holm over all goals and arms */
	const char *reason; /* NULL when nothing is missing */
};

/* One for each goal and arm, that of goal g and arm a at [g * narms + a], on ctx. */
struct compare *compare_all(void *ctx, const struct arm_counts *t);

/* How many comparisons Holm's adjustment is for. */
size_t compare_count(const struct arm_counts *t);

#endif
