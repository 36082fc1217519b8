/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guard for JSON from outside: one pass over the bytes decides whether the text is RFC 8259
 * and within the limits of json.h, and only then json-c builds the value. The pass is a recursive
 * descent parser that allocates nothing but one span for each key of the objects that are open,
 * which JSON_VALUES bounds; its depth is bounded by JSON_DEPTH.
 *
 * A parse function returns false after refuse() has noted where and why the text is not
 * acceptable.
 */
#include "base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonlex.h"
#include "base/mem.h"

struct scan {
	const char *at;
	const char *end;
	unsigned depth;
	unsigned values;
	struct jsonlex_span *keys; /* keys of all open objects, the innermost last */
	size_t nkeys;
	size_t cap;
	const char *wrong; /* first byte that is not acceptable */
	const char *why;
};

static bool
refuse_text(struct scan *s, const char *at, const char *why)
{
	s->wrong = at;
	s->why = why;
	return false;
}

/* The next byte; 0 at the end, which is valid nowhere. */
static char
peek_byte(const struct scan *s)
{
	if (s->at == s->end)
		return '\0';
	return *s->at;
}

static bool
is_json_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void
skip_space(struct scan *s)
{
	while (s->at < s->end && is_json_space(*s->at))
		s->at++;
}

/* Steps over c when it is next. */
static bool
accept_byte(struct scan *s, char c)
{
	if (peek_byte(s) != c)
		return false;
	s->at++;
	return true;
}

static bool
scan_literal(struct scan *s, const char *word, size_t len)
{
	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return refuse_text(s, s->at, "a value is expected");
	s->at += len;
	return true;
}

static bool
scan_number(struct scan *s)
{
	const char *why = jsonlex_number(&s->at, s->end);

	return why == NULL || refuse_text(s, s->at, why);
}

static bool
scan_string(struct scan *s, struct jsonlex_span *span)
{
	const char *why = jsonlex_string(&s->at, s->end, span);

	return why == NULL || refuse_text(s, s->at, why);
}

/* Orders keys by length, then by their decoded bytes: 0 when they are the same key. */
static int
compare_json_keys(const struct jsonlex_span *a, const struct jsonlex_span *b)
{
	char x[JSON_KEY];
	char y[JSON_KEY];

	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	if (a->raw == a->size && b->raw == b->size)
		return memcmp(a->at, b->at, a->size);
	jsonlex_decode(a, x);
	jsonlex_decode(b, y);
	return memcmp(x, y, a->size);
}

/* For qsort: equal keys stay in the order of the text, so that the second one is reported. */
static int
compare_spans(const void *a, const void *b)
{
	const struct jsonlex_span *x = a;
	const struct jsonlex_span *y = b;
	int order = compare_json_keys(x, y);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* Checks that the keys from index first on, those of one object, are different, and removes them.
 * Sorting is O(n log n) for any keys, while a hash table has collisions that a client could
 * provoke. */
static bool
check_keys_differ(struct scan *s, size_t first)
{
	struct jsonlex_span *keys = s->keys + first;
	size_t n = s->nkeys - first;
	const char *twin = NULL;

	s->nkeys = first;
	if (n < 2)
		return true;
	qsort(keys, n, sizeof(*keys), compare_spans);
	for (size_t i = 1; i < n; i++)
		if (compare_json_keys(&keys[i - 1], &keys[i]) == 0 &&
		    (twin == NULL || keys[i].at < twin))
			twin = keys[i].at;
	return twin == NULL || refuse_text(s, twin - 1, "key appears twice");
}

/* A key, which is kept for check_keys_differ(). */
static bool
scan_key(struct scan *s)
{
	const char *from = s->at;
	struct jsonlex_span span;

	if (peek_byte(s) != '"')
		return refuse_text(s, from, "a key in double quotes is expected");
	if (!scan_string(s, &span))
		return false;
	if (span.size > JSON_KEY)
		return refuse_text(s, from, "key is too long");
	if (s->nkeys == s->cap) {
		s->cap = s->cap == 0 ? 32 : s->cap * 2;
		s->keys = mem_check(talloc_realloc(NULL, s->keys, struct jsonlex_span, s->cap));
	}
	s->keys[s->nkeys++] = span;
	return true;
}

static bool scan_value(struct scan *s);

static bool
scan_member(struct scan *s)
{
	skip_space(s);
	if (!scan_key(s))
		return false;
	skip_space(s);
	if (!accept_byte(s, ':'))
		return refuse_text(s, s->at, "':' is expected");
	return scan_value(s);
}

static bool
scan_object(struct scan *s)
{
	size_t first = s->nkeys;

	s->at++;
	skip_space(s);
	if (accept_byte(s, '}'))
		return true;
	do {
		if (!scan_member(s))
			return false;
	} while (accept_byte(s, ','));
	if (!accept_byte(s, '}'))
		return refuse_text(s, s->at, "',' or '}' is expected");
	return check_keys_differ(s, first);
}

static bool
scan_array(struct scan *s)
{
	s->at++;
	skip_space(s);
	if (accept_byte(s, ']'))
		return true;
	do {
		if (!scan_value(s))
			return false;
	} while (accept_byte(s, ','));
	return accept_byte(s, ']') || refuse_text(s, s->at, "',' or ']' is expected");
}

/* An array or an object, one level deeper. */
static bool
scan_nested(struct scan *s)
{
	if (s->depth == JSON_DEPTH)
		return refuse_text(s, s->at, "nesting is too deep");
	s->depth++;
	bool ok = *s->at == '{' ? scan_object(s) : scan_array(s);
	s->depth--;
	return ok;
}

static bool
scan_bare_value(struct scan *s)
{
	struct jsonlex_span ignored;

	switch (peek_byte(s)) {
	case '{':
	case '[':
		return scan_nested(s);
	case '"':
		return scan_string(s, &ignored);
	case 't':
		return scan_literal(s, "true", 4);
	case 'f':
		return scan_literal(s, "false", 5);
	case 'n':
		return scan_literal(s, "null", 4);
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return scan_number(s);
	default:
		return refuse_text(s, s->at, "a value is expected");
	}
}

/* A value and the white space around it. */
static bool
scan_value(struct scan *s)
{
	skip_space(s);
	if (s->values++ == JSON_VALUES)
		return refuse_text(s, s->at, "too many values");
	if (!scan_bare_value(s))
		return false;
	skip_space(s);
	return true;
}

/* Turns the position of a fault into a line and a column, both from 1. */
static void
locate_fault(const char *text, const char *wrong, const char *why, struct json_fault *fault)
{
	fault->line = fault->column = 1;
	fault->why = why;
	for (const char *p = text; p < wrong; p++) {
		fault->column++;
		if (*p == '\n') {
			fault->line++;
			fault->column = 1;
		}
	}
}

enum err
json_guard(const char *text, size_t len, struct json_fault *fault)
{
	struct scan s = {.at = text, .end = text + len};
	bool ok = scan_value(&s);

	talloc_free(s.keys);
	*fault = (struct json_fault){.values = s.values};
	if (ok && s.at < s.end)
		ok = refuse_text(&s, s.at, "unexpected text after the value");
	if (ok)
		return OK;
	locate_fault(text, s.wrong, s.why, fault);
	return ERR_SYNTAX;
}

enum err
json_read(void *ctx, const char *text, size_t len, struct json_object **out,
    struct json_fault *fault)
{
	enum err e = json_guard(text, len, fault);

	if (e != OK)
		return e;
	if (len > INT_MAX) {
		locate_fault(text, text, "text is too long", fault);
		return ERR_SYNTAX;
	}
	struct json_tokener *t = mem_check(json_tokener_new_ex(JSON_DEPTH + 2));
	json_tokener_set_flags(t, JSON_TOKENER_STRICT);
	struct json_object *o = json_tokener_parse_ex(t, text, (int)len);
	if (json_tokener_get_error(t) == json_tokener_continue)
		o = json_tokener_parse_ex(t, "", 1); /* only a NUL ends a bare number */
	enum json_tokener_error error = json_tokener_get_error(t);
	json_tokener_free(t);
	if (error != json_tokener_success) {
		locate_fault(text, text, json_tokener_error_desc(error), fault);
		return ERR_INTERNAL;
	}
	*out = mem_json(ctx, o);
	return OK;
}

const char *
json_plain(struct json_object *o)
{
	return o == NULL ? NULL
	    : json_object_to_json_string_ext(
		  o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

const char *
json_readable(struct json_object *o)
{
	return o == NULL ? NULL
	    : json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
		  JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
}
