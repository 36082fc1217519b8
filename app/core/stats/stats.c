/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests, intervals and sample sizes; stats.h has the formulas and their sources. They are written
 * in differences of rates, because products of large counts would lose digits. The quantiles and
 * tail probabilities come from GSL.
 */
#include "core/stats/stats.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/* The default error handler of GSL aborts the process; without it functions return NAN. */
__attribute__((constructor)) static void
silence_gsl(void)
{
	(void)gsl_set_error_handler_off();
}

/* No infinite result leaves this file. */
static double
finite_or_nan(double x)
{
	return isfinite(x) ? x : NAN;
}

static bool
is_rate(struct stats_rate r)
{
	return r.n > 0 && r.c >= 0 && r.c <= r.n;
}

static double
rate_of(struct stats_rate r)
{
	return (double)r.c / (double)r.n;
}

struct stats_chi2
stats_chi2(struct stats_rate a, struct stats_rate control)
{
	struct stats_chi2 out = {NAN, NAN, NAN};

	if (!is_rate(a) || !is_rate(control))
		return out;
	double na = (double)a.n;
	double nc = (double)control.n;
	double yes = ((double)a.c + (double)control.c) / (na + nc);
	double no = ((double)(a.n - a.c) + (double)(control.n - control.c)) / (na + nc);
	if (yes <= 0 || no <= 0)
		return out;
	double d = rate_of(a) - rate_of(control);
	out.chi2 = finite_or_nan(d * d / (yes * no * (1 / na + 1 / nc)));
	out.p = finite_or_nan(gsl_cdf_chisq_Q(out.chi2, 1));
	out.confidence = finite_or_nan((1 - out.p) * 100);
	return out;
}

/* Pairs and ties of two histograms, from one walk along both. */
struct ranks {
	double wins; /* pairs in which a has more actions; a tied pair counts half */
	double ties; /* sum of t^3 - t over ties of t participants */
	double na;
	double nc;
};

static double
take_bin(struct stats_histogram h, size_t *i, int64_t times)
{
	return *i < h.n && h.bins[*i].times == times ? (double)h.bins[(*i)++].subjects : 0;
}

static struct ranks
rank_histograms(struct stats_histogram a, struct stats_histogram control)
{
	struct ranks r = {0};

	for (size_t i = 0, k = 0; i < a.n || k < control.n;) {
		bool from_a = k == control.n ||
		    (i < a.n && a.bins[i].times <= control.bins[k].times);
		int64_t times = from_a ? a.bins[i].times : control.bins[k].times;
		double ta = take_bin(a, &i, times);
		double tc = take_bin(control, &k, times);
		double t = ta + tc;
		r.wins += ta * (r.nc + tc / 2);
		r.ties += t * t * t - t;
		r.na += ta;
		r.nc += tc;
	}
	return r;
}

struct stats_mwu
stats_mann_whitney(struct stats_histogram a, struct stats_histogram control)
{
	struct stats_mwu out = {NAN, NAN, NAN};
	struct ranks r = rank_histograms(a, control);
	double n = r.na + r.nc;

	if (r.na < STATS_MWU_SUBJECTS || r.nc < STATS_MWU_SUBJECTS)
		return out;
	double mean = r.na * r.nc / 2;
	out.u = finite_or_nan(fmin(r.wins, r.na * r.nc - r.wins));
	double variance = r.na * r.nc / 12 * (n + 1 - r.ties / (n * (n - 1)));
	/* If all are tied the variance is 0, except for rounding errors of the size of n. */
	if (!(variance > r.na * r.nc * n * 1e-15))
		return out;
	out.p = finite_or_nan(gsl_cdf_ugaussian_Q(fmax(mean - out.u - 0.5, 0) / sqrt(variance)));
	out.confidence = finite_or_nan((1 - 2 * out.p) * 100);
	return out;
}

struct stats_interval
stats_wilson(struct stats_rate r)
{
	if (!is_rate(r))
		return (struct stats_interval){NAN, NAN};
	double n = (double)r.n;
	double p = rate_of(r);
	double z = gsl_cdf_ugaussian_Pinv(0.975);
	double centre = p + z * z / (2 * n);
	double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	double scale = 1 + z * z / n;
	/* For no or only conversions a bound is exactly 0 or 1, which rounding may miss. */
	return (struct stats_interval){
	    r.c == 0 ? 0 : fmax((centre - half) / scale, 0),
	    r.c == r.n ? 1 : fmin((centre + half) / scale, 1),
	};
}

struct stats_interval
stats_newcombe(struct stats_rate a, struct stats_rate control)
{
	if (!is_rate(a) || !is_rate(control))
		return (struct stats_interval){NAN, NAN};
	struct stats_interval wa = stats_wilson(a);
	struct stats_interval wc = stats_wilson(control);
	double pa = rate_of(a);
	double pc = rate_of(control);
	double d = pa - pc;
	return (struct stats_interval){
	    fmax(d - hypot(pa - wa.lo, wc.hi - pc), -1),
	    fmin(d + hypot(wa.hi - pa, pc - wc.lo), 1),
	};
}

/* Order for qsort of pointers to p values: the smallest first, NAN last. */
static int
compare_p(const void *a, const void *b)
{
	double x = **(double *const *)a;
	double y = **(double *const *)b;

	if (isnan(x) || isnan(y))
		return (isnan(x) ? 1 : 0) - (isnan(y) ? 1 : 0);
	return (x > y) - (x < y);
}

void
stats_holm(double *p, size_t n)
{
	double **order = mem_array(NULL, double *, n);
	double highest = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = &p[i];
	if (n > 0)
		qsort(order, n, sizeof order[0], compare_p);
	for (size_t i = 0; i < n && !isnan(*order[i]); i++) {
		highest = fmax(highest, fmin(*order[i] * (double)(n - i), 1));
		*order[i] = highest;
	}
	talloc_free(order);
}
