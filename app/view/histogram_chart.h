/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_HISTOGRAM_CHART_H
#define VIEW_HISTOGRAM_CHART_H

#include <json-c/json.h>

/*
 * The histogram of actions per participant for the goal with that index, on ctx: {bars: [{series,
 * x, y, w, h}], lines: [{series, name, points}], ticks: [{x, times}], rows: [{name, times, count,
 * at_least}]}. Bars are the share of participants of each alternative with so many actions, lines
 * the share with at least so many; larger numbers count at the last tick. Positions are units of
 * drawings of 600 x 160. NULL when the test of the goal is not Mann-Whitney, or there are no
 * participants.
 */
struct json_object *histogram_chart_of(void *ctx, struct json_object *results, size_t goal);

#endif
