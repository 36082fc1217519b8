/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_CACHE_BREAKER_H
#define STORE_CACHE_BREAKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A circuit breaker in memory that all workers share: after 3 failures within a second a node is
 * not called for 1 s, then one caller tries it; each failed trial doubles the pause, up to 30 s.
 * All zero is a closed breaker. Times are instant_monotonic().
 */
struct breaker {
	_Atomic int64_t window;     /* start of the second in which failures are counted */
	_Atomic int64_t open_until; /* 0: closed */
	_Atomic int64_t pause;      /* the present pause, 0 when closed */
	_Atomic int failures;
	_Atomic bool trying; /* a trial call is in progress */
};

/* Whether the node may be called now. After a pause, true for one caller only. */
bool breaker_allows(struct breaker *b, int64_t now);

/* Report the outcome of a call that breaker_allows permitted. breaker_failure returns whether it
 * opened the breaker. */
void breaker_success(struct breaker *b);
bool breaker_failure(struct breaker *b, int64_t now);

#endif
