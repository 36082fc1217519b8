/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "run/setup.h"

/* How a worker ends, as the exit code that the pool reads. */
enum worker_end {
	WORKER_STOPPED = 0,  /* it was asked to */
	WORKER_RECYCLED = 3, /* it has served max_requests */
	WORKER_BROKEN = 4,   /* configuration, templates or statements are not usable */
};

/* Serves requests from the non-blocking listen_fd until asked to stop, and keeps seat, its own one
 * of shared, true meanwhile. */
enum worker_end worker_run(
    const struct conf *conf, struct shared *shared, struct seat *seat, int listen_fd);

#endif
