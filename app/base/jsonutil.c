/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Access to JSON of any type. json-c checks types by assert(), also in the packages of the
 * distributions, so a value of an unexpected type would end the worker. Each function here checks
 * the type first; the lint keeps the asserting functions of json-c out of all other files.
 */
#include "base/jsonutil.h"

#include <math.h>

#include "base/mem.h"

size_t
json_items(const struct json_object *o)
{
	return json_object_is_type(o, json_type_array) ? json_object_array_length(o) : 0;
}

struct json_object *
json_item(const struct json_object *o, size_t i)
{
	return json_object_is_type(o, json_type_array) ? json_object_array_get_idx(o, i) : NULL;
}

int
json_member_count(const struct json_object *o)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_length(o) : 0;
}

struct json_object *
json_members(struct json_object *o)
{
	static struct json_object *nothing;

	if (json_object_is_type(o, json_type_object))
		return o;
	if (nothing == NULL)
		nothing = mem_check(json_object_new_object());
	return nothing;
}

const char *
json_text(const struct json_object *o, const char *name)
{
	struct json_object *value = json_object_object_get(o, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

bool
json_whole(const struct json_object *o, int64_t *out)
{
	double d = json_object_get_double(o);

	if (json_object_is_type(o, json_type_int))
		*out = json_object_get_int64(o);
	else if (json_object_is_type(o, json_type_double) && d == floor(d) && fabs(d) < 0x1p63)
		*out = (int64_t)d;
	else
		return false;
	return true;
}

void
json_add_text(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, text == NULL ? NULL : json_object_new_string(text));
}

void
json_add_rounded(struct json_object *o, const char *name, double x)
{
	json_object_object_add(o, name, json_object_new_int64((int64_t)llround(x)));
}

void
json_remove(struct json_object *o, const char *name)
{
	if (json_object_is_type(o, json_type_object))
		json_object_object_del(o, name);
}
