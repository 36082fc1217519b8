/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results from counted rows: the numbers, what is null and why, and that any counts give valid
 * JSON.
 */
#include "core/stats/results.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "draw.h"
#include "given.h"
#include "suites.h"
#include "view/results_csv.h"

#define NOW "2026-11-21T08:00:00.000Z"
#define ARMS "[{\"id\":1,\"name\":\"control\"},{\"id\":2,\"name\":\"b\"}]"
#define GOALS \
	"[{\"nr\":7,\"name\":\"buy\",\"test\":\"chi2\"}," \
	"{\"nr\":8,\"name\":\"see\",\"test\":\"mwu\"}]"

static struct json_object *
get(struct json_object *o, const char *name)
{
	struct json_object *value;

	ck_assert_msg(json_object_object_get_ex(o, name, &value), "no member %s", name);
	return value;
}

static double
number_of(struct json_object *o, const char *name)
{
	ck_assert_ptr_nonnull(get(o, name));
	return json_object_get_double(get(o, name));
}

static struct json_object *
item_at(struct json_object *o, size_t i)
{
	ck_assert_uint_lt(i, json_object_array_length(o));
	return json_object_array_get_idx(o, i);
}

/* Alternative arm of goal g. */
static struct json_object *
cell(struct json_object *results, size_t g, size_t arm)
{
	return item_at(get(item_at(get(results, "goals"), g), "alternatives"), arm);
}

static struct json_object *
results(void *ctx, const char *exposures, const char *splits, const char *conversions)
{
	struct results_input in = {
	    .experiment = "e",
	    .data_through = NOW,
	    .alternatives = given_json(ctx, ARMS),
	    .exposures = given_json(ctx, exposures),
	    .splits = given_json(ctx, splits),
	    .goals = given_json(ctx, GOALS),
	    .conversions = given_json(ctx, conversions),
	};

	return results_json(ctx, &in);
}

START_TEST(results_have_the_documented_numbers_and_members)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx, "[[1,1,1000,0],[2,1,1000,3]]",
	    "{\"1\":{\"1\":0.5,\"2\":0.5}}",
	    "[[7,1,1,200],[7,2,1,250],[8,1,1,120],[8,1,2,60],[8,1,3,20],"
	    "[8,2,1,150],[8,2,2,100],[8,2,3,50]]");
	struct json_object *buy = cell(r, 0, 1);
	struct json_object *see = cell(r, 1, 1);

	ck_assert_str_eq(json_object_get_string(get(r, "experiment")), "e");
	ck_assert_str_eq(json_object_get_string(get(r, "data_through")), NOW);
	ck_assert(json_object_get_boolean(get(get(r, "srm"), "ok")));
	ck_assert_double_eq(number_of(get(r, "srm"), "p"), 1);
	ck_assert_double_eq(number_of(item_at(get(r, "alternatives"), 1), "expected_share"), 0.5);
	ck_assert_double_eq(number_of(buy, "rate"), 0.25);
	ck_assert_double_eq_tol(number_of(buy, "improvement"), 25, 1e-9);
	ck_assert_double_eq_tol(number_of(buy, "chance_to_beat_control"), 0.9962833291, 1e-6);
	ck_assert_double_eq_tol(number_of(buy, "expected_loss"), 2.136362680e-05, 1e-9);
	ck_assert_double_eq_tol(
	    json_object_get_double(item_at(get(buy, "interval"), 0)), 0.0133959699, 1e-6);
	ck_assert_double_eq_tol(
	    json_object_get_double(item_at(get(buy, "sequence"), 1)), 0.1083361041, 1e-6);
	ck_assert_double_eq_tol(number_of(buy, "sequence_p"), 0.1338376296, 1e-6);
	ck_assert_ptr_null(get(buy, "mwu_confidence"));
	ck_assert_ptr_null(get(buy, "reason"));
	ck_assert_double_eq_tol(number_of(see, "mwu_confidence"), 99.99999532183189, 1e-6);
	ck_assert_double_eq(number_of(see, "mean_actions"), 0.5);
	ck_assert_str_eq(json_object_to_json_string_ext(get(see, "histogram"), 0),
	    "{\"0\":700,\"1\":150,\"2\":100,\"3\":50}");
	talloc_free(ctx);
}
END_TEST

START_TEST(three_hits_of_one_subject_are_one_conversion)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx, "[[1,1,98,0],[2,1,97,0]]", "{}", "[[7,2,3,1]]");

	ck_assert_int_eq(json_object_get_int(get(cell(r, 0, 1), "conversions")), 1);
	ck_assert_double_eq_tol(number_of(cell(r, 0, 1), "mean_actions"), 3 / 97., 1e-12);
	ck_assert_str_eq(json_object_to_json_string_ext(get(cell(r, 0, 1), "histogram"), 0),
	    "{\"0\":96,\"3\":1}");
	talloc_free(ctx);
}
END_TEST

START_TEST(rows_with_equal_hits_are_one_bin)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx, "[[2,1,50,0],[2,2,50,0]]", "{}",
	    "[[7,2,5,1],[7,2,1,2],[7,2,5,3],[7,2,0,9],[7,9,1,9],[9,2,1,9],[7,2,1,0]]");

	ck_assert_int_eq(json_object_get_int(get(cell(r, 0, 1), "conversions")), 6);
	ck_assert_str_eq(json_object_to_json_string_ext(get(cell(r, 0, 1), "histogram"), 0),
	    "{\"0\":94,\"1\":2,\"5\":4}");
	talloc_free(ctx);
}
END_TEST

START_TEST(control_has_no_comparison)
{
	static const char *const names[] = {"difference", "improvement", "chi2_confidence",
	    "interval", "chance_to_beat_control", "expected_loss", "mwu_confidence", "sequence",
	    "sequence_p", "adjusted_p"};
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx, "[[1,1,100,0],[2,1,100,0]]", "{}",
	    "[[7,1,1,10],[7,2,1,20],[8,1,1,10],[8,2,1,20]]");

	for (int i = 0; i < ROWS(names); i++) {
		ck_assert_ptr_null(get(cell(r, 0, 0), names[i]));
		ck_assert_ptr_null(get(cell(r, 1, 0), names[i]));
		ck_assert_ptr_nonnull(get(cell(r, 1, 1), names[i]));
	}
	ck_assert_double_eq(number_of(cell(r, 0, 0), "rate"), 0.1);
	talloc_free(ctx);
}
END_TEST

/* 1,000 were drawn 9 to 1, then 2,000 1 to 1: each period is compared with its own shares. */
START_TEST(each_period_is_compared_with_its_own_shares)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx,
	    "[[1,1,900,0],[2,1,100,0],[1,2,1000,0],[2,2,1000,0]]",
	    "{\"1\":{\"1\":0.9,\"2\":0.1},\"2\":{\"1\":0.5,\"2\":0.5}}", "[]");

	ck_assert_double_eq_tol(
	    number_of(item_at(get(r, "alternatives"), 0), "expected_share"), 19 / 30., 1e-12);
	ck_assert_double_eq_tol(number_of(get(r, "srm"), "chi2"), 0, 1e-12);
	talloc_free(ctx);
}
END_TEST

/* The share of alternative 9, which has been removed, is not expected of the others. */
START_TEST(a_removed_alternative_does_not_break_the_split)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx,
	    "[[1,1,200,0],[2,1,200,0],[9,1,600,7],[1,2,100,0],[2,2,300,0]]",
	    "{\"1\":{\"1\":0.2,\"2\":0.2,\"9\":0.6},\"2\":{\"1\":0.25,\"2\":0.75}}", "[]");

	ck_assert_int_eq(json_object_get_int(get(r, "multiple_exposures")), 7);
	ck_assert_int_eq(
	    json_object_get_int(get(item_at(get(r, "alternatives"), 0), "participants")), 300);
	ck_assert_double_eq_tol(number_of(get(r, "srm"), "chi2"), 0, 1e-12);
	talloc_free(ctx);
}
END_TEST

/* 40 of those in b were placed there by hand, so the check of the split leaves them out. */
START_TEST(subjects_placed_by_hand_count_outside_of_the_split)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(
	    ctx, "[[1,1,100,0],[2,1,140,0,40]]", "{\"1\":{\"1\":0.5,\"2\":0.5}}", "[]");

	ck_assert_int_eq(
	    json_object_get_int(get(item_at(get(r, "alternatives"), 1), "participants")), 140);
	ck_assert_int_eq(json_object_get_int(get(r, "placed")), 40);
	ck_assert_double_eq_tol(number_of(get(r, "srm"), "chi2"), 0, 1e-12);
	ck_assert_double_eq_tol(
	    number_of(item_at(get(r, "alternatives"), 0), "expected_share"), 0.5, 1e-12);
	r = results(ctx, "[[2,1,40,0,40]]", "{\"1\":{\"1\":0.25,\"2\":0.75}}", "[]");
	ck_assert_double_eq(number_of(item_at(get(r, "alternatives"), 0), "expected_share"), 0.25);
	ck_assert_ptr_null(get(get(r, "srm"), "p"));
	talloc_free(ctx);
}
END_TEST

/* The fewest that have an interval at all, and an arm of a hundred million. */
START_TEST(intervals_stay_within_possible_values)
{
	static const char *const rows[][2] = {
	    {"[[1,1,10,0],[2,1,10,0]]", "[[7,1,1,5],[7,2,1,5]]"},
	    {"[[1,1,10,0],[2,1,10,0]]", "[[7,2,1,10]]"},
	    {"[[1,1,10,0],[2,1,10,0]]", "[[7,1,1,10]]"},
	    {"[[1,1,100000000,0],[2,1,10,0]]", "[[7,1,1,50000000],[7,2,1,10]]"},
	};
	static const char *const names[] = {"interval", "sequence"};

	for (int i = 0; i < ROWS(rows); i++) {
		void *ctx = mem_ctx(NULL);
		struct json_object *b = cell(results(ctx, rows[i][0], "{}", rows[i][1]), 0, 1);
		for (int k = 0; k < ROWS(names); k++) {
			struct json_object *x = get(b, names[k]);
			ck_assert_double_ge(json_object_get_double(item_at(x, 0)), -1);
			ck_assert_double_le(json_object_get_double(item_at(x, 1)), 1);
			ck_assert_double_le(
			    json_object_get_double(item_at(x, 0)), number_of(b, "difference"));
			ck_assert_double_ge(
			    json_object_get_double(item_at(x, 1)), number_of(b, "difference"));
		}
		talloc_free(ctx);
	}
}
END_TEST

START_TEST(without_participants_the_current_split_is_expected)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx, "[]",
	    "{\"10\":{\"1\":0.25,\"2\":0.75},\"9\":{\"1\":0.5,\"2\":0.5}}", "[]");

	ck_assert_double_eq(number_of(item_at(get(r, "alternatives"), 0), "expected_share"), 0.25);
	ck_assert_ptr_null(get(get(r, "srm"), "p"));
	ck_assert(json_object_get_boolean(get(get(r, "srm"), "ok")));
	talloc_free(ctx);
}
END_TEST

#define ALL_EQUAL "all participants have equally many actions: no Mann-Whitney test"
#define RATE_0 "a rate is 0: no improvement in percent"
#define NO_VARIANCE \
	"nobody or everybody converted: no chi-square test and no chance to beat control; " \
	"no variance in either arm: no confidence sequence"
#define FEW \
	"fewer than 10 participants in an arm: no interval and no p; " \
	"fewer than 20 participants in an arm: no Mann-Whitney test"
static const struct {
	const char *exposures, *conversions;
	const char *missing; /* a member of b in the goal with Mann-Whitney */
	const char *reason;
} gaps[] = {
    {"[]", "[]", "rate", "no participants"},
    {"[[2,1,10,0]]", "[[8,2,1,1]]", "improvement", "no participants in control"},
    {"[[1,1,10,0],[2,1,10,0]]", "[[8,2,1,11]]", "rate", "more conversions than participants"},
    {"[[1,1,10,0],[2,1,10,0]]", "[[8,1,1,11]]", "sequence",
	"more conversions than participants in control"},
    {"[[1,1,30,0],[2,1,30,0]]", "[[8,2,1,1]]", "improvement", RATE_0},
    {"[[1,1,30,0],[2,1,30,0]]", "[[8,1,1,1]]", "improvement", RATE_0},
    {"[[1,1,30,0],[2,1,30,0]]", "[[8,1,1,30],[8,2,1,30]]", "chi2_confidence",
	NO_VARIANCE "; " ALL_EQUAL},
    {"[[1,1,990,0],[2,1,30,0]]", "[]", "chance_to_beat_control",
	RATE_0 "; " NO_VARIANCE "; " ALL_EQUAL},
    {"[[1,1,30,0],[2,1,30,0]]", "[]", "expected_loss",
	RATE_0 "; " NO_VARIANCE "; " ALL_EQUAL},
    {"[[1,1,990,0],[2,1,9,0]]", "[[8,1,1,50],[8,2,1,9]]", "sequence", FEW},
    {"[[1,1,9,0],[2,1,990,0]]", "[[8,1,1,9],[8,2,1,50]]", "sequence_p", FEW},
    {"[[1,1,9,0],[2,1,9,0]]", "[[8,1,1,1],[8,2,1,9]]", "adjusted_p", FEW},
    {"[[1,1,9,0],[2,1,10,0]]", "[[8,1,1,1],[8,2,1,9]]", "interval", FEW},
    {"[[1,1,19,0],[2,1,30,0]]", "[[8,1,1,3],[8,2,1,3]]", "mwu_confidence",
	"fewer than 20 participants in an arm: no Mann-Whitney test"},
};

START_TEST(a_number_that_is_missing_has_a_reason)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *r = results(ctx, gaps[_i].exposures, "{}", gaps[_i].conversions);
	struct json_object *b = cell(r, 1, 1);

	ck_assert_ptr_null(get(b, gaps[_i].missing));
	ck_assert_str_eq(json_object_get_string(get(b, "reason")), gaps[_i].reason);
	talloc_free(ctx);
}
END_TEST

/* Checks that o is JSON by the rules for requests, which refuse the NaN that json-c would write. */
static void
check_json(struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(o, 0);
	struct json_fault fault;
	enum err e = json_guard(text, strlen(text), &fault);

	ck_assert_msg(e == OK, "%u:%u %s: %.200s", fault.line, fault.column, fault.why, text);
}

/* A count: small, or one of the edges, which a faulty ledger may contain, too. */
static int64_t
draw_count(uint64_t *seed)
{
	static const int64_t edges[] = {0, 1, 19, 20, 1000000, 100000000, INT64_MAX, -1};

	return draw_below(seed, 2) == 0 ? draw_below(seed, 300)
	                                : edges[draw_below(seed, ROWS(edges))];
}

static struct json_object *
draw_rows(void *ctx, uint64_t *seed, int columns, int64_t first)
{
	struct json_object *list = mem_json(ctx, json_object_new_array());

	for (int64_t n = draw_below(seed, 12); n > 0; n--) {
		struct json_object *row = json_object_new_array();
		json_object_array_add(row, json_object_new_int64(first + draw_below(seed, 3)));
		json_object_array_add(row, json_object_new_int64(1 + draw_below(seed, 3)));
		for (int i = 2; i < columns; i++)
			json_object_array_add(row, json_object_new_int64(draw_count(seed)));
		json_object_array_add(list, row);
	}
	return list;
}

START_TEST(any_counts_give_valid_json)
{
	static const char *const splits[] = {"{}", "{\"1\":{\"1\":0.5,\"2\":0.5}}",
	    "{\"1\":{\"1\":0,\"2\":0}}", "{\"1\":{\"1\":1e-300,\"2\":1}}", "[]",
	    "{\"x\":1,\"1\":null,\"2\":{\"1\":-1,\"2\":\"a\"}}"};

	for (uint64_t n = 0, seed = (uint64_t)_i; n < 50; n++) {
		void *ctx = mem_ctx(NULL);
		struct results_input in = {
		    .alternatives = given_json(ctx, ARMS),
		    .exposures = draw_rows(ctx, &seed, 5, 1),
		    .splits = given_json(ctx, splits[draw_below(&seed, ROWS(splits))]),
		    .goals = given_json(ctx, GOALS),
		    .conversions = draw_rows(ctx, &seed, 4, 7),
		    .analysis = {.plan = draw_below(&seed, 2)
			    ? given_json(ctx, "{\"baseline\":0.1,\"effect\":1}") : NULL},
		};
		struct json_object *r = results_json(ctx, &in);
		check_json(r);
		ck_assert_double_ge(
		    number_of(item_at(get(r, "alternatives"), 0), "participants"), 0);
		ck_assert_ptr_nonnull(strstr(results_csv(ctx, r), "\r\n"));
		talloc_free(ctx);
	}
}
END_TEST

START_TEST(fifty_large_arms_are_all_compared)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *arms = given_json(ctx, "[]");
	struct json_object *exposures = given_json(ctx, "[]");
	struct json_object *conversions = given_json(ctx, "[]");

	for (int i = 0; i < 50; i++) {
		json_object_array_add(arms, json_tokener_parse(mem_printf(ctx,
		    "{\"id\":%d,\"name\":\"%s%d\"}", i, i ? "a" : "control\",\"x\":\"", i)));
		json_object_array_add(exposures,
		    json_tokener_parse(mem_printf(ctx, "[%d,1,100000000,0]", i)));
		json_object_array_add(conversions,
		    json_tokener_parse(mem_printf(ctx, "[7,%d,9223372036854775807,%d]", i,
			30000000 + i * 100)));
	}
	struct results_input in = {
	    .alternatives = arms,
	    .exposures = exposures,
	    .splits = given_json(ctx, "{}"),
	    .goals = given_json(ctx, GOALS),
	    .conversions = conversions,
	};
	struct json_object *r = results_json(ctx, &in);
	check_json(r);
	double before = 0.5;
	for (size_t i = 1; i < 50; i++) {
		double chance = number_of(cell(r, 0, i), "chance_to_beat_control");
		ck_assert_double_gt(chance, before);
		before = chance;
		ck_assert_ptr_null(get(cell(r, 0, i), "reason"));
	}
	talloc_free(ctx);
}
END_TEST

Suite *
results_suite(void)
{
	Suite *s = suite_create("results");
	TCase *t = tcase_create("results");

	tcase_add_test(t, results_have_the_documented_numbers_and_members);
	tcase_add_test(t, three_hits_of_one_subject_are_one_conversion);
	tcase_add_test(t, rows_with_equal_hits_are_one_bin);
	tcase_add_test(t, control_has_no_comparison);
	tcase_add_test(t, each_period_is_compared_with_its_own_shares);
	tcase_add_test(t, a_removed_alternative_does_not_break_the_split);
	tcase_add_test(t, subjects_placed_by_hand_count_outside_of_the_split);
	tcase_add_test(t, intervals_stay_within_possible_values);
	tcase_add_test(t, without_participants_the_current_split_is_expected);
	tcase_add_loop_test(t, a_number_that_is_missing_has_a_reason, 0, ROWS(gaps));
	tcase_add_loop_test(t, any_counts_give_valid_json, 1, 21);
	tcase_add_test(t, fifty_large_arms_are_all_compared);
	suite_add_tcase(s, t);
	return s;
}
