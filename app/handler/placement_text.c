/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file of members as rows with the lines on which they begin. A quote that is never closed costs
 * one line, not the rest of the file.
 */
#include "handler/placement_text.h"

#include <string.h>

#include "base/csv.h"

/* The bytes of the record that stands at at. */
static size_t
record(const struct placement_text *t)
{
	const char *s = t->text + t->at;
	size_t left = t->len - t->at, n = csv_record(s, left);

	if (n > 0)
		return n;
	const char *end = memchr(s, '\n', left);
	return end == NULL ? left : (size_t)(end + 1 - s);
}

static void
pass(struct placement_text *t, size_t n)
{
	const char *s = t->text + t->at, *end = s + n;

	for (; s < end; s++)
		t->line += *s == '\n' || (*s == '\r' && (s + 1 == end || s[1] != '\n'));
	t->at += n;
}

const char *
placement_text_open(void *ctx, struct placement_text *t, const char *text, size_t len)
{
	static const char bom[] = "\xef\xbb\xbf";

	*t = (struct placement_text){.text = text, .len = len, .line = 1};
	if (len >= 3 && memcmp(text, bom, 3) == 0)
		t->at = 3;
	while (t->at < len && strspn(text + t->at, " \t\r\n") >= record(t))
		pass(t, record(t));
	size_t n = t->at < len ? record(t) : 0;
	t->csv = csv_open(ctx, text + t->at, n);
	pass(t, n);
	if (n == 0)
		return "there is no header row";
	if (csv_fault(t->csv) != NULL)
		return csv_fault(t->csv);
	if (!csv_has(t->csv, "group"))
		return "the header row has no column `group`";
	if (!csv_has(t->csv, "user_id") && !csv_has(t->csv, "email"))
		return "the header row has neither a column `user_id` nor `email`";
	return NULL;
}

bool
placement_text_next(struct placement_text *t, void *ctx, struct json_object **row,
    const char **fault, int64_t *line)
{
	while (t->at < t->len) {
		size_t n = record(t);
		*line = t->line;
		csv_feed(t->csv, t->text + t->at, n);
		pass(t, n);
		if (csv_next(t->csv, ctx, row, fault))
			return true;
	}
	return false;
}

void
placement_text_skip(struct placement_text *t, size_t at)
{
	pass(t, (at < t->len ? at : t->len) - t->at);
}
