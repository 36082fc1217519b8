/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tags: valid scopes and keys, and the tags that telemetry events carry. Tags come from cached
 * records, whose rows are checked before use.
 */
#include "core/subject/tag.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"

#define COURSE "course:"

const char *
tag_scope_fault(void *ctx, const char *s)
{
	const size_t head = sizeof COURSE - 1;

	if (strcmp(s, TAG_GLOBAL) == 0)
		return NULL;
	if (strncmp(s, COURSE, head) != 0)
		return "must be `global` or `course:` and an id";
	return text_fault(ctx, s + head, strlen(s + head), TAG_SCOPE - head);
}

bool
tag_key_is_valid(const char *s)
{
	static const char good[] = "-_.0123456789abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strlen(s);

	return n > 0 && n <= TAG_KEY && strspn(s, good) == n;
}

bool
tag_key_allowed(const char *s, const char *prefix)
{
	return prefix == NULL || strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The tags of a scope: {key: value}, or a list of keys without values. NULL when there is none. */
static struct json_object *
tags_of_scope(struct json_object *tags, const char *scope, bool values)
{
	struct json_object *out = NULL;

	for (size_t i = 0; i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		struct json_object *of = json_item(row, 0), *key = json_item(row, 1);
		/* A record from the cache may hold any JSON. */
		if (!json_object_is_type(of, json_type_string) ||
		    !json_object_is_type(key, json_type_string) ||
		    strcmp(json_object_get_string(of), scope) != 0)
			continue;
		if (out == NULL)
			out = values ? json_object_new_object() : json_object_new_array();
		if (values)
			json_object_object_add(out, json_object_get_string(key),
			    json_object_get(json_item(row, 2)));
		else
			json_object_array_add(out, json_object_get(key));
	}
	return out;
}

static struct json_object *
tags_of_context(void *ctx, struct json_object *tags, const char *context, bool values)
{
	struct json_object *all = tags_of_scope(tags, TAG_GLOBAL, values);
	struct json_object *own =
	    strcmp(context, TAG_GLOBAL) == 0 ? NULL : tags_of_scope(tags, context, values);

	if (all == NULL && own == NULL)
		return NULL;
	struct json_object *out = mem_json(ctx, json_object_new_object());
	if (all != NULL)
		json_object_object_add(out, TAG_GLOBAL, all);
	if (own != NULL)
		json_object_object_add(out, context, own);
	return out;
}

struct json_object *
tag_event(void *ctx, struct json_object *tags, const char *context)
{
	size_t n = 0;

	if (tags == NULL)
		return NULL;
	struct json_object *out = tags_of_context(ctx, tags, context, true);
	if (out != NULL)
		json_object_to_json_string_length(
		    out, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);
	return n > TAG_EVENT ? tags_of_context(ctx, tags, context, false) : out;
}
