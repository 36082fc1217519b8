/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers as JSON, in as few digits as read back as the same double.
 */
#include "core/stats/number_json.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { DIGITS = 15, ALL_DIGITS = 17 };

struct json_object *
number_json(double x)
{
	if (!isfinite(x))
		return NULL;
	char *text = NULL;
	for (int digits = DIGITS; digits <= ALL_DIGITS; digits++) {
		talloc_free(text);
		text = mem_printf(NULL, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	struct json_object *o = json_object_new_double_s(x, text);
	talloc_free(text);
	return o;
}

struct json_object *
interval_json(double lo, double hi)
{
	if (isnan(lo) || isnan(hi))
		return NULL;
	struct json_object *o = json_object_new_array();
	json_object_array_add(o, number_json(lo));
	json_object_array_add(o, number_json(hi));
	return o;
}
