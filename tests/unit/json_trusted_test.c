/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading JSON from the database, which may have normalised it: the values must be the same.
 */
#include "base/json_trusted.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "suites.h"

#define Z20 "00000000000000000000"
#define Z100 Z20 Z20 Z20 Z20 Z20

static const struct {
	const char *text, *read;
} rows[] = {
    {"1" Z100 Z100 Z100, "1e+300"},
    {"[-1" Z20 ",1]", "[-1e+20,1]"},
    {"{\"a\":12345678901234567890}", "{\"a\":1.2345678901234567e+19}"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "9.223372036854776e+18"},
    {"-9223372036854775809", "-9.223372036854776e+18"},
    {"1" Z20 ".5", "1" Z20 ".5"},
    {"0." Z100 "1", "0." Z100 "1"},
    {"[12.0,0,-0.5]", "[12.0,0,-0.5]"},
    /* Digits in strings and keys are text. */
    {"{\"1" Z100 "\":\"1" Z100 "\"}", "{\"1" Z100 "\":\"1" Z100 "\"}"},
    {"[\"\\\\\",1" Z20 ",\"\\\"1" Z20 "\"]", "[\"\\\\\",1e+20,\"\\\"1" Z20 "\"]"},
    {"[ true , false, null ]", "[true,false,null]"},
    {"\"\\u00e9\"", "\"\xc3\xa9\""},
};

START_TEST(numbers_of_any_size_are_unchanged)
{
	struct json_object *o = json_parse_trusted(rows[_i].text);

	ck_assert_ptr_nonnull(o);
	ck_assert_str_eq(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), rows[_i].read);
	json_object_put(o);
}
END_TEST

static const char *const none[] = {"null", "", "[", "{\"a\"", "\"a", "\"a\\", "x"};

/* No number is read more than once: 200,000 that are not huge, and only one that is, at the
 * end. A reader that looks at all the rest for each of them would take minutes. */
START_TEST(many_large_numbers_are_read_in_one_pass)
{
	enum { MANY = 200000 };
	struct buf *text = buf_new(NULL, 1 << 22);

	buf_char(text, '[');
	for (int i = 0; i < MANY; i++)
		buf_printf(text, "%d%018d,", 1 + i % 8, i);
	buf_str(text, "1" Z20 "]");
	struct json_object *o = json_parse_trusted(text->data);
	ck_assert_uint_eq(json_object_array_length(o), MANY + 1);
	ck_assert_int_eq(json_object_get_int64(json_object_array_get_idx(o, 9)),
	    INT64_C(2000000000000000009));
	ck_assert(json_object_is_type(json_object_array_get_idx(o, MANY), json_type_double));
	json_object_put(o);
	talloc_free(text);
}
END_TEST

START_TEST(null_and_malformed_text_are_read_as_null)
{
	ck_assert_ptr_null(json_parse_trusted(none[_i]));
}
END_TEST

START_TEST(nesting_may_exceed_the_limit_of_requests)
{
	char text[2 * 40 + 1];

	memset(text, '[', 40);
	memset(text + 40, ']', 40);
	text[80] = '\0';
	struct json_object *o = json_parse_trusted(text);
	ck_assert_ptr_nonnull(o);
	json_object_put(o);
}
END_TEST

Suite *
json_trusted_suite(void)
{
	Suite *suite = suite_create("json_trusted");
	TCase *t = tcase_create("json_trusted");

	tcase_add_loop_test(t, numbers_of_any_size_are_unchanged, 0, ROWS(rows));
	tcase_add_test(t, many_large_numbers_are_read_in_one_pass);
	tcase_add_loop_test(t, null_and_malformed_text_are_read_as_null, 0, ROWS(none));
	tcase_add_test(t, nesting_may_exceed_the_limit_of_requests);
	suite_add_tcase(suite, t);
	return suite;
}
