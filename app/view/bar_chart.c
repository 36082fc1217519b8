/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers in a row, as bars.
 */
#include "view/bar_chart.h"

#include "base/jsonutil.h"

enum { GAP = 2 };

static int64_t
number_of(struct json_object *list, size_t i)
{
	return json_object_get_int64(
	    json_object_object_get(json_item(list, i), "views"));
}

static void
place(struct json_object *o, const char *name, int64_t at)
{
	json_object_object_add(o, name, json_object_new_int64(at));
}

int64_t
bar_chart_add(struct json_object *list)
{
	size_t n = json_items(list);
	int64_t sum = 0, most = 1;

	for (size_t i = 0; i < n; i++) {
		sum += number_of(list, i);
		if (number_of(list, i) > most)
			most = number_of(list, i);
	}
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_item(list, i);
		int64_t views = number_of(list, i);
		int64_t h = (int64_t)((double)views / (double)most * BAR_CHART_HEIGHT);
		if (views > 0 && h == 0)
			h = 1;
		place(o, "x", (int64_t)(i * BAR_CHART_WIDTH / n));
		place(o, "y", BAR_CHART_HEIGHT - h);
		place(o, "w", (int64_t)(BAR_CHART_WIDTH / n) - GAP);
		place(o, "h", h);
	}
	return sum;
}
