/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_EVENT_H
#define CORE_SUBJECT_EVENT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "core/experiment/lookup.h"

/* What every event has. now is in microseconds since 1970. */
struct event_head {
	int64_t now;
	const char *mid;          /* unique id of the event */
	struct json_object *tags; /* of the subject, by tag_event(); NULL: none */
};

/*
 * The LOG event of a look-up, on ctx: params has one entry for each of the n matches, or a single
 * one without experimentId when there is none. The ids in who appear as they are: the caller hashes
 * them.
 */
struct json_object *event_lookup(void *ctx, struct event_head head,
    const struct lookup_request *who, const struct match *list, size_t n);

/* An assignment of a group of a segmentation, or of an alternative of an experiment. */
struct event_assignment {
	const char *subject; /* id, hashed unless raw ids are configured */
	enum subject_kind kind;
	const char *segmentation;
	struct json_object *group, *group_id;
	const char *reason;
	const char *by; /* the key that made the request; NULL: none */
};

/* The AUDIT event of a new assignment, on ctx. */
struct json_object *event_assignment(void *ctx, struct event_head head,
    const struct event_assignment *a);

#endif
