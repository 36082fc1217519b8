/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_STATS_H
#define CORE_STATS_STATS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The statistics of experiments: pure functions of numbers. A number that cannot be computed (no
 * participants, more conversions than participants, no variance ..) is NAN ("absent" below), and so
 * is every number that depends on it; nothing is ever infinite. Rates, shares and p are fractions
 * of 1, confidences are percent.
 */

/* A conversion rate: c of n participants converted. Valid if n > 0 and 0 <= c <= n. */
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
 * (observed - expected)^2 / expected. Absent when an expected count is 0, that is when nobody or
 * everybody converted. (Pearson 1900.)
 */
struct stats_chi2 stats_chi2(struct stats_rate a, struct stats_rate control);

/* The number of participants with exactly so many actions. */
struct stats_bin {
	int64_t times;
	int64_t subjects;
};

/* The actions of an arm: n bins with ascending times, including participants with 0 actions. */
struct stats_histogram {
	const struct stats_bin *bins;
	size_t n;
};

enum { STATS_MWU_SUBJECTS = 20 }; /* participants that each arm needs for the test */

struct stats_mwu {
	double u;          /* the smaller of both */
	double p;          /* one-tailed */
	double confidence; /* (1 - 2p) * 100 */
};

/*
 * The Mann-Whitney U test by its normal approximation: mean n0 n1 / 2, variance n0 n1 / 12 * (N + 1
 * - sum(t^3 - t) / (N (N - 1))) over ties of t participants, continuity correction 0.5 but no more
 * than the distance from the mean. (Mann, Whitney 1947; Lehmann, Nonparametrics, 1.4.) Absent with
 * fewer than STATS_MWU_SUBJECTS participants in an arm; p and confidence also when all participants
 * have equally many actions.
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
	double chance;          /* probability that the rate of a is above that of control */
	double loss;            /* expected loss when a is chosen: E max(control - a, 0) */
	double loss_of_control; /* expected loss when control is chosen: E max(a - control, 0) */
};

/*
 * Bayesian comparison with uniform priors, that is posteriors Beta(1 + c, 1 + n - c): chance =
 * integral of f_a F_c, loss = integral of F_a (1 - F_c), by Gauss-Legendre quadrature, accurate to
 * 1e-9 for any n. (Stucchio, Bayesian A/B Testing at VWO, 2015.)
 */
struct stats_beat stats_beat(struct stats_rate a, struct stats_rate control);

/*
 * Holm's step-down adjustment of n p values, in place. A NAN stays NAN but counts as a test, so
 * that a comparison that cannot be computed does not make the others significant. (Holm 1979.)
 */
void stats_holm(double *p, size_t n);

#endif
