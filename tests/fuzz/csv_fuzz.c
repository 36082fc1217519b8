/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes CSV: any bytes as a table. Every record is an object of texts or a fault, of as many
 * columns as the header has; and the table that is fed record by record, as from a file that is
 * larger than the memory, has the same records as the table that is read as a whole.
 */
#include "base/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_row(struct json_object *row)
{
	must(json_object_is_type(row, json_type_object));
	must(json_object_object_length(row) <= CSV_COLUMNS);
	json_object_object_foreach(row, name, value) {
		size_t n = (size_t)json_object_get_string_len(value);
		must(*name != '\0' && utf8_valid(name, strlen(name)));
		must(json_object_is_type(value, json_type_string) && n > 0);
		must(strlen(json_object_get_string(value)) == n);
		must(utf8_valid(json_object_get_string(value), n));
	}
}

static bool
next(struct csv *c, void *ctx, struct json_object **row, const char **fault)
{
	*fault = NULL;
	if (!csv_next(c, ctx, row, fault))
		return false;
	must((*row == NULL) == (*fault != NULL));
	must(csv_fault(c) == NULL || *fault == csv_fault(c));
	if (*row != NULL)
		check_row(*row);
	return true;
}

/* What is left begins with a record of so many bytes; all of it when that does not end. */
static size_t
record(const char *s, size_t left)
{
	size_t n = csv_record(s, left);

	must(n <= left);
	/* No shorter text holds the whole of it, but for the LF that may follow a CR. */
	must(n < 2 || csv_record(s, n - 1) == 0 || (s[n - 1] == '\n' && s[n - 2] == '\r'));
	return n == 0 ? left : n;
}

static bool
is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(" \t\r\n", s[i]) == NULL || s[i] == '\0')
			return false;
	return true;
}

struct feed {
	struct csv *csv;
	const char *s;
	size_t left;
};

/* The next record of the table that is fed. */
static bool
next_fed(struct feed *f, void *ctx, struct json_object **row, const char **fault)
{
	while (!next(f->csv, ctx, row, fault)) {
		if (f->left == 0)
			return false;
		size_t n = record(f->s, f->left);
		csv_feed(f->csv, f->s, n);
		f->s += n;
		f->left -= n;
	}
	return true;
}

static struct feed
open_fed(void *ctx, const char *s, size_t left)
{
	struct feed f = {.s = s, .left = left};
	size_t bom = left >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	size_t n = bom;

	while (n < left && is_blank(s + bom, n - bom))
		n += record(s + n, left - n);
	f.csv = csv_open(ctx, s, n);
	f.s += n;
	f.left -= n;
	return f;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	void *ctx = mem_ctx(NULL);
	struct csv *whole = csv_open(ctx, text, size);
	struct feed fed = open_fed(ctx, text, size);
	struct json_object *a, *b;
	const char *why, *because;
	bool more;

	do {
		more = next(whole, ctx, &a, &why);
		must(next_fed(&fed, ctx, &b, &because) == more);
		must(!more || (why == NULL ? because == NULL : strcmp(why, because) == 0));
		must(!more || a == NULL || json_object_equal(a, b));
	} while (more);
	talloc_free(ctx);
	return 0;
}
