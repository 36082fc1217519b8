/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes CSV: any bytes as a table. Every record is an object of values or a fault, of as many
 * columns as the header has; what is written as CSV is read back; and the table that is fed
 * record by record, as from a file that is larger than the memory, has the same records as the
 * table that is read as a whole.
 */
#include "base/csv/csv.h"

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
		must(*name != '\0' && utf8_valid(name, strlen(name)));
		if (!json_object_is_type(value, json_type_string)) {
			must(json_object_is_type(value, json_type_int) ||
			    json_object_is_type(value, json_type_double) ||
			    json_object_is_type(value, json_type_boolean));
			continue;
		}
		size_t n = (size_t)json_object_get_string_len(value);
		must(n > 0);
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

struct feed {
	struct csv *csv;
	const char *s;
	size_t left;
};

/* What is left begins with a record of so many bytes. */
static size_t
record(const struct feed *f)
{
	char separator = csv_separator(f->csv);
	size_t n = csv_record(f->s, f->left, separator, false);

	if (n == 0)
		n = csv_record(f->s, f->left, separator, true);
	must(n > 0 && n <= f->left);
	return n;
}

/* The next record of the table that is fed. */
static bool
next_fed(struct feed *f, void *ctx, struct json_object **row, const char **fault)
{
	while (!next(f->csv, ctx, row, fault)) {
		if (f->left == 0)
			return false;
		size_t n = record(f);
		csv_feed(f->csv, f->s, n);
		f->s += n;
		f->left -= n;
	}
	return true;
}

static struct feed
open_fed(void *ctx, const char *s, size_t left, const struct csv_rules *rules)
{
	char separator = '\0', again = '\0';
	size_t n = csv_header(s, left, false, &separator);

	must(n <= left && (n > 0) == (separator != '\0'));
	must(n == 0 || (csv_header(s, left, true, &again) == n && again == separator));
	if (n == 0)
		n = csv_header(s, left, true, &separator);
	struct feed f = {csv_open(ctx, s, n, rules), s + n, left - n};
	must(csv_fault(f.csv) != NULL || csv_separator(f.csv) == separator);
	return f;
}

/* Every text of a good row, written as a table of one cell, is read back. */
static void
check_written(void *ctx, struct json_object *row)
{
	json_object_object_foreach(row, name, value) {
		struct buf *out = buf_new(ctx, 64);
		struct json_object *back;
		const char *fault;
		buf_str(out, "a,b\n");
		csv_text(out, json_object_get_string(value));
		buf_str(out, ",x\n");
		struct csv *c = csv_open(ctx, out->data, out->len, NULL);
		(void)name;
		must(csv_next(c, ctx, &back, &fault) && back != NULL);
		must(strcmp(json_object_get_string(json_object_object_get(back, "a")),
		    json_object_get_string(value)) == 0);
	}
}

static void
check(const char *text, size_t size, const struct csv_rules *rules)
{
	void *ctx = mem_ctx(NULL);
	struct csv *whole = csv_open(ctx, text, size, rules);
	struct feed fed = open_fed(ctx, text, size, rules);
	struct json_object *a, *b;
	const char *why, *because;
	bool more;

	do {
		more = next(whole, ctx, &a, &why);
		must(next_fed(&fed, ctx, &b, &because) == more);
		must(!more || (why == NULL ? because == NULL : strcmp(why, because) == 0));
		must(!more || a == NULL || json_object_equal(a, b));
		if (more && a != NULL)
			check_written(ctx, a);
	} while (more);
	must(csv_offset(whole) == size);
	talloc_free(ctx);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = {"a", "User_id", NULL};
	static const struct csv_rules typed = {known, NULL, true};

	check((const char *)data, size, NULL);
	check((const char *)data, size, &typed);
	return 0;
}
