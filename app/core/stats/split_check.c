/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample ratio mismatch. All in logarithms: the evidence of a broken split of a million
 * participants is far beyond a double.
 */
#include "core/stats/split_check.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define LN_ALARM 6.907755278982137 /* ln 1000 */

static const double concentrations[] = {100, 1000, 10000};

enum { CONCENTRATIONS = sizeof concentrations / sizeof concentrations[0] };

/* The sum of the weights above 0, and the participants of those arms. */
static double
total_weight(const struct split_counts *s, double *drawn)
{
	double sum = 0;

	*drawn = 0;
	for (size_t i = 0; i < s->arms; i++)
		if (s->weights[i] > 0) {
			sum += s->weights[i];
			*drawn += (double)s->drawn[i];
		}
	return sum;
}

/* ln of the Bayes factor of one split for one concentration. */
static double
ln_factor(const struct split_counts *s, double c)
{
	double n, total = total_weight(s, &n), sum;

	if (n == 0)
		return 0;
	sum = lgamma(c) - lgamma(c + n);
	for (size_t i = 0; i < s->arms; i++) {
		if (!(s->weights[i] > 0))
			continue;
		double w = s->weights[i] / total, x = (double)s->drawn[i];
		sum += lgamma(c * w + x) - lgamma(c * w) - x * log(w);
	}
	return sum;
}

/* Adds the chi-square of one split. */
static void
add_chi2(struct split_check *out, const struct split_counts *s)
{
	double n, total = total_weight(s, &n);
	int64_t arms = 0;

	if (n == 0)
		return;
	for (size_t i = 0; i < s->arms; i++) {
		if (!(s->weights[i] > 0))
			continue;
		double expected = n * s->weights[i] / total;
		double off = (double)s->drawn[i] - expected;
		out->chi2 += off * off / expected;
		arms++;
	}
	out->df += arms - 1;
}

struct split_check
split_check(const struct split_counts splits[], size_t n)
{
	struct split_check out = {0};
	double ln_b[CONCENTRATIONS] = {0}, most = -INFINITY, sum = 0;

	for (size_t k = 0; k < CONCENTRATIONS; k++) {
		for (size_t i = 0; i < n; i++)
			ln_b[k] += ln_factor(&splits[i], concentrations[k]);
		most = fmax(most, ln_b[k]);
	}
	for (size_t k = 0; k < CONCENTRATIONS; k++)
		sum += exp(ln_b[k] - most);
	out.ln_e = most + log(sum / CONCENTRATIONS);
	out.p_any_time = fmin(1, exp(-out.ln_e));
	out.ok = out.ln_e < LN_ALARM;
	for (size_t i = 0; i < n; i++)
		add_chi2(&out, &splits[i]);
	if (out.df == 0)
		out.chi2 = NAN;
	out.p = out.df == 0 ? NAN : gsl_cdf_chisq_Q(out.chi2, (double)out.df);
	return out;
}
