/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chance to beat control and the expected loss, from two Beta posteriors. The incomplete beta
 * function of GSL does not converge for millions of participants, so only the densities are used,
 * on the scale t = ln(x / (1 - x)). There a Beta density is log-concave and smooth whatever its
 * parameters; densities and distribution functions are integrated by Gauss-Legendre quadrature over
 * panels that follow both densities. The same sums give the normalization constants.
 */
#include "core/stats/stats.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>

enum {
	NODES = 10,     /* of the quadrature in a panel */
	PANELS = 20,    /* over each density */
	HALVINGS = 60,  /* of the bisection for the end of a density */
	UNIT_EDGES = 70 /* no density extends beyond this |t| */
};

#define NEGLIGIBLE 42 /* e^-42 is below the rounding of 1 */

/*
 * Gauss-Legendre quadrature on [-1, 1]. below[i][j] is the integral from -1 to node i of the
 * Lagrange polynomial that is 1 at node j and 0 at the others; it turns values at the nodes into
 * integrals up to each node.
 */
struct quadrature {
	double x[NODES];
	double w[NODES];
	double below[NODES][NODES];
};

/* The density of t for Beta(a, b), scaled to the value 1 at its mode t0. */
struct density {
	double a;
	double total; /* a + b */
	double mode;  /* x at the mode */
	double t0;
	double norm;  /* the integral of the scaled density */
	double below; /* probability below the current panel */
};

struct panel {
	double f[NODES]; /* density at each node */
	double F[NODES]; /* distribution function at each node */
};

/* The logarithm of the scaled density. Written relative to the mode, near which nothing cancels. */
static double
log_density(const struct density *d, double t)
{
	double u = t - d->t0;

	return d->a * u - d->total * log1p(d->mode * expm1(u));
}

/* The product of x - node over all nodes but j; its value at node j normalizes the polynomial. */
static double
basis_product(const struct quadrature *r, size_t j, double x)
{
	double y = 1;

	for (size_t k = 0; k < NODES; k++)
		y *= k == j ? 1 : x - r->x[k];
	return y;
}

/* The entry below[i][j]; scale is basis_product at node j. */
static double
basis_integral(const struct quadrature *r, size_t i, size_t j, double scale)
{
	double half = (r->x[i] + 1) / 2;
	double sum = 0;

	for (size_t k = 0; k < NODES; k++)
		sum += r->w[k] * basis_product(r, j, half * (r->x[k] + 1) - 1);
	return half * sum / scale;
}

static bool
make_quadrature(struct quadrature *r)
{
	gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NODES);
	bool ok = table != NULL;

	for (size_t i = 0; ok && i < NODES; i++)
		ok = gsl_integration_glfixed_point(-1, 1, i, &r->x[i], &r->w[i], table) == 0;
	if (table != NULL)
		gsl_integration_glfixed_table_free(table);
	for (size_t j = 0; ok && j < NODES; j++) {
		double scale = basis_product(r, j, r->x[j]);
		for (size_t i = 0; i < NODES; i++)
			r->below[i][j] = basis_integral(r, i, j, scale);
	}
	return ok;
}

static struct density
posterior_of(struct stats_rate r)
{
	double a = (double)r.c + 1;
	double b = (double)(r.n - r.c) + 1;

	return (struct density){a, a + b, a / (a + b), log(a / b), 1, 0};
}

/* Where the density becomes negligible, below (sign -1) or above (1) the mode; by bisection. */
static double
density_end(const struct density *d, double sign)
{
	double near = 0;
	double far = NEGLIGIBLE + 4;

	for (int i = 0; i < HALVINGS; i++) {
		double u = (near + far) / 2;
		if (log_density(d, d->t0 + sign * u) > -NEGLIGIBLE)
			near = u;
		else
			far = u;
	}
	return d->t0 + sign * far;
}

/* The edges of the panels in ascending order: equal parts of each density, and every whole t. */
static size_t
panel_edges(const struct density *a, const struct density *c, double *edges)
{
	const struct density *both[] = {a, c};
	double lo = INFINITY;
	double hi = -INFINITY;
	size_t n = 0;

	for (size_t k = 0; k < 2; k++) {
		double from = density_end(both[k], -1);
		double to = density_end(both[k], 1);
		lo = fmin(lo, from);
		hi = fmax(hi, to);
		for (int i = 0; i <= PANELS; i++)
			edges[n++] = from + (to - from) * i / PANELS;
	}
	for (int i = -UNIT_EDGES; i <= UNIT_EDGES; i++)
		if (i > lo && i < hi)
			edges[n++] = i;
	gsl_sort(edges, 1, n);
	return n;
}

/* Writes the nodes of the panel between edge[0] and edge[1] to t; returns half its width. */
static double
panel_nodes(const struct quadrature *r, const double *edge, double *t)
{
	double half = (edge[1] - edge[0]) / 2;

	for (size_t i = 0; i < NODES; i++)
		t[i] = edge[0] + half * (r->x[i] + 1);
	return half;
}

static double
density_norm(const struct quadrature *r, const struct density *d, const double *edges, size_t n)
{
	double t[NODES];
	double sum = 0;

	for (size_t k = 0; k + 1 < n; k++) {
		double half = panel_nodes(r, &edges[k], t);
		for (size_t i = 0; i < NODES; i++)
			sum += half * r->w[i] * exp(log_density(d, t[i]));
	}
	return sum;
}

/* The density and distribution function at the nodes of one panel; advances d->below past it. */
static void
integrate_panel(const struct quadrature *r, struct density *d, const double *t, double half,
    struct panel *out)
{
	double all = 0;

	for (size_t i = 0; i < NODES; i++) {
		out->f[i] = exp(log_density(d, t[i])) / d->norm;
		all += half * r->w[i] * out->f[i];
	}
	for (size_t i = 0; i < NODES; i++) {
		double below = d->below;
		for (size_t j = 0; j < NODES; j++)
			below += half * r->below[i][j] * out->f[j];
		out->F[i] = fmin(fmax(below, 0), 1);
	}
	d->below += all;
}

static struct stats_beat
integrate_panels(const struct quadrature *r, struct density *a, struct density *c,
    const double *edges, size_t n)
{
	struct stats_beat out = {0};
	struct panel pa;
	struct panel pc;
	double t[NODES];

	for (size_t k = 0; k + 1 < n; k++) {
		double half = panel_nodes(r, &edges[k], t);
		integrate_panel(r, a, t, half, &pa);
		integrate_panel(r, c, t, half, &pc);
		for (size_t i = 0; i < NODES; i++) {
			double dt = half * r->w[i];
			/* dx = x (1 - x) dt, written so that it does not overflow */
			double e = exp(-fabs(t[i]));
			double dx = dt * e / ((1 + e) * (1 + e));
			out.chance += dt * pa.f[i] * pc.F[i];
			out.loss += dx * pa.F[i] * (1 - pc.F[i]);
			out.loss_of_control += dx * pc.F[i] * (1 - pa.F[i]);
		}
	}
	out.chance = fmin(out.chance, 1);
	return out;
}

struct stats_beat
stats_beat(struct stats_rate a, struct stats_rate control)
{
	double edges[2 * (PANELS + 1) + 2 * UNIT_EDGES + 1];
	struct quadrature r;

	if (a.n <= 0 || a.c < 0 || a.c > a.n || control.n <= 0 || control.c < 0 ||
	    control.c > control.n || !make_quadrature(&r))
		return (struct stats_beat){NAN, NAN, NAN};
	struct density da = posterior_of(a);
	struct density dc = posterior_of(control);
	size_t n = panel_edges(&da, &dc, edges);
	da.norm = density_norm(&r, &da, edges, n);
	dc.norm = density_norm(&r, &dc, edges, n);
	return integrate_panels(&r, &da, &dc, edges, n);
}
