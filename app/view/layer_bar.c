/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Geometry of the bar that shows the slots of a layer and the experiments that have them.
 */
#include "view/layer_bar.h"


#include "base/jsonutil.h"
#include "core/experiment/lookup.h"

enum { WIDTH = 600, SERIES = 5 };

static struct json_object *
make_bar(struct json_object *experiment, size_t number, struct json_object *slots)
{
	struct json_object *o = json_object_new_object();
	struct json_object *first = json_item(slots, 0);
	struct json_object *last = json_item(slots, 1);
	double from = (double)json_object_get_int64(first) * WIDTH / LAYER_SLOTS;
	double to = (double)(json_object_get_int64(last) + 1) * WIDTH / LAYER_SLOTS;

	json_object_object_add(o, "experiment", json_object_get(experiment));
	json_object_object_add(o, "first", json_object_get(first));
	json_object_object_add(o, "last", json_object_get(last));
	json_add_rounded(o, "number", (double)(number + 1));
	json_add_rounded(o, "series", (double)(number % SERIES));
	json_add_rounded(o, "x", from);
	json_add_rounded(o, "w", to - from < 1 ? 1 : to - from);
	json_add_rounded(o, "label", from + 4);
	return o;
}

void
layer_bar_add(struct json_object *layer)
{
	struct json_object *members = json_object_object_get(layer, "members");
	struct json_object *bars = json_object_new_array();

	for (size_t i = 0; i < json_items(members); i++) {
		struct json_object *m = json_item(members, i);
		struct json_object *slots = json_object_object_get(m, "slots");
		for (size_t k = 0; k < json_items(slots); k++)
			json_object_array_add(bars,
			    make_bar(json_object_object_get(m, "experiment"), i,
				json_item(slots, k)));
	}
	json_object_object_add(layer, "bars", bars);
}
