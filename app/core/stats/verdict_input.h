/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_VERDICT_INPUT_H
#define CORE_STATS_VERDICT_INPUT_H

#include <stdint.h>

#include "core/stats/analysis.h"
#include "core/stats/arm_counts.h"
#include "core/stats/compare.h"

/* What a verdict is made from. */
struct verdict_input {
	const struct arm_counts *counts;
	const struct compare *all;       /* compare_all() */
	const struct analysis *analysis; /* analysis_of() */
	int64_t days;      /* whole UTC days since the first participant came; -1: not known */
	double per_day;    /* participants, mean of the last 7 whole days; 0: not known */
};

#endif
