/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the templates of forms have in common: choices, rows, and the problem of a field.
 */
#include "view/form_choice.h"

#include "base/jsonutil.h"

#include <stdbool.h>
#include <string.h>

struct json_object *
form_choices(const struct form_choice *list, const char *chosen)
{
	struct json_object *out = json_object_new_array();

	for (; list->words != NULL; list++) {
		struct json_object *o = json_object_new_object();
		bool selected = strcmp(list->value, chosen) == 0;
		json_object_object_add(o, "value", json_object_new_string(list->value));
		json_object_object_add(o, "words", json_object_new_string(list->words));
		json_object_object_add(o, "selected", json_object_new_boolean(selected));
		json_object_array_add(out, o);
	}
	return out;
}

size_t
form_rows_shown(size_t there, struct json_object *sent, size_t empty)
{
	if (!json_object_is_type(sent, json_type_int))
		return there + empty;
	int64_t n = json_object_get_int64(sent);
	/* The number comes from the request: a page must not grow as large as somebody asks for. */
	n = n < 1 ? 1 : n > 100 ? 100 : n;
	return (size_t)n > there ? (size_t)n : there;
}

/* The first problem at the pointer, or also below it; "" when there is none. */
static const char *
find_problem(const struct problems *problems, const char *pointer, bool below)
{
	size_t n = strlen(pointer);

	for (size_t i = 0; i < problem_count(problems); i++) {
		struct json_object *o = json_item(problems->list, i);
		const char *at =
		    json_object_get_string(json_object_object_get(o, "pointer"));
		if (strncmp(at, pointer, n) == 0 && (at[n] == '\0' || (below && at[n] == '/')))
			return json_object_get_string(json_object_object_get(o, "detail"));
	}
	return "";
}

const char *
form_fault(const struct problems *problems, const char *pointer)
{
	return find_problem(problems, pointer, true);
}

const char *
form_fault_at(const struct problems *problems, const char *pointer)
{
	return find_problem(problems, pointer, false);
}
