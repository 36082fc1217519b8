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
	struct work *w;           /* for db, records, telemetry, and w->mem of a batch */
	const char *segmentation; /* its number */
	const char *id, *context;
	const char *by;           /* who acts */
	const char *upload;       /* with which rows are kept; NULL: nowhere */
	struct buf *columns[MEMBERSHIP_BATCH_COLUMNS];
	size_t n;                 /* rows in the batch */
	bool closed;              /* nothing can be added */
	struct db_rows *rows; /* outcomes, but for users who were there; NULL: not written */
	int64_t total, added, changed, present, preassigned, failed; /* of the batch */
};

/* Empties the batch; its memory is w->mem. */
void membership_batch_begin(struct membership_batch *m);

/* Adds the row of line: o, or why it cannot be read. */
void membership_batch_add(
    struct membership_batch *m, int64_t line, struct json_object *o, const char *fault);

/*
 * Writes the batch as a part of the change under way (service/change.h), invalidates what is cached
 * of the users it moved, and sends their telemetry after the commit: m lives as long as the change.
 * ERR_INVALID: the segmentation has been deleted.
 */
enum err membership_batch_put(struct membership_batch *m) must_check;

/* When all batches of a file for the segmentation of that number are committed: places the users
 * whose addresses have got a profile meanwhile, in a transaction of its own. */
enum err membership_batch_finish(struct work *w, const char *segmentation) must_check;

/* A file of members that was imported, also one whose import was interrupted. */
struct membership_import {
	const char *segmentation, *id; /* its number, and its id */
	int64_t rows, bad, changed;
};

/* As membership_batch_finish; the audit log gets {rows, bad, changed}, unless nothing changed. */
enum err membership_import_finish(struct work *w, const struct membership_import *in) must_check;

/* Sends telemetry of users who were placed when profiles came: [{subject, segmentation, context,
 * nr, name, by, tags}, ..], or NULL. */
void membership_batch_tell(struct work *w, struct json_object *placed);

/* As membership_batch_tell, after a commit outside of a change: also invalidates what is cached. */
enum err membership_batch_arrived(struct work *w, struct json_object *placed) must_check;

#endif
