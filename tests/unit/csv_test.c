/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV as people send it: line ends and quotes of every kind, and faults record by record.
 */
#include "base/csv/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "suites.h"

#define ENDLESS "!a quoted field does not end"
#define BEHIND "!text after a quoted field"
#define SAVE " (it may be Windows-1252): save the file as \"CSV UTF-8\""
#define BYTES "!a field holds NUL or is not UTF-8" SAVE
#define NAMELESS "!the header row has a column without a name"
#define TWICE "!the header row names a column twice"
#define UNREADABLE "!the header row cannot be read"
#define FOREIGN UNREADABLE ": it holds NUL or is not UTF-8" SAVE
#define UTF_16 "!the file is UTF-16: save the file as \"CSV UTF-8\""

/*
 * The records, separated by blanks: each as JSON, or as '!' and its fault. The text is copied into
 * an allocation of exactly n bytes, so that a sanitizer notices a read beyond them.
 */
static char *
records(void *ctx, const char *text, size_t n, const struct csv_rules *rules)
{
	char *tight = malloc(n > 0 ? n : 1);
	struct buf *out = buf_new(ctx, 256);
	struct json_object *row;
	const char *fault;

	ck_assert_ptr_nonnull(tight);
	memcpy(tight, text, n);
	struct csv *csv = csv_open(ctx, tight, n, rules);
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
    {TEXT("a\n1\n\"2\n3\n"), "{\"a\":\"1\"} " ENDLESS " {\"a\":\"3\"}"},
    {TEXT("a,b\n\"1\n2\",\"3\n4,5\n"), ENDLESS " {\"a\":\"4\",\"b\":\"5\"}"},
    /* A quote behind the end of a quoted field begins no other. */
    {TEXT("a\n\"1\"2,\"\n3\n"), BEHIND " {\"a\":\"3\"}"},
    {TEXT("a,b\n1,\"2\n\"x\",3\n4,5\n"), BEHIND " {\"a\":\"4\",\"b\":\"5\"}"},
    {TEXT("a\n\""), ENDLESS},
    /* A record of one empty quoted field is not a blank line. */
    {TEXT("a\n\"\"\nx\n"), "{} {\"a\":\"x\"}"},
    /* A BOM at the start and nowhere else. */
    {TEXT("\xef\xbb\xbf" "a\n1\n"), "{\"a\":\"1\"}"},
    {TEXT("a\n\xef\xbb\xbf" "1\n"), "{\"a\":\"\xef\xbb\xbf" "1\"}"},
    {TEXT("\xef\xbb"), ""},
    /* Separators. */
    {TEXT("a;b\n1,5;2\n"), "{\"a\":\"1,5\",\"b\":\"2\"}"},
    {TEXT("a\tb\n1\t\n"), "{\"a\":\"1\"}"},
    {TEXT("\"a,x\";\"b,y\"\n1;2\n"), "{\"a,x\":\"1\",\"b,y\":\"2\"}"},
    /* A quote within a field begins no quoted field, also while the separator is looked for. */
    {TEXT("a,b\"\n\"1;;;;\",2\n"), "{\"a\":\"1;;;;\",\"b\\\"\":\"2\"}"},
    {TEXT("a;\"b,c,d,e\"\n1;2\n"), "{\"a\":\"1\",\"b,c,d,e\":\"2\"}"},
    {TEXT("\"a\n,,\";b\n1;2\n"), "{\"a\\n,,\":\"1\",\"b\":\"2\"}"},
    {TEXT("sep=;\r\na,b;c\r\n1;2\r\n"), "{\"a,b\":\"1\",\"c\":\"2\"}"},
    {TEXT("\xef\xbb\xbf\"sep=\t\"\na\tb\n1\t2\n"), "{\"a\":\"1\",\"b\":\"2\"}"},
    {TEXT("\nSEP=|\n\na|b\n1|2\n"), "{\"a\":\"1\",\"b\":\"2\"}"},
    {TEXT("a;b\n\"1;\n2\";\"3\"\n"), "{\"a\":\"1;\\n2\",\"b\":\"3\"}"},
    /* The apostrophe that csv_text puts before a formula is removed again. */
    {TEXT("a,b\n'=1+1,''x\n'x,'\n"), "{\"a\":\"=1+1\",\"b\":\"'x\"} {\"a\":\"'x\",\"b\":\"'\"}"},
    {TEXT("'@a,b\n\"'-1\",'+2\n"), "{\"@a\":\"-1\",\"b\":\"+2\"}"},
    /* Empty fields are left out, blank records skipped. */
    {TEXT("a,b\n,\n1,\n,2\n"), "{} {\"a\":\"1\"} {\"b\":\"2\"}"},
    {TEXT("\n \n\ta \n\n \t \n\r\n1\n\n"), "{\"a\":\"1\"}"},
    /* Empty columns at the end. */
    {TEXT("a,b,,\n1,2,,\n1,2\n1,2,,,,, \n"), "{\"a\":\"1\",\"b\":\"2\"} "
	"{\"a\":\"1\",\"b\":\"2\"} {\"a\":\"1\",\"b\":\"2\"}"},
    {TEXT("a,\n1,\n3,4\n"), "{\"a\":\"1\"} !2 fields, but the header row has 1"},
    /* Ragged records. */
    {TEXT("a,b\n1\n1,2,3\n1,2\n"), "!1 fields, but the header row has 2 "
	"!3 fields, but the header row has 2 {\"a\":\"1\",\"b\":\"2\"}"},
    /* Bytes that are not UTF-8, and NUL. */
    {TEXT("a\nx\0y\n1\n"), BYTES " {\"a\":\"1\"}"},
    {TEXT("a\n\xff\n\xc3\xa9\n\"\xed\xa0\x80\"\n"), BYTES " {\"a\":\"\xc3\xa9\"} " BYTES},
    /* Headers. */
    {TEXT("a,,b\n1,2,3\n"), NAMELESS},
    {TEXT("a,b,a\n1,2,3\n"), TWICE},
    {TEXT("a,\"b\n1,2\n"), ENDLESS},
    {TEXT("a,\xff\n1,2\n"), FOREIGN},
    {TEXT("\xff\xfe" "a\0\n\0001\0\n\0"), UTF_16 " " UTF_16 " " UTF_16},
    {TEXT("\0a\0,\0b\0\n\0001\0,\0002"), UTF_16 " " UTF_16},
    {TEXT("a,\"b\"c\n1,2\n"), UNREADABLE},
};

START_TEST(reads_every_kind_of_line_end_and_quote)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(records(ctx, files[_i].text, files[_i].n, NULL), files[_i].records);
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
	const char *got = records(ctx, text->data, text->len, NULL);
	ck_assert_ptr_nonnull(strstr(got, "\"c99\":\"c99\"} !more than 100 columns"));
	buf_reset(text);
	add_line(text, CSV_COLUMNS + 1);
	add_line(text, CSV_COLUMNS + 1);
	ck_assert_str_eq(records(ctx, text->data, text->len, NULL), UNREADABLE);
	talloc_free(ctx);
}
END_TEST

static const char *const id_column[] = {"user_id", NULL};
static const char *const choice[] = {"group", "user_id|email", NULL};
static const struct csv_rules typed = {id_column, id_column, true};
static const struct csv_rules chosen = {
    (const char *const[]){"user_id", "email", "group", NULL}, choice, false};

static const struct {
	const struct csv_rules *rules;
	const char *text, *records;
} tables[] = {
    /* Cells that are a number or boolean in JSON become one; ids stay texts. */
    {&typed, "user_id,a\n1,10\n2,-1.5e3\n3,true\n4,FALSE\n5,9007199254740993\n",
	"{\"user_id\":\"1\",\"a\":10} {\"user_id\":\"2\",\"a\":-1.5e3} "
	"{\"user_id\":\"3\",\"a\":true} {\"user_id\":\"4\",\"a\":false} "
	"{\"user_id\":\"5\",\"a\":9007199254740993}"},
    {&typed, "user_id,a\n1,01234\n2,+5\n3,1.\n4,null\n5,12345678901234567890\n6,1e999\n7,'10\n",
	"{\"user_id\":\"1\",\"a\":\"01234\"} {\"user_id\":\"2\",\"a\":\"+5\"} "
	"{\"user_id\":\"3\",\"a\":\"1.\"} {\"user_id\":\"4\",\"a\":\"null\"} "
	"{\"user_id\":\"5\",\"a\":\"12345678901234567890\"} "
	"{\"user_id\":\"6\",\"a\":\"1e999\"} {\"user_id\":\"7\",\"a\":\"'10\"}"},
    {&typed, "user_id,a\n1,'-10\n2,1 2\n3,[1]\n",
	"{\"user_id\":\"1\",\"a\":\"-10\"} {\"user_id\":\"2\",\"a\":\"1 2\"} "
	"{\"user_id\":\"3\",\"a\":\"[1]\"}"},
    /* A header decides otherwise. */
    {&typed, "user_id,a:text, b : Number \n1,10,007\n2,true,+1.50\n3,,\n4,x,y\n",
	"{\"user_id\":\"1\",\"a\":\"10\",\"b\":7} {\"user_id\":\"2\",\"a\":\"true\",\"b\":1.50} "
	"{\"user_id\":\"3\"} !`b` is not a number"},
    {&typed, "a:x,user_id:number\n1,2\n", "{\"a:x\":1,\"user_id\":\"2\"}"},
    {&typed, "user_id,a:text,a:number\n1,2,3\n", TWICE},
    /* Names that are known, and those that are missing. */
    {&chosen, " User_ID ;GROUP; \nx;A;\n", "{\"user_id\":\"x\",\"group\":\"A\"}"},
    {&chosen, "group:text,EMail,Name\nA,b,c\n",
	"!the header row has no column `group`: it has `group:text`, `email`, `Name`"},
    {&chosen, "name,group\nx,A\n",
	"!the header row has no column `user_id` or `email`: it has `name`, `group`"},
    {&typed, "User ID,x\n1,2\n", "!the header row has no column `user_id`: it has `User ID`, `x`"},
};

START_TEST(reads_only_the_wanted_columns)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(records(ctx, tables[_i].text, strlen(tables[_i].text), tables[_i].rules),
	    tables[_i].records);
	talloc_free(ctx);
}
END_TEST

/*
 * 4 MB of each must be read within the time limit of the suite. A reader that looks for a quote or
 * line end up to the end of the text, for each record, would take hours.
 */
static const char *const patterns[] = {
    "\"a\"b,\"\n", "a\",\",\n", "\"\"\"\n", ",\"\"\n", "\"\n", "a,\"b\n", ",",
    "\"\",", "a\r", "\r\n\"\r"};

START_TEST(reading_takes_linear_time)
{
	void *ctx = mem_ctx(NULL);
	size_t n = strlen(patterns[_i]), len = 0, records = 0;
	char *text = mem_array(ctx, char, (4 << 20) + 16);
	struct json_object *row;
	const char *fault;

	for (len = 0; len + n < 4 << 20; len += n)
		memcpy(text + len, patterns[_i], n);
	struct csv *c = csv_open(ctx, "a\n", 2, NULL);
	csv_feed(c, text, len);
	for (void *mem = mem_ctx(ctx); csv_next(c, mem, &row, &fault); mem = mem_ctx(ctx)) {
		records++;
		talloc_free(mem);
	}
	ck_assert_uint_ge(records, 1);
	/* The same while records are cut from a text of which more is to come. */
	for (size_t at = 0, k; at < len; at += k)
		if ((k = csv_record(text + at, len - at, ',', false)) == 0)
			k = csv_record(text + at, len - at, ',', true);
	talloc_free(ctx);
}
END_TEST

static const char *const values[] = {"=1+1", "+1", "-1", "@x", "'x", "''x", "'=x", "''", "'", "\tx",
    "\rx", "a,b", "say \"hi\"", "'\"", "a\nb", "plain", "10", ";", "\xc3\xa9", "'@", " x "};

START_TEST(reads_back_what_was_written)
{
	void *ctx = mem_ctx(NULL);
	struct buf *out = buf_new(ctx, 64);
	struct json_object *row;
	const char *fault;

	buf_str(out, "a,b\r\n");
	csv_text(out, values[_i]);
	buf_char(out, ',');
	csv_text(out, values[_i]);
	buf_str(out, "\r\n");
	struct csv *c = csv_open(ctx, out->data, out->len, NULL);
	ck_assert(csv_next(c, ctx, &row, &fault));
	ck_assert_ptr_nonnull(row);
	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(row, "b")), values[_i]);
	ck_assert(strchr("=+-@\t\r", out->data[strlen("a,b\r\n")]) == NULL);
	talloc_free(ctx);
}
END_TEST

Suite *
csv_suite(void)
{
	Suite *suite = suite_create("csv");
	TCase *t = tcase_create("csv");

	tcase_set_timeout(t, 120); /* enough for a busy machine, too little for quadratic time */
	tcase_add_loop_test(t, reads_every_kind_of_line_end_and_quote, 0, ROWS(files));
	tcase_add_test(t, has_at_most_100_columns);
	tcase_add_loop_test(t, reads_only_the_wanted_columns, 0, ROWS(tables));
	tcase_add_loop_test(t, reading_takes_linear_time, 0, ROWS(patterns));
	tcase_add_loop_test(t, reads_back_what_was_written, 0, ROWS(values));
	suite_add_tcase(suite, t);
	return suite;
}
