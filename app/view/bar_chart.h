/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_BAR_CHART_H
#define VIEW_BAR_CHART_H

#include <json-c/json.h>
#include <stdint.h>

enum { BAR_CHART_WIDTH = 600, BAR_CHART_HEIGHT = 120 }; /* of the drawing, in its own units */

/*
 * Adds to each row of list (an array of objects, or NULL) the bar of its member `views` in a
 * drawing of BAR_CHART_WIDTH x BAR_CHART_HEIGHT: x, y, w, h. The highest bar takes the whole
 * height, and one that is not 0 is visible. Returns the sum of the numbers.
 */
int64_t bar_chart_add(struct json_object *list);

#endif
