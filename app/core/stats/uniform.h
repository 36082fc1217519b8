/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_UNIFORM_H
#define CORE_STATS_UNIFORM_H

#include <stddef.h>

#include "core/stats/stats.h"

/*
 * Whether the p values of an experiment without any difference are what p values must be then:
 * independent of each other and uniform between 0 and 1.
 */

enum {
	UNIFORM_MOST = 28,    /* p values of a test */
	UNIFORM_EXPECTED = 10 /* the least that a day needs of each arm, converting and not */
};

/*
 * The p value of one day. a and control are the participants of each arm who had not converted when
 * the day began or came on it, and how many of these converted on it. Given what was before, arms
 * that do not differ share the conversions of the day at random, so the p values of several days
 * are independent of each other: these are the steps of the log-rank test (Mantel 1966; Cox 1975
 * for the conditioning). Two-sided, by the normal approximation of the hypergeometric distribution;
 * in place of a continuity correction a number `jitter`, uniform in [0, 1), which smooths the
 * steps between counts (randomized p value; Lehmann, Testing Statistical Hypotheses, 3.2). NAN when
 * an expected number of those converting, or not, of an arm is below UNIFORM_EXPECTED, and for
 * counts that cannot be.
 */
double uniform_p(struct stats_rate a, struct stats_rate control, double jitter);

struct uniform_test {
	double distance; /* the largest between their distribution and the uniform one */
	double p;        /* probability of that distance or more */
};

/*
 * The Kolmogorov-Smirnov test of n values against the uniform distribution on (0, 1); exact: the
 * recursion of Durbin (1973) in the form of Marsaglia, Tsang and Wang, Evaluating Kolmogorov's
 * Distribution, Journal of Statistical Software 8 (2003), 18. Both members are NAN unless
 * 1 <= n <= UNIFORM_MOST. Sorts the values.
 */
struct uniform_test uniform_test(double *values, size_t n);

#endif
