/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the parent learns that a worker is stuck: a worker that computes, or that was stopped,
 * cannot run a timer of its own, so it writes down when a request begins and how long it may take.
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
	/* The budget may already be that of the next request. */
	return atomic_load(&s->began) == began;
}
