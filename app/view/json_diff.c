/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The difference of two objects for the audit log: only the members that differ, each side as text.
 */
#include "view/json_diff.h"

#include <stdbool.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/text.h"

enum { LONGEST = 1200 }; /* bytes of a text */

/* The members of o that other does not have with the same value. */
static struct json_object *
only_here(struct json_object *o, struct json_object *other)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach(json_members(o), name, value) {
		struct json_object *there;
		bool same = json_object_object_get_ex(other, name, &there) &&
		    json_object_equal(value, there);
		if (!same)
			json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

void
json_diff_texts(void *ctx, struct json_object *objects[2], const char *texts[2])
{
	for (int i = 0; i < 2; i++) {
		struct json_object *o = objects[i], *other = objects[1 - i];
		texts[i] = NULL;
		if (o == NULL)
			continue;
		bool both = json_object_is_type(o, json_type_object) &&
		    json_object_is_type(other, json_type_object);
		struct json_object *shown = both ? only_here(o, other) : json_object_get(o);
		texts[i] = text_cut(ctx, json_readable(shown), LONGEST);
		json_object_put(shown);
	}
}
