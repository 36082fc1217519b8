/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subjects: which ids are valid, and how a subject is written in the database. No other file knows
 * the prefixes.
 */
#include "core/subject/subject.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const struct {
	const char *field;
	char prefix;
} kinds[SUBJECT__MAX] = {
	[SUBJECT_USER] = {"user_id", 'u'},
	[SUBJECT_DEVICE] = {"device_id", 'd'},
	[SUBJECT_SESSION] = {"session_id", 's'},
};

const char *
subject_field(enum subject_kind kind)
{
	return kinds[kind].field;
}

bool
subject_kind_named(const char *word, enum subject_kind *out)
{
	size_t n = strlen(word);

	for (int k = 0; k < SUBJECT__MAX; k++)
		if (strncmp(kinds[k].field, word, n) == 0 &&
		    strcmp(kinds[k].field + n, "_id") == 0) {
			*out = (enum subject_kind)k;
			return true;
		}
	return false;
}

const char *
subject_fault(void *ctx, const char *id, size_t n)
{
	static const char *const nothings[] = {"null", "undefined", "NaN", "[object Object]"};
	static const char unreachable[] = "must not be . or .., which no path can name";
	const char *fault = text_fault(ctx, id, n, SUBJECT_ID);

	if (fault != NULL)
		return fault;
	if (strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
		return unreachable;
	for (size_t i = 0; i < sizeof nothings / sizeof nothings[0]; i++)
		if (n == strlen(nothings[i]) && memcmp(id, nothings[i], n) == 0)
			return "is what a program sends when it has no id";
	return NULL;
}

enum subject_kind
subject_kind(const char *subject)
{
	for (int k = 0; k < SUBJECT__MAX; k++)
		if (kinds[k].prefix == *subject)
			return (enum subject_kind)k;
	return SUBJECT_SESSION;
}

const char *
subject_id(const char *subject)
{
	return subject + 2;
}

char *
subject_text(void *ctx, enum subject_kind kind, const char *id)
{
	return mem_printf(ctx, "%c:%s", kinds[kind].prefix, id);
}

/* "user_id", "user_id or session_id": the fields that a body may use, for a message. */
static const char *
field_list(void *ctx, unsigned allowed)
{
	char *list = NULL;

	for (int k = 0; k < SUBJECT__MAX; k++)
		if ((allowed & 1u << k) != 0)
			list = mem_printf(ctx, "%s%s%s", list == NULL ? "" : list,
			    list == NULL ? "" : " or ", kinds[k].field);
	return list;
}

char *
subject_read(void *ctx, struct json_object *body, unsigned allowed, const char *at,
    struct problems *problems)
{
	struct json_object *value = NULL;
	int named = 0;
	enum subject_kind kind = SUBJECT_USER;

	for (int k = 0; k < SUBJECT__MAX; k++) {
		struct json_object *o;
		if (!json_object_object_get_ex(body, kinds[k].field, &o))
			continue;
		named++;
		kind = (enum subject_kind)k;
		value = o;
	}
	if (named != 1 || (allowed & 1u << kind) == 0) {
		const char *pointer =
		    mem_printf(ctx, "%s/%s", at, named == 1 ? kinds[kind].field : "user_id");
		problem_add(problems, pointer, "name exactly one of %s", field_list(ctx, allowed));
		return NULL;
	}
	const char *fault = "must be a string";
	if (json_object_is_type(value, json_type_string))
		fault = subject_fault(ctx, json_object_get_string(value),
		    (size_t)json_object_get_string_len(value));
	if (fault == NULL)
		return subject_text(ctx, kind, json_object_get_string(value));
	problem_add(problems, mem_printf(ctx, "%s/%s", at, kinds[kind].field), "%s", fault);
	return NULL;
}
