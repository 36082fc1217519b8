/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_UPLOAD_H
#define SERVICE_SUBJECT_UPLOAD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "service/subject/membership_batch.h"

struct db_rows;
struct work;

/* Files of members of a segmentation. What became of each row is kept as a report. */

/* A file as it came: CSV with user_id or email, and group. */
struct upload_bytes {
	const char *bytes;
	size_t n;
};

struct upload_taken {
	bool left_to_jobs; /* because of its many rows */
	const char *job;   /* number of the upload, on w->mem */
	struct json_object *report; /* as of upload_report */
};

/*
 * Takes a file for the segmentation id. A small one is worked on at once, in one transaction; a
 * larger one is stored for `assay jobs`. ERR_NOT_FOUND, ERR_CONFLICT where the groups are drawn or
 * computed, ERR_INVALID for what is no such file.
 */
enum err upload_take(struct work *w, const char *id, struct upload_bytes given,
    struct upload_taken *out) must_check;

/*
 * The report of an upload, on w->mem: {changed, failed, total, added, present, preassigned, job,
 * progress (0 to 1), done, more}; the lists hold its first rows. ERR_NOT_FOUND.
 */
enum err upload_report(struct work *w, const char *id, const char *job,
    struct json_object **out) must_check;

/* Every row that moved somebody or failed: row, outcome, user, previous, reason. ERR_NOT_FOUND. */
enum err upload_rows(struct work *w, const char *id, const char *job,
    struct db_rows **rows) must_check;

/* Notes with m->upload what has become of a batch, up to byte at of its content; done: of all.
 * Inside the transaction of membership_batch_put. */
enum err upload_move(struct membership_batch *m, size_t at, bool done) must_check;

#endif
