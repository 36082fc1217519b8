/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every text from outside must be: not empty, bounded, free of control characters. Anything
 * else is kept byte for byte; escaping is the business of whoever prints it.
 */
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

static bool
is_control(const unsigned char *s)
{
	/* U+0080..U+009F are C2 80 .. C2 9F. */
	return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

static bool
is_break(const char *s)
{
	return *s == '\n' || *s == '\t' || (s[0] == '\r' && s[1] == '\n');
}

static const char *
find_fault(void *ctx, const char *s, size_t n, size_t max, bool lines)
{
	if (n == 0)
		return "must not be empty";
	if (n > max)
		return mem_printf(ctx, "must be at most %zu bytes long", max);
	for (size_t i = 0; i < n; i++)
		if (is_control((const unsigned char *)s + i) && !(lines && is_break(s + i)))
			return lines ? "must contain no control characters but line breaks"
				     : "must not contain control characters";
	return NULL;
}

const char *
text_fault(void *ctx, const char *s, size_t n, size_t max)
{
	return find_fault(ctx, s, n, max, false);
}

const char *
text_fault_json(void *ctx, struct json_object *o, size_t max)
{
	if (!json_object_is_type(o, json_type_string))
		return "must be a string";
	return text_fault(
	    ctx, json_object_get_string(o), (size_t)json_object_get_string_len(o), max);
}

const char *
text_fault_lines(void *ctx, struct json_object *o, size_t max)
{
	if (!json_object_is_type(o, json_type_string))
		return "must be a string";
	size_t n = (size_t)json_object_get_string_len(o);
	return find_fault(ctx, json_object_get_string(o), n, max, true);
}

const char *
text_cut(void *ctx, const char *s, size_t most)
{
	if (strlen(s) <= most)
		return mem_dup(ctx, s);
	/* Never within a character. */
	while (((unsigned char)s[most] & 0xc0) == 0x80)
		most--;
	return mem_printf(ctx, "%.*s …", (int)most, s);
}
