/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_EVENT_H
#define CORE_SUBJECT_EVENT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "core/experiment/lookup.h"

/* What every event has. */
struct event_head {
	int64_t now;
	const char *mid; /* its id */
	struct json_object *tags; /* of whom it is about (core/subject/tag.h); NULL: none */
};

/*
 * The LOG event of a look-up, on ctx: one entry in params for each of the n matches, one without
 * experimentId when there is none. The ids of who are put in as they are: the caller hashes them.
 */
struct json_object *event_lookup(void *ctx, struct event_head head,
    const struct lookup_request *who, const struct match *list, size_t n);

/* Somebody got a group of a segmentation, or an alternative of an experiment. */
struct event_assignment {
	const char *subject; /* as it may be shown */
	enum subject_kind kind;
	const char *segmentation;
	struct json_object *group, *group_id;
	const char *reason;
	const char *by; /* the key that asked; NULL: none */
};

/* The event of a new assignment, on ctx. */
struct json_object *event_assignment(void *ctx, struct event_head head,
    const struct event_assignment *a);

#endif
