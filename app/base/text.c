/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules for every text from outside: not empty, of bounded length, without control characters.
 * A text that passes is stored byte for byte; escaping it for HTML, CSV or a log is left to the
 * code that prints it.
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
is_line_space(const char *s)
{
	return *s == '\n' || *s == '\t' || (s[0] == '\r' && s[1] == '\n');
}

/* The characters are UTF-8 already, so a byte below 0x80 is a character of its own. */
static const char *
find_text_fault(void *ctx, const char *s, size_t n, size_t max, bool lines)
{
	if (n == 0)
		return "must not be empty";
	if (n > max)
		return mem_printf(ctx, "must be at most %zu bytes long", max);
	for (size_t i = 0; i < n; i++)
		if (is_control((const unsigned char *)s + i) && !(lines && is_line_space(s + i)))
			return lines ? "must contain no control characters but line breaks"
				     : "must not contain control characters";
	return NULL;
}

const char *
text_fault(void *ctx, const char *s, size_t n, size_t max)
{
	return find_text_fault(ctx, s, n, max, false);
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
	return find_text_fault(ctx, json_object_get_string(o), n, max, true);
}

uint32_t
text_hash(const char *s, size_t n)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)s[i]) * 16777619u;
	return hash;
}

const char *
text_cut(void *ctx, const char *s, size_t most)
{
	if (strlen(s) <= most)
		return mem_dup(ctx, s);
	/* Step back to the first byte of a character. */
	while (((unsigned char)s[most] & 0xc0) == 0x80)
		most--;
	return mem_printf(ctx, "%.*s …", (int)most, s);
}
