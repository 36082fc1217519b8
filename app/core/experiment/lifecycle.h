/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_LIFECYCLE_H
#define CORE_EXPERIMENT_LIFECYCLE_H

/*
 * The life of a definition, as one table of moves. SUBMITTED -> PROCESSING -> ACTIVE or FAILED by
 * the mapping job; STOPPED and back by an operator; INACTIVE when its time is over.
 */
enum move {
	MOVE_STOP,
	MOVE_RESUME,
	MOVE_REFRESH,
	MOVE_BEGIN, /* a job takes it up */
	MOVE_MAP,   /* its audience is complete */
	MOVE_FAIL,
	MOVE_END, /* its endDate has passed */
	MOVE__MAX
};

struct move_info {
	const char *name;
	const char *from;    /* the statuses it starts at, as a PostgreSQL array of text */
	const char *to;
	const char *message; /* the status_msg afterwards */
};

/* The row of m; never NULL. */
const struct move_info *lifecycle_move(enum move m);

#endif
