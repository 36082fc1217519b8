/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_RATE_CHART_H
#define VIEW_RATE_CHART_H

#include <json-c/json.h>

/* How many alternatives a drawing shows. */
enum { CURVE_ARMS = 5 };

/*
 * How the rate of the goal of that index went on in results (core/stats/results.h, with `days` and
 * `converted`), on ctx: {first, top, lines: [{series, name, points, band, x, y}], rows: [{day,
 * name, rate, low, high}]}: at up to 8 days, of which first is the first, who had done it by then
 * of those who took part by then, with Wilson's 95 % interval. Places are units of a drawing 600 by
 * 200. NULL before the second day, and where `converted` was not counted.
 */
struct json_object *rate_chart_of(void *ctx, struct json_object *results, size_t goal);

#endif
