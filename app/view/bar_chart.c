/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Geometry of a bar chart with one bar for each row of a list.
 */
#include "view/bar_chart.h"

#include "base/jsonutil.h"

enum { GAP = 2 };

static int64_t
views_of(struct json_object *list, size_t i)
{
	return json_object_get_int64(
	    json_object_object_get(json_item(list, i), "views"));
}

static void
put_position(struct json_object *o, const char *name, int64_t at)
{
	json_object_object_add(o, name, json_object_new_int64(at));
}

int64_t
bar_chart_add(struct json_object *list)
{
	size_t n = json_items(list);
	int64_t sum = 0, most = 1;

	for (size_t i = 0; i < n; i++) {
		sum += views_of(list, i);
		if (views_of(list, i) > most)
			most = views_of(list, i);
	}
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_item(list, i);
		int64_t views = views_of(list, i);
		int64_t h = (int64_t)((double)views / (double)most * BAR_CHART_HEIGHT);
		if (views > 0 && h == 0)
			h = 1;
		put_position(o, "x", (int64_t)(i * BAR_CHART_WIDTH / n));
		put_position(o, "y", BAR_CHART_HEIGHT - h);
		put_position(o, "w", (int64_t)(BAR_CHART_WIDTH / n) - GAP);
		put_position(o, "h", h);
	}
	return sum;
}
