/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flattens a profile into terms, the one form that both the database index and the evaluator use.
 * Letters are folded here (ASCII only), so the locale of the database has no influence on who is in
 * an audience.
 */
#include "core/audience/terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"

/*
 * State of the walk through a JSON value. There is one path buffer for the whole walk: members
 * append to it and truncate it again, and its length is bounded by TERM_PATH, so the cost of a
 * value does not depend on its depth.
 */
struct flattener {
	struct terms *terms;
	struct buf *path; /* of the current value, escaped */
	size_t length;    /* bytes of the path below the root, before escaping */
	bool root;        /* the current value is the root, which has no name */
};

static void
reserve_term(struct terms *t)
{
	if (t->n < t->room)
		return;
	t->room = t->room == 0 ? 32 : t->room * 2;
	t->list = mem_check(talloc_realloc(t, t->list, const char *, t->room));
}

static void
add_term(struct flattener *f, char *term)
{
	reserve_term(f->terms);
	f->terms->list[f->terms->n++] = term;
}

static void
add_escaped(struct buf *out, const char *path)
{
	for (const char *s = path; *s != '\0'; s++)
		if (strchr("=#?@!%", *s) == NULL)
			buf_char(out, *s);
		else
			buf_percent(out, *s);
}

char *
terms_path(void *ctx, const char *path)
{
	struct buf *out = buf_new(ctx, strlen(path) + 8);

	add_escaped(out, path);
	return out->data;
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
	/* Cut at a character boundary; the digest of the whole keeps long strings distinct. */
	size_t cut = TERM_VALUE;
	while (((unsigned char)folded[cut] & 0xc0) == 0x80)
		cut--;
	return mem_printf(ctx, "%.*s\x01%s", (int)cut, folded, digest);
}

/* The same text for equal numbers: 12 and 12.0 are both "12". */
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
	void *scratch = mem_ctx(NULL);
	char *term = NULL;

	switch (json_object_get_type(value)) {
	case json_type_string:
		term = mem_printf(ctx, "%s%c%s", path, TERM_STRING,
		    terms_fold(scratch, json_object_get_string(value)));
		break;
	case json_type_int:
	case json_type_double:
		term = mem_printf(
		    ctx, "%s%c%s", path, TERM_NUMBER, number_text(scratch, value));
		break;
	case json_type_boolean:
		term = mem_printf(ctx, "%s%c%s", path, TERM_BOOL,
		    json_object_get_boolean(value) ? "true" : "false");
		break;
	default:
		break;
	}
	talloc_free(scratch);
	return term;
}

bool
terms_instant(const char *s, int64_t *at, bool *day)
{
	size_t n = strlen(s);
	char text[sizeof "2019-02-10T00:00:00Z"];

	*day = n == 10;
	if (!*day)
		return instant_parse_any(s, n, at);
	memcpy(text, s, 10);
	memcpy(text + 10, "T00:00:00Z", 11);
	return instant_parse(text, 20, at);
}

static void
add_scalar(struct flattener *f, struct json_object *value)
{
	const char *path = f->path->data;
	int64_t at;
	bool day;

	add_term(f, terms_scalar(f->terms, path, value));
	if (json_object_is_type(value, json_type_string) &&
	    terms_instant(json_object_get_string(value), &at, &day))
		add_term(f, mem_printf(f->terms, "%s%c%lld", path, TERM_INSTANT, (long long)at));
}

static void
add_empty(struct flattener *f)
{
	add_term(f, mem_printf(f->terms, "%s%c", f->path->data, TERM_EMPTY));
}

static void flatten_value(struct flattener *f, struct json_object *value);

static void
flatten_array(struct flattener *f, struct json_object *array)
{
	size_t n = json_items(array);

	for (size_t i = 0; i < n; i++)
		flatten_value(f, json_item(array, i));
	if (n == 0)
		add_empty(f);
}

/* A member whose path would be longer than TERM_PATH is left out with everything below it. */
static void
flatten_member(struct flattener *f, const char *key, struct json_object *value)
{
	struct flattener outer = *f;
	size_t end = f->path->len;

	f->length += strlen(key) + !outer.root;
	if (f->length <= TERM_PATH) {
		if (!outer.root)
			buf_char(f->path, '.');
		add_escaped(f->path, key);
		f->root = false;
		flatten_value(f, value);
		f->path->len = end;
		f->path->data[end] = '\0';
	}
	f->length = outer.length;
	f->root = outer.root;
}

static void
flatten_object(struct flattener *f, struct json_object *object)
{
	json_object_object_foreach(json_members(object), key, value) {
		flatten_member(f, key, value);
	}
	if (json_member_count(object) == 0 && !f->root)
		add_empty(f);
}

/* The recursion is bounded: json_read refuses values deeper than JSON_DEPTH. */
static void
flatten_value(struct flattener *f, struct json_object *value)
{
	if (value == NULL)
		return;
	if (json_object_is_type(value, json_type_array))
		flatten_array(f, value);
	else if (json_object_is_type(value, json_type_object))
		flatten_object(f, value);
	else
		add_scalar(f, value);
}

static void
flatten_extra(struct terms *t, const struct terms_extra *extra)
{
	struct flattener f = {.terms = t, .path = buf_new(t, 256)};

	buf_str(f.path, extra->path);
	flatten_value(&f, extra->value);
	talloc_free(f.path);
}

static int
compare_terms(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct terms *
terms_make(void *ctx, struct json_object *attributes)
{
	return terms_join(ctx, attributes, NULL, 0);
}

/* Establishes the order that terms_from and terms_has rely on. */
static void
sort_and_deduplicate(struct terms *t)
{
	size_t kept = 0;

	if (t->n > 0)
		qsort(t->list, t->n, sizeof *t->list, compare_terms);
	for (size_t i = 0; i < t->n; i++)
		if (i == 0 || strcmp(t->list[kept - 1], t->list[i]) != 0)
			t->list[kept++] = t->list[i];
		else
			talloc_free((void *)(uintptr_t)t->list[i]);
	t->n = kept;
}

struct terms *
terms_join(void *ctx, struct json_object *attributes, const struct terms_extra extra[], size_t n)
{
	struct terms *t = mem_new(ctx, struct terms);
	struct flattener f = {.terms = t, .path = buf_new(t, 256), .root = true};

	flatten_value(&f, attributes);
	talloc_free(f.path);
	for (size_t i = 0; i < n; i++)
		flatten_extra(t, &extra[i]);
	sort_and_deduplicate(t);
	return t;
}

void
terms_add(struct terms *t, const struct terms_extra *extra)
{
	struct terms *more = terms_join(t, NULL, extra, 1);

	for (size_t i = 0; i < more->n; i++) {
		size_t at = terms_from(t, more->list[i]);
		if (at < t->n && strcmp(t->list[at], more->list[i]) == 0)
			continue;
		reserve_term(t);
		memmove(&t->list[at + 1], &t->list[at], (t->n - at) * sizeof *t->list);
		t->list[at] = more->list[i];
		t->n++;
	}
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
