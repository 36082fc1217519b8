/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_UPLOAD_H
#define SERVICE_SUBJECT_UPLOAD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "service/subject/membership_batch.h"

struct db_rows;
struct work;

/* Files of members of a segmentation. What became of each row is kept as a report. */

/* A file whose encoding and header row have been checked, on w->mem. */
struct upload_input {
	const char *text;
	size_t len;
};

/* Reads a file as it was sent: CSV with user_id or email, and group. ERR_INVALID. */
enum err upload_input_read(struct work *w, const char *bytes, size_t n, struct upload_input *out)
    must_check;

/*
 * Imports a file into a segmentation: a small one at once, in one transaction; a larger one is left
 * to `assay jobs`. The answer {job, done, total, added, changed, present, preassigned, failed} has
 * the number of the upload, whether it is finished, and the counts of its rows. ERR_NOT_FOUND,
 * ERR_CONFLICT where the groups are assigned or computed.
 */
enum err upload_add(struct work *w, const char *segmentation, const struct upload_input *in,
    struct json_object **answer) must_check;

/*
 * The newest uploads of a segmentation, at most limit, as an array [{nr, total, failed, by, at,
 * done}, ..].
 */
enum err upload_list(struct work *w, const char *segmentation, int limit,
    struct json_object **list) must_check;

/*
 * The report of an upload, on w->mem: {changed, failed, total, added, present, preassigned, job,
 * progress (0 to 1), done, more}; the lists hold its first rows. ERR_NOT_FOUND.
 */
enum err upload_report(struct work *w, const char *id, const char *job,
    struct json_object **out) must_check;

/*
 * Every row that moved a user or failed: row, outcome, user, previous, reason. ERR_NOT_FOUND.
 */
enum err upload_rows(struct work *w, const char *id, const char *job,
    struct db_rows **rows) must_check;

/* Appends rows of upload_rows() as CSV with a header row. */
void upload_rows_csv(const struct db_rows *rows, struct buf *out);

/*
 * Stores in m->upload the progress after a batch, up to byte at of its content; done: it is
 * finished. To be called in the change of membership_batch_put().
 */
enum err upload_move(struct membership_batch *m, size_t at, bool done) must_check;

#endif
