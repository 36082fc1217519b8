/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bar charts: the heights of bars.
 */
#include "view/bar_chart.h"

#include "base/mem.h"
#include "suites.h"

static const struct {
	const char *list, *drawn;
	int64_t sum;
} rows[] = {
	{"[]", "[]", 0},
	{"[{\"views\":0}]", "[{\"views\":0,\"x\":0,\"y\":120,\"w\":598,\"h\":0}]", 0},
	{"[{\"views\":3},{\"views\":1},{\"views\":0}]",
	    "[{\"views\":3,\"x\":0,\"y\":0,\"w\":198,\"h\":120},"
	    "{\"views\":1,\"x\":200,\"y\":80,\"w\":198,\"h\":40},"
	    "{\"views\":0,\"x\":400,\"y\":120,\"w\":198,\"h\":0}]", 4},
	/* A bar of one stays visible beside a bar of very many. */
	{"[{\"views\":1},{\"views\":4000000000000000000}]",
	    "[{\"views\":1,\"x\":0,\"y\":119,\"w\":298,\"h\":1},"
	    "{\"views\":4000000000000000000,\"x\":300,\"y\":0,\"w\":298,\"h\":120}]",
	    4000000000000000001},
};

START_TEST(the_highest_bar_has_the_full_height)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *list = mem_json(ctx, json_tokener_parse(rows[_i].list));

	ck_assert_int_eq(bar_chart_add(list), rows[_i].sum);
	ck_assert_str_eq(
	    json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN), rows[_i].drawn);
	ck_assert_int_eq(bar_chart_add(NULL), 0);
	talloc_free(ctx);
}
END_TEST

Suite *
bar_chart_suite(void)
{
	Suite *s = suite_create("bar_chart");
	TCase *t = tcase_create("bars");

	tcase_add_loop_test(t, the_highest_bar_has_the_full_height, 0, ROWS(rows));
	suite_add_tcase(s, t);
	return s;
}
