/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DRAW_H
#define DRAW_H

#include <stdint.h>

/*
 * Random numbers that depend on the seed alone (a linear congruential generator), so that a test
 * that fails does so again. The low bits of the state are not random and are left out.
 */
static inline uint64_t
draw_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 11;
}

/* A number in [0, 1), with all 53 bits of a double. */
static inline double
draw_share(uint64_t *seed)
{
	return (double)draw_next(seed) / 9007199254740992.0;
}

/* A whole number from 0 to n - 1. */
static inline int64_t
draw_below(uint64_t *seed, int64_t n)
{
	return (int64_t)((draw_next(seed) >> 22) % (uint64_t)n);
}

#endif
