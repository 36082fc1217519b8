/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_GROUP_EXPORT_H
#define VIEW_GROUP_EXPORT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Who is in which group: a row a user, a column a segmentation, as CSV or NDJSON. */

struct group_export_group {
	int64_t nr;
	const char *name;
};

struct group_export_column {
	const char *id;
	size_t n;
	struct group_export_group *groups; /* by number */
};

struct group_export {
	size_t n;
	struct group_export_column *columns;
};

/* Reads the columns from rows [{id, groups: [{id, name}]}], which must live as long, onto ctx. */
struct group_export *group_export_new(void *ctx, struct json_object *rows);

/* Appends the header row of CSV: user_id and the ids of the columns. */
void group_export_head(const struct group_export *r, struct buf *out);

/*
 * Append a user as a row of CSV, or as {user_id, groups: {segmentation: name, ..}} with a line's
 * end. places and groups: arrays of PostgreSQL, a place of a column and a number of a group each. A
 * group that is gone is none. Of several in one segmentation CSV has the names with "; " between,
 * JSON a list.
 */
void group_export_csv(const struct group_export *r, const char *user, const char *places,
    const char *groups, struct buf *out);
void group_export_line(const struct group_export *r, const char *user, const char *places,
    const char *groups, struct buf *out);

#endif
