/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers from outside: digits within bounds, and nothing else.
 */
#include "base/num.h"

#include "suites.h"

static const struct {
	const char *text;
	int64_t min, max, value;
} good[] = {
    {"0", 0, 0, 0},
    {"7", 0, 7, 7},
    {"7", 7, 9, 7},
    {"007", 0, 9, 7},
    {"-5", -5, 5, -5},
    {"-0", -1, 0, 0},
    {"5", -5, 5, 5},
    {"9223372036854775807", 0, INT64_MAX, INT64_MAX},
    {"-9223372036854775808", INT64_MIN, 0, INT64_MIN},
};

START_TEST(reads_whole_numbers)
{
	int64_t v = 77;

	ck_assert(num_int(good[_i].text, good[_i].min, good[_i].max, &v));
	ck_assert_int_eq(v, good[_i].value);
}
END_TEST

static const struct {
	const char *text;
	int64_t min, max;
} bad[] = {
    {"", 0, 9},
    {"", -9, 9},
    {"-", -9, 9},
    {"--1", -9, 9},
    {"- 1", -9, 9},
    {"+1", 0, 9},
    {"+1", -9, 9},
    {"-+1", -9, 9},
    {" 1", 0, 9},
    {"\t1", -9, 9},
    {"1 ", 0, 9},
    {"1\n", 0, 9},
    {"1x", 0, 9},
    {"x1", 0, 9},
    {"x", 0, 9},
    {"1.0", 0, 9},
    {"1,0", 0, 99},
    {"1e1", 0, 99},
    {"0x1", 0, 99},
    {"1_0", 0, 99},
    {"\xd9\xa1", 0, 9},
    /* A sign where no number below zero is allowed, not even for zero. */
    {"-1", 0, 9},
    {"-0", 0, 9},
    /* Out of bounds. */
    {"10", 0, 9},
    {"4", 5, 9},
    {"-6", -5, 5},
    {"9223372036854775808", 0, INT64_MAX},
    {"-9223372036854775809", INT64_MIN, 0},
    {"99999999999999999999999999999999999999", 0, INT64_MAX},
};

START_TEST(refuses_everything_else_and_keeps_the_value)
{
	int64_t v = 77;

	ck_assert_msg(!num_int(bad[_i].text, bad[_i].min, bad[_i].max, &v), "`%s`", bad[_i].text);
	ck_assert_int_eq(v, 77);
}
END_TEST

Suite *
num_suite(void)
{
	Suite *s = suite_create("num");
	TCase *t = tcase_create("num");

	tcase_add_loop_test(t, reads_whole_numbers, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_everything_else_and_keeps_the_value, 0, ROWS(bad));
	suite_add_tcase(s, t);
	return s;
}
