/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SEAT_H
#define RUN_SEAT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The state of the present request of a worker, in shared memory for the parent. All zero is an
 * idle worker. Only the worker writes it; the parent reads it, and clears it between two workers.
 * Times are instant_monotonic().
 */
struct seat {
	_Atomic int64_t began;    /* 0: idle */
	_Atomic int64_t budget;   /* microseconds */
	const char *_Atomic path; /* of the route; static: at one address in all processes */
};

/* How much longer than its budget a request may take before its worker is killed. */
#define SEAT_EXCESS (5 * INSTANT_SECOND)

/* A request began now; until its route is known it has budget_ms. */
void seat_begin(struct seat *s, int64_t now, int64_t budget_ms);

/* Its route was found. */
void seat_route(struct seat *s, const char *path, int64_t budget_ms);

/* It was answered or given up. */
void seat_end(struct seat *s);

/* Whether the request has taken longer at now than its worker may live. */
bool seat_overdue(struct seat *s, int64_t now);

#endif
