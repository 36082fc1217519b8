/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Properties of the statistics that hold for any counts, tried with repeatable random ones up to
 * 1e12.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "core/stats/looks.h"
#include "core/stats/sample_size.h"
#include "core/stats/spending.h"
#include "core/stats/split_check.h"
#include "draw.h"
#include "rates.h"
#include "suites.h"

enum { TRIES = 300 };

/* A number of participants from 10 to 1e12, uniform in its logarithm. */
static int64_t
any_count(uint64_t *seed)
{
	return (int64_t)pow(10, 1 + 11 * draw_share(seed));
}

static struct stats_rate
any_rate(uint64_t *seed)
{
	int64_t n = any_count(seed);
	double shape = draw_share(seed);
	/* The edges are frequent: one in ten rates is 0, one in ten is 1. */
	double share = shape < 0.1 ? 0 : shape > 0.9 ? 1 : pow(draw_share(seed), 3);

	return (struct stats_rate){n, (int64_t)((double)n * share)};
}

static struct difference_arm
any_arm(uint64_t *seed)
{
	struct stats_rate r = any_rate(seed);

	return (struct difference_arm){(double)r.n, (double)r.c,
		difference_rate_spread((double)r.n, (double)r.c)};
}

static bool
is_close(double a, double b)
{
	/* NAN, the absent number, equals itself here. */
	return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

START_TEST(a_difference_of_swapped_arms_is_its_negative)
{
	uint64_t seed = 1;

	for (int i = 0; i < TRIES; i++) {
		struct stats_rate a = any_rate(&seed), c = any_rate(&seed);
		struct difference x = rates_difference(a, c), y = rates_difference(c, a);
		ck_assert(is_close(x.d, -y.d) && is_close(x.v, y.v) && is_close(x.z, -y.z));
		ck_assert(is_close(x.pairs, y.pairs) && x.n == y.n && x.fewest == y.fewest);
	}
}
END_TEST

START_TEST(the_order_of_splits_changes_nothing)
{
	uint64_t seed = 2;

	for (int i = 0; i < TRIES; i++) {
		struct difference_split s[3], turned[3];
		for (size_t k = 0; k < 3; k++)
			s[k] = turned[2 - k] =
			    (struct difference_split){any_arm(&seed), any_arm(&seed)};
		struct difference x = difference_of(DIFFERENCE_RATE, s, 3);
		struct difference y = difference_of(DIFFERENCE_RATE, turned, 3);
		ck_assert(is_close(x.d, y.d) && is_close(x.v, y.v) && is_close(x.z, y.z));
	}
}
END_TEST

START_TEST(an_empty_split_changes_nothing)
{
	uint64_t seed = 3;

	for (int i = 0; i < TRIES; i++) {
		struct difference_split s[2] = {{any_arm(&seed), any_arm(&seed)},
			{{0, 0, 0}, any_arm(&seed)}};
		struct difference x = difference_of(DIFFERENCE_RATE, s, 1);
		struct difference y = difference_of(DIFFERENCE_RATE, s, 2);
		ck_assert(is_close(x.d, y.d) && is_close(x.v, y.v) && is_close(x.pairs, y.pairs));
	}
}
END_TEST

START_TEST(a_difference_lies_between_those_of_its_splits)
{
	uint64_t seed = 4;

	for (int i = 0; i < TRIES; i++) {
		struct difference_split s[2];
		double d[2];
		for (size_t k = 0; k < 2; k++) {
			s[k] = (struct difference_split){any_arm(&seed), any_arm(&seed)};
			d[k] = difference_of(DIFFERENCE_RATE, &s[k], 1).d;
		}
		struct difference x = difference_of(DIFFERENCE_RATE, s, 2);
		ck_assert_double_ge(x.d, fmin(d[0], d[1]) - 1e-12);
		ck_assert_double_le(x.d, fmax(d[0], d[1]) + 1e-12);
	}
}
END_TEST

START_TEST(the_variance_is_never_below_either_and_never_negative)
{
	uint64_t seed = 5;

	for (int i = 0; i < TRIES; i++) {
		struct difference x = rates_difference(any_rate(&seed), any_rate(&seed));
		ck_assert(x.v >= x.v_unpooled && x.v >= x.v_pooled && x.v_unpooled >= 0);
		ck_assert(x.v_pooled >= 0 && isfinite(x.v));
	}
}
END_TEST

START_TEST(a_single_look_at_equal_arms_is_the_chi_square)
{
	uint64_t seed = 6;

	for (int i = 0; i < TRIES; i++) {
		struct stats_rate a = any_rate(&seed);
		struct stats_rate c = {a.n, (int64_t)((double)a.n * draw_share(&seed))};
		double z = rates_difference(a, c).z, chi2 = stats_chi2(a, c).chi2;
		ck_assert_msg((isnan(z) && isnan(chi2)) || fabs(z * z - chi2) <= 1e-6 * (1 + chi2),
		    "z^2 %.12g, chi-square %.12g", z * z, chi2);
	}
}
END_TEST

START_TEST(no_counts_make_an_interval_that_is_no_number)
{
	uint64_t seed = 7;

	for (int i = 0; i < TRIES; i++) {
		struct stats_rate a = any_rate(&seed), c = any_rate(&seed);
		struct difference x = rates_difference(a, c);
		struct sequence q = rates_sequence(a, c, SEQUENCE_TUNED_FOR, 0.05);
		ck_assert(isnan(x.z) ? x.v == 0 : isfinite(q.lo) && isfinite(q.hi));
		ck_assert(isnan(x.z) || (q.lo <= x.d && x.d <= q.hi && q.p >= 0 && q.p <= 1));
	}
}
END_TEST

START_TEST(the_interval_excludes_0_exactly_where_p_is_below_its_level)
{
	uint64_t seed = 8;

	for (int i = 0; i < TRIES; i++) {
		double level = 0.001 + 0.2 * draw_share(&seed);
		struct difference d = rates_difference(any_rate(&seed), any_rate(&seed));
		struct sequence q = sequence_of(
		    &d, (struct sequence_tuning){SEQUENCE_TUNED_FOR, 0.05}, level);
		if (!isnan(q.p) && fabs(q.p - level) > 1e-9)
			ck_assert_int_eq(q.p < level, q.lo > 0 || q.hi < 0);
	}
}
END_TEST

START_TEST(a_stricter_level_has_a_wider_interval)
{
	uint64_t seed = 9;

	for (int i = 0; i < TRIES; i++) {
		struct difference d = rates_difference(any_rate(&seed), any_rate(&seed));
		struct sequence_tuning t = {SEQUENCE_TUNED_FOR, 0.05};
		struct sequence wide = sequence_of(&d, t, 0.01), narrow = sequence_of(&d, t, 0.05);
		if (!isnan(d.z))
			ck_assert(wide.lo < narrow.lo && wide.hi > narrow.hi);
	}
}
END_TEST

START_TEST(a_larger_z_has_a_smaller_p)
{
	for (double z = 0; z < 8; z += 0.25) {
		struct difference a = {.d = z, .v = 1, .z = z, .n = 4000, .fewest = 2000};
		struct difference b = a;
		b.z += 0.25;
		struct sequence_tuning t = {SEQUENCE_TUNED_FOR, 0.05};
		ck_assert_double_ge(sequence_of(&a, t, 0.05).p, sequence_of(&b, t, 0.05).p);
	}
}
END_TEST

START_TEST(the_order_of_arms_changes_nothing_in_the_check_of_the_split)
{
	uint64_t seed = 10;

	for (int i = 0; i < TRIES; i++) {
		int64_t n[3] = {any_count(&seed), any_count(&seed), any_count(&seed)};
		int64_t turned[3] = {n[2], n[1], n[0]};
		double w[3] = {draw_share(&seed), draw_share(&seed), draw_share(&seed)};
		double back[3] = {w[2], w[1], w[0]};
		struct split_check x = split_check(&(struct split_counts){n, w, 3}, 1);
		struct split_check y = split_check(&(struct split_counts){turned, back, 3}, 1);
		ck_assert(isfinite(x.ln_e) && fabs(x.ln_e - y.ln_e) <= 1e-6 * (1 + fabs(x.ln_e)));
		ck_assert(is_close(x.p, y.p) && x.ok == y.ok);
	}
}
END_TEST

START_TEST(the_scale_of_weights_changes_nothing_in_the_check_of_the_split)
{
	uint64_t seed = 11;

	for (int i = 0; i < TRIES; i++) {
		int64_t n[2] = {any_count(&seed), any_count(&seed)};
		double w[2] = {draw_share(&seed) + 0.01, draw_share(&seed) + 0.01};
		double scaled[2] = {w[0] * 1000, w[1] * 1000};
		struct split_check x = split_check(&(struct split_counts){n, w, 2}, 1);
		struct split_check y = split_check(&(struct split_counts){n, scaled, 2}, 1);
		ck_assert(fabs(x.ln_e - y.ln_e) <= 1e-6 * (1 + fabs(x.ln_e)));
	}
}
END_TEST

START_TEST(a_split_as_expected_is_ok_at_any_size)
{
	for (double n = 10; n < 1e12; n *= 10) {
		int64_t exact[2] = {(int64_t)n * 9, (int64_t)n};
		double w[2] = {9, 1};
		struct split_check x = split_check(&(struct split_counts){exact, w, 2}, 1);
		ck_assert(x.ok && x.chi2 < 1e-9 && x.p_any_time == 1);
	}
}
END_TEST

START_TEST(a_single_look_at_the_plan_has_the_bound_of_a_single_test)
{
	double t = 1, z;

	for (double alpha = 0.001; alpha < 0.3; alpha *= 2) {
		spending_bounds(&(struct spending){SPENDING_POWER3, alpha, true}, &t, 1, &z);
		ck_assert_double_eq_tol(erfc(z / sqrt(2)), alpha, 1e-10);
	}
}
END_TEST

START_TEST(bounds_fall_and_a_smaller_alpha_has_larger_ones)
{
	uint64_t seed = 12;
	double t[20], z[20], strict[20];

	for (int i = 0; i < 20; i++) {
		double at = 0;
		for (size_t k = 0; k < 20; k++)
			t[k] = at += 0.02 + 0.02 * draw_share(&seed);
		spending_bounds(&(struct spending){SPENDING_POWER3, 0.05, false}, t, 20, z);
		spending_bounds(&(struct spending){SPENDING_POWER3, 0.01, false}, t, 20, strict);
		for (size_t k = 0; k < 20; k++)
			ck_assert(strict[k] > z[k] && z[k] > 1.9);
		ck_assert(z[19] < z[0]);
	}
}
END_TEST

/* However many looks there are, the last bound is hardly above that of a single test. */
START_TEST(many_looks_cost_little_at_the_last_one)
{
	double t[LOOKS_MOST], z[LOOKS_MOST];

	for (size_t n = 1; n <= LOOKS_MOST; n++) {
		for (size_t k = 0; k < n; k++)
			t[k] = (double)(k + 1) / (double)n;
		spending_bounds(&(struct spending){SPENDING_POWER3, 0.05, true}, t, n, z);
		ck_assert_msg(z[n - 1] >= 1.9599 && z[n - 1] < 2.25, "%zu looks: %g", n, z[n - 1]);
	}
}
END_TEST

START_TEST(a_smaller_effect_more_power_and_more_arms_need_more)
{
	uint64_t seed = 13;

	for (int i = 0; i < TRIES; i++) {
		double p = 0.05 + 0.8 * draw_share(&seed), e = 0.02 + 0.1 * draw_share(&seed);
		struct sample_size_plan plan = {0.05, 0.8, 2, 0.1 + 0.8 * draw_share(&seed)};
		struct sample_size_plan strong = plan, many = plan;
		strong.power = 0.9;
		many.arms = 4;
		double n = sample_size_rate(p + e, p, &plan);
		ck_assert(n >= SAMPLE_SIZE_LEAST && sample_size_rate(p + e / 2, p, &plan) >= n);
		ck_assert(sample_size_rate(p + e, p, &strong) >= n);
		ck_assert(sample_size_rate(p + e, p, &many) >= n);
	}
}
END_TEST

/* Days on which nothing new came are no looks, and none is made after the final one. */
START_TEST(looks_rise_in_information_and_end_with_the_final_one)
{
	uint64_t seed = 14;
	struct look_day days[60];
	struct look_arm arm;

	for (int i = 0; i < 50; i++) {
		double n = 0;
		for (size_t k = 0; k < 60; k++) {
			n += floor(100 * draw_share(&seed));
			struct stats_rate r = {(int64_t)n + 2, (int64_t)(n / 10)};
			days[k] = (struct look_day){(int64_t)k, rates_difference(r, r), 0};
		}
		looks_choose(days, 60, 1000, 0, &arm);
		for (size_t k = 1; k < arm.n; k++)
			ck_assert(arm.looks[k].t - arm.looks[k - 1].t >= 0.02 - 1e-9 ||
			    (arm.final && k == arm.n - 1));
		ck_assert(arm.n <= LOOKS_MOST);
		if (arm.final)
			ck_assert((arm.looks[arm.n - 1].day + 1) % 7 == 0 &&
			    arm.looks[arm.n - 1].t >= 1);
		looks_judge(&arm, 1, 0.05, 0.1);
		ck_assert(!arm.decided);
	}
}
END_TEST

Suite *
stats_property_suite(void)
{
	Suite *s = suite_create("stats_property");
	TCase *t = tcase_create("stats_property");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_difference_of_swapped_arms_is_its_negative);
	tcase_add_test(t, the_order_of_splits_changes_nothing);
	tcase_add_test(t, an_empty_split_changes_nothing);
	tcase_add_test(t, a_difference_lies_between_those_of_its_splits);
	tcase_add_test(t, the_variance_is_never_below_either_and_never_negative);
	tcase_add_test(t, a_single_look_at_equal_arms_is_the_chi_square);
	tcase_add_test(t, no_counts_make_an_interval_that_is_no_number);
	tcase_add_test(t, the_interval_excludes_0_exactly_where_p_is_below_its_level);
	tcase_add_test(t, a_stricter_level_has_a_wider_interval);
	tcase_add_test(t, a_larger_z_has_a_smaller_p);
	tcase_add_test(t, the_order_of_arms_changes_nothing_in_the_check_of_the_split);
	tcase_add_test(t, the_scale_of_weights_changes_nothing_in_the_check_of_the_split);
	tcase_add_test(t, a_split_as_expected_is_ok_at_any_size);
	tcase_add_test(t, a_single_look_at_the_plan_has_the_bound_of_a_single_test);
	tcase_add_test(t, bounds_fall_and_a_smaller_alpha_has_larger_ones);
	tcase_add_test(t, many_looks_cost_little_at_the_last_one);
	tcase_add_test(t, a_smaller_effect_more_power_and_more_arms_need_more);
	tcase_add_test(t, looks_rise_in_information_and_end_with_the_final_one);
	suite_add_tcase(s, t);
	return s;
}
