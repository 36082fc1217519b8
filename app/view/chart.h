/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_CHART_H
#define VIEW_CHART_H

#include <json-c/json.h>

/*
 * Results (core/stats/results.h, with `days`) as the result page shows them: formatted numbers, and
 * positions in drawings.
 */

/*
 * {days: {width, height, most, first, last, bars, rows}, legend: [{name, series}], goals: [{number,
 * goal, rows, forest, curve, spread}], plan} on ctx; view/rate_chart.h, view/histogram_chart.h,
 * view/chart/plan_chart.h. days has at most the last 30 days; only the first two goals have curve
 * and spread. Positions and sizes are units of the drawing.
 */
struct json_object *chart_results(void *ctx, struct json_object *results);

/* The kind of the verdict: "good" for a winner, "bad" for a broken sample ratio, else "". */
const char *chart_kind(struct json_object *results);

/*
 * Adds formatted numbers to the results: expected_percent to each alternative, p_shown and
 * chi2_shown to the sample ratio.
 */
void chart_shares(void *ctx, struct json_object *results);

#endif
