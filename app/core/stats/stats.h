/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_STATS_H
#define CORE_STATS_STATS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The statistics of experiments: numbers in, numbers out. Whatever cannot be computed (nobody
 * there, more conversions than subjects, no variance ..) is NAN, in all members that depend on
 * it; nothing is ever infinite. Rates, shares and p are fractions of 1, confidence is percent.
 */

/* n subjects of whom c did it; good for 0 <= c <= n, n > 0. */
struct stats_rate {
	int64_t n;
	int64_t c;
};

struct stats_chi2 {
	double chi2;
	double p;
	double confidence; /* (1 - p) * 100 */
};

/*
 * Pearson's chi-square of the 2x2 table without Yates' correction, one degree of freedom: sum of
 * (observed - expected)^2 / expected. Absent when an expected cell is 0, so when nobody or
 * everybody did it. (Pearson 1900.)
 */
struct stats_chi2 stats_chi2(struct stats_rate a, struct stats_rate control);

/* subjects who did it so many times. */
struct stats_bin {
	int64_t times;
	int64_t subjects;
};

/* How often each subject of an arm did it: n bins with rising times, those with 0 included. */
struct stats_histogram {
	const struct stats_bin *bins;
	size_t n;
};

enum { STATS_MWU_SUBJECTS = 20 }; /* an arm of fewer is not tested */

struct stats_mwu {
	double u;          /* the smaller one */
	double p;          /* one-tailed */
	double confidence; /* (1 - 2p) * 100 */
};

/*
 * Mann-Whitney's U by its normal approximation: mean n0 n1 / 2, variance n0 n1 / 12 *
 * (N + 1 - sum(t^3 - t) / (N (N - 1))) over ties of t subjects, continuity 0.5, of which no more
 * is taken than there is. (Mann, Whitney 1947; Lehmann, Nonparametrics, 1.4.) Absent with fewer
 * than 20 subjects in an arm; p and confidence also when all did it equally often.
 */
struct stats_mwu stats_mann_whitney(struct stats_histogram a, struct stats_histogram control);

struct stats_interval {
	double lo;
	double hi;
};

/* Wilson's score interval of a rate, 95 %. (Wilson 1927.) */
struct stats_interval stats_wilson(struct stats_rate r);

/* Newcombe's hybrid score interval of rate a - rate control, 95 %. (Newcombe 1998, method 10.) */
struct stats_interval stats_newcombe(struct stats_rate a, struct stats_rate control);

struct stats_beat {
	double chance;          /* that a's rate is above control's */
	double loss;            /* rate lost on average by choosing a: E max(control - a, 0) */
	double loss_of_control; /* by choosing control: E max(a - control, 0) */
};

/*
 * The posteriors Beta(1 + c, 1 + n - c), priors uniform, against each other: chance = integral of
 * f_a F_c, loss = integral of F_a (1 - F_c), by Gauss-Legendre quadrature, good to 1e-9 for any
 * n. (Chance and loss: Stucchio, Bayesian A/B Testing at VWO, 2015.)
 */
struct stats_beat stats_beat(struct stats_rate a, struct stats_rate control);

struct stats_difference {
	double d;          /* rate a - rate control */
	double v_unpooled; /* variance of d: sum of p (1 - p) / n */
	double v_pooled;   /* q (1 - q) (1 / n_a + 1 / n_control), q the rate of both together */
	double v;          /* the larger of the two */
	double z;          /* d / sqrt(v); absent when v is 0: nobody or everybody did it */
};

/*
 * The difference of two rates and its variance. The unpooled variance alone is far too small when a
 * small arm has no or few conversions, so the larger one counts; in arms of equal size z^2 is the
 * chi-square of the table.
 */
struct stats_difference stats_difference(struct stats_rate a, struct stats_rate control);

struct stats_sequence {
	double lo; /* of rate a - rate control; not limited to -1 .. 1 */
	double hi;
	double p; /* the smallest level at which the sequence, as tuned, excludes 0; at most 1 */
};

enum {
	STATS_TUNED_FOR = 5000, /* subjects, where nothing says how many there will be */
	STATS_BURN_IN = 10      /* an arm of fewer participants has no interval and no p */
};

/*
 * Asymptotic confidence sequence of the difference, which holds at every look at once, at 1 -
 * alpha: N = n_a + n_control, k = 1 + N (-2 ln alpha + ln(1 - 2 ln alpha)) / tuned_for, half width
 * = sqrt(v) sqrt(2 k / (k - 1) (ln(k) / 2 - ln alpha)), v of stats_difference: narrowest, in units
 * of sqrt(v), at tuned_for subjects. (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Annals of
 * Statistics 52, 2024.) Absent when v is 0.
 */
struct stats_sequence stats_sequence(struct stats_rate a, struct stats_rate control,
    double tuned_for, double alpha);

struct stats_fit {
	double chi2;
	double p;
};

/*
 * Sample ratio: Pearson's chi-square of n arms' counts against the shares expected of them (any
 * scale), n - 1 degrees of freedom. Arms of which nothing was expected are left out; absent with
 * fewer than two others, or nobody in them.
 */
struct stats_fit stats_sample_ratio(const int64_t *observed, const double *expected, size_t n);

/*
 * Holm's step-down adjustment of n p values, in place. One that is NAN stays so, and is counted
 * as a test that shows nothing, so that the others do not gain by its absence. (Holm 1979.)
 */
void stats_holm(double *p, size_t n);

/*
 * Subjects needed in each of two arms to tell rate p1 from p2 by a two-sided test at alpha with
 * that power: (z(1 - alpha/2) sqrt(2 q (1 - q)) + z(power) sqrt(p1 (1 - p1) + p2 (1 - p2)))^2 /
 * (p2 - p1)^2 with q = (p1 + p2) / 2, rounded up. (Fleiss, Statistical Methods for Rates and
 * Proportions, 3.2, without the continuity correction.) Absent outside of 0..1 and for p1 = p2.
 */
double stats_needed(double p1, double p2, double alpha, double power);

#endif
