/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_RESULTS_H
#define CORE_STATS_RESULTS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/stats/analysis.h"

/* The counted rows of an experiment, in the form that core/stats/arm_counts.h describes. */
struct results_input {
	const char *experiment;
	const char *data_through; /* "2026-11-21T08:00:00.000Z"; may be NULL */
	bool day_is_over; /* that is the end of a day: there is no histogram */
	struct json_object *alternatives, *exposures, *splits; /* arm_counts_arms() */
	struct json_object *goals, *conversions; /* arm_counts_goals(); the first is primary */
	struct json_object *windows; /* the same */
	struct json_object *ended; /* [["2026-11-21", window_to, alternative id, n], ..]; or NULL */
	struct json_object *outcomes; /* arm_counts_outcomes(); NULL: not known by split */
	struct json_object *days; /* [["2026-11-21", alternative id, participants], ..]; or NULL */
	struct analysis_input analysis; /* splits and last_whole are set by results_json() */
};

/*
 * The results, on ctx: {experiment, data_through, alternatives, srm, multiple_exposures, placed,
 * goals, decision, days_to_go, verdict} of GET /v1/experiment/:id/results. Rates, shares, chances,
 * losses, intervals and p are fractions of 1; improvement and confidences are percent;
 * expected_loss is the expected loss in rate when that alternative is chosen. A number that cannot
 * be computed is null, and the member reason of the alternative says why.
 */
struct json_object *results_json(void *ctx, const struct results_input *in);

#endif
