/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Converts between the text of a field and JSON scalars. What form_value_write writes,
 * form_value_read reads as the same value.
 */
#include "view/form_value.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

struct json_object *
form_value_read(const char *s, size_t n)
{
	struct json_object *o = NULL;
	struct json_fault fault;
	void *work = mem_ctx(NULL);
	bool read = json_read(work, s, n, &o, &fault) == OK &&
	    !json_object_is_type(o, json_type_object) && !json_object_is_type(o, json_type_array);
	struct json_object *out =
	    read ? json_object_get(o) : json_object_new_string_len(s, (int)n);

	talloc_free(work);
	return out;
}

/* The length of the value at s: up to the next comma outside of quotes. */
static size_t
value_length(const char *s)
{
	bool quoted = *s == '"';
	size_t n = quoted ? 1 : 0;

	for (; quoted && s[n] != '\0'; n++) {
		if (s[n] == '\\' && s[n + 1] != '\0')
			n++;
		else if (s[n] == '"')
			break;
	}
	return n + strcspn(s + n, ",");
}

struct json_object *
form_values_read(const char *s)
{
	struct json_object *list = json_object_new_array();

	while (*s != '\0') {
		s += strspn(s, " ,");
		size_t n = value_length(s), kept = n;
		while (kept > 0 && s[kept - 1] == ' ')
			kept--;
		if (kept > 0)
			json_object_array_add(list, form_value_read(s, kept));
		s += n;
	}
	return list;
}

bool
form_value_fits(struct json_object *o)
{
	return !json_object_is_type(o, json_type_object) &&
	    !json_object_is_type(o, json_type_array);
}

void
form_value_write(struct buf *out, struct json_object *value)
{
	const char *s = json_object_get_string(value);

	if (json_object_is_type(value, json_type_string)) {
		struct json_object *again = form_value_read(s, strlen(s));
		bool plain = json_object_is_type(again, json_type_string) && *s != '"' &&
		    *s != '\0' && strchr(s, ',') == NULL && *s != ' ' &&
		    s[strlen(s) - 1] != ' ';
		json_object_put(again);
		if (plain) {
			buf_str(out, s);
			return;
		}
	}
	buf_str(out, value == NULL ? "null" : json_plain(value));
}
