/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Circuit breaker for cache nodes. libmemcached's own ejection of servers ignores time-outs, so a
 * hung node would cost every request a time-out, for ever. The state is shared by all workers and
 * changed by single atomic operations; a worker may be killed between any two of them.
 */
#include "store/cache/breaker.h"

#include "base/instant.h"

#define PAUSE_FIRST INSTANT_SECOND
#define PAUSE_MOST (30 * INSTANT_SECOND)

enum { FAILURES = 3 };

/* The present pause. A worker that was killed while it closed the breaker may have left 0. */
static int64_t
pause_of(const struct breaker *b)
{
	int64_t pause = b->pause;

	return pause < PAUSE_FIRST ? PAUSE_FIRST : pause;
}

bool
breaker_allows(struct breaker *b, int64_t now)
{
	int64_t until = b->open_until;

	if (until == 0)
		return true;
	if (now < until)
		return false;
	/* The caller that moves the end of the pause is the one that tries. */
	if (!atomic_compare_exchange_strong(&b->open_until, &until, now + pause_of(b)))
		return false;
	b->trying = true;
	return true;
}

void
breaker_success(struct breaker *b)
{
	if (b->open_until == 0)
		return;
	b->failures = 0;
	b->pause = 0;
	b->trying = false;
	b->open_until = 0;
}

bool
breaker_failure(struct breaker *b, int64_t now)
{
	if (b->open_until != 0) {
		/* Calls that were in progress when it opened fail late; only the trial call
		 * doubles the pause. */
		if (!atomic_exchange(&b->trying, false))
			return false;
		int64_t pause = pause_of(b) * 2;
		b->pause = pause > PAUSE_MOST ? PAUSE_MOST : pause;
		b->open_until = now + b->pause;
		return false;
	}
	if (now - b->window > INSTANT_SECOND) {
		b->window = now;
		b->failures = 0;
	}
	if (atomic_fetch_add(&b->failures, 1) + 1 < FAILURES)
		return false;
	b->pause = PAUSE_FIRST;
	b->open_until = now + PAUSE_FIRST;
	return true;
}
