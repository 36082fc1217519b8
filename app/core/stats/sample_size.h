/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_SAMPLE_SIZE_H
#define CORE_STATS_SAMPLE_SIZE_H

#include <stddef.h>

/* How many participants an experiment needs. */

/* Daily looks by alpha t^3 spending need so much more than one look of the same power. */
#define SAMPLE_SIZE_LOOKS 1.06

enum { SAMPLE_SIZE_LEAST = 30 };

/* What is to be found, with which certainty. */
struct sample_size_plan {
	double alpha; /* two-sided significance level over all alternatives; 0 < alpha < 1 */
	double power; /* 0 < power < 1 */
	size_t arms;  /* with control; each alternative gets alpha / (arms - 1) */
	double share; /* of the alternative in the pair of it and control; equal: 0.5 */
};

/*
 * Participants needed per arm to tell rate x from rate control, looking every day: 1.06 n, rounded
 * up, at least 30. n = 2 (z(1 - a/2) sqrt(max(q (1 - q), u)) + z(power) sqrt(u))^2 / (x -
 * control)^2, q = s x + (1 - s) control, u = (1 - s) x (1 - x) + s control (1 - control), s the
 * share: Fleiss, Statistical Methods for Rates and Proportions, 3.2, for any share. NAN outside
 * 0..1 and for equal rates.
 */
double sample_size_rate(double x, double control, const struct sample_size_plan *plan);

/*
 * The same to tell means that differ by effect, of values with standard deviation sd: 1.06 * 2
 * (z(1 - a/2) + z(power))^2 sd^2 / effect^2. NAN for an effect of 0 and sd not above 0.
 */
double sample_size_mean(double sd, double effect, const struct sample_size_plan *plan);

#endif
