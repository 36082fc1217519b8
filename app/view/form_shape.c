/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks the shape of a form before it is read, so that nothing that was typed is dropped silently.
 */
#include "view/form_shape.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* The part at a dotted path below o, NULL when it is absent; *pointer becomes its JSON pointer. */
static struct json_object *
find_part(struct json_object *o, char *path, char **pointer)
{
	for (char *name; o != NULL && (name = strsep(&path, ".")) != NULL;) {
		*pointer = mem_printf(*pointer, "%s/%s", *pointer, name);
		o = json_object_object_get(o, name);
	}
	return o;
}

static void
check_row(struct json_object *row, const char *at, struct problems *problems)
{
	if (!json_object_is_type(row, json_type_object)) {
		problem_add(problems, at, "must be a row of fields");
		return;
	}
	json_object_object_foreach(json_members(row), name, value) {
		if (json_object_is_type(value, json_type_object) ||
		    json_object_is_type(value, json_type_array))
			problem_add(problems, mem_printf(problems, "%s/%s", at, name),
			    "must be one value");
	}
}

static void
check_rows(struct json_object *list, const char *at, struct problems *problems)
{
	if (!json_object_is_type(list, json_type_array)) {
		problem_add(problems, at, "must be a list of rows");
		return;
	}
	for (size_t i = 0; i < json_items(list); i++)
		check_row(json_item(list, i), mem_printf(problems, "%s/%zu", at, i), problems);
}

bool
form_shape_check(
    struct json_object *typed, const struct form_part *parts, struct problems *problems)
{
	size_t before = problem_count(problems);

	for (; parts->path != NULL; parts++) {
		char *pointer = mem_dup(problems, "");
		struct json_object *o = find_part(typed, mem_dup(problems, parts->path), &pointer);
		if (o != NULL && parts->rows)
			check_rows(o, pointer, problems);
		else if (o != NULL && !json_object_is_type(o, json_type_object))
			problem_add(problems, pointer, "must have fields");
	}
	return problem_count(problems) == before;
}
