/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERSHIP_H
#define SERVICE_SUBJECT_MEMBERSHIP_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct work;

/*
 * The group of a user in a segmentation. Groups of an experiment are its alternatives. Answers are
 * objects {segmentation, group: {id, name} or null, assigned, new} on w->mem.
 */

/* A user in a segmentation. */
struct membership_name {
	const char *segmentation; /* id */
	const char *subject;      /* "u:alice" */
};

/*
 * The group of a user. assign: a user without a group in a random segmentation gets one.
 * ERR_NOT_FOUND, ERR_CONFLICT for a segmentation without groups, ERR_THROTTLED.
 */
enum err membership_get(struct work *w, struct membership_name name, bool assign,
    struct json_object **answer) must_check;

/*
 * Puts a user into the group that `group` gives by name (a JSON string) or number; the answer also
 * has the name of the `previous` group. ERR_NOT_FOUND, ERR_CONFLICT where groups are computed,
 * ERR_INVALID.
 */
enum err membership_put(struct work *w, struct membership_name name, struct json_object *group,
    struct json_object **answer) must_check;

/*
 * Removes a user from the group of that name (NULL: from all); the answer has `previous`. Errors as
 * membership_put().
 */
enum err membership_remove(struct work *w, struct membership_name name, const char *group,
    struct json_object **answer) must_check;

#endif
