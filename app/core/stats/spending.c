/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Group-sequential bounds. The density of the Brownian motion B = Z sqrt(t), restricted to paths
 * that have crossed no bound so far, is known at quadrature nodes; each look finds the bound at
 * which the next piece of alpha crosses, and moves the density on to the nodes within it.
 */
#include "core/stats/spending.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_roots.h>
#include <math.h>

#include "base/mem.h"

/* Looks nearer than this are smoothed by too narrow a kernel for the usual number of nodes. */
#define NEAR 0.001

/* No bound is looked for beyond so many standard deviations. */
#define FARTHEST 37.0

enum { NODES = 64, NODES_NEAR = 256, ROOT_STEPS = 200 };

/* The paths that have not crossed yet: mass[i] of them near node[i]. */
struct paths {
	double node[NODES_NEAR];
	double mass[NODES_NEAR];
	size_t n;
};

/* One step from a look to the next. */
struct step {
	const struct paths *from;
	double s;      /* standard deviation of the step */
	double target; /* probability to be spent by it */
};

static double
spent(const struct spending *how, double t)
{
	double alpha = how->alpha;

	t = fmin(t, 1);
	switch (how->kind) {
	case SPENDING_POCOCK:
		return alpha * log1p((M_E - 1) * t);
	case SPENDING_OBRIEN:
		return 4 * gsl_cdf_ugaussian_Q(gsl_cdf_ugaussian_Qinv(alpha / 4) / sqrt(t));
	case SPENDING_POWER3:
		break;
	}
	return alpha * t * t * t;
}

/* The probability that a path is beyond -c .. c after the step. */
static double
crossing(const struct step *step, double c)
{
	double sum = 0;

	for (size_t i = 0; i < step->from->n; i++) {
		double v = step->from->node[i];
		sum += step->from->mass[i] * (gsl_cdf_ugaussian_Q((c - v) / step->s) +
		    gsl_cdf_ugaussian_Q((c + v) / step->s));
	}
	return sum;
}

/* In logarithms, because early bounds spend as little as 1e-9; kept finite where a double
 * underflows. */
static double
excess(double c, void *step)
{
	const struct step *s = step;

	return log(fmax(crossing(s, c), DBL_MIN)) - log(s->target);
}

/* The c at which the step spends its target, between 0 and most. */
static double
find_bound(struct step *step, double most)
{
	gsl_function f = {excess, step};
	double low = 0, high = most;

	/* What is left to spend may be more than all that is left of the paths, or nothing. */
	if (step->target >= crossing(step, low))
		return low;
	if (step->target <= crossing(step, high))
		return high;
	gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
	mem_check(solver);
	gsl_root_fsolver_set(solver, &f, low, high);
	for (int i = 0; i < ROOT_STEPS; i++) {
		gsl_root_fsolver_iterate(solver);
		low = gsl_root_fsolver_x_lower(solver);
		high = gsl_root_fsolver_x_upper(solver);
		if (gsl_root_test_interval(low, high, 0, 1e-13) == GSL_SUCCESS)
			break;
	}
	double root = gsl_root_fsolver_root(solver);
	gsl_root_fsolver_free(solver);
	return root;
}

/* Moves the paths that are within -c .. c after the step on to the nodes there. */
static void
move_on(const struct step *step, double c, const gsl_integration_glfixed_table *table,
    struct paths *to)
{
	to->n = table->n;
	for (size_t k = 0; k < to->n; k++) {
		double weight, density = 0;
		gsl_integration_glfixed_point(-c, c, k, &to->node[k], &weight, table);
		for (size_t i = 0; i < step->from->n; i++)
			density += step->from->mass[i] *
			    gsl_ran_gaussian_pdf(to->node[k] - step->from->node[i], step->s);
		to->mass[k] = weight * density;
	}
}

void
spending_bounds(const struct spending *how, const double t[], size_t n, double z[])
{
	gsl_integration_glfixed_table *usual = gsl_integration_glfixed_table_alloc(NODES);
	gsl_integration_glfixed_table *near = gsl_integration_glfixed_table_alloc(NODES_NEAR);
	struct paths paths[2] = {{.mass = {1}, .n = 1}};
	double before = 0;

	mem_check(usual);
	mem_check(near);
	for (size_t k = 0; k < n; k++) {
		double now = how->final && k == n - 1 ? how->alpha : spent(how, t[k]);
		double apart = k == 0 ? t[k] : t[k] - t[k - 1];
		bool is_near = apart < NEAR || (k + 1 < n && t[k + 1] - t[k] < NEAR);
		struct step step = {&paths[k % 2], sqrt(apart), now - before};
		double c = find_bound(&step, FARTHEST * sqrt(t[k]));
		z[k] = c / sqrt(t[k]);
		move_on(&step, c, is_near ? near : usual, &paths[(k + 1) % 2]);
		before = now;
	}
	gsl_integration_glfixed_table_free(usual);
	gsl_integration_glfixed_table_free(near);
}
