/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PostgreSQL's text forms: columns to JSON by their type, texts to an array literal.
 */
#include "store/db/pgtype.h"

#include "base/mem.h"
#include "suites.h"

enum {
	BOOL = 16,
	BYTEA = 17,
	INT8 = 20,
	INT2 = 21,
	INT4 = 23,
	TEXT = 25,
	JSON = 114,
	FLOAT4 = 700,
	FLOAT8 = 701,
	VARCHAR = 1043,
	DATE = 1082,
	TIMESTAMP = 1114,
	TIMESTAMPTZ = 1184,
	NUMERIC = 1700,
	UUID = 2950,
	JSONB = 3802,
	TEXT_ARRAY = 1009,
};

static const struct {
	unsigned oid;
	const char *text;
	const char *json;
} columns[] = {
    {BOOL, "t", "true"},
    {BOOL, "f", "false"},
    {INT2, "-32768", "-32768"},
    {INT4, "0", "0"},
    {INT4, "2147483647", "2147483647"},
    {INT8, "9223372036854775807", "9223372036854775807"},
    {INT8, "-9223372036854775808", "-9223372036854775808"},
    {FLOAT4, "1.5", "1.5"},
    {FLOAT8, "0.1", "0.1"},
    {FLOAT8, "18", "18"},
    {FLOAT8, "1e+20", "1e+20"},
    {FLOAT8, "-1.5e-07", "-1.5e-07"},
    {FLOAT4, "NaN", "null"},
    {FLOAT8, "Infinity", "null"},
    {FLOAT8, "-Infinity", "null"},
    /* Numbers stay as the server wrote them, even where int64 and double end. */
    {NUMERIC, "18", "18"},
    {NUMERIC, "3.5", "3.5"},
    {NUMERIC, "18.000", "18.000"},
    {NUMERIC, "-0.001", "-0.001"},
    {NUMERIC, "18446744073709551616", "18446744073709551616"},
    {NUMERIC, "0.1000000000000000000000001", "0.1000000000000000000000001"},
    {NUMERIC, "NaN", "null"},
    /* timestamptz, from a session in UTC with DateStyle ISO. */
    {TIMESTAMPTZ, "2012-12-02 00:30:12.984+00", "\"2012-12-02T00:30:12.984Z\""},
    {TIMESTAMPTZ, "2012-12-02 00:30:12+00", "\"2012-12-02T00:30:12.000Z\""},
    {TIMESTAMPTZ, "2012-12-02 00:30:12.5+00", "\"2012-12-02T00:30:12.500Z\""},
    {TIMESTAMPTZ, "2012-12-02 00:30:12.98+00", "\"2012-12-02T00:30:12.980Z\""},
    {TIMESTAMPTZ, "2012-12-02 00:30:12.984999+00", "\"2012-12-02T00:30:12.984Z\""},
    {TIMESTAMPTZ, "infinity", "\"infinity\""},
    {TIMESTAMPTZ, "-infinity", "\"-infinity\""},
    {TIMESTAMPTZ, "10000-01-01 00:00:00+00", "\"10000-01-01 00:00:00+00\""},
    /* json and jsonb as what they are. */
    {JSON, "{\"a\" : [1, null]}", "{\"a\":[1,null]}"},
    {JSONB, "\"x\"", "\"x\""},
    {JSONB, "1.50", "1.50"},
    {JSONB, "null", "null"},
    /* Other types are texts, even if the value looks like a number. */
    {TEXT, "", "\"\""},
    {TEXT, "18", "\"18\""},
    {TEXT, "say \"x\"\n", "\"say \\\"x\\\"\\n\""},
    {VARCHAR, "t", "\"t\""},
    {DATE, "2012-12-02", "\"2012-12-02\""},
    {TIMESTAMP, "2012-12-02 00:30:12", "\"2012-12-02 00:30:12\""},
    {UUID, "00000000-0000-0000-0000-000000000000", "\"00000000-0000-0000-0000-000000000000\""},
    {BYTEA, "\\x00ff", "\"\\\\x00ff\""},
    {TEXT_ARRAY, "{a,b}", "\"{a,b}\""},
    {0, "x", "\"x\""},
    {4294967295, "x", "\"x\""},
};

START_TEST(a_column_becomes_json_by_its_type)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *o = pgtype_json(columns[_i].oid, columns[_i].text);

	ck_assert_str_eq(json_object_to_json_string_ext(o, flags), columns[_i].json);
	json_object_put(o);
}
END_TEST

START_TEST(sql_null_is_json_null_for_every_type)
{
	static const unsigned oids[] = {BOOL, INT4, FLOAT8, NUMERIC, TIMESTAMPTZ, JSONB, TEXT, 0};

	ck_assert_ptr_null(pgtype_json(oids[_i], NULL));
}
END_TEST

static const struct {
	const char *items[4];
	int count;
	const char *literal;
} arrays[] = {
    {{NULL}, 0, "{}"},
    {{NULL}, 1, "{NULL}"},
    {{NULL, NULL}, 2, "{NULL,NULL}"},
    {{""}, 1, "{\"\"}"},
    {{"", ""}, 2, "{\"\",\"\"}"},
    {{"a", "b", "c"}, 3, "{\"a\",\"b\",\"c\"}"},
    {{"NULL", NULL, "null"}, 3, "{\"NULL\",NULL,\"null\"}"},
    {{"a,b", "{c}", "}"}, 3, "{\"a,b\",\"{c}\",\"}\"}"},
    {{"\"", "a\"b\"", "\"\""}, 3, "{\"\\\"\",\"a\\\"b\\\"\",\"\\\"\\\"\"}"},
    {{"\\", "a\\", "\\\\b"}, 3, "{\"\\\\\",\"a\\\\\",\"\\\\\\\\b\"}"},
    {{"\\\"", "\",\"x"}, 2, "{\"\\\\\\\"\",\"\\\",\\\"x\"}"},
    {{" a ", "\n", "\xc3\xa9", "'"}, 4, "{\" a \",\"\n\",\"\xc3\xa9\",\"'\"}"},
    {{"{", "x"}, 2, "{\"{\",\"x\"}"},
};

static void
put_array(struct buf *b, int row)
{
	pgtype_array_open(b);
	for (int i = 0; i < arrays[row].count; i++)
		pgtype_array_item(b, arrays[row].items[i]);
	pgtype_array_close(b);
}

START_TEST(texts_become_an_array_literal)
{
	struct buf *b = buf_new(NULL, 0);

	put_array(b, _i);
	ck_assert_str_eq(b->data, arrays[_i].literal);
	talloc_free(b);
}
END_TEST

START_TEST(an_array_literal_can_be_appended_to_other_text)
{
	struct buf *b = buf_new(NULL, 0);

	buf_str(b, "before");
	put_array(b, _i);
	ck_assert_str_eq(b->data + sizeof "before" - 1, arrays[_i].literal);
	talloc_free(b);
}
END_TEST

Suite *
pgtype_suite(void)
{
	Suite *s = suite_create("pgtype");
	TCase *t = tcase_create("pgtype");

	tcase_add_loop_test(t, a_column_becomes_json_by_its_type, 0, ROWS(columns));
	tcase_add_loop_test(t, sql_null_is_json_null_for_every_type, 0, 8);
	tcase_add_loop_test(t, texts_become_an_array_literal, 0, ROWS(arrays));
	tcase_add_loop_test(t, an_array_literal_can_be_appended_to_other_text, 0, ROWS(arrays));
	suite_add_tcase(s, t);
	return s;
}
