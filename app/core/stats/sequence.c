/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The confidence sequence. It is made for equality: with uneven arms it may miss a large true
 * difference, but never finds one that is not there more often than its level says.
 */
#include "core/stats/sequence.h"

#include <math.h>

struct sequence
sequence_of(const struct difference *d, struct sequence_tuning tuning, double level)
{
	if (isnan(d->z) || d->fewest < SEQUENCE_BURN_IN)
		return (struct sequence){NAN, NAN, NAN};
	double l = -2 * log(tuning.alpha);
	double m = d->n * (l + log1p(l)) / tuning.n; /* k - 1 */
	double ln_k = log1p(m);
	double half = sqrt(d->v * 2 * (1 + m) / m * (ln_k / 2 - log(level)));
	double p = exp(ln_k / 2 - d->z * d->z * m / (2 * (1 + m)));
	return (struct sequence){d->d - half, d->d + half, fmin(1, p)};
}
