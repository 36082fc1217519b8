/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Merges the changes of a PATCH into a stored definition, after JSON Merge Patch (RFC 7396), except
 * that lists and criteria are replaced whole. The result is validated like the request of a create.
 */
#include "core/experiment/definition_merge.h"

#include <stdbool.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* The stored definition under the member names of a create. */
static struct json_object *
stored_as_request(void *ctx, struct json_object *row)
{
	static const char *const names[][2] = {{"expId", "expId"}, {"name", "expName"},
	    {"description", "expDescription"}, {"createdBy", "createdBy"}, {"criteria", "criteria"},
	    {"data", "expData"}, {"alternatives", "alternatives"}, {"default", "default"},
	    {"goals", "goals"}, {"traffic", "traffic"}, {"plan", "plan"},
	    {"visibility", "visibility_set"}};
	struct json_object *o = mem_json(ctx, json_object_new_object());

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(o, names[i][0],
		    json_object_get(json_object_object_get(row, names[i][1])));
	return o;
}

/* An absent member keeps its value, null clears it; only data is merged member by member. */
static void
merge_members(struct json_object *into, struct json_object *changes)
{
	json_object_object_foreach(json_members(changes), name, value) {
		struct json_object *old = json_object_object_get(into, name);
		if (strcmp(name, "data") == 0 && json_object_is_type(value, json_type_object) &&
		    json_object_is_type(old, json_type_object))
			merge_members(old, value);
		else
			json_object_object_add(into, name, json_object_get(value));
	}
}

/* Lets the default follow when the changes rename that alternative and set no default. */
static void
rename_default(struct json_object *request, struct json_object *changes)
{
	struct json_object *list = json_object_object_get(changes, "alternatives");
	struct json_object *default_name = json_object_object_get(request, "default");

	if (json_object_object_get_ex(changes, "default", NULL) ||
	    !json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct json_object *to = json_object_object_get(o, "rename");
		if (to != NULL &&
		    json_object_equal(json_object_object_get(o, "name"), default_name)) {
			json_object_object_add(request, "default", json_object_get(to));
			return;
		}
	}
}

struct json_object *
definition_merge(void *ctx, struct json_object *row, struct json_object *changes)
{
	struct json_object *request = stored_as_request(ctx, row);

	merge_members(request, changes);
	rename_default(request, changes);
	return request;
}
