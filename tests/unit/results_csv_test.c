/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results as CSV, read back by assay's own reader.
 */
#include "core/stats/results.h"

#include <string.h>

#include "base/csv/csv.h"
#include "base/mem.h"
#include "given.h"
#include "suites.h"
#include "view/results_csv.h"

/* Results of the alternatives control and name, and a goal of that name. */
static const char *
csv_of(void *ctx, const char *name)
{
	struct json_object *goal = given_json(ctx, "{\"nr\":7,\"test\":\"chi2\"}");
	struct json_object *arm = given_json(ctx, "{\"id\":2}");
	struct results_input in = {
	    .alternatives = given_json(ctx, "[{\"id\":1,\"name\":\"control\"}]"),
	    .exposures = given_json(ctx, "[[1,1,200,0],[2,1,200,0]]"),
	    .splits = given_json(ctx, "{}"),
	    .goals = given_json(ctx, "[]"),
	    .conversions = given_json(ctx, "[[7,1,1,100],[7,2,1,40],[7,2,3,10]]"),
	};

	json_object_object_add(goal, "name", json_object_new_string(name));
	json_object_object_add(arm, "name", json_object_new_string(name));
	json_object_array_add(in.goals, json_object_get(goal));
	json_object_array_add(in.alternatives, json_object_get(arm));
	return results_csv(ctx, results_json(ctx, &in));
}

static struct json_object *
row(void *ctx, const char *text, int n)
{
	struct csv *c = csv_open(ctx, text, strlen(text), NULL);
	struct json_object *o = NULL;
	const char *fault = NULL;

	for (int i = 0; i <= n; i++) {
		ck_assert(csv_next(c, ctx, &o, &fault));
		ck_assert_msg(fault == NULL, "%s in %s", fault, text);
	}
	return o;
}

static const char *const names[] = {"b", "a, \"b\"", "two\r\nlines", "=1+1", "+1", "-1", "@x",
    "\tx", "=\"a\",b", "a=b", "'x", "''=1"};

START_TEST(texts_survive_and_never_begin_a_formula)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = row(ctx, csv_of(ctx, names[_i]), 1);

	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(o, "goal")), names[_i]);
	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(o, "alternative")), names[_i]);
	talloc_free(ctx);
}
END_TEST

static const struct {
	int row;
	const char *column;
	const char *cell; /* NULL: empty */
} cells[] = {
    {0, "alternative", "control"},
    {0, "participants", "200"},
    {0, "rate", "0.5"},
    {0, "improvement", NULL},
    {0, "interval_low", NULL},
    {0, "reason", "baseline of the comparison"},
    {1, "test", "chi2"},
    {1, "conversions", "50"},
    {1, "rate", "0.25"},
    {1, "improvement", "-50"}, /* a number, not guarded */
    {1, "mean_actions", "0.35"},
    {1, "mwu_confidence", NULL},
    {1, "reason", NULL},
    {1, "histogram", "0:150 1:40 3:10"},
};

START_TEST(each_goal_and_alternative_has_a_row)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = row(ctx, csv_of(ctx, "b"), cells[_i].row);
	const char *cell =
	    json_object_get_string(json_object_object_get(o, cells[_i].column));

	if (cells[_i].cell == NULL)
		ck_assert_msg(cell == NULL, "%s is %s", cells[_i].column, cell);
	else
		ck_assert_str_eq(cell, cells[_i].cell);
	talloc_free(ctx);
}
END_TEST

START_TEST(an_empty_text_does_not_shift_columns)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = row(ctx, csv_of(ctx, ""), 1);

	ck_assert_ptr_null(json_object_object_get(o, "goal"));
	ck_assert_str_eq(json_object_get_string(json_object_object_get(o, "test")), "chi2");
	talloc_free(ctx);
}
END_TEST

/* Without participants, and in results of a part of the time, there is no histogram. */
static const char *const histograms[] = {"{}", "null"};

START_TEST(a_row_without_a_histogram_has_all_columns)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *results = given_json(ctx, mem_printf(ctx,
	    "{\"goals\":[{\"goal\":\"g\",\"test\":\"chi2\",\"alternatives\":"
	    "[{\"name\":\"a\",\"participants\":0,\"histogram\":%s}]}]}", histograms[_i]));
	const char *text = results_csv(ctx, results);
	size_t commas[2] = {0};

	for (size_t line = 0; *text != '\0'; text++) {
		line += *text == '\n';
		ck_assert_uint_le(line, 2);
		if (*text == ',')
			commas[line]++;
	}
	ck_assert_uint_eq(commas[1], commas[0]);
	talloc_free(ctx);
}
END_TEST

Suite *
results_csv_suite(void)
{
	Suite *s = suite_create("results_csv");
	TCase *t = tcase_create("results_csv");

	tcase_add_loop_test(t, texts_survive_and_never_begin_a_formula, 0, ROWS(names));
	tcase_add_loop_test(t, each_goal_and_alternative_has_a_row, 0, ROWS(cells));
	tcase_add_test(t, an_empty_text_does_not_shift_columns);
	tcase_add_loop_test(t, a_row_without_a_histogram_has_all_columns, 0, ROWS(histograms));
	suite_add_tcase(s, t);
	return s;
}
