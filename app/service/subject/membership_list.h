/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERSHIP_LIST_H
#define SERVICE_SUBJECT_MEMBERSHIP_LIST_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/* Which members are listed, by user. */
struct membership_filter {
	const char *segmentation; /* id */
	const char *group; /* name; NULL: of all */
	const char *after; /* id of a user; NULL: from the first */
	int64_t limit;
};

/*
 * Members as an array [{user_id, group: {id, name}, ..}, ..]; a deleted group is null. *next is the
 * `after` of the next page, NULL when this is the last. ERR_NOT_FOUND, ERR_CONFLICT, ERR_INVALID
 * for an unknown group.
 */
enum err membership_list(struct work *w, const struct membership_filter *filter,
    struct json_object **list, const char **next) must_check;

#endif
