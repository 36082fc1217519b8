/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_GOAL_HIT_H
#define SERVICE_SUBJECT_GOAL_HIT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/* A subject hits a goal. Texts are lent. */
struct goal_hit_input {
	const char *subject; /* core/subject/subject.h */
	const char *goal;    /* its name */
	int64_t count;
	const char *event; /* id under which it is told again; NULL: none */
	bool bot;          /* what a bot does is answered and not recorded */
};

/*
 * Reads count and event_id of a body into *out, which names the goal and the subject, and notes
 * what is wrong by its pointer. ERR_INVALID.
 */
enum err goal_hit_read(struct work *w, struct json_object *body, struct goal_hit_input *out)
    must_check;

/*
 * Records the hit: {recorded: [experiment], waiting: [experiment], duplicate}, where the hits of a
 * session wait until it is confirmed to be human. ERR_NOT_FOUND: there is no such goal.
 */
enum err goal_hit_record(struct work *w, const struct goal_hit_input *in,
    struct json_object **answer) must_check;

#endif
