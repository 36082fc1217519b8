/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_RESULTS_H
#define CORE_STATS_RESULTS_H

#include <json-c/json.h>

/* Counted rows of an experiment; how they must look: core/stats/arm_counts.h. */
struct results_input {
	const char *experiment;
	const char *data_through; /* "2026-11-21T08:00:00.000Z"; may be NULL */
	struct json_object *alternatives, *exposures, *splits; /* arm_counts_arms() */
	struct json_object *goals, *conversions; /* arm_counts_goals(); the first goal decides */
	struct json_object *plan; /* core/experiment/plan.h; NULL or no plan: there is none */
};

/*
 * The results, on ctx: {experiment, data_through, alternatives, srm, multiple_exposures, goals,
 * verdict} of GET /v1/experiment/:id/results, beyond it sequence, sequence_p, adjusted_p and reason
 * in each alternative of a goal. Rates, shares, chances, losses, intervals and p are fractions of
 * 1; improvement and confidences are percent; expected_loss is the rate lost on average by
 * choosing that alternative. A number that there is not is null, and reason says why.
 */
struct json_object *results_json(void *ctx, const struct results_input *in);

/*
 * What results_json() gave as CSV (RFC 4180), on ctx: a header row, then a row for each goal and
 * alternative. A text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
const char *results_csv(void *ctx, struct json_object *results);

#endif
