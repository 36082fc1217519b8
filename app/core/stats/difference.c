/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Differences between arms, within splits and over them.
 */
#include "core/stats/difference.h"

#include <math.h>

enum { FEWEST = 2 }; /* participants of each arm without which a split says nothing */

double
difference_rate_spread(double n, double c)
{
	return n > 0 ? c * (n - c) / n : 0;
}

/* The variance of one value, from the spread of n of them. */
static double
variance(enum difference_measure measure, double spread, double n)
{
	return spread / (measure == DIFFERENCE_RATE ? n : n - 1);
}

/* The spread of both arms taken together: within them, and between their means. */
static double
joint_spread(const struct difference_split *s)
{
	const struct difference_arm *x = &s->x, *c = &s->control;
	double apart = x->sum / x->n - c->sum / c->n;

	return x->spread + c->spread + apart * apart * x->n * c->n / (x->n + c->n);
}

struct difference
difference_of(enum difference_measure measure, const struct difference_split splits[], size_t n)
{
	struct difference out = {0};
	double nx = 0, nc = 0;

	for (size_t i = 0; i < n; i++) {
		const struct difference_arm *x = &splits[i].x, *c = &splits[i].control;
		/* Nothing that was counted has a negative spread. */
		if (x->n < FEWEST || c->n < FEWEST || !(x->spread >= 0) || !(c->spread >= 0))
			continue;
		double both = x->n + c->n, w = x->n * c->n / both;
		double pooled = variance(measure, joint_spread(&splits[i]), both);
		out.d += w * (x->sum / x->n - c->sum / c->n);
		out.v_unpooled += w * w * (variance(measure, x->spread, x->n) / x->n +
		    variance(measure, c->spread, c->n) / c->n);
		out.v_pooled += w * pooled; /* w^2 (1 / n_x + 1 / n_c) = w */
		out.pairs += w;
		nx += x->n;
		nc += c->n;
	}
	if (out.pairs == 0)
		return (struct difference){NAN, NAN, NAN, NAN, NAN, 0, 0, 0};
	out.d /= out.pairs;
	out.v_unpooled /= out.pairs * out.pairs;
	out.v_pooled /= out.pairs * out.pairs;
	out.v = fmax(out.v_unpooled, out.v_pooled);
	out.z = out.v > 0 ? out.d / sqrt(out.v) : NAN;
	out.n = nx + nc;
	out.fewest = fmin(nx, nc);
	return out;
}
