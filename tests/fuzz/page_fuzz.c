/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes page views on their way to the database: any text, as an instant and as a JSON page view
 * or an array of them. An instant that is read is written as the same one; a page view that is
 * accepted is within every limit; and its texts survive the array literal that carries them into
 * the statement, so that nothing in them can end it early.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "core/subject/page_view.h"
#include "core/subject/subject.h"
#include "store/db/pgtype.h"

#define NOW (INT64_C(1354408212) * INSTANT_SECOND) /* 2012-12-02T00:30:12Z */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_instant(const char *text, size_t n)
{
	char out[INSTANT_TEXT];
	int64_t t, again;

	if (!instant_parse(text, n, &t))
		return;
	must(t % INSTANT_MS == 0);
	instant_format(t, out);
	must(strlen(out) == INSTANT_TEXT - 1);
	must(instant_parse(out, INSTANT_TEXT - 1, &again) && again == t);
}

static void
check_text(const char *s, size_t max)
{
	must(*s != '\0' && strlen(s) <= max && utf8_valid(s, strlen(s)));
	for (; *s != '\0'; s++)
		must((unsigned char)*s >= ' ' && *s != 0x7f);
}

/* Reads one element of an array literal as PostgreSQL does, and compares. Returns what follows. */
static const char *
check_item(const char *s, const char *text)
{
	if (text == NULL) {
		must(strncmp(s, "NULL", 4) == 0);
		return s + 4;
	}
	must(*s++ == '"');
	for (; *s != '"'; s++, text++) {
		s += *s == '\\';
		must(*s != '\0' && *s == *text);
	}
	must(*text == '\0');
	return s + 1;
}

static void
check_array(void *ctx, const struct page_view *v)
{
	const char *const items[] = {v->subject, v->name, v->url, v->referrer};
	size_t n = sizeof items / sizeof items[0];
	struct buf *b = buf_new(ctx, 64);

	pgtype_array_open(b);
	for (size_t i = 0; i < n; i++)
		pgtype_array_item(b, items[i]);
	pgtype_array_close(b);
	const char *s = b->data;
	for (size_t i = 0; i < n; i++) {
		must(*s == (i == 0 ? '{' : ','));
		s = check_item(s + 1, items[i]);
	}
	must(strcmp(s, "}") == 0);
}

static void
check_view(void *ctx, struct json_object *o)
{
	struct problems *problems = problem_new(ctx);
	struct page_view v;

	if (!page_view_read(o, NOW, "", problems, &v)) {
		must(problem_count(problems) > 0);
		return;
	}
	must(problem_count(problems) == 0);
	must(strncmp(v.subject, "u:", 2) == 0 || strncmp(v.subject, "s:", 2) == 0);
	check_text(v.subject + 2, SUBJECT_ID);
	check_text(v.name, PAGE_VIEW_NAME);
	if (v.url != NULL)
		check_text(v.url, PAGE_VIEW_URL);
	if (v.referrer != NULL)
		check_text(v.referrer, PAGE_VIEW_URL);
	must(v.at >= 0 && v.at <= NOW + INSTANT_DAY && v.at % INSTANT_MS == 0);
	check_array(ctx, &v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	void *ctx = mem_ctx(NULL);
	struct json_object *o;
	struct json_fault fault;

	check_instant(text, size);
	if (json_read(ctx, text, size, &o, &fault) == OK) {
		if (json_object_is_type(o, json_type_string))
			check_instant(json_object_get_string(o),
			    (size_t)json_object_get_string_len(o));
		check_view(ctx, o);
		bool many = json_object_is_type(o, json_type_array);
		for (size_t i = 0; many && i < json_object_array_length(o); i++)
			check_view(ctx, json_object_array_get_idx(o, i));
	}
	talloc_free(ctx);
	return 0;
}
