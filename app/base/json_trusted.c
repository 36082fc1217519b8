/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parsing of JSON that this program stored. Such a text passed json_guard() when it came in, so it
 * is well-formed; what PostgreSQL changed when it wrote the text back are the numbers.
 */
#include "base/json_trusted.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#define NUMBER "+-.0123456789Ee"

enum { DIGITS = 18 }; /* an integer of up to so many digits always fits */

/* The length of the string at s, with both quotes. */
static size_t
string_length(const char *s)
{
	size_t n = 1;

	while (s[n] != '\0' && s[n] != '"')
		n += s[n] == '\\' && s[n + 1] != '\0' ? 2 : 1;
	return s[n] == '\0' ? n : n + 1;
}

/* Whether the n bytes at s are an integer that no int64_t holds. */
static bool
is_huge(const char *s, size_t n)
{
	if (n <= DIGITS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strchr(".Ee", s[i]) != NULL)
			return false;
	errno = 0;
	(void)strtoll(s, NULL, 10);
	return errno == ERANGE;
}

/* Writes the shortest text that reads back as the same double. */
static void
append_double(struct buf *out, const char *s)
{
	double d = strtod(s, NULL);
	char text[32];

	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof text, "%.*g", precision, d);
		if (strtod(text, NULL) == d)
			break;
	}
	buf_str(out, text); /* %g writes a number of this size with an exponent */
}

static struct json_object *
parse_text(const char *text, size_t len)
{
	struct json_tokener *t = mem_check(json_tokener_new_ex(2 * JSON_DEPTH));
	struct json_object *o = json_tokener_parse_ex(t, text, (int)len + 1);

	json_tokener_free(t);
	return o;
}

/* The length of the token at s: a number, a string, or one byte of anything else. *huge: it is a
 * number of is_huge(). */
static size_t
token_length(const char *s, bool *huge)
{
	size_t number = strspn(s, NUMBER);

	*huge = number > 0 && is_huge(s, number);
	return number > 0 ? number : *s == '"' ? string_length(s) : 1;
}

struct json_object *
json_parse_trusted(const char *text)
{
	const char *s = text;
	bool huge = false;

	for (size_t n; *s != '\0' && (n = token_length(s, &huge), !huge);)
		s += n;
	if (!huge)
		return parse_text(text, (size_t)(s - text));
	struct buf *out = buf_new(NULL, strlen(text) + 32);
	for (s = text; *s != '\0';) {
		size_t n = token_length(s, &huge);
		if (huge)
			append_double(out, s);
		else
			buf_add(out, s, n);
		s += n;
	}
	struct json_object *o = parse_text(out->data, out->len);
	talloc_free(out);
	return o;
}
