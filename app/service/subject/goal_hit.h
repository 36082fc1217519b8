/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_GOAL_HIT_H
#define SERVICE_SUBJECT_GOAL_HIT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/* A hit of a goal by a subject. Lent by the request. */
struct goal_hit_input {
	const char *subject; /* core/subject/subject.h */
	const char *goal;    /* its name */
	int64_t count;
	const char *event; /* id by which a repetition is recognized; NULL: none */
};

/*
 * Reads count and event_id of a body into *out and reports what is wrong with its pointer. Goal and
 * subject are set by the caller. ERR_INVALID.
 */
enum err goal_hit_read(struct work *w, struct json_object *body, struct goal_hit_input *out)
    must_check;

/* The hit of one request. */
struct goal_hit {
	struct work *w;
	struct goal_hit_input in;

	/* Set by goal_hit_record(). */
	struct json_object *answer; /* {recorded: [experiment], waiting: [experiment], duplicate} */
	enum err e;                 /* ERR_NOT_FOUND: there is no such goal */
};

/*
 * Records n hits, at least one; as joint_change_run() (service/joint_change.h) where there are
 * several. Hits of a session wait until it is confirmed as human.
 */
void goal_hit_record(struct goal_hit list[], size_t n);

/* The answer to a hit that is not recorded, for a bot. */
struct json_object *goal_hit_ignored(struct work *w);

#endif
