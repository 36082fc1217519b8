/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERSHIP_H
#define SERVICE_SUBJECT_MEMBERSHIP_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct work;

/*
 * In which group of a segmentation a user is. Groups of an experiment are its alternatives. Answers
 * are objects {segmentation, group: {id, name} or null, assigned, new} on w->mem.
 */

/* A user in a segmentation. */
struct membership_name {
	const char *segmentation; /* id */
	const char *subject;      /* "u:alice" */
};

/* The group of a user. assign: a user who is in none of a random segmentation is assigned to one.
 * ERR_NOT_FOUND, ERR_CONFLICT for a segmentation without groups. */
enum err membership_get(struct work *w, struct membership_name name, bool assign,
    struct json_object **answer) must_check;

/*
 * Puts a user into the group that `group` names (a JSON text) or numbers; the answer has the name
 * of the `previous` one, too. ERR_NOT_FOUND, ERR_CONFLICT where groups are computed, ERR_INVALID.
 */
enum err membership_put(struct work *w, struct membership_name name, struct json_object *group,
    struct json_object **answer) must_check;

/* Takes a user out of the group of that name (NULL: of all); the answer has `previous`. Errors as
 * of membership_put. */
enum err membership_remove(struct work *w, struct membership_name name, const char *group,
    struct json_object **answer) must_check;

#endif
