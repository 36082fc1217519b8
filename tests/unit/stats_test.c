/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The statistics against published vectors, which another program computed, and at their edges.
 */
#include "core/stats/sample_size.h"
#include "core/stats/split_check.h"
#include "core/stats/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draw.h"
#include "rates.h"
#include "suites.h"

#define VECTORS "tests/unit/vectors/stats.json"
#define SEQUENTIAL "tests/unit/vectors/sequential.json"

static struct json_object *
get(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

static double
at(struct json_object *o, size_t i)
{
	return json_object_get_double(json_object_array_get_idx(o, i));
}

/* Checks x against the vector: null is NAN; tolerance 1e-6, relative for smaller numbers. */
static void
check_value(double x, struct json_object *expected, const char *what)
{
	double e = json_object_get_double(expected);
	double tolerance = expected != NULL && fabs(e) < 1e-6 ? fabs(e) * 1e-6 : 1e-6;

	if (expected == NULL)
		ck_assert_msg(isnan(x), "%s is %.17g, not absent", what, x);
	else
		ck_assert_msg(
		    fabs(x - e) <= tolerance, "%s is %.17g instead of %.17g", what, x, e);
}

/* The cases of a section of a file of vectors, on ctx; there must be n. */
static struct json_object *
section_of(void *ctx, const char *path, const char *name, size_t n)
{
	struct json_object *file = mem_json(ctx, json_object_from_file(path));
	struct json_object *cases = get(file, name);

	ck_assert_msg(cases != NULL, "no vectors %s", name);
	ck_assert_uint_eq(json_object_array_length(cases), n);
	return cases;
}

static struct json_object *
section(void *ctx, const char *name, size_t n)
{
	return section_of(ctx, VECTORS, name, n);
}

START_TEST(chi_square_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o =
	    json_object_array_get_idx(section(ctx, "chi_square", 11), (size_t)_i);
	struct stats_rate a = {
	    json_object_get_int64(get(o, "n")), json_object_get_int64(get(o, "c"))};
	struct stats_rate control = {json_object_get_int64(get(o, "n_control")),
	    json_object_get_int64(get(o, "c_control"))};
	struct stats_chi2 x = stats_chi2(a, control);

	check_value(x.chi2, get(o, "chi2"), "chi2");
	check_value(x.p, get(o, "p"), "p");
	check_value(x.confidence, get(o, "confidence"), "confidence");
	talloc_free(ctx);
}
END_TEST

static struct stats_histogram
histogram(void *ctx, struct json_object *o)
{
	struct stats_bin *bins = mem_array(ctx, struct stats_bin, 8);
	size_t n = 0;

	json_object_object_foreach(o, times, subjects)
		bins[n++] = (struct stats_bin){atoll(times), json_object_get_int64(subjects)};
	return (struct stats_histogram){bins, n};
}

START_TEST(mann_whitney_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o =
	    json_object_array_get_idx(section(ctx, "mann_whitney", 5), (size_t)_i);
	struct stats_mwu x = stats_mann_whitney(
	    histogram(ctx, get(o, "alternative")), histogram(ctx, get(o, "control")));

	check_value(x.u, get(o, "u"), "u");
	check_value(x.p, get(o, "p_one_tailed"), "p");
	check_value(x.confidence, get(o, "confidence"), "confidence");
	talloc_free(ctx);
}
END_TEST

/* The vectors write a rate in two ways: [converted, participants], ... */
static struct stats_rate
rate_c_n(struct json_object *o)
{
	return (struct stats_rate){(int64_t)at(o, 1), (int64_t)at(o, 0)};
}

static void
check_interval(struct stats_interval x, struct json_object *expected, const char *what)
{
	check_value(x.lo, json_object_array_get_idx(expected, 0), what);
	check_value(x.hi, json_object_array_get_idx(expected, 1), what);
}

START_TEST(two_rates_compare_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = json_object_array_get_idx(section(ctx, "two_rates", 5), (size_t)_i);
	struct stats_rate a = rate_c_n(get(o, "alternative"));
	struct stats_rate control = rate_c_n(get(o, "control"));
	struct stats_beat b = stats_beat(a, control);

	check_interval(stats_wilson(a), get(o, "wilson_95_alternative"), "wilson");
	check_interval(stats_newcombe(a, control), get(o, "newcombe_95"), "newcombe");
	check_value(b.chance, get(o, "chance_to_beat_control"), "chance");
	check_value(b.loss, get(o, "loss_if_alternative_chosen"), "loss");
	check_value(b.loss_of_control, get(o, "loss_if_control_chosen"), "loss of control");
	talloc_free(ctx);
}
END_TEST

/* ... and [participants, converted]. */
static struct stats_rate
rate_n_c(struct json_object *o)
{
	return (struct stats_rate){(int64_t)at(o, 0), (int64_t)at(o, 1)};
}

START_TEST(difference_and_variance_are_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = json_object_array_get_idx(
	    section_of(ctx, SEQUENTIAL, "difference", 6), (size_t)_i);
	struct difference x = rates_difference(rate_n_c(get(o, "x")), rate_n_c(get(o, "control")));

	check_value(x.d, get(o, "difference"), "difference");
	check_value(x.v_unpooled, get(o, "v_unpooled"), "unpooled variance");
	check_value(x.v_pooled, get(o, "v_pooled"), "pooled variance");
	check_value(x.v, get(o, "v"), "variance");
	check_value(x.z, get(o, "z"), "z");
	talloc_free(ctx);
}
END_TEST

START_TEST(sequence_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o =
	    json_object_array_get_idx(section_of(ctx, SEQUENTIAL, "sequence", 5), (size_t)_i);
	struct stats_rate a = rate_n_c(get(o, "x"));
	struct stats_rate control = rate_n_c(get(o, "control"));
	struct sequence q =
	    rates_sequence(a, control, json_object_get_double(get(o, "tuned_for")),
		json_object_get_double(get(o, "alpha")));

	check_value((q.hi - q.lo) / 2 / sqrt(rates_difference(a, control).v), get(o, "critical"),
	    "critical");
	check_value(q.lo, get(o, "lo"), "lo");
	check_value(q.hi, get(o, "hi"), "hi");
	check_value(q.p, get(o, "p"), "p");
	talloc_free(ctx);
}
END_TEST

/*
 * Simulates an A/A experiment: whether any look finds a difference that is none. The part `share`
 * of the subjects gets a, everybody converts at p, and there is a look after every `step` subjects.
 */
static bool
has_false_alarm(uint64_t *seed, double share, double p, int subjects, int step)
{
	struct stats_rate arms[2] = {{0, 0}, {0, 0}};

	for (int i = 1; i <= subjects; i++) {
		struct stats_rate *arm = &arms[draw_share(seed) < share ? 0 : 1];
		arm->n++;
		arm->c += draw_share(seed) < p;
		if (i % step != 0 || arms[0].n < SEQUENCE_BURN_IN || arms[1].n < SEQUENCE_BURN_IN)
			continue;
		if (rates_sequence(arms[0], arms[1], SEQUENCE_TUNED_FOR, 0.05).p < 0.05)
			return true;
	}
	return false;
}

static const struct {
	double share, p;
	int subjects;
} uneven[] = {{0.1, 0.01, 5000}, {0.01, 0.05, 5000}, {0.9, 0.01, 5000}, {0.1, 0.99, 5000},
    {0.5, 0.01, 2000}};

/* Of 300 experiments 15 are expected at .05; more than 26 are 3 standard deviations above that. */
START_TEST(fifty_looks_at_uneven_arms_give_at_most_5_percent_false_alarms)
{
	uint64_t seed = 1;
	int alarms = 0;

	for (int i = 0; i < 300; i++)
		alarms += has_false_alarm(&seed, uneven[_i].share, uneven[_i].p,
		    uneven[_i].subjects, uneven[_i].subjects / 50);
	ck_assert_msg(alarms <= 26, "%d of 300", alarms);
}
END_TEST

START_TEST(in_equal_arms_the_squared_z_is_the_chi_square)
{
	struct stats_rate a = {1000, 250};
	struct stats_rate control = {1000, 200};
	double z = rates_difference(a, control).z;

	ck_assert_double_eq_tol(z * z, stats_chi2(a, control).chi2, 1e-9);
}
END_TEST

START_TEST(sample_ratio_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o =
	    json_object_array_get_idx(section(ctx, "sample_ratio", 5), (size_t)_i);
	int64_t observed[3];
	double expected[3];
	size_t n = json_object_array_length(get(o, "observed"));

	ck_assert_uint_le(n, 3);
	for (size_t i = 0; i < n; i++) {
		observed[i] = (int64_t)at(get(o, "observed"), i);
		expected[i] = at(get(o, "weights"), i);
	}
	struct split_check fit = split_check(&(struct split_counts){observed, expected, n}, 1);
	check_value(fit.chi2, get(o, "chi2"), "chi2");
	check_value(fit.p, get(o, "p"), "p");
	talloc_free(ctx);
}
END_TEST

START_TEST(holm_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = json_object_array_get_idx(section(ctx, "holm", 2), (size_t)_i);
	size_t n = json_object_array_length(get(o, "p"));
	double *p = mem_array(ctx, double, n);

	for (size_t i = 0; i < n; i++)
		p[i] = at(get(o, "p"), i);
	stats_holm(p, n);
	for (size_t i = 0; i < n; i++)
		check_value(p[i], json_object_array_get_idx(get(o, "adjusted"), i), "adjusted p");
	talloc_free(ctx);
}
END_TEST

START_TEST(needed_sample_is_as_published)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o =
	    json_object_array_get_idx(section(ctx, "sample_size_per_arm", 3), (size_t)_i);
	const struct sample_size_plan plan = {json_object_get_double(get(o, "alpha")),
	    json_object_get_double(get(o, "power")), 2, 0.5};
	double n = sample_size_rate(json_object_get_double(get(o, "p2")),
	    json_object_get_double(get(o, "p1")), &plan);
	double once = json_object_get_double(get(o, "n"));

	/* The published size is that of a single look, rounded up. */
	ck_assert_double_le(n, fmax(SAMPLE_SIZE_LEAST, ceil(SAMPLE_SIZE_LOOKS * once)));
	ck_assert_double_ge(n, fmax(SAMPLE_SIZE_LEAST, SAMPLE_SIZE_LOOKS * (once - 1)));
	talloc_free(ctx);
}
END_TEST

START_TEST(holm_counts_what_is_absent_and_leaves_it_absent)
{
	double p[] = {0.01, NAN, 0.04, NAN};

	stats_holm(p, 4);
	ck_assert_double_eq_tol(p[0], 0.04, 1e-12);
	ck_assert_double_eq_tol(p[2], 0.12, 1e-12);
	ck_assert(isnan(p[1]) && isnan(p[3]));
	stats_holm(p, 0);
}
END_TEST

START_TEST(mann_whitney_of_equal_arms_has_no_confidence)
{
	struct stats_bin bins[] = {{0, 20}, {1, 20}};
	struct stats_histogram h = {bins, 2};
	struct stats_mwu x = stats_mann_whitney(h, h);

	ck_assert_double_eq_tol(x.p, 0.5, 1e-12);
	ck_assert_double_eq_tol(x.confidence, 0, 1e-9);
}
END_TEST

/* If all are tied the variance is 0, but rounding leaves some for these numbers of subjects. */
static const int64_t tied[] = {40, 881090, 10934485, 38519573, 200000000};

START_TEST(mann_whitney_of_millions_of_ties_has_no_variance)
{
	struct stats_bin a[] = {{7, tied[_i] / 2}};
	struct stats_bin c[] = {{7, tied[_i] - tied[_i] / 2}};
	struct stats_mwu x = stats_mann_whitney(
	    (struct stats_histogram){a, 1}, (struct stats_histogram){c, 1});

	ck_assert(isfinite(x.u) && isnan(x.p) && isnan(x.confidence));
}
END_TEST

START_TEST(mann_whitney_depends_on_ranks_only)
{
	struct stats_bin few[] = {{0, 500}, {1, 300}, {2, 200}};
	struct stats_bin many[] = {{0, 500}, {1, 300}, {INT64_MAX, 200}};
	struct stats_bin c[] = {{0, 600}, {1, 400}};
	struct stats_histogram control = {c, 2};
	struct stats_mwu x = stats_mann_whitney((struct stats_histogram){few, 3}, control);
	struct stats_mwu y = stats_mann_whitney((struct stats_histogram){many, 3}, control);

	ck_assert(isfinite(x.p) && x.p < 0.5);
	ck_assert_double_eq(x.p, y.p);
}
END_TEST

START_TEST(sample_ratio_needs_two_arms_and_participants)
{
	int64_t nobody[] = {0, 0};
	int64_t some[] = {10, 20};
	double one[] = {1, 0};
	double two[] = {1, 1};

	ck_assert(isnan(split_check(&(struct split_counts){nobody, two, 2}, 1).p));
	ck_assert(isnan(split_check(&(struct split_counts){some, one, 2}, 1).p));
	ck_assert(isnan(split_check(&(struct split_counts){some, two, 1}, 1).p));
	ck_assert(isnan(split_check(&(struct split_counts){some, two, 0}, 1).p));
	ck_assert(isfinite(split_check(&(struct split_counts){some, two, 2}, 1).p));
}
END_TEST

START_TEST(an_extreme_split_has_p_0_and_no_error)
{
	int64_t observed[] = {100000000, 1};
	double expected[] = {1, 1};
	struct split_check fit = split_check(&(struct split_counts){observed, expected, 2}, 1);

	ck_assert_double_eq(fit.p, 0);
	ck_assert_double_gt(fit.chi2, 9e7);
}
END_TEST

static const struct {
	double p1, p2, alpha, power;
} unplanned[] = {
    {-0.1, 0.1, 0.05, 0.8}, {0.1, 1.1, 0.05, 0.8}, {0.1, 0.1, 0.05, 0.8},
    {0.1, 0.2, 0, 0.8},
    {0.1, 0.2, 0.05, 1}, {0.1, 0.2, 1, 0.8}, {0.1, 0.2, 0.05, 0},
    {NAN, 0.2, 0.05, 0.8}, {0.1, INFINITY, 0.05, 0.8},
};

START_TEST(an_invalid_plan_has_no_sample_size)
{
	const struct sample_size_plan plan = {unplanned[_i].alpha, unplanned[_i].power, 2, 0.5};

	ck_assert(isnan(sample_size_rate(unplanned[_i].p2, unplanned[_i].p1, &plan)));
}
END_TEST

START_TEST(less_power_than_chance_needs_no_more_than_the_least)
{
	const struct sample_size_plan plan = {0.5, 0.01, 2, 0.5};

	ck_assert_double_eq(sample_size_rate(0.1001, 0.1, &plan), SAMPLE_SIZE_LEAST);
	ck_assert_double_eq(sample_size_mean(1, 0.001, &plan), SAMPLE_SIZE_LEAST);
}
END_TEST

Suite *
stats_suite(void)
{
	Suite *s = suite_create("stats");
	TCase *t = tcase_create("stats");

	tcase_add_loop_test(t, chi_square_is_as_published, 0, 11);
	tcase_add_loop_test(t, mann_whitney_is_as_published, 0, 5);
	tcase_add_loop_test(t, two_rates_compare_as_published, 0, 5);
	tcase_add_loop_test(t, difference_and_variance_are_as_published, 0, 6);
	tcase_add_loop_test(t, sequence_is_as_published, 0, 5);
	tcase_add_loop_test(t,
	    fifty_looks_at_uneven_arms_give_at_most_5_percent_false_alarms, 0,
	    ROWS(uneven));
	tcase_add_test(t, in_equal_arms_the_squared_z_is_the_chi_square);
	tcase_add_loop_test(t, sample_ratio_is_as_published, 0, 5);
	tcase_add_loop_test(t, holm_is_as_published, 0, 2);
	tcase_add_loop_test(t, needed_sample_is_as_published, 0, 3);
	tcase_add_test(t, holm_counts_what_is_absent_and_leaves_it_absent);
	tcase_add_test(t, mann_whitney_of_equal_arms_has_no_confidence);
	tcase_add_loop_test(
	    t, mann_whitney_of_millions_of_ties_has_no_variance, 0, ROWS(tied));
	tcase_add_test(t, mann_whitney_depends_on_ranks_only);
	tcase_add_test(t, sample_ratio_needs_two_arms_and_participants);
	tcase_add_test(t, an_extreme_split_has_p_0_and_no_error);
	tcase_add_loop_test(t, an_invalid_plan_has_no_sample_size, 0, ROWS(unplanned));
	tcase_add_test(t, less_power_than_chance_needs_no_more_than_the_least);
	suite_add_tcase(s, t);
	return s;
}
