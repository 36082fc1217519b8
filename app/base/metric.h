/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Counters of the whole pool, in a page of memory that the parent maps before it forks. A process
 * that never calls metric_share has counters of its own.
 */

enum metric {
#define METRIC(name, help) METRIC_##name,
#include "base/metric.def"
#undef METRIC
	METRIC__MAX
};

/* Moves the counters to memory that all children share; call before the first fork. */
void metric_share(void);

/* Adds n to counter m. */
void metric_add(enum metric m, uint64_t n);

/* The present value of counter m. */
uint64_t metric_value(enum metric m);

/* Counts a finished request: its HTTP status and how long it took. */
void metric_request(int status, int64_t duration_us);

/* Appends all counters in the Prometheus text format. */
void metric_print(struct buf *out);

#endif
