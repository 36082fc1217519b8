/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a change has changed.
 */
#include "core/differ.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

enum { LONGEST = 1200 };

/* The members of o that are not the same in other; without another, all. */
static struct json_object *
only_here(struct json_object *o, struct json_object *other)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach(o, name, value) {
		struct json_object *there;
		bool same = json_object_object_get_ex(other, name, &there) &&
		    json_object_equal(value, there);
		if (!same)
			json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

static const char *
cut(void *ctx, const char *text)
{
	size_t n = LONGEST;

	if (strlen(text) <= n)
		return mem_dup(ctx, text);
	/* Never within a character. */
	while ((text[n] & 0xc0) == 0x80)
		n--;
	return mem_printf(ctx, "%.*s …", (int)n, text);
}

void
differ_texts(void *ctx, struct json_object *objects[2], const char *texts[2])
{
	for (int i = 0; i < 2; i++) {
		struct json_object *o = objects[i], *other = objects[1 - i];
		texts[i] = NULL;
		if (o == NULL)
			continue;
		bool both = json_object_is_type(o, json_type_object) &&
		    json_object_is_type(other, json_type_object);
		struct json_object *shown = both ? only_here(o, other) : json_object_get(o);
		texts[i] = cut(ctx, json_object_to_json_string_ext(shown,
		    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
		    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(shown);
	}
}
