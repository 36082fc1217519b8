/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two Beta posteriors against each other. GSL's incomplete beta does not converge for millions of
 * subjects, so nothing but the densities is used, on the scale t = ln(x / (1 - x)): there a Beta is
 * log-concave and smooth whatever its size, and both the densities and what lies below them are
 * integrated over panels that follow the narrower one. The sums also give the norming constant.
 */
#include "core/stats/stats.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>

enum {
	NODES = 10,     /* of a panel */
	PANELS = 20,    /* to each density */
	HALVINGS = 60,  /* to find where a density ends */
	UNIT_EDGES = 70 /* whole t on each side of 0 beyond which no density goes */
};

#define NOTHING 42 /* e^-42 is nothing beside 1 */

/* Gauss-Legendre on [-1, 1], and the integrals from -1 to each node of what has value 1 at one. */
struct rule {
	double x[NODES];
	double w[NODES];
	double below[NODES][NODES];
};

/* The density of t for Beta(a, b), scaled to 1 at its mode t0. */
struct density {
	double a;
	double total; /* a + b */
	double mode;  /* x at the mode */
	double t0;
	double norm;  /* its integral */
	double below; /* of it, below the panel that is looked at, as a share */
};

struct panel {
	double f[NODES]; /* density */
	double F[NODES]; /* all that is below the node */
};

/* At t: 1 is the mode's height. Written from the mode: near it nothing cancels. */
static double
height_log(const struct density *d, double t)
{
	double u = t - d->t0;

	return d->a * u - d->total * log1p(d->mode * expm1(u));
}

/* The product of x - node over all nodes but j: at x[j] the scale of Lagrange's basis. */
static double
product(const struct rule *r, size_t j, double x)
{
	double y = 1;

	for (size_t k = 0; k < NODES; k++)
		y *= k == j ? 1 : x - r->x[k];
	return y;
}

/* The integral from -1 to node i of the polynomial that is 1 at node j and 0 at the others. */
static double
below_node(const struct rule *r, size_t i, size_t j, double scale)
{
	double half = (r->x[i] + 1) / 2;
	double sum = 0;

	for (size_t k = 0; k < NODES; k++)
		sum += r->w[k] * product(r, j, half * (r->x[k] + 1) - 1);
	return half * sum / scale;
}

static bool
make_rule(struct rule *r)
{
	gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NODES);
	bool ok = table != NULL;

	for (size_t i = 0; ok && i < NODES; i++)
		ok = gsl_integration_glfixed_point(-1, 1, i, &r->x[i], &r->w[i], table) == 0;
	if (table != NULL)
		gsl_integration_glfixed_table_free(table);
	for (size_t j = 0; ok && j < NODES; j++) {
		double scale = product(r, j, r->x[j]);
		for (size_t i = 0; i < NODES; i++)
			r->below[i][j] = below_node(r, i, j, scale);
	}
	return ok;
}

static struct density
density_of(struct stats_rate r)
{
	double a = (double)r.c + 1;
	double b = (double)(r.n - r.c) + 1;

	return (struct density){a, a + b, a / (a + b), log(a / b), 1, 0};
}

/* Where the density is nothing, on the side of sign. It falls all the way from its mode. */
static double
end_of(const struct density *d, double sign)
{
	double near = 0;
	double far = NOTHING + 4;

	for (int i = 0; i < HALVINGS; i++) {
		double u = (near + far) / 2;
		if (height_log(d, d->t0 + sign * u) > -NOTHING)
			near = u;
		else
			far = u;
	}
	return d->t0 + sign * far;
}

/* The edges of the panels, rising: equal parts of each density, and none wider than 1. */
static size_t
make_edges(const struct density *a, const struct density *c, double *edges)
{
	const struct density *both[] = {a, c};
	double lo = INFINITY;
	double hi = -INFINITY;
	size_t n = 0;

	for (size_t k = 0; k < 2; k++) {
		double from = end_of(both[k], -1);
		double to = end_of(both[k], 1);
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

/* Nodes of the panel between two edges; gives half its width. */
static double
spread(const struct rule *r, const double *edge, double *t)
{
	double half = (edge[1] - edge[0]) / 2;

	for (size_t i = 0; i < NODES; i++)
		t[i] = edge[0] + half * (r->x[i] + 1);
	return half;
}

static double
norm_of(const struct rule *r, const struct density *d, const double *edges, size_t n)
{
	double t[NODES];
	double sum = 0;

	for (size_t k = 0; k + 1 < n; k++) {
		double half = spread(r, &edges[k], t);
		for (size_t i = 0; i < NODES; i++)
			sum += half * r->w[i] * exp(height_log(d, t[i]));
	}
	return sum;
}

/* One panel: the density at its nodes, and all below each. Moves d->below to the next panel. */
static void
cross(const struct rule *r, struct density *d, const double *t, double half, struct panel *out)
{
	double all = 0;

	for (size_t i = 0; i < NODES; i++) {
		out->f[i] = exp(height_log(d, t[i])) / d->norm;
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
integrate(const struct rule *r, struct density *a, struct density *c, const double *edges,
    size_t n)
{
	struct stats_beat out = {0};
	struct panel pa;
	struct panel pc;
	double t[NODES];

	for (size_t k = 0; k + 1 < n; k++) {
		double half = spread(r, &edges[k], t);
		cross(r, a, t, half, &pa);
		cross(r, c, t, half, &pc);
		for (size_t i = 0; i < NODES; i++) {
			double dt = half * r->w[i];
			/* dx = x (1 - x) dt, even in t */
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
	struct rule r;

	if (a.n <= 0 || a.c < 0 || a.c > a.n || control.n <= 0 || control.c < 0 ||
	    control.c > control.n || !make_rule(&r))
		return (struct stats_beat){NAN, NAN, NAN};
	struct density da = density_of(a);
	struct density dc = density_of(control);
	size_t n = make_edges(&da, &dc, edges);
	da.norm = norm_of(&r, &da, edges, n);
	dc.norm = norm_of(&r, &dc, edges, n);
	return integrate(&r, &da, &dc, edges, n);
}
