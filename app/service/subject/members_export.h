/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERS_EXPORT_H
#define SERVICE_SUBJECT_MEMBERS_EXPORT_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct db_rows;
struct work;

/* An export of group memberships: one row per user, one column per segmentation of a context. */

enum { MEMBERS_EXPORT_PARAMS = 7 };

struct members_export {
	struct json_object *columns; /* [{id, nr, experiment, groups: [{id, name}, ..]}, ..] */
	const char *numbers[2]; /* of segmentations and of experiments, as PostgreSQL arrays */
	const char *places[2];  /* positions of their columns, from 1, likewise */
	const char *everybody;  /* "true": with users of the directory who are in no group */
};

/* Finds the columns of a context; *out is on w->mem. */
enum err members_export_open(struct work *w, const char *context, struct members_export *out)
    must_check;

/* Sets numbers and places of x, whose columns are set; on mem. */
void members_export_number(void *mem, struct members_export *x);

/*
 * At most limit users behind `after` (NULL: from the first), as rows of user_id, columns, groups,
 * more.
 */
enum err members_export_page(struct work *w, const struct members_export *x, const char *after,
    int64_t limit, struct db_rows **rows) must_check;

/*
 * The parameters of the statement of members_export_page() (QUERY_group_export_page), for callers
 * that read the next page while they write the present one; on mem.
 */
void members_export_params(void *mem, const struct members_export *x, const char *after,
    int64_t limit, const char *params[MEMBERS_EXPORT_PARAMS]);

#endif
