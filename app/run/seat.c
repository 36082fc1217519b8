/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the parent learns that a worker is stuck. A worker that computes, or that was stopped, runs
 * no timer of its own that could be trusted, so it leaves word before the request instead.
 */
#include "run/seat.h"

#include "base/instant.h"

void
seat_begin(struct seat *s, int64_t now, int64_t budget_ms)
{
	seat_route(s, "-", budget_ms);
	s->began = now;
}

void
seat_route(struct seat *s, const char *path, int64_t budget_ms)
{
	s->path = path;
	s->budget = budget_ms * INSTANT_MS;
}

void
seat_end(struct seat *s)
{
	s->began = 0;
}

bool
seat_overdue(struct seat *s, int64_t now)
{
	int64_t began = s->began;

	if (began == 0 || now - began <= s->budget + SEAT_EXCESS)
		return false;
	/* The budget read may already belong to the next request. */
	return atomic_load(&s->began) == began;
}
