/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_SPLIT_CHECK_H
#define CORE_STATS_SPLIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sample ratio mismatch: whether participants arrived in the arms as the allocation says. */

/* Participants drawn while one allocation was in force. */
struct split_counts {
	const int64_t *drawn;  /* one an arm */
	const double *weights; /* one an arm, of any scale; not above 0: the arm gets nobody */
	size_t arms;
};

struct split_check {
	double chi2; /* Pearson's, summed over the splits; NAN when there is nothing to compare */
	int64_t df;  /* its degrees of freedom */
	double p;    /* of chi2 at one look planned before */
	double ln_e; /* logarithm of the evidence that the split is broken */
	double p_any_time; /* min(1, exp(-ln_e)): holds at every look at once */
	bool ok;           /* the evidence is below 1,000 : 1 */
};

/*
 * The sequential multinomial test of Lindon and Malek (arXiv 2011.03567) against Dirichlet
 * alternatives, c = 100, 1,000 and 10,000 times the expected shares, their Bayes factors averaged:
 * a sound split raises a false alarm with at most 0.1 % over all looks together. The factors of
 * splits are multiplied for each c, so deviations in opposite directions do not cancel.
 */
struct split_check split_check(const struct split_counts splits[], size_t n);

#endif
