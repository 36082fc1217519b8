/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_CHART_H
#define VIEW_CHART_H

#include <json-c/json.h>

/*
 * Results (core/stats/results.h, with `days`) as a page draws them: numbers as people read them,
 * and places on a canvas. Pure; nothing in it that the results do not say.
 */

/*
 * {days: {width, height, most, first, last, bars, rows}, legend: [{name, series}], goals: [{number,
 * goal, rows, forest, curve, spread}]} on ctx; view/rate_chart.h, view/histogram_chart.h. Of days
 * the last 30 or less, curve and spread of the first two goals. Widths and heights are units of
 * the drawing.
 */
struct json_object *chart_results(void *ctx, struct json_object *results);

/* "good" for a winner, "bad" for what must not be trusted, "" for the rest. */
const char *chart_kind(struct json_object *results);

/* Adds to every alternative of the results its share in percent, and to the split its numbers, as
 * people read them. */
void chart_shares(void *ctx, struct json_object *results);

#endif
