/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversion between the rows of forms and criteria, in both directions; the chart of rates over
 * time.
 */
#include <string.h>

#include "base/mem.h"
#include "base/problem.h"
#include "view/criteria_words.h"
#include "view/rate_chart.h"
#include "view/criteria_rows.h"
#include "given.h"
#include "suites.h"

static const struct {
	const char *rows;
	const char *criteria; /* NULL: refused */
	const char *words;    /* of the first filter */
} cases[] = {
    {"{\"type\":\"user\",\"user\":[{\"field\":\"a\",\"operator\":\"\",\"value\":"
     "\"x, \\\"5\\\", 5\"}]}",
        "{\"type\":\"user\",\"filters\":{\"a\":[\"x\",\"5\",5]}}", "a is one of \"x\", \"5\", 5"},
    {"{\"type\":\"user\",\"user\":[{\"field\":\"a\",\"operator\":\"\",\"value\":"
     "\"\\\"x, y\\\"\"}]}",
        "{\"type\":\"user\",\"filters\":{\"a\":\"x, y\"}}", "a is \"x, y\""},
    {"{\"type\":\"user\",\"user\":[{\"field\":\"a\",\"operator\":\">=\",\"value\":\"1\"},"
     "{\"field\":\"a\",\"operator\":\"<\",\"value\":\"9\"}]}",
        "{\"type\":\"user\",\"filters\":{\"a\":{\">=\":1,\"<\":9}}}",
        "a is at least 1 and is below 9"},
    {"{\"type\":\"user\",\"user\":[{\"field\":\"a\",\"operator\":\"<\",\"value\":\"1\"},"
     "{\"field\":\"a\",\"operator\":\"<\",\"value\":\"9\"}]}", NULL, NULL},
    {"{\"type\":\"user\",\"user\":[{\"operator\":\"<\",\"value\":\"1\"}]}", NULL, NULL},
    {"{\"type\":\"device\",\"device\":[{\"name\":\"n\",\"operator\":\"RANGE\",\"value\":"
     "\"1, 2\"}]}",
        "{\"type\":\"device\",\"filters\":[{\"name\":\"n\",\"operator\":\"RANGE\","
        "\"value\":{\"start\":1,\"end\":2}}]}", "n is from 1 to 2"},
    {"{\"type\":\"json\",\"json\":\"{\"}", NULL, NULL},
    {"{\"type\":\"\",\"user\":[{\"field\":\"a\",\"value\":\"1\"}]}", NULL, NULL},
    {"{\"type\":\"\",\"json\":\"{}\"}", NULL, NULL},
    {"{\"type\":\"user\",\"user\":[{\"field\":\"a\",\"value\":\"1\"}],"
     "\"device\":[{\"name\":\"n\"}]}", NULL, NULL},
};

START_TEST(rows_survive_the_way_to_criteria_and_back)
{
	void *ctx = mem_ctx(NULL);
	struct problems *problems = problem_new(ctx);
	struct json_object *rows = given_json(ctx, cases[_i].rows);
	struct json_object *made = criteria_rows_read(rows, problems);

	if (made != NULL)
		mem_json(ctx, made);
	ck_assert_int_eq(problem_count(problems) == 0, cases[_i].criteria != NULL);
	if (cases[_i].criteria != NULL) {
		struct json_object *again = mem_json(ctx, criteria_rows_of(made));
		struct json_object *words = criteria_words(ctx, made);
		ck_assert(json_object_equal(made, given_json(ctx, cases[_i].criteria)));
		ck_assert(json_object_equal(again, rows));
		ck_assert_str_eq(json_object_get_string(json_object_array_get_idx(words, 0)),
		    cases[_i].words);
	}
	talloc_free(ctx);
}
END_TEST

static const char counts[] =
    "{\"goals\": [{\"goal\": \"g\"}], \"alternatives\": [{\"name\": \"control\"}], "
    "\"days\": [[\"2026-11-01\", \"control\", 10], [\"2026-11-03\", \"control\", 10]], "
    "\"converted\": [[\"2026-11-02\", \"g\", \"control\", 5], "
    "[\"2026-11-02\", \"h\", \"control\", 9]]}";

START_TEST(a_rate_divides_by_the_participants_of_that_day)
{
	static const char *const rates[] = {"0.00 %", "50.00 %", "25.00 %"};
	void *ctx = mem_ctx(NULL);
	struct json_object *curve = rate_chart_of(ctx, given_json(ctx, counts), 0);
	struct json_object *rows = json_object_object_get(curve, "rows");

	ck_assert_uint_eq(json_object_array_length(rows), 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_str_eq(json_object_get_string(json_object_object_get(
		    json_object_array_get_idx(rows, i), "rate")), rates[i]);
	talloc_free(ctx);
}
END_TEST

static const char windowed[] =
    "{\"goals\": [{\"goal\": \"g\", \"window_to\": 24}], "
    "\"alternatives\": [{\"name\": \"control\"}], "
    "\"days\": [[\"2026-11-01\", \"control\", 90]], "
    "\"ended\": [[\"2026-11-02\", \"g\", \"control\", 10], "
    "[\"2026-11-03\", \"g\", \"control\", 10], [\"2026-11-03\", \"h\", \"control\", 70]], "
    "\"converted\": [[\"2026-11-02\", \"g\", \"control\", 5], "
    "[\"2026-11-03\", \"g\", \"control\", 10]]}";

START_TEST(a_rate_divides_by_the_participants_whose_window_had_ended)
{
	static const char *const rates[] = {"50.00 %", "75.00 %"};
	void *ctx = mem_ctx(NULL);
	struct json_object *curve = rate_chart_of(ctx, given_json(ctx, windowed), 0);
	struct json_object *rows = json_object_object_get(curve, "rows");

	ck_assert_uint_eq(json_object_array_length(rows), 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert_str_eq(json_object_get_string(json_object_object_get(
		    json_object_array_get_idx(rows, i), "rate")), rates[i]);
	talloc_free(ctx);
}
END_TEST

/* Labels stand at the ends of their lines, so lines that end close together need a distance. */
static const char close[] =
    "{\"goals\": [{\"goal\": \"g\"}], \"alternatives\": [{\"name\": \"middle\"}, "
    "{\"name\": \"low\"}, {\"name\": \"high\"}], "
    "\"days\": [[\"2026-11-01\", \"middle\", 100], [\"2026-11-01\", \"low\", 100], "
    "[\"2026-11-02\", \"high\", 100]], "
    "\"converted\": [[\"2026-11-02\", \"g\", \"middle\", 50], "
    "[\"2026-11-02\", \"g\", \"low\", 49], [\"2026-11-02\", \"g\", \"high\", 51]]}";

START_TEST(labels_keep_apart_in_the_order_of_the_line_ends)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *curve = rate_chart_of(ctx, given_json(ctx, close), 0);
	struct json_object *lines = json_object_object_get(curve, "lines");
	int y[3];

	for (size_t i = 0; i < 3; i++)
		y[i] = json_object_get_int(
		    json_object_object_get(json_object_array_get_idx(lines, i), "y"));
	ck_assert_int_ge(y[1], y[0] + 14);
	ck_assert_int_ge(y[0], y[2] + 14);
	talloc_free(ctx);
}
END_TEST

START_TEST(a_curve_has_the_day_of_its_first_point)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *curve = rate_chart_of(ctx, given_json(ctx, counts), 0);

	ck_assert_str_eq(json_object_get_string(json_object_object_get(curve, "first")),
	    "2026-11-01");
	talloc_free(ctx);
}
END_TEST

START_TEST(a_goal_without_daily_counts_has_no_curve)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *results = given_json(ctx, counts);

	json_object_object_del(results, "converted");
	ck_assert_ptr_null(rate_chart_of(ctx, results, 0));
	talloc_free(ctx);
}
END_TEST

Suite *
criteria_rows_suite(void)
{
	Suite *s = suite_create("criteria_rows");
	TCase *t = tcase_create("criteria_rows");

	tcase_add_loop_test(t, rows_survive_the_way_to_criteria_and_back, 0, ROWS(cases));
	tcase_add_test(t, a_rate_divides_by_the_participants_of_that_day);
	tcase_add_test(t, a_rate_divides_by_the_participants_whose_window_had_ended);
	tcase_add_test(t, labels_keep_apart_in_the_order_of_the_line_ends);
	tcase_add_test(t, a_curve_has_the_day_of_its_first_point);
	tcase_add_test(t, a_goal_without_daily_counts_has_no_curve);
	suite_add_tcase(s, t);
	return s;
}
