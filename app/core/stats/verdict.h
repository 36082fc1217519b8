/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_VERDICT_H
#define CORE_STATS_VERDICT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/experiment/plan.h"
#include "core/stats/arm_counts.h"
#include "core/stats/compare.h"

/* What a verdict is made from, beside the numbers. */
struct verdict_input {
	const struct arm_counts *counts;
	const struct compare *all; /* compare_all() */
	const struct plan *plan;   /* NULL: none */
	bool has_primary;  /* the experiment names its goals: the first one decides */
	int64_t days;      /* whole UTC days since the first participant came; -1: not known */
	double per_day;    /* participants, mean of the last 7 whole days; 0: not known */
};

/*
 * The verdict, {text, state, winner, reasons: [..]}, which the caller owns, and in *days_to_go the
 * days until the plan is fulfilled (-1: not known). state is one word for programs:
 * waiting, broken, mixed, unnamed, winner, ahead, harm, worse, running or open; winner is the name
 * of the best alternative that is better than control, or null.
 *
 * The first that holds: nobody takes part; the split is broken; more than 1 % of the participants
 * and at least 10 saw several alternatives; no goal is named that decides; some arm is better in
 * the primary goal (a winner only after 7 whole days, and if no other goal is harmed); some arm
 * is worse; the plan is not fulfilled; nothing is shown. Better and worse: adjusted_p below 0.05.
 */
struct json_object *verdict_of(const struct verdict_input *in, int64_t *days_to_go);

#endif
