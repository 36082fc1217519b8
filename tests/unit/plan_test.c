/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plans: which are accepted, and the pointers of the faults of others.
 */
#include "core/experiment/plan.h"

#include <string.h>

#include "base/mem.h"
#include "suites.h"

static const struct {
	const char *text;
	int64_t needed;
} good[] = {
    {"{\"baseline\":0.1,\"effect\":0.02,\"alpha\":0.05,\"power\":0.8}", 4072},
    {"{\"baseline\":0.1,\"effect\":0.02}", 4072},
    {"{\"baseline\":0.1,\"effect\":0.02,\"alpha\":null,\"power\":null}", 4072},
    {"{\"baseline\":0.12,\"effect\":-0.02}", 4072},
    {"{\"baseline\":0.1,\"effect\":0.01,\"alpha\":0.01}", 23267},
    {"{\"baseline\":0.5,\"effect\":0.499999}", 30},
};

START_TEST(a_plan_yields_its_sample_size)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = mem_json(ctx, json_tokener_parse(good[_i].text));
	struct problems *problems = problem_new(ctx);
	struct plan plan;

	ck_assert(plan_read(o, "/plan", problems, &plan));
	ck_assert_uint_eq(problem_count(problems), 0);
	ck_assert_int_eq(plan.needed, good[_i].needed);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *text;
	const char *at; /* where its problems are, in order */
} bad[] = {
    {"[]", "/plan"},
    {"\"much\"", "/plan"},
    {"{}", "/plan/baseline /plan/effect"},
    {"{\"baseline\":0,\"effect\":0.1}", "/plan/baseline"},
    {"{\"baseline\":1,\"effect\":-0.1}", "/plan/baseline"},
    {"{\"baseline\":\"0.1\",\"effect\":0.1}", "/plan/baseline"},
    {"{\"baseline\":true,\"effect\":0.1}", "/plan/baseline"},
    {"{\"baseline\":0.1,\"effect\":0}", "/plan/effect"},
    {"{\"baseline\":0.1,\"effect\":0.9}", "/plan/effect"},
    {"{\"baseline\":0.1,\"effect\":-0.1}", "/plan/effect"},
    {"{\"baseline\":0.1,\"effect\":1e-12}", "/plan/effect"},
    {"{\"baseline\":0.1,\"effect\":1e-300}", "/plan/effect"},
    {"{\"baseline\":0.1,\"effect\":0.1,\"alpha\":0}", "/plan/alpha"},
    {"{\"baseline\":0.1,\"effect\":0.1,\"alpha\":1}", "/plan/alpha"},
    {"{\"baseline\":0.1,\"effect\":0.1,\"power\":1}", "/plan/power"},
    {"{\"baseline\":2,\"effect\":0,\"alpha\":[],\"power\":-1}",
	"/plan/baseline /plan/effect /plan/alpha /plan/power"},
};

START_TEST(every_fault_of_a_plan_has_its_pointer)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = mem_json(ctx, json_tokener_parse(bad[_i].text));
	struct problems *problems = problem_new(ctx);
	struct plan plan;
	char *at = mem_dup(ctx, "");

	ck_assert(!plan_read(o, "/plan", problems, &plan));
	for (size_t i = 0; i < problem_count(problems); i++) {
		struct json_object *problem = json_object_array_get_idx(problems->list, i);
		at = mem_printf(ctx, "%s%s%s", at, i > 0 ? " " : "",
		    json_object_get_string(json_object_object_get(problem, "pointer")));
	}
	ck_assert_str_eq(at, bad[_i].at);
	talloc_free(ctx);
}
END_TEST

Suite *
plan_suite(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_add_loop_test(t, a_plan_yields_its_sample_size, 0, ROWS(good));
	tcase_add_loop_test(t, every_fault_of_a_plan_has_its_pointer, 0, ROWS(bad));
	suite_add_tcase(s, t);
	return s;
}
