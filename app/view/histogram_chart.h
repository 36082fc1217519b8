/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_HISTOGRAM_CHART_H
#define VIEW_HISTOGRAM_CHART_H

#include <json-c/json.h>

/*
 * How often participants did the goal of that index, on ctx: {bars: [{series, x, y, w, h}], lines:
 * [{series, name, points}], ticks: [{x, times}], rows: [{name, times, count, at_least}]}. Bars are
 * the share of each alternative that did it so often, lines the share that did it at least so
 * often; what is beyond the last tick counts there. Places are units of drawings 600 by 160. NULL
 * when the goal's test is not Mann-Whitney's, or nobody took part.
 */
struct json_object *histogram_chart_of(void *ctx, struct json_object *results, size_t goal);

#endif
