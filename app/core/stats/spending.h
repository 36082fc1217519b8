/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_SPENDING_H
#define CORE_STATS_SPENDING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Group-sequential bounds by alpha spending (Lan, DeMets 1983): at look k, made at information t_k
 * (1: all that was planned), as much of the significance level has been spent as a function of t_k
 * says, however many looks there are.
 */

enum spending_kind {
	SPENDING_POWER3,  /* alpha t^3 (Kim, DeMets 1987): what verdicts use */
	SPENDING_POCOCK,  /* alpha ln(1 + (e - 1) t) */
	SPENDING_OBRIEN,  /* 4 Q(Q^-1(alpha / 4) / sqrt t), O'Brien and Fleming's shape */
};

struct spending {
	enum spending_kind kind;
	double alpha; /* the significance level, two-sided */
	bool final;   /* the last look spends all that is left of alpha */
};

/*
 * The bounds z[k] > 0 of n looks: the process stops at the first look with |Z_k| >= z[k].
 * P(|Z_1| < z_1, .., |Z_(k-1)| < z_(k-1), |Z_k| >= z_k) is what is spent between the
 * two looks, with Z_k sqrt(t_k) a Brownian motion at t_k. t rises, t[0] > 0; at most 1 but for the
 * last one.
 *
 * By recursive numerical integration (Armitage, McPherson, Rowe 1969; Jennison, Turnbull, Group
 * Sequential Methods, ch. 19) with Gauss-Legendre quadrature; good to 1e-9 for 50 looks. The
 * last series are remembered: one that only adds looks to a remembered one costs those alone.
 */
void spending_bounds(const struct spending *how, const double t[], size_t n, double z[]);

#endif
