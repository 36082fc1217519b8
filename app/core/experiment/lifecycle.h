/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_LIFECYCLE_H
#define CORE_EXPERIMENT_LIFECYCLE_H

#include <stdbool.h>

/*
 * The life cycle of a definition: the changes of its status. The audience job takes it from
 * SUBMITTED through PROCESSING to ACTIVE or FAILED, an operator to STOPPED and back to ACTIVE, and
 * the end of the schedule to INACTIVE.
 */
enum move {
	MOVE_STOP,
	MOVE_RESUME,
	MOVE_REFRESH,
	MOVE_BEGIN, /* a job has claimed it */
	MOVE_MAP,   /* the audience is complete */
	MOVE_FAIL,
	MOVE_END, /* endDate has passed */
	MOVE__MAX
};

struct move_info {
	const char *name;
	const char *from;    /* statuses from which it is allowed, as a PostgreSQL array */
	const char *to;
	const char *message; /* status_msg afterwards */
};

/* The row of the table for m; static. */
const struct move_info *lifecycle_move(enum move m);

/* Whether a state has an effect in that status: the experiment is not stopped, failed or over. */
bool lifecycle_is_going(const char *status);

#endif
