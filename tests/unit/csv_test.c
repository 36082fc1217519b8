/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV as people send it: line ends and quotes of every kind, and what is wrong, record by record.
 */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "suites.h"

#define ENDLESS "!a quoted field does not end"
#define BEHIND "!text behind a quoted field"
#define BYTES "!a field holds NUL or is not UTF-8"
#define NAMELESS "!the header row has a column without a name"
#define TWICE "!the header row names a column twice"
#define UNREADABLE "!the header row cannot be read"

/* Every record of n bytes that nothing follows: its JSON, or '!' and what is wrong; by blanks. */
static char *
records(void *ctx, const char *text, size_t n)
{
	char *tight = malloc(n > 0 ? n : 1);
	struct buf *out = buf_new(ctx, 256);
	struct json_object *row;
	const char *fault;

	ck_assert_ptr_nonnull(tight);
	memcpy(tight, text, n);
	struct csv *csv = csv_open(ctx, tight, n);
	while (csv_next(csv, ctx, &row, &fault)) {
		ck_assert_int_eq(row == NULL, fault != NULL);
		if (out->len > 0)
			buf_char(out, ' ');
		if (fault != NULL)
			buf_printf(out, "!%s", fault);
		else
			buf_str(out, json_object_to_json_string_ext(row, JSON_C_TO_STRING_PLAIN));
	}
	free(tight);
	return out->data;
}

#define TEXT(s) s, sizeof s - 1

static const struct {
	const char *text;
	size_t n;
	const char *records;
} files[] = {
    {TEXT(""), ""},
    {TEXT("a"), ""},
    {TEXT("a\n"), ""},
    {TEXT("a,b\n1,2"), "{\"a\":\"1\",\"b\":\"2\"}"},
    /* LF, CR, CRLF, also mixed. */
    {TEXT("a\n1\n2\n"), "{\"a\":\"1\"} {\"a\":\"2\"}"},
    {TEXT("a\r1\r2\r"), "{\"a\":\"1\"} {\"a\":\"2\"}"},
    {TEXT("a\r\n1\r\n2\r\n"), "{\"a\":\"1\"} {\"a\":\"2\"}"},
    {TEXT("a\r1\n2\r\n3"), "{\"a\":\"1\"} {\"a\":\"2\"} {\"a\":\"3\"}"},
    /* Quotes. */
    {TEXT("a,b\n\"1,2\",\"x\"\"y\"\n"), "{\"a\":\"1,2\",\"b\":\"x\\\"y\"}"},
    {TEXT("\"a\",\"b\"\n\"1\n2\",\"3\r\n4\"\n"), "{\"a\":\"1\\n2\",\"b\":\"3\\r\\n4\"}"},
    {TEXT("a\n\"\"\"\"\n"), "{\"a\":\"\\\"\"}"},
    {TEXT("a\nx\"y\n z \n"), "{\"a\":\"x\\\"y\"} {\"a\":\" z \"}"},
    {TEXT("a\n\"1\"2\n3\n"), BEHIND " {\"a\":\"3\"}"},
    {TEXT("a\n\"\"2\n3\n"), BEHIND " {\"a\":\"3\"}"},
    {TEXT("a\n1\n\"2\n3\n"), "{\"a\":\"1\"} " ENDLESS},
    {TEXT("a\n\""), ENDLESS},
    /* A field of nothing is a record all the same, and no blank line. */
    {TEXT("a\n\"\"\nx\n"), "{} {\"a\":\"x\"}"},
    /* A BOM at the start and nowhere else. */
    {TEXT("\xef\xbb\xbf" "a\n1\n"), "{\"a\":\"1\"}"},
    {TEXT("a\n\xef\xbb\xbf" "1\n"), "{\"a\":\"\xef\xbb\xbf" "1\"}"},
    {TEXT("\xef\xbb"), ""},
    /* Empty fields are left out, blank records skipped. */
    {TEXT("a,b\n,\n1,\n,2\n"), "{} {\"a\":\"1\"} {\"b\":\"2\"}"},
    {TEXT("\n \n\ta \n\n \t \n\r\n1\n\n"), "{\"\\ta \":\"1\"}"},
    /* Ragged records. */
    {TEXT("a,b\n1\n1,2,3\n1,2\n"), "!1 fields, but the header row has 2 "
	"!3 fields, but the header row has 2 {\"a\":\"1\",\"b\":\"2\"}"},
    /* Bytes that are no text. */
    {TEXT("a\nx\0y\n1\n"), BYTES " {\"a\":\"1\"}"},
    {TEXT("a\n\xff\n\xc3\xa9\n\"\xed\xa0\x80\"\n"), BYTES " {\"a\":\"\xc3\xa9\"} " BYTES},
    /* Headers. */
    {TEXT("a,,b\n1,2,3\n"), NAMELESS},
    {TEXT("a,\n1,2\n3,4\n"), NAMELESS " " NAMELESS},
    {TEXT("a,b,a\n1,2,3\n"), TWICE},
    {TEXT("a,\"b\n1,2\n"), ""},
    {TEXT("a,\xff\n1,2\n"), UNREADABLE},
    {TEXT("a,\"b\"c\n1,2\n"), UNREADABLE},
};

START_TEST(reads_records)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(records(ctx, files[_i].text, files[_i].n), files[_i].records);
	talloc_free(ctx);
}
END_TEST

/* n fields "c0,c1,.." and a line end. */
static void
add_line(struct buf *out, int n)
{
	for (int i = 0; i < n; i++)
		buf_printf(out, "%sc%d", i == 0 ? "" : ",", i);
	buf_char(out, '\n');
}

START_TEST(has_at_most_100_columns)
{
	void *ctx = mem_ctx(NULL);
	struct buf *text = buf_new(ctx, 4096);

	add_line(text, CSV_COLUMNS);
	add_line(text, CSV_COLUMNS);
	add_line(text, CSV_COLUMNS + 1);
	const char *got = records(ctx, text->data, text->len);
	ck_assert_ptr_nonnull(strstr(got, "\"c99\":\"c99\"} !more than 100 columns"));
	buf_reset(text);
	add_line(text, CSV_COLUMNS + 1);
	add_line(text, CSV_COLUMNS + 1);
	ck_assert_str_eq(records(ctx, text->data, text->len), UNREADABLE);
	talloc_free(ctx);
}
END_TEST

Suite *
csv_suite(void)
{
	Suite *suite = suite_create("csv");
	TCase *t = tcase_create("csv");

	tcase_add_loop_test(t, reads_records, 0, ROWS(files));
	tcase_add_test(t, has_at_most_100_columns);
	suite_add_tcase(suite, t);
	return suite;
}
