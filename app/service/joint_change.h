/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_JOINT_CHANGE_H
#define SERVICE_JOINT_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct work;

/* One of several changes of a kind that are committed together. */
struct joint_part {
	struct work *w;
	const char *subject; /* of two parts about one subject the second is run by itself, because
				a statement writes a row once; NULL: this does not matter */
	bool alone; /* to be run by itself, after the others */
	void *arg;
	enum err e; /* set by joint_change_run() */
};

/* What a change of n parts does to the database, on behalf of all of them; as change_fn. */
typedef enum err joint_change_fn(struct work *w, const struct joint_part parts[], size_t n);

/*
 * Runs n changes, at least one, with one commit, and gives each its error. ERR_UNAVAILABLE ends all
 * of them: none is committed, or nobody knows. After any other failure each is run by itself, so
 * that none pays for another; so is, in any case, one that is audited, has an idempotency key or
 * belongs to a change under way. The common change runs on the work of one of them. The parts are
 * put into another order.
 */
void joint_change_run(struct joint_part parts[], size_t n, joint_change_fn *run);

/* The newest time of n parts, as work_now_text(): none of the others is recorded before something
 * that its client has seen. */
const char *joint_change_now(const struct joint_part parts[], size_t n);

#endif
