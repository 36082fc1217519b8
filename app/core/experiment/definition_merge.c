/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes over what is stored.
 */
#include "core/experiment/definition_merge.h"

#include <stdbool.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* The stored definition in the words of create. */
static struct json_object *
as_request(void *ctx, struct json_object *row)
{
	static const char *const names[][2] = {{"expId", "expId"}, {"name", "expName"},
	    {"description", "expDescription"}, {"createdBy", "createdBy"}, {"criteria", "criteria"},
	    {"data", "expData"}, {"alternatives", "alternatives"}, {"default", "default"},
	    {"goals", "goals"}, {"traffic", "traffic"}, {"plan", "plan"}};
	struct json_object *o = mem_json(ctx, json_object_new_object());

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(o, names[i][0],
		    json_object_get(json_object_object_get(row, names[i][1])));
	return o;
}

/* Absent keeps, null clears; data is merged member by member. */
static void
merge(struct json_object *into, struct json_object *changes)
{
	json_object_object_foreach(json_members(changes), name, value) {
		struct json_object *old = json_object_object_get(into, name);
		if (strcmp(name, "data") == 0 && json_object_is_type(value, json_type_object) &&
		    json_object_is_type(old, json_type_object))
			merge(old, value);
		else
			json_object_object_add(into, name, json_object_get(value));
	}
}

/* A default that is renamed stays the default. */
static void
follow_rename(struct json_object *request, struct json_object *changes)
{
	struct json_object *list = json_object_object_get(changes, "alternatives");
	struct json_object *standard = json_object_object_get(request, "default");

	if (json_object_object_get_ex(changes, "default", NULL) ||
	    !json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct json_object *to = json_object_object_get(o, "rename");
		if (to != NULL &&
		    json_object_equal(json_object_object_get(o, "name"), standard)) {
			json_object_object_add(request, "default", json_object_get(to));
			return;
		}
	}
}

struct json_object *
definition_merge(void *ctx, struct json_object *row, struct json_object *changes)
{
	struct json_object *request = as_request(ctx, row);

	merge(request, changes);
	follow_rename(request, changes);
	return request;
}
