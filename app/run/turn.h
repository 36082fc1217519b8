/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_TURN_H
#define RUN_TURN_H

#include <stddef.h>

#include "run/seat.h"
#include "web/http/ctx.h"

/*
 * What a worker serves between two waits: one request, or several of one joint route
 * (web/http/route.h) that wait at this moment, which are committed together.
 */
struct turn;

/* On the talloc context ctx. listen_fd must be non-blocking; `lent` has what the worker lends each
 * request. */
struct turn *turn_new(void *ctx, const struct ctx *lent, int listen_fd, struct seat *seat);

/* Serves what waits on the socket now. The number of requests; 0: there was none. */
size_t turn_serve(struct turn *t);

#endif
