/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cycles among definitions that refer to each other.
 */
#include "core/audience/cycle.h"

#include "base/mem.h"
#include "suites.h"

static const struct {
	const char *graph;
	const char *way; /* the cycle from a back to a; NULL: there is none */
} graphs[] = {
	{"{}", NULL},
	{"{\"a\":[]}", NULL},
	{"{\"a\":[\"gone\"]}", NULL},
	{"{\"a\":[\"a\"]}", "a > a"},
	{"{\"a\":[\"b\"],\"b\":[\"a\"]}", "a > b > a"},
	{"{\"a\":[\"x\",\"b\"],\"b\":[\"c\"],\"c\":[\"x\",\"a\"],\"x\":[]}", "a > b > c > a"},
	/* Two paths to the same node are no cycle. */
	{"{\"a\":[\"b\",\"c\"],\"b\":[\"d\"],\"c\":[\"d\"],\"d\":[]}", NULL},
	/* A cycle that a leads to but is not in: it is not reported, and the search ends. */
	{"{\"a\":[\"b\"],\"b\":[\"c\"],\"c\":[\"b\"]}", NULL},
	{"{\"b\":[\"a\"],\"a\":[\"c\"],\"c\":[]}", NULL},
};

START_TEST(a_cycle_through_the_start_is_found_and_named)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *graph = mem_json(ctx, json_tokener_parse(graphs[_i].graph));
	const char *way = cycle_find(ctx, graph, "a");

	if (graphs[_i].way == NULL)
		ck_assert_ptr_null(way);
	else
		ck_assert_str_eq(way, graphs[_i].way);
	talloc_free(ctx);
}
END_TEST

START_TEST(a_dense_graph_of_a_thousand_is_walked_once)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *graph = mem_json(ctx, json_object_new_object());

	for (int i = 0; i < 1000; i++) {
		struct json_object *uses = json_object_new_array();
		for (int k = i + 1; k < 1000; k += 1 + i / 10)
			json_object_array_add(
			    uses, json_object_new_string(mem_printf(ctx, "n%d", k)));
		json_object_object_add(graph, mem_printf(ctx, "n%d", i), uses);
	}
	ck_assert_ptr_null(cycle_find(ctx, graph, "n0"));
	json_object_array_add(
	    json_object_object_get(graph, "n999"), json_object_new_string("n0"));
	ck_assert_ptr_nonnull(cycle_find(ctx, graph, "n0"));
	talloc_free(ctx);
}
END_TEST

Suite *
cycle_suite(void)
{
	Suite *s = suite_create("cycle");
	TCase *t = tcase_create("circle");

	tcase_add_loop_test(t, a_cycle_through_the_start_is_found_and_named, 0, ROWS(graphs));
	tcase_add_test(t, a_dense_graph_of_a_thousand_is_walked_once);
	suite_add_tcase(s, t);
	return s;
}
