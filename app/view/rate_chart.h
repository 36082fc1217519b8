/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_RATE_CHART_H
#define VIEW_RATE_CHART_H

#include <json-c/json.h>

enum { CURVE_ARMS = 5 }; /* alternatives in a chart, at most */

/*
 * The conversion rate of the goal with that index over time, from results (core/stats/results.h,
 * with `days`, `converted` and `ended`), on ctx: {first, top, lines: [{series, name, points, band,
 * x, y}], rows: [{day, name, rate, low, high}]}. At up to 7 days, from first on, the rate is the
 * share of the participants up to that day that had converted by then, with Wilson's 95 % interval.
 * Positions are units of a drawing of 600 x 200. NULL before the second day, and when `converted`
 * was not counted.
 */
struct json_object *rate_chart_of(void *ctx, struct json_object *results, size_t goal);

#endif
