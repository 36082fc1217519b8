/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peek-safe inference against vectors that another program computed: bounds, looks, decisions over
 * several arms, differences over splits, the check of the split.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "core/stats/difference.h"
#include "core/stats/looks.h"
#include "core/stats/sample_size.h"
#include "core/stats/spending.h"
#include "core/stats/split_check.h"
#include "suites.h"

#define VECTORS "tests/unit/vectors/sequential.json"

static struct json_object *
get(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

static struct json_object *
item(struct json_object *o, size_t i)
{
	return json_object_array_get_idx(o, i);
}

static size_t
length(struct json_object *o)
{
	return json_object_array_length(o);
}

static double
number_at(struct json_object *o, size_t i)
{
	return json_object_get_double(item(o, i));
}

static double
number(struct json_object *o, const char *name)
{
	return json_object_get_double(get(o, name));
}

/* Case i of a section of the file, on ctx. */
static struct json_object *
vector(void *ctx, const char *name, int i)
{
	struct json_object *file = mem_json(ctx, json_object_from_file(VECTORS));
	struct json_object *o = item(get(file, name), (size_t)i);

	ck_assert_ptr_nonnull(o);
	return o;
}

static void
check_near(double x, double expected, double tolerance, const char *what)
{
	if (fabs(expected) > 1)
		tolerance *= fabs(expected);
	ck_assert_msg(fabs(x - expected) <= tolerance, "%s is %.12g instead of %.12g", what, x,
	    expected);
}

static enum spending_kind
spending_named(const char *name)
{
	if (strcmp(name, "obf") == 0)
		return SPENDING_OBRIEN;
	return strcmp(name, "pocock") == 0 ? SPENDING_POCOCK : SPENDING_POWER3;
}

START_TEST(bounds_are_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "bounds", _i);
	struct json_object *times = get(o, "t"), *expected = get(o, "z");
	double t[LOOKS_MOST], z[LOOKS_MOST];
	size_t n = length(times);

	for (size_t i = 0; i < n; i++)
		t[i] = number_at(times, i);
	struct spending how = {spending_named(json_object_get_string(get(o, "spending"))),
		number(o, "alpha"), json_object_get_boolean(get(o, "final"))};
	spending_bounds(&how, t, n, z);
	for (size_t i = 0; i < n; i++)
		check_near(z[i], number_at(expected, i), 1e-5, "bound");
	talloc_free(ctx);
}
END_TEST

/*
 * Bounds that have been computed are kept for the next look. They must be the same to the last
 * digit in whatever order series are asked for: a decision must not depend on who looked when.
 */
START_TEST(bounds_do_not_depend_on_what_was_asked_before)
{
	double t[40], z[40], again[40];
	struct spending how = {SPENDING_POWER3, 0.05 / (_i + 1), false};
	size_t n = 0;

	for (double at = 0.021; n < 40; at += 0.02 + 0.001 * (double)(n % 3))
		t[n++] = at;
	how.final = true;
	spending_bounds(&how, t, n, z);
	how.final = false;
	for (size_t k = 1; k < n; k++) {
		spending_bounds(&how, t, k, again);
		ck_assert_mem_eq(again, z, k * sizeof z[0]);
	}
	how.final = true;
	spending_bounds(&how, t, n, again);
	ck_assert_mem_eq(again, z, n * sizeof z[0]);
	/* Another level, and then times that differ in one, are other series. */
	how.alpha /= 2;
	spending_bounds(&how, t, n, again);
	ck_assert_double_gt(again[0], z[0]);
	ck_assert_double_gt(again[n - 1], z[n - 1]);
	t[n / 2] += 0.001;
	how.alpha *= 2;
	spending_bounds(&how, t, n, again);
	ck_assert_mem_eq(again, z, n / 2 * sizeof z[0]);
	ck_assert(again[n / 2] < z[n / 2]);
}
END_TEST

static struct difference_arm
rate_arm(double n, double c)
{
	return (struct difference_arm){n, c, difference_rate_spread(n, c)};
}

START_TEST(differences_over_splits_are_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "stratified", _i);
	struct json_object *rows = get(o, "splits");
	struct difference_split splits[8];

	for (size_t i = 0; i < length(rows); i++) {
		struct json_object *r = item(rows, i);
		splits[i] = (struct difference_split){
			rate_arm(number_at(r, 0), number_at(r, 1)),
			rate_arm(number_at(r, 2), number_at(r, 3))};
	}
	struct difference x = difference_of(DIFFERENCE_RATE, splits, length(rows));
	check_near(x.d, number(o, "difference"), 1e-9, "difference");
	check_near(x.v_unpooled, number(o, "v_unpooled"), 1e-9, "unpooled variance");
	check_near(x.v_pooled, number(o, "v_pooled"), 1e-9, "pooled variance");
	check_near(x.v, number(o, "v"), 1e-9, "variance");
	check_near(x.z, number(o, "z"), 1e-6, "z");
	check_near(x.pairs, number(o, "pairs"), 1e-6, "pairs");
	talloc_free(ctx);
}
END_TEST

START_TEST(one_split_is_compared_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "difference", _i);
	struct json_object *x = get(o, "x"), *c = get(o, "control");
	struct difference_split split = {rate_arm(number_at(x, 0), number_at(x, 1)),
		rate_arm(number_at(c, 0), number_at(c, 1))};
	struct difference d = difference_of(DIFFERENCE_RATE, &split, 1);

	check_near(d.d, number(o, "difference"), 1e-12, "difference");
	check_near(d.v_unpooled, number(o, "v_unpooled"), 1e-12, "unpooled variance");
	check_near(d.v_pooled, number(o, "v_pooled"), 1e-12, "pooled variance");
	check_near(d.v, number(o, "v"), 1e-12, "variance");
	if (get(o, "z") == NULL)
		ck_assert(isnan(d.z));
	else
		check_near(d.z, number(o, "z"), 1e-9, "z");
	talloc_free(ctx);
}
END_TEST

START_TEST(sample_ratio_at_any_time_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "sample_ratio", _i);
	struct json_object *rows = get(o, "splits");
	struct split_counts splits[4];
	int64_t drawn[4][4];
	double weights[4][4];

	for (size_t s = 0; s < length(rows); s++) {
		struct json_object *observed = get(item(rows, s), "observed");
		splits[s] = (struct split_counts){drawn[s], weights[s], length(observed)};
		for (size_t i = 0; i < length(observed); i++) {
			drawn[s][i] = (int64_t)number_at(observed, i);
			weights[s][i] = number_at(get(item(rows, s), "shares"), i);
		}
	}
	struct split_check x = split_check(splits, length(rows));
	check_near(x.ln_e, number(o, "ln_e"), 1e-6, "ln e");
	check_near(x.p_any_time, number(o, "p_always_valid"), 1e-6, "p at any time");
	check_near(x.chi2, number(o, "chi2"), 1e-6, "chi-square");
	check_near(x.p, number(o, "p_chi2"), 1e-6, "p");
	ck_assert_int_eq(x.df, (int64_t)number(o, "df"));
	ck_assert_int_eq(x.ok, !json_object_get_boolean(get(o, "alarm")));
	talloc_free(ctx);
}
END_TEST

/* The variance of the difference if the planned effect were true; sums: as of read_days(). */
static double
effect_variance(const double sums[4], double effect)
{
	double control = sums[3] / sums[2];
	double p = fmin(1, fmax(0, control + effect));

	return p * (1 - p) / sums[0] + control * (1 - control) / sums[2];
}

/* The days of a vector, [day, n, c, n of control, c of control], summed up from day to day. */
static size_t
read_days(struct json_object *o, double effect, struct look_day days[])
{
	double sums[4] = {0};
	size_t n = length(o);

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 4; k++)
			sums[k] += number_at(item(o, i), k + 1);
		struct difference_split s = {
			rate_arm(sums[0], sums[1]), rate_arm(sums[2], sums[3])};
		days[i] = (struct look_day){(int64_t)number_at(item(o, i), 0),
			difference_of(DIFFERENCE_RATE, &s, 1), effect_variance(sums, effect)};
	}
	return n;
}

static const char *
outcome(const struct look_arm *arm)
{
	if (arm->decided)
		return arm->looks[arm->look].difference.d > 0 ? "better" : "worse";
	return arm->final ? "none found" : "open";
}

START_TEST(looks_are_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "looks", _i), *expected = get(o, "looks");
	double effect = number(o, "effect");
	struct look_day days[64];
	struct look_arm arm;
	size_t n = read_days(get(o, "days"), effect, days);

	looks_choose(days, n, number(o, "needed"), days[0].day, &arm);
	looks_judge(&arm, 1, number(o, "alpha"), effect);
	ck_assert_uint_le(length(expected), arm.n);
	for (size_t i = 0; i < length(expected); i++) {
		struct json_object *e = item(expected, i);
		const struct look *l = &arm.looks[i];
		ck_assert_int_eq(l->day, (int64_t)number(e, "day"));
		check_near(l->t, number(e, "t"), 1e-9, "t");
		check_near(l->difference.n, number(e, "n"), 0, "n");
		check_near(l->difference.d, number(e, "difference"), 1e-9, "difference");
		check_near(l->difference.z, number(e, "z"), 1e-6, "z");
		check_near(l->bound, number(e, "bound"), 1e-5, "bound");
		check_near(l->lo, number(e, "lo"), 1e-6, "lo");
		check_near(l->hi, number(e, "hi"), 1e-6, "hi");
	}
	ck_assert_str_eq(outcome(&arm), json_object_get_string(get(o, "outcome")));
	if (arm.decided)
		ck_assert_int_eq(arm.decided_on, (int64_t)number(o, "decided_on_day"));
	ck_assert_int_eq(
	    arm.ruled_out, json_object_get_boolean(get(o, "planned_effect_ruled_out")));
	talloc_free(ctx);
}
END_TEST

START_TEST(several_arms_are_decided_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "holm_over_looks", _i), *t = get(o, "t");
	static const char *const names[] = {"x", "y"};
	struct look_arm arms[2] = {{.n = 0}};

	for (size_t a = 0; a < 2; a++) {
		arms[a].n = length(t);
		arms[a].final = true;
		for (size_t i = 0; i < length(t); i++)
			arms[a].looks[i] = (struct look){.day = (int64_t)i, .t = number_at(t, i),
				.difference = {.v = 1,
				    .z = number_at(get(get(o, "z"), names[a]), i)}};
	}
	looks_judge(arms, 2, number(o, "alpha"), 0);
	for (size_t a = 0; a < 2; a++) {
		struct json_object *at = get(get(o, "rejected_at_look"), names[a]);
		ck_assert_int_eq(arms[a].decided, at != NULL);
		ck_assert_int_eq((int64_t)arms[a].look, json_object_get_int64(at));
	}
	talloc_free(ctx);
}
END_TEST

/*
 * When one arm is decided, Holm's method raises the level of the other. If that makes an earlier
 * look cross its bound, the arm is decided on the day of the raise: nobody could have known before.
 */
START_TEST(a_raised_level_decides_on_the_day_it_was_raised)
{
	struct look_arm arms[2] = {{.n = 2, .final = true}, {.n = 2, .final = true}};
	const double t[] = {0.5, 1}, z[2][2] = {{1, 9}, {2.8, 0}};

	for (size_t a = 0; a < 2; a++)
		for (size_t i = 0; i < 2; i++)
			arms[a].looks[i] = (struct look){.day = (int64_t)i * 7, .t = t[i],
				.difference = {.v = 1, .z = z[a][i]}};
	looks_judge(arms, 2, 0.05, 0);
	ck_assert(arms[0].decided && arms[1].decided);
	ck_assert_int_eq(arms[0].decided_on, 7);
	ck_assert_uint_eq(arms[1].look, 0);
	ck_assert_int_eq(arms[1].decided_on, 7);
}
END_TEST

static struct sample_size_plan
plan_of(struct json_object *o)
{
	struct json_object *share = get(o, "share");

	return (struct sample_size_plan){number(o, "alpha"), number(o, "power"),
		(size_t)json_object_get_int64(get(o, "arms")),
		share == NULL ? 0.5 : json_object_get_double(share)};
}

START_TEST(sample_sizes_of_rates_are_as_published)
{
	static const char *const sections[] = {"size_rate", "size_rate", "size_rate_share",
		"size_rate_share", "size_rate_share"};
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, sections[_i], _i < 2 ? _i : _i - 2);
	struct sample_size_plan plan = plan_of(o);

	check_near(sample_size_rate(number(o, "p2"), number(o, "p1"), &plan),
	    number(o, "planned"), 0, "needed");
	talloc_free(ctx);
}
END_TEST

START_TEST(sample_sizes_of_means_are_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = vector(ctx, "size_mean", _i);
	struct sample_size_plan plan = plan_of(o);

	check_near(sample_size_mean(number(o, "sd"), number(o, "effect"), &plan),
	    number(o, "planned"), 0, "needed");
	talloc_free(ctx);
}
END_TEST

/* Splits in which opposite arms have too few must not cancel out, in whatever order they are. */
START_TEST(splits_off_in_opposite_directions_are_both_seen)
{
	int64_t a[] = {5300, 4700}, b[] = {4700, 5300};
	double even[] = {1, 1};
	struct split_counts both[] = {{a, even, 2}, {b, even, 2}};
	struct split_counts turned[] = {{b, even, 2}, {a, even, 2}};

	ck_assert(!split_check(both, 2).ok);
	check_near(split_check(both, 2).ln_e, split_check(turned, 2).ln_e, 1e-12, "ln e");
}
END_TEST

START_TEST(a_split_without_participants_or_with_one_arm_is_not_broken)
{
	int64_t nobody[] = {0, 0}, one[] = {50};
	double even[] = {1, 1};

	ck_assert(split_check(NULL, 0).ok);
	ck_assert(isnan(split_check(NULL, 0).chi2));
	ck_assert(split_check(&(struct split_counts){nobody, even, 2}, 1).ok);
	ck_assert(split_check(&(struct split_counts){one, even, 1}, 1).ok);
}
END_TEST

Suite *
sequential_suite(void)
{
	Suite *s = suite_create("sequential");
	TCase *t = tcase_create("sequential");

	tcase_add_loop_test(t, bounds_are_as_published, 0, 6);
	tcase_add_loop_test(t, bounds_do_not_depend_on_what_was_asked_before, 0, 3);
	tcase_add_loop_test(t, one_split_is_compared_as_published, 0, 6);
	tcase_add_loop_test(t, differences_over_splits_are_as_published, 0, 2);
	tcase_add_loop_test(t, sample_ratio_at_any_time_is_as_published, 0, 5);
	tcase_add_loop_test(t, looks_are_as_published, 0, 4);
	tcase_add_loop_test(t, several_arms_are_decided_as_published, 0, 2);
	tcase_add_test(t, a_raised_level_decides_on_the_day_it_was_raised);
	tcase_add_loop_test(t, sample_sizes_of_rates_are_as_published, 0, 5);
	tcase_add_loop_test(t, sample_sizes_of_means_are_as_published, 0, 2);
	tcase_add_test(t, splits_off_in_opposite_directions_are_both_seen);
	tcase_add_test(t, a_split_without_participants_or_with_one_arm_is_not_broken);
	suite_add_tcase(s, t);
	return s;
}
