/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample sizes. Participants are counted in pairs, weighted as difference_of() weights them, so
 * that the information of a look is 2 pairs / needed for arms of any share.
 */
#include "core/stats/sample_size.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

static bool
is_plan(const struct sample_size_plan *p)
{
	return p->alpha > 0 && p->alpha < 1 && p->power > 0 && p->power < 1 && p->arms >= 2 &&
	    p->share > 0 && p->share < 1;
}

static double
z_alpha(const struct sample_size_plan *p)
{
	return gsl_cdf_ugaussian_Qinv(p->alpha / (double)(p->arms - 1) / 2);
}

/* Participants for sequential looks, which need more than a single test of z^2 times by. A z below
 * 0 is a power below what chance alone gives: any number will do. */
static double
whole_participants(double z, double by)
{
	double n = fmax(z, 0) * fmax(z, 0) * by;

	/* A sum that is whole but for rounding needs no participant more. */
	return fmax(SAMPLE_SIZE_LEAST, ceil(SAMPLE_SIZE_LOOKS * n - 1e-9));
}

double
sample_size_rate(double x, double control, const struct sample_size_plan *plan)
{
	double s = plan->share;

	if (!is_plan(plan) || !(x >= 0 && x <= 1 && control >= 0 && control <= 1) || x == control)
		return NAN;
	double q = s * x + (1 - s) * control;
	double u = (1 - s) * x * (1 - x) + s * control * (1 - control);
	double z = z_alpha(plan) * sqrt(fmax(q * (1 - q), u)) +
	    gsl_cdf_ugaussian_Pinv(plan->power) * sqrt(u);
	return whole_participants(z, 2 / ((x - control) * (x - control)));
}

double
sample_size_mean(double sd, double effect, const struct sample_size_plan *plan)
{
	if (!is_plan(plan) || !(sd > 0) || !isfinite(effect) || effect == 0)
		return NAN;
	double z = z_alpha(plan) + gsl_cdf_ugaussian_Pinv(plan->power);
	return whole_participants(z, 2 * sd * sd / (effect * effect));
}
