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
#include <string.h>

#include "base/mem.h"

/* Looks nearer than this are smoothed by too narrow a kernel for the usual number of nodes. */
#define NEAR 0.001

/* No bound is looked for beyond so many standard deviations. */
#define FARTHEST 37.0

enum { NODES = 64, NODES_NEAR = 256, ROOT_STEPS = 200 };

/* Series that are remembered, and the looks that one of them may have. */
enum { SERIES = 32, SERIES_LOOKS = 52 };

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

/* The part of alpha that may be spent by looks up to information t. */
static double
alpha_spent(const struct spending *how, double t)
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
crossing_probability(const struct step *step, double c)
{
	double sum = 0;

	for (size_t i = 0; i < step->from->n; i++) {
		double v = step->from->node[i];
		sum += step->from->mass[i] * (gsl_cdf_ugaussian_Q((c - v) / step->s) +
		    gsl_cdf_ugaussian_Q((c + v) / step->s));
	}
	return sum;
}

/* Is 0 at the bound. In logarithms, because early bounds spend as little as 1e-9; kept finite
 * where a double underflows. */
static double
log_excess(double c, void *step)
{
	const struct step *s = step;

	return log(fmax(crossing_probability(s, c), DBL_MIN)) - log(s->target);
}

/* The c at which the step spends its target, between 0 and most. */
static double
find_bound(struct step *step, double most)
{
	gsl_function f = {log_excess, step};
	double low = 0, high = most;

	/* What is left to spend may be more than all that is left of the paths, or nothing. */
	if (step->target >= crossing_probability(step, low))
		return low;
	if (step->target <= crossing_probability(step, high))
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

/* Looks whose bounds are known, and the paths that have crossed none of them. */
struct series {
	struct spending how;
	size_t n; /* 0: unused */
	double t[SERIES_LOOKS], z[SERIES_LOOKS];
	double node[NODES], mass[NODES];
};

/* The looks of days that are over never change, but are asked for at every reading. */
static struct series known[SERIES];
static size_t next_known;

/* The series whose looks all are among the n at t, with as many as possible; NULL: none. */
static const struct series *
find_series(const struct spending *how, const double t[], size_t n)
{
	const struct series *best = NULL;

	for (size_t i = 0; i < SERIES; i++) {
		const struct series *s = &known[i];
		bool whole = s->n == n;
		if (s->n == 0 || s->n > n || s->how.kind != how->kind ||
		    s->how.alpha != how->alpha || memcmp(s->t, t, s->n * sizeof t[0]) != 0)
			continue;
		/* A last look of its own, or one that is near to the next, was taken otherwise. */
		if (s->how.final != (whole && how->final) ||
		    (!whole && t[s->n] - t[s->n - 1] < NEAR))
			continue;
		if (best == NULL || s->n > best->n)
			best = s;
	}
	return best;
}

static void
keep_series(const struct spending *how, const double t[], size_t n, const double z[],
    const struct paths *paths)
{
	struct series *s = &known[next_known];

	if (n == 0 || n > SERIES_LOOKS || paths->n != NODES)
		return;
	next_known = (next_known + 1) % SERIES;
	s->how = *how;
	s->n = n;
	memcpy(s->t, t, n * sizeof t[0]);
	memcpy(s->z, z, n * sizeof z[0]);
	memcpy(s->node, paths->node, sizeof s->node);
	memcpy(s->mass, paths->mass, sizeof s->mass);
}

/* Takes over what is known of the first looks; tells how many these are. */
static size_t
begin_paths(const struct spending *how, const double t[], size_t n, double z[],
    struct paths *paths)
{
	const struct series *s = find_series(how, t, n);

	if (s == NULL) {
		*paths = (struct paths){.mass = {1}, .n = 1};
		return 0;
	}
	memcpy(z, s->z, s->n * sizeof z[0]);
	memcpy(paths->node, s->node, sizeof s->node);
	memcpy(paths->mass, s->mass, sizeof s->mass);
	paths->n = NODES;
	return s->n;
}

void
spending_bounds(const struct spending *how, const double t[], size_t n, double z[])
{
	struct paths paths[2];
	size_t first = begin_paths(how, t, n, z, &paths[0]);
	double before = first > 0 ? alpha_spent(how, t[first - 1]) : 0;

	if (first == n)
		return;
	gsl_integration_glfixed_table *usual = gsl_integration_glfixed_table_alloc(NODES);
	gsl_integration_glfixed_table *near = gsl_integration_glfixed_table_alloc(NODES_NEAR);
	mem_check(usual);
	mem_check(near);
	for (size_t k = first; k < n; k++) {
		double now = how->final && k == n - 1 ? how->alpha : alpha_spent(how, t[k]);
		double apart = k == 0 ? t[k] : t[k] - t[k - 1];
		bool is_near = apart < NEAR || (k + 1 < n && t[k + 1] - t[k] < NEAR);
		struct step step = {&paths[(k - first) % 2], sqrt(apart), now - before};
		double c = find_bound(&step, FARTHEST * sqrt(t[k]));
		z[k] = c / sqrt(t[k]);
		move_on(&step, c, is_near ? near : usual, &paths[(k - first + 1) % 2]);
		before = now;
	}
	keep_series(how, t, n, z, &paths[(n - first) % 2]);
	gsl_integration_glfixed_table_free(usual);
	gsl_integration_glfixed_table_free(near);
}
