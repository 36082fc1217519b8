/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_DIFFERENCE_H
#define CORE_STATS_DIFFERENCE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The difference between an alternative and control in what participants did, with a variance that
 * holds for uneven arms, over one or more splits (periods of one allocation each).
 */

enum difference_measure {
	DIFFERENCE_RATE, /* the share of participants that did it: sum counts them */
	DIFFERENCE_MEAN, /* of a value per participant */
};

/* The participants of an arm, within one split. */
struct difference_arm {
	double n;      /* participants */
	double sum;    /* of their values; those that did nothing have 0 */
	double spread; /* sum of squared deviations from the arm's mean: ss - sum^2 / n */
};

struct difference_split {
	struct difference_arm x, control;
};

struct difference {
	double d; /* x - control; NAN while no split counts */
	double v_unpooled, v_pooled;
	double v; /* variance of d: the larger of the two; NAN while no split counts */
	double z; /* d / sqrt(v); NAN when v is 0 */
	double pairs; /* sum over splits of n_x n_control / (n_x + n_control) */
	double n;     /* participants of both arms, of the splits that count */
	double fewest; /* participants of the smaller arm, of the splits that count */
};

/* The spread of n participants of whom c did it. */
double difference_rate_spread(double n, double c);

/*
 * A split counts when both arms have at least two participants in it. Each is compared by itself
 * and weighted by w = n_x n_control / (n_x + n_control): d = sum w d_s / sum w, variances sum w^2
 * v_s / (sum w)^2, so a change of the allocation makes no difference out of nothing (Greenland,
 * Robins 1985, Mantel-Haenszel's risk difference). Variances: with s^2 = spread / n for rates and
 * spread / (n - 1) for means, unpooled s_x^2 / n_x + s_c^2 / n_c; pooled s^2 (1 / n_x + 1 / n_c) of
 * both arms together. The unpooled one alone is far too small when a small arm has few
 * conversions, so the larger counts; between equal arms and for rates z^2 is then the chi-square of
 * the table.
 */
struct difference difference_of(enum difference_measure measure,
    const struct difference_split splits[], size_t n);

#endif
