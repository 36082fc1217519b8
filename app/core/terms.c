/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flattening: one form for the index and for the evaluator, folded by this program, so that the
 * locale of a database plays no part in who is in an experiment.
 */
#include "core/terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"

struct maker {
	struct terms *terms;
	size_t room;
};

static void
add(struct maker *m, char *term)
{
	struct terms *t = m->terms;

	if (t->n == m->room) {
		m->room = m->room == 0 ? 32 : m->room * 2;
		t->list = mem_check(talloc_realloc(t, t->list, const char *, m->room));
	}
	t->list[t->n++] = term;
}

char *
terms_path(void *ctx, const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = mem_array(ctx, char, 3 * strlen(path) + 1);
	char *o = out;

	for (const char *s = path; *s != '\0'; s++) {
		if (strchr("=#?@!%", *s) == NULL) {
			*o++ = *s;
			continue;
		}
		*o++ = '%';
		*o++ = hex[(unsigned char)*s >> 4];
		*o++ = hex[(unsigned char)*s & 15];
	}
	*o = '\0';
	return out;
}

char *
terms_fold(void *ctx, const char *s)
{
	size_t n = strlen(s);
	char *folded = mem_dupn(ctx, s, n);
	char digest[HASH_HEX];

	for (char *c = folded; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	if (n <= TERM_VALUE)
		return folded;
	hash_hex(folded, n, NULL, 0, digest);
	size_t cut = TERM_VALUE;
	while (((unsigned char)folded[cut] & 0xc0) == 0x80)
		cut--;
	return mem_printf(ctx, "%.*s\x01%s", (int)cut, folded, digest);
}

/* One text for one number: 12 and 12.0 are the same. */
static char *
number_text(void *ctx, struct json_object *value)
{
	double d = json_object_get_double(value);

	if (json_object_is_type(value, json_type_int))
		return mem_printf(ctx, "%lld", (long long)json_object_get_int64(value));
	if (d == floor(d) && fabs(d) < 9223372036854775808.0)
		return mem_printf(ctx, "%lld", (long long)d);
	return mem_printf(ctx, "%.17g", d);
}

char *
terms_scalar(void *ctx, const char *path, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_string:
		return mem_printf(ctx, "%s%c%s", path, TERM_STRING,
		    terms_fold(ctx, json_object_get_string(value)));
	case json_type_int:
	case json_type_double:
		return mem_printf(ctx, "%s%c%s", path, TERM_NUMBER, number_text(ctx, value));
	case json_type_boolean:
		return mem_printf(ctx, "%s%c%s", path, TERM_BOOL,
		    json_object_get_boolean(value) ? "true" : "false");
	default:
		return NULL;
	}
}

bool
terms_instant(const char *s, int64_t *at, bool *day)
{
	size_t n = strlen(s);
	char text[sizeof "2019-02-10T00:00:00Z"];

	*day = n == 10;
	if (!*day)
		return n >= 20 && instant_parse(s, n, at);
	memcpy(text, s, 10);
	memcpy(text + 10, "T00:00:00Z", 11);
	return instant_parse(text, 20, at);
}

static void
add_scalar(struct maker *m, const char *path, struct json_object *value)
{
	int64_t at;
	bool day;

	add(m, terms_scalar(m->terms, path, value));
	if (json_object_is_type(value, json_type_string) &&
	    terms_instant(json_object_get_string(value), &at, &day))
		add(m, mem_printf(m->terms, "%s%c%lld", path, TERM_INSTANT, (long long)at));
}

static void flatten(struct maker *m, const char *path, struct json_object *value);

static void
flatten_array(struct maker *m, const char *path, struct json_object *array)
{
	size_t n = json_items(array);

	for (size_t i = 0; i < n; i++)
		flatten(m, path, json_item(array, i));
	if (n == 0)
		add(m, mem_printf(m->terms, "%s%c", path, TERM_EMPTY));
}

static void
flatten_object(struct maker *m, const char *path, struct json_object *object)
{
	json_object_object_foreach(json_members(object), key, value) {
		char *name = terms_path(m->terms, key);
		flatten(m, path == NULL ? name : mem_printf(m->terms, "%s.%s", path, name), value);
	}
	if (json_member_count(object) == 0 && path != NULL)
		add(m, mem_printf(m->terms, "%s%c", path, TERM_EMPTY));
}

/* The path of the profile itself is NULL. Recursion is bounded by the guard: JSON_DEPTH. */
static void
flatten(struct maker *m, const char *path, struct json_object *value)
{
	if (value == NULL)
		return;
	if (json_object_is_type(value, json_type_array))
		flatten_array(m, path, value);
	else if (json_object_is_type(value, json_type_object))
		flatten_object(m, path, value);
	else
		add_scalar(m, path, value);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct terms *
terms_make(void *ctx, struct json_object *attributes)
{
	return terms_join(ctx, attributes, NULL, 0);
}

struct terms *
terms_join(void *ctx, struct json_object *attributes, const struct terms_extra extra[], size_t n)
{
	struct terms *t = mem_new(ctx, struct terms);
	struct maker m = {t, 0};
	size_t kept = 0;

	flatten(&m, NULL, attributes);
	for (size_t i = 0; i < n; i++)
		flatten(&m, extra[i].path, extra[i].value);
	if (t->n > 0)
		qsort(t->list, t->n, sizeof *t->list, compare);
	for (size_t i = 0; i < t->n; i++)
		if (i == 0 || strcmp(t->list[kept - 1], t->list[i]) != 0)
			t->list[kept++] = t->list[i];
	t->n = kept;
	return t;
}

size_t
terms_from(const struct terms *t, const char *prefix)
{
	size_t low = 0;
	size_t high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(t->list[mid], prefix) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
terms_has(const struct terms *t, const char *term)
{
	size_t i = terms_from(t, term);

	return i < t->n && strcmp(t->list[i], term) == 0;
}
