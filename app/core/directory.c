/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an entry of the directory is: any JSON object, bounded, with the terms by which criteria
 * find it.
 */
#include "core/directory.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* Only names in names in names become so long: values are cut. */
static bool
too_long(const struct terms *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (strlen(t->list[i]) > DIRECTORY_TERM)
			return true;
	return false;
}

bool
directory_entry(const char *subject, struct json_object *attributes, const char *at,
    struct problems *problems, struct entry *out)
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
		problem_add(problems, at, "has more than %d values", DIRECTORY_TERMS);
		return false;
	}
	if (too_long(out->terms)) {
		problem_add(problems, at, "has a field whose names are too long together");
		return false;
	}
	return true;
}

bool
directory_read(struct json_object *o, enum subject_kind kind, const char *at,
    struct problems *problems, struct entry *out)
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
