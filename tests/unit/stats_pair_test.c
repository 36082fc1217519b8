/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold of any two rates, from nobody to a hundred million: symmetry, bounds, and values
 * that can be written down.
 */
#include "core/stats/stats.h"

#include <math.h>

#include "rates.h"
#include "suites.h"

enum { HUGE_N = 100000000 };

static const struct {
	struct stats_rate a;
	struct stats_rate control;
} pairs[] = {
    {{1, 0}, {1, 0}},
    {{1, 1}, {1, 0}},
    {{3, 3}, {4, 4}},
    {{20, 0}, {20, 3}},
    {{100, 51}, {100, 49}},
    {{1000, 1000}, {1000, 0}},
    {{1000, 10}, {100000, 1000}},
    {{10, 5}, {HUGE_N, HUGE_N / 2}},
    {{HUGE_N, 0}, {HUGE_N, 3}},
    {{HUGE_N, HUGE_N}, {HUGE_N, 0}},
    {{HUGE_N, HUGE_N}, {HUGE_N, HUGE_N}},
    {{HUGE_N, HUGE_N / 2}, {HUGE_N, HUGE_N / 2}},
    {{HUGE_N, HUGE_N / 2 + 10000}, {HUGE_N, HUGE_N / 2}},
    {{HUGE_N, 1}, {20, 19}},
    {{HUGE_N, 30000000}, {HUGE_N, 30009000}},
};

START_TEST(chances_of_both_add_up_to_1)
{
	struct stats_beat x = stats_beat(pairs[_i].a, pairs[_i].control);
	struct stats_beat y = stats_beat(pairs[_i].control, pairs[_i].a);

	ck_assert_double_ge(x.chance, 0);
	ck_assert_double_le(x.chance, 1);
	ck_assert_double_eq_tol(x.chance + y.chance, 1, 1e-9);
	ck_assert_double_eq_tol(x.loss, y.loss_of_control, 1e-12);
	ck_assert_double_eq_tol(x.loss_of_control, y.loss, 1e-12);
}
END_TEST

/* E max(a - c, 0) - E max(c - a, 0) = E a - E c, the means of Beta(1 + c, 1 + n - c). */
START_TEST(losses_differ_by_the_difference_of_the_means)
{
	struct stats_rate a = pairs[_i].a;
	struct stats_rate c = pairs[_i].control;
	struct stats_beat x = stats_beat(a, c);
	double d = ((double)a.c + 1) / ((double)a.n + 2) - ((double)c.c + 1) / ((double)c.n + 2);

	ck_assert_double_ge(x.loss, 0);
	ck_assert_double_ge(x.loss_of_control, 0);
	ck_assert_double_eq_tol(x.loss_of_control - x.loss, d, 1e-10);
}
END_TEST

START_TEST(swapped_arms_negate_every_interval)
{
	struct stats_rate a = pairs[_i].a;
	struct stats_rate c = pairs[_i].control;
	struct stats_interval x = stats_newcombe(a, c);
	struct stats_interval y = stats_newcombe(c, a);

	ck_assert_double_eq(x.lo, -y.hi);
	ck_assert_double_eq(x.hi, -y.lo);
	ck_assert_double_le(x.lo, x.hi);
	struct sequence q = rates_sequence(a, c, SEQUENCE_TUNED_FOR, 0.05);
	struct sequence r = rates_sequence(c, a, SEQUENCE_TUNED_FOR, 0.05);
	ck_assert_int_eq(isnan(q.p), isnan(r.p));
	if (isnan(q.p))
		return;
	ck_assert_double_eq_tol(q.lo, -r.hi, 1e-12);
	ck_assert_double_eq_tol(q.hi, -r.lo, 1e-12);
	ck_assert_double_eq_tol(q.p, r.p, 1e-12);
}
END_TEST

START_TEST(swapped_arms_have_one_chi_square)
{
	struct stats_chi2 x = stats_chi2(pairs[_i].a, pairs[_i].control);
	struct stats_chi2 y = stats_chi2(pairs[_i].control, pairs[_i].a);

	ck_assert_int_eq(isnan(x.p), isnan(y.p));
	if (isnan(x.p))
		return;
	ck_assert_double_ge(x.p, 0);
	ck_assert_double_le(x.p, 1);
	ck_assert_double_eq_tol(x.p, y.p, 1e-9);
}
END_TEST

/* The half width at level p, everything else being as at .05, is the difference itself. */
START_TEST(the_sequence_touches_0_at_its_own_p)
{
	struct stats_rate a = pairs[_i].a;
	struct stats_rate c = pairs[_i].control;
	struct difference x = rates_difference(a, c);
	double p = rates_sequence(a, c, SEQUENCE_TUNED_FOR, 0.05).p;
	double m = ((double)a.n + (double)c.n) *
	    (-2 * log(.05) + log(1 - 2 * log(.05))) / SEQUENCE_TUNED_FOR;

	if (isnan(p) || p >= 1 || p <= 0)
		return;
	double critical = sqrt(2 * (m + 1) / m * (log1p(m) / 2 - log(p)));
	ck_assert_double_eq_tol(critical, fabs(x.z), 1e-9 * critical);
}
END_TEST

/* The published formula, written as it stands, at sizes from small to far beyond its best. */
START_TEST(the_sequence_is_as_wide_as_its_formula)
{
	static const int64_t sizes[] = {50, 2500, 5000, 1000000, HUGE_N};
	static const double alphas[] = {0.05, 0.01};
	int64_t n = sizes[_i];

	for (int i = 0; i < ROWS(alphas); i++) {
		double al = alphas[i];
		double N = (double)(n + n / 2);
		double k = 1 + N * (-2 * log(al) + log(1 - 2 * log(al))) / 7000;
		double q = (double)(n / 5 * 2) / N;
		double vu = .2 * .8 / (double)n + .4 * .6 / (double)(n / 2);
		double vp = q * (1 - q) * (1 / (double)n + 1 / (double)(n / 2));
		double half = sqrt(fmax(vu, vp)) * sqrt(2 * k / (k - 1) * (log(k) / 2 - log(al)));
		struct sequence s = rates_sequence((struct stats_rate){n, n / 5},
		    (struct stats_rate){n / 2, n / 5}, 7000, al);
		ck_assert_double_eq_tol(s.lo, -.2 - half, 1e-9);
		ck_assert_double_eq_tol(s.hi, -.2 + half, 1e-9);
	}
}
END_TEST

/* P(a > c) of Beta(1 + c, 1 + n - c) by a sum over what a could have done (Miller 2014). */
static double
chance_by_sum(struct stats_rate a, struct stats_rate c)
{
	double a1 = (double)a.c + 1, b1 = (double)(a.n - a.c) + 1;
	double a2 = (double)c.c + 1, b2 = (double)(c.n - c.c) + 1;
	double sum = 0;

	for (double i = 0; i < a1; i++)
		sum += exp(lgamma(a2 + i) + lgamma(b1 + b2) - lgamma(a2 + i + b1 + b2) -
		    log(b1 + i) - lgamma(1 + i) - lgamma(b1) + lgamma(1 + i + b1) -
		    lgamma(a2) - lgamma(b2) + lgamma(a2 + b2));
	return sum;
}

START_TEST(the_chance_is_that_of_the_exact_sum)
{
	static const struct {
		struct stats_rate a;
		struct stats_rate control;
	} rows[] = {
	    {{1, 0}, {1, 0}}, {{1, 1}, {1, 0}}, {{20, 0}, {20, 3}}, {{1000, 130}, {1000, 100}},
	    {{40, 2}, {5000, 200}}, {{7, 7}, {300, 1}}, {{100000, 25}, {50, 0}},
	    {{3000, 2999}, {2000, 1990}},
	};

	ck_assert_double_eq_tol(stats_beat(rows[_i].a, rows[_i].control).chance,
	    chance_by_sum(rows[_i].a, rows[_i].control), 1e-8);
}
END_TEST

/* At this size the Beta posteriors are normal distributions to many digits. */
START_TEST(the_chance_of_a_hundred_million_is_the_normal_one)
{
	struct stats_rate a = {HUGE_N, 30000000};
	struct stats_rate c = {HUGE_N, 30009000};
	double sd = sqrt(2 * .3 * .7 / HUGE_N);

	ck_assert_double_eq_tol(
	    stats_beat(a, c).chance, erfc(9000. / HUGE_N / sd / sqrt(2)) / 2, 1e-5);
}
END_TEST

static const struct stats_rate broken[] = {{0, 0}, {-1, 0}, {10, 11}, {10, -1}};

START_TEST(what_is_no_rate_has_no_statistics)
{
	struct stats_rate good = {100, 10};

	for (int swapped = 0; swapped < 2; swapped++) {
		struct stats_rate a = swapped ? good : broken[_i];
		struct stats_rate c = swapped ? broken[_i] : good;
		ck_assert(isnan(stats_chi2(a, c).p) && isnan(stats_chi2(a, c).confidence));
		ck_assert(isnan(stats_newcombe(a, c).lo) && isnan(stats_newcombe(a, c).hi));
		ck_assert(isnan(stats_beat(a, c).chance) && isnan(stats_beat(a, c).loss));
		ck_assert(isnan(rates_sequence(a, c, SEQUENCE_TUNED_FOR, 0.05).p));
	}
	ck_assert(isnan(stats_wilson(broken[_i]).lo) && isnan(stats_wilson(broken[_i]).hi));
}
END_TEST

START_TEST(without_variance_there_is_no_sequence)
{
	struct stats_rate nobody = {10, 0};
	struct stats_rate everybody = {10, 10};

	ck_assert(isnan(rates_sequence(nobody, nobody, SEQUENCE_TUNED_FOR, 0.05).lo));
	ck_assert(isnan(rates_sequence(everybody, everybody, SEQUENCE_TUNED_FOR, 0.05).p));
	ck_assert_double_eq(rates_difference(nobody, nobody).v, 0);
	/* Neither rate varies, but both together do. */
	ck_assert(isfinite(rates_sequence(everybody, nobody, SEQUENCE_TUNED_FOR, 0.05).p));
}
END_TEST

START_TEST(wilson_ends_where_rates_end)
{
	ck_assert_double_eq(stats_wilson((struct stats_rate){HUGE_N, 0}).lo, 0);
	ck_assert_double_eq(stats_wilson((struct stats_rate){HUGE_N, HUGE_N}).hi, 1);
	ck_assert_double_gt(stats_wilson((struct stats_rate){HUGE_N, 0}).hi, 0);
}
END_TEST

Suite *
stats_pair_suite(void)
{
	Suite *s = suite_create("stats_pair");
	TCase *t = tcase_create("stats_pair");

	tcase_add_loop_test(t, chances_of_both_add_up_to_1, 0, ROWS(pairs));
	tcase_add_loop_test(t, losses_differ_by_the_difference_of_the_means, 0, ROWS(pairs));
	tcase_add_loop_test(t, swapped_arms_negate_every_interval, 0, ROWS(pairs));
	tcase_add_loop_test(t, swapped_arms_have_one_chi_square, 0, ROWS(pairs));
	tcase_add_loop_test(t, the_sequence_touches_0_at_its_own_p, 0, ROWS(pairs));
	tcase_add_loop_test(t, the_sequence_is_as_wide_as_its_formula, 0, 5);
	tcase_add_loop_test(t, the_chance_is_that_of_the_exact_sum, 0, 8);
	tcase_add_test(t, the_chance_of_a_hundred_million_is_the_normal_one);
	tcase_add_loop_test(t, what_is_no_rate_has_no_statistics, 0, ROWS(broken));
	tcase_add_test(t, without_variance_there_is_no_sequence);
	tcase_add_test(t, wilson_ends_where_rates_end);
	suite_add_tcase(s, t);
	return s;
}
