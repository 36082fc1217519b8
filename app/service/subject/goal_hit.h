/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_GOAL_HIT_H
#define SERVICE_SUBJECT_GOAL_HIT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/* A hit of a goal by a subject. Lent by the request. */
struct goal_hit_input {
	const char *subject; /* core/subject/subject.h */
	const char *goal;    /* its name */
	int64_t count;
	const char *event; /* id by which a repetition is recognized; NULL: none */
	bool bot;          /* hits of a bot are answered but not recorded */
};

/*
 * Reads count and event_id of a body into *out and reports what is wrong with its pointer. Goal and
 * subject are set by the caller. ERR_INVALID.
 */
enum err goal_hit_read(struct work *w, struct json_object *body, struct goal_hit_input *out)
    must_check;

/*
 * Records the hit: {recorded: [experiment], waiting: [experiment], duplicate}; hits of a session
 * wait until it is confirmed as human. ERR_NOT_FOUND: there is no such goal.
 */
enum err goal_hit_record(struct work *w, const struct goal_hit_input *in,
    struct json_object **answer) must_check;

#endif
