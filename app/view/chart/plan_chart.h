/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_CHART_PLAN_CHART_H
#define VIEW_CHART_PLAN_CHART_H

#include <json-c/json.h>

/*
 * How far a plan is, of results (core/stats/results.h) with one: {why, decides, needed, alpha,
 * progress, days_to_go, decided_on, final_on, looks, lines, bound_above, bound_below, zero, width,
 * height, full, top} on ctx; NULL without a plan. looks: [{alternative, day, progress, difference,
 * interval, z, bound}, ..], formatted, with the alternative where there are several. lines: [{name,
 * series, points, x, y}, ..], z at the looks of each alternative; the bounds are those of the
 * slowest, above and below. Positions are units of the drawing, which there is none of before the
 * first look.
 */
struct json_object *plan_chart_of(void *ctx, struct json_object *results);

#endif
