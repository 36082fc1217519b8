/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERSHIP_BATCH_H
#define SERVICE_SUBJECT_MEMBERSHIP_BATCH_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct work;
struct db_rows;

/* Many into groups of one segmentation, some at a time: by HTTP, by a job, by a command. */

enum { MEMBERSHIP_BATCH_ROWS = 5000, MEMBERSHIP_BATCH_COLUMNS = 5 };

struct membership_batch {
	struct work *w;            /* for db, records, telemetry, and w->mem of a batch */
	const char *segmentation; /* its number */
	const char *id, *context;
	const char *by;           /* who acts */
	const char *upload;       /* with which rows are kept; NULL: nowhere */
	struct buf *columns[MEMBERSHIP_BATCH_COLUMNS];
	size_t n;                 /* rows in the batch */
	struct db_rows *rows;     /* of the batch, but for who was there */
	int64_t total, added, changed, present, preassigned, failed; /* of the batch */
};

/* Empties the batch; its memory is w->mem. */
void membership_batch_begin(struct membership_batch *m);

/* Adds the row of line: o, or why it cannot be read. */
void membership_batch_add(
    struct membership_batch *m, int64_t line, struct json_object *o, const char *fault);

/*
 * Writes the batch, inside the caller's transaction, and invalidates what is cached of whom it
 * moved: commit soon. ERR_INVALID: the segmentation has been deleted.
 */
enum err membership_batch_put(struct membership_batch *m) must_check;

/* After the commit: invalidates again and tells who came into a group. */
enum err membership_batch_told(struct membership_batch *m) must_check;

/* When a file is through: those whose addresses have got a profile meanwhile are placed. */
enum err membership_batch_settle(struct membership_batch *m) must_check;

/* Tells of who was placed when profiles came: [{subject, segmentation, context, nr, name, by,
 * tags}, ..], or NULL. */
void membership_batch_tell(struct work *w, struct json_object *placed);

/* Invalidates what is cached of them, for whoever has not done so, and tells of them. */
enum err membership_batch_arrived(struct work *w, struct json_object *placed) must_check;

#endif
