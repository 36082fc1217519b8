/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries of the directory: the profiles of users and devices, any JSON object of bounded size,
 * with the terms on which criteria are evaluated.
 */
#include "core/subject/directory.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"

static const char *const user_column[] = {"user_id", NULL};
static const char *const device_column[] = {"device_id", NULL};

const struct csv_rules *
directory_csv(enum subject_kind kind)
{
	static const struct csv_rules users = {user_column, user_column, true};
	static const struct csv_rules devices = {device_column, device_column, true};

	return kind == SUBJECT_USER ? &users : &devices;
}

bool
directory_entry(const char *subject, struct json_object *attributes, const char *at,
    struct problems *problems, struct directory_entry *out)
{
	size_t n;

	if (!json_object_is_type(attributes, json_type_object)) {
		problem_add(problems, at, "must be an object");
		return false;
	}
	out->subject = subject;
	out->attributes = json_object_to_json_string_length(attributes, JSON_C_TO_STRING_PLAIN, &n);
	if (n > DIRECTORY_BYTES) {
		problem_add(problems, at, "must be at most %d bytes as JSON", DIRECTORY_BYTES);
		return false;
	}
	out->terms = terms_make(problems, attributes);
	if (out->terms->n > DIRECTORY_TERMS) {
		talloc_free((void *)(uintptr_t)out->terms);
		problem_add(problems, at, "has more than %d values", DIRECTORY_TERMS);
		return false;
	}
	return true;
}

/* The number of leaves of o: scalars, nulls and empty containers. Counts no further than most. */
static size_t
count_leaves(struct json_object *o, size_t most)
{
	size_t n = 0;

	if (json_object_is_type(o, json_type_array)) {
		size_t length = json_items(o);
		for (size_t i = 0; i < length && n < most; i++)
			n += count_leaves(json_item(o, i), most - n);
	} else if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(json_members(o), name, value) {
			(void)name;
			if (n < most)
				n += count_leaves(value, most - n);
		}
	}
	return n == 0 ? 1 : n;
}

const char *
directory_request_fault(struct json_object *attributes)
{
	if (!json_object_is_type(attributes, json_type_object))
		return "must be an object";
	if (count_leaves(attributes, DIRECTORY_REQUEST_VALUES + 1) > DIRECTORY_REQUEST_VALUES)
		return "has more than 200 values";
	if (strlen(json_plain(attributes)) > DIRECTORY_REQUEST_BYTES)
		return "must be at most 16384 bytes as JSON";
	return NULL;
}

bool
directory_read(struct json_object *o, enum subject_kind kind, const char *at,
    struct problems *problems, struct directory_entry *out)
{
	if (!json_object_is_type(o, json_type_object)) {
		problem_add(problems, at, "must be an object");
		return false;
	}
	const char *subject = subject_read(problems, o, 1u << kind, at, problems);
	if (subject == NULL)
		return false;
	json_remove(o, subject_field(kind));
	return directory_entry(subject, o, at, problems, out);
}
