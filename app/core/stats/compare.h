/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_COMPARE_H
#define CORE_STATS_COMPARE_H

#include "core/stats/arm_counts.h"
#include "core/stats/analysis.h"
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
	double level;      /* of the interval: it excludes 0 where direction is not 0 */
	double adjusted_p; /* of the sequence, by Holm's method within the family of its goal; NAN
			      where looks decide, whose interval then is in sequence.lo and hi */
	size_t family;     /* comparisons of that family */
	int direction;     /* 1: shown to be more than control's, -1: less, 0: neither */
	double shown;      /* the difference that goes with the interval */
	const char *reason; /* NULL when nothing is missing */
};

/*
 * All comparisons, on ctx; that of goal g and arm a is at [g * narms + a]. The analysis says how
 * the primary goal, which is the first, is judged, and for how many participants sequences are
 * tuned.
 */
struct compare *compare_all(void *ctx, const struct arm_counts *t, const struct analysis *d);

#endif
