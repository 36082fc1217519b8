/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Kolmogorov-Smirnov test against published values, and the p values of days of simulated
 * experiments, with and without a difference.
 */
#include "core/stats/uniform.h"

#include <math.h>
#include <stdint.h>

#include "draw.h"
#include "suites.h"

/* n values evenly spread, as far as `distance` below the uniform distribution. */
static struct uniform_test
at_distance(size_t n, double distance)
{
	double values[UNIFORM_MOST];

	for (size_t i = 0; i < n; i++)
		values[i] = fmax(0, (double)(i + 1) / (double)n - distance);
	return uniform_test(values, n);
}

/* The first is in the paper; of one value, P(D < d) = 2 d - 1; of two, 1 - 2 (1 - d)^2 from 1/2
 * on and 2 (2 d - 1/2)^2 below; the others are the 5 and 1 % points of tables (Miller 1956). */
START_TEST(the_distribution_is_as_published)
{
	ck_assert_double_eq_tol(at_distance(10, 0.274).distance, 0.274, 1e-12);
	ck_assert_double_eq_tol(at_distance(10, 0.274).p, 1 - 0.6284796154565504, 1e-12);
	ck_assert_double_eq_tol(at_distance(1, 0.75).p, 0.5, 1e-12);
	ck_assert_double_eq_tol(at_distance(2, 0.6).p, 2 * 0.4 * 0.4, 1e-12);
	ck_assert_double_eq_tol(at_distance(2, 0.4).p, 1 - 2 * 0.3 * 0.3, 1e-12);
	ck_assert_double_eq_tol(at_distance(10, 0.40925).p, 0.05, 1e-4);
	ck_assert_double_eq_tol(at_distance(20, 0.29408).p, 0.05, 1e-4);
	ck_assert_double_eq_tol(at_distance(20, 0.35241).p, 0.01, 1e-4);
	ck_assert_double_eq_tol(at_distance(28, 0.24993).p, 0.05, 1e-4);
}
END_TEST

START_TEST(the_test_needs_values)
{
	double values[UNIFORM_MOST + 1] = {0};

	ck_assert(isnan(uniform_test(values, 0).p) && isnan(uniform_test(values, 0).distance));
	ck_assert(isnan(uniform_test(values, UNIFORM_MOST + 1).p));
	ck_assert_double_eq(uniform_test(values, UNIFORM_MOST).distance, 1);
	ck_assert_double_eq_tol(uniform_test(values, UNIFORM_MOST).p, 0, 1e-12);
}
END_TEST

START_TEST(its_own_p_values_are_uniform)
{
	enum { RUNS = 4000 };
	uint64_t seed = 11;
	size_t below[4] = {0};

	for (int run = 0; run < RUNS; run++) {
		double values[UNIFORM_MOST];
		size_t n = 1 + (size_t)run % UNIFORM_MOST;
		for (size_t i = 0; i < n; i++)
			values[i] = draw_share(&seed);
		double p = uniform_test(values, n).p;
		ck_assert(p >= 0 && p <= 1);
		for (size_t k = 0; k < 4; k++)
			below[k] += p < 0.2 * (double)(k + 1);
	}
	/* Within four standard errors. */
	for (size_t k = 0; k < 4; k++) {
		double share = 0.2 * (double)(k + 1);
		double error = sqrt(share * (1 - share) / RUNS);
		ck_assert_double_eq_tol((double)below[k] / RUNS, share, 4 * error);
	}
}
END_TEST

/* Participants of one arm who have not converted yet, of those who often do and those who rarely
 * do. */
struct arm {
	int64_t eager, slow;
};

/* A day of an arm: new participants come, and everybody converts with the chance of their kind. */
static struct stats_rate
simulate_day(struct arm *arm, int64_t arrivals, double rate, uint64_t *seed)
{
	struct stats_rate out = {0, 0};
	int64_t *kinds[] = {&arm->eager, &arm->slow};

	for (int64_t i = 0; i < arrivals; i++)
		++*kinds[draw_share(seed) < 0.7];
	for (int k = 0; k < 2; k++) {
		int64_t there = *kinds[k];
		out.n += there;
		for (int64_t i = 0; i < there; i++)
			*kinds[k] -= draw_share(seed) < rate / (k == 0 ? 1 : 20);
		out.c += there - *kinds[k];
	}
	return out;
}

/*
 * The test over the days of an experiment in which x gets `share` of about 650 a day; *low counts
 * the days with p below .1. Participants stay until they convert, so those of a day are not
 * independent of those of the day before; the p values of the days must be.
 */
static struct uniform_test
simulate_days(double share, double effect, uint64_t *seed, size_t *low)
{
	struct arm control = {0, 0}, x = {0, 0};
	double values[UNIFORM_MOST];

	for (size_t day = 0; day < UNIFORM_MOST; day++) {
		int64_t to_x = 0, all = 500 + (int64_t)(300 * draw_share(seed));
		for (int64_t i = 0; i < all; i++)
			to_x += draw_share(seed) < share;
		struct stats_rate c = simulate_day(&control, all - to_x, 0.5, seed);
		struct stats_rate a = simulate_day(&x, to_x, 0.5 + effect, seed);
		values[day] = uniform_p(a, c, draw_share(seed));
		ck_assert(values[day] >= 0 && values[day] <= 1);
		*low += values[day] < 0.1;
	}
	return uniform_test(values, UNIFORM_MOST);
}

START_TEST(days_without_a_difference_have_uniform_p_values)
{
	enum { RUNS = 300 };
	static const double shares[] = {0.5, 0.3};
	uint64_t seed = 21 + (uint64_t)_i;
	size_t low = 0, rejected = 0;

	for (int run = 0; run < RUNS; run++)
		rejected += simulate_days(shares[_i], 0, &seed, &low).p < 0.1;
	double days = (double)RUNS * UNIFORM_MOST;
	ck_assert_double_eq_tol((double)low / days, 0.1, 4 * sqrt(0.1 * 0.9 / days));
	ck_assert_double_eq_tol((double)rejected / RUNS, 0.1, 4 * sqrt(0.1 * 0.9 / RUNS));
}
END_TEST

START_TEST(days_with_a_difference_have_small_p_values)
{
	enum { RUNS = 100 };
	uint64_t seed = 31;
	size_t low = 0, rejected = 0;

	for (int run = 0; run < RUNS; run++)
		rejected += simulate_days(0.5, 0.3, &seed, &low).p < 0.01;
	ck_assert_uint_gt(rejected, RUNS * 9 / 10);
}
END_TEST

START_TEST(a_day_needs_conversions_and_possible_counts)
{
	struct stats_rate many = {1000, 10}, few = {1000, 9}, all = {15, 6};

	ck_assert(!isnan(uniform_p(many, many, 0.5)));
	ck_assert(isnan(uniform_p(many, few, 0.5)));
	ck_assert(isnan(uniform_p(all, all, 0.5)));
	static const struct stats_rate wrong[] = {{0, 0}, {1000, -1}, {30, 31}};

	for (int i = 0; i < ROWS(wrong); i++)
		ck_assert(isnan(uniform_p(wrong[i], (struct stats_rate){1000, 300}, 0.5)));
	ck_assert_double_eq(uniform_p(many, many, 0.5), 1);
}
END_TEST

START_TEST(any_counts_yield_a_probability_or_none)
{
	uint64_t seed = 41;

	for (int i = 0; i < 3000; i++) {
		struct stats_rate r[2];
		for (int k = 0; k < 2; k++) {
			r[k].n = (int64_t)pow(10, 12 * draw_share(&seed));
			r[k].c = (int64_t)((double)r[k].n * draw_share(&seed));
		}
		double u = draw_share(&seed), p = uniform_p(r[0], r[1], u);
		double turned = uniform_p(r[1], r[0], 1 - u);
		ck_assert(isnan(p) || (p >= 0 && p <= 1));
		ck_assert(isnan(p) == isnan(turned));
		ck_assert(isnan(p) || fabs(p - turned) <= 1e-6);
	}
}
END_TEST

Suite *
uniform_suite(void)
{
	Suite *s = suite_create("uniform");
	TCase *t = tcase_create("uniform");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_distribution_is_as_published);
	tcase_add_test(t, the_test_needs_values);
	tcase_add_test(t, its_own_p_values_are_uniform);
	tcase_add_loop_test(t, days_without_a_difference_have_uniform_p_values, 0, 2);
	tcase_add_test(t, days_with_a_difference_have_small_p_values);
	tcase_add_test(t, a_day_needs_conversions_and_possible_counts);
	tcase_add_test(t, any_counts_yield_a_probability_or_none);
	suite_add_tcase(s, t);
	return s;
}
