/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of p values that ought to be uniform: the p value of a day, and Kolmogorov-Smirnov over
 * days. GSL has the distributions but not this test.
 */
#include "core/stats/uniform.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdbool.h>

/* Order of the matrix for UNIFORM_MOST values at distance 1. */
enum { ORDER = 2 * UNIFORM_MOST + 1 };

double
uniform_p(struct stats_rate a, struct stats_rate control, double jitter)
{
	double na = (double)a.n, nc = (double)control.n, n = na + nc;
	double c = (double)a.c + (double)control.c;
	bool possible = a.c >= 0 && control.c >= 0 && a.c <= a.n && control.c <= control.n;

	if (!possible || fmin(na, nc) * fmin(c, n - c) < UNIFORM_EXPECTED * n)
		return NAN;
	/* In this form little is lost where an arm is a tiny share of both. */
	double deviation = ((double)a.c * nc - (double)control.c * na) / n;
	double variance = na / n * (nc / n) * c * ((n - c) / (n - 1));
	return 2 * gsl_cdf_ugaussian_Q(fabs((deviation + jitter - 0.5) / sqrt(variance)));
}

/*
 * Element (i, j) of the matrix H of the paper, of order m, for the fraction h.
 */
static double
matrix_element(size_t m, double h, size_t i, size_t j)
{
	if (j > i + 1)
		return 0;
	double x = 1;
	if (j == 0)
		x -= pow(h, (double)i + 1);
	if (i == m - 1)
		x -= pow(h, (double)(m - j));
	if (j == 0 && i == m - 1 && h > 0.5)
		x += pow(2 * h - 1, (double)m);
	return j == i + 1 ? x : x / gsl_sf_fact((unsigned)(i - j + 1));
}

/*
 * The probability that the distance of n uniform values is below d: n!/n^n times the element in the
 * middle of H^n. One row of the power is enough.
 */
static double
probability_below(size_t n, double d)
{
	size_t k = (size_t)((double)n * d) + 1, m = 2 * k - 1;
	double h = (double)k - (double)n * d;
	double row[ORDER] = {0}, next[ORDER], matrix[ORDER][ORDER];

	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < m; j++)
			matrix[i][j] = matrix_element(m, h, i, j);
	row[k - 1] = 1;
	for (size_t step = 1; step <= n; step++) {
		for (size_t j = 0; j < m; j++) {
			next[j] = 0;
			for (size_t i = 0; i < m; i++)
				next[j] += row[i] * matrix[i][j];
		}
		for (size_t j = 0; j < m; j++)
			row[j] = next[j] * (double)step / (double)n;
	}
	return row[k - 1];
}

struct uniform_test
uniform_test(double *values, size_t n)
{
	struct uniform_test out = {NAN, NAN};

	if (n < 1 || n > UNIFORM_MOST)
		return out;
	gsl_sort(values, 1, n);
	out.distance = 0;
	for (size_t i = 0; i < n; i++) {
		double above = (double)(i + 1) / (double)n - values[i];
		double below = values[i] - (double)i / (double)n;
		out.distance = fmax(out.distance, fmax(above, below));
	}
	out.p = fmin(1, fmax(0, 1 - probability_below(n, out.distance)));
	return out;
}
