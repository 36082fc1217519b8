/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks of a plan from what days added: whatever the rows say, looks rise in information, and the
 * answer is JSON without a number that is none.
 */
#include "core/stats/results.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "draw.h"
#include "given.h"
#include "suites.h"

#define ARMS \
	"[{\"id\":1,\"name\":\"control\"},{\"id\":2,\"name\":\"b\"},{\"id\":3,\"name\":\"c\"}]"
#define GOAL "[{\"nr\":7,\"name\":\"buy\",\"test\":\"chi2\",\"window_to\":24,\"counted\":true}]"
#define PLAN "{\"baseline\":0.1,\"effect\":0.05}"
#define TODAY "2026-11-21T08:00:00.000Z"

/*
 * Rows [day, alternative, allocation, participants, conversions] of up to 25 days. Most are sound;
 * some name unknown alternatives or allocations, are below 0 as after erasures, or huge.
 */
static struct json_object *
draw_days(void *ctx, uint64_t *seed)
{
	struct json_object *list = mem_json(ctx, json_object_new_array());
	int64_t most = draw_below(seed, 4) == 0 ? INT64_C(1000000000000) : 300;

	for (int64_t n = draw_below(seed, 75), day = 1; n > 0; n--) {
		struct json_object *row = json_object_new_array();
		int64_t count = draw_below(seed, most) - draw_below(seed, 2) * draw_below(seed, 5);
		day += day < 25 && draw_below(seed, 3) == 0;
		char *text = mem_printf(ctx, "2026-11-%02d", (int)day);
		json_object_array_add(row, json_object_new_string(text));
		json_object_array_add(row, json_object_new_int64(1 + draw_below(seed, 4)));
		json_object_array_add(row, json_object_new_int64(1 + draw_below(seed, 3)));
		json_object_array_add(row, json_object_new_int64(count));
		json_object_array_add(
		    row, json_object_new_int64(draw_below(seed, count > 0 ? count : 2)));
		json_object_array_add(list, row);
	}
	return list;
}

static struct json_object *
results_of(void *ctx, struct json_object *days)
{
	struct results_input in = {
	    .data_through = TODAY,
	    .alternatives = given_json(ctx, ARMS),
	    .exposures = given_json(ctx, "[[1,1,500,0],[2,1,500,0],[3,1,500,0],[1,2,9,0]]"),
	    .splits = given_json(
		ctx, "{\"1\":{\"1\":0.4,\"2\":0.4,\"3\":0.2},\"2\":{\"1\":1,\"2\":1}}"),
	    .goals = given_json(ctx, GOAL),
	    .conversions = given_json(ctx, "[]"),
	    .analysis = {.has_primary = true, .plan = given_json(ctx, PLAN), .plan_valid = true,
		.days = days},
	};

	return results_json(ctx, &in);
}

static double
number(struct json_object *o, const char *name)
{
	return json_object_get_double(json_object_object_get(o, name));
}

/* The looks of each alternative are in order of days and information, and bounded. */
static void
check_looks(struct json_object *looks)
{
	struct json_object *before = NULL;

	for (size_t i = 0; i < json_object_array_length(looks); i++) {
		struct json_object *l = json_object_array_get_idx(looks, i);
		bool same = before != NULL && json_object_equal(
		    json_object_object_get(l, "alternative"),
		    json_object_object_get(before, "alternative"));
		ck_assert_double_gt(number(l, "bound"), 0);
		ck_assert(isfinite(number(l, "z")) && number(l, "information") >= 0.02 - 1e-9);
		if (same)
			ck_assert_double_gt(
			    number(l, "information"), number(before, "information"));
		ck_assert_str_lt(
		    json_object_get_string(json_object_object_get(l, "day")), "2026-11-21");
		before = l;
	}
}

START_TEST(any_days_give_looks_in_order_and_valid_json)
{
	for (uint64_t n = 0, seed = (uint64_t)_i; n < 50; n++) {
		void *ctx = mem_ctx(NULL);
		struct json_object *r = results_of(ctx, draw_days(ctx, &seed));
		struct json_object *decision = json_object_object_get(r, "decision");
		const char *text = json_object_to_json_string_ext(r, 0);
		struct json_fault fault;
		ck_assert_int_eq(json_guard(text, strlen(text), &fault), OK);
		ck_assert_str_eq(json_object_get_string(
		    json_object_object_get(decision, "method")), "spending");
		check_looks(json_object_object_get(decision, "looks"));
		talloc_free(ctx);
	}
}
END_TEST

/* Rows of one day may come in any order. */
START_TEST(the_order_of_rows_within_a_day_does_not_matter)
{
	static const char *const rows[] = {"[\"2026-11-03\",1,1,900,90]",
		"[\"2026-11-03\",2,1,950,120]", "[\"2026-11-03\",3,1,400,60]",
		"[\"2026-11-03\",1,2,50,5]"};
	static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
	void *ctx = mem_ctx(NULL);
	const char *texts[3];

	for (int i = 0; i < 3; i++) {
		const int *o = orders[i];
		const char *days = mem_printf(ctx, "[%s,%s,%s,%s]", rows[o[0]], rows[o[1]],
		    rows[o[2]], rows[o[3]]);
		texts[i] = json_object_to_json_string(
		    results_of(ctx, given_json(ctx, days)));
		ck_assert_str_eq(texts[i], texts[0]);
	}
	ck_assert_ptr_nonnull(strstr(texts[0], "\"bound\""));
	talloc_free(ctx);
}
END_TEST

/* Of the plan's alternatives none is left, and one that nobody gets was never in it. */
START_TEST(a_plan_whose_alternatives_are_gone_says_nothing)
{
	void *ctx = mem_ctx(NULL);
	struct results_input in = {
	    .data_through = TODAY,
	    .alternatives = given_json(
		ctx, "[{\"id\":1,\"name\":\"control\"},{\"id\":3,\"name\":\"c\"}]"),
	    .exposures = given_json(ctx, "[[1,1,500,0],[2,1,500,0]]"),
	    .splits = given_json(ctx, "{\"1\":{\"1\":0.5,\"2\":0.5},\"2\":{\"1\":1}}"),
	    .goals = given_json(ctx, GOAL),
	    .conversions = given_json(ctx, "[]"),
	    .analysis = {.has_primary = true, .plan = given_json(ctx, PLAN), .plan_valid = true,
		.days = given_json(ctx, "[[\"2026-11-03\",1,1,500,50]]")},
	};
	struct json_object *r = results_json(ctx, &in);
	struct json_object *verdict = json_object_object_get(r, "verdict");

	ck_assert_str_eq(json_object_get_string(json_object_object_get(
	    json_object_object_get(r, "decision"), "method")), "spending");
	ck_assert_str_eq(json_object_get_string(json_object_object_get(verdict, "text")),
	    "No difference shown yet.");
	talloc_free(ctx);
}
END_TEST

Suite *
analysis_suite(void)
{
	Suite *s = suite_create("analysis");
	TCase *t = tcase_create("analysis");

	tcase_add_loop_test(t, any_days_give_looks_in_order_and_valid_json, 0, 8);
	tcase_add_test(t, the_order_of_rows_within_a_day_does_not_matter);
	tcase_add_test(t, a_plan_whose_alternatives_are_gone_says_nothing);
	suite_add_tcase(s, t);
	return s;
}
