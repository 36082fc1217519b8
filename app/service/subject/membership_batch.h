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

/* Many users to be put into groups of one segmentation, in batches: by API, job or command. */

enum { MEMBERSHIP_BATCH_ROWS = 5000, MEMBERSHIP_BATCH_COLUMNS = 5 };

/* A batch of rows, and after membership_batch_put() what became of them. */
struct membership_batch {
	struct work *w;           /* for db, records, telemetry, and w->mem of a batch */
	const char *segmentation; /* its number */
	const char *id, *context;
	const char *by;           /* the actor, for the rows */
	const char *upload;       /* number of the upload that reports on the rows; NULL: none */
	struct buf *columns[MEMBERSHIP_BATCH_COLUMNS];
	size_t n;                 /* rows in the batch */
	bool closed;              /* no more rows can be added */
	struct db_rows *rows; /* outcomes,
	    without users already in their group; NULL: not written */
	int64_t total, added, changed, present, preassigned, failed; /* of the batch */
};

/* Empties the batch, on w->mem. */
void membership_batch_begin(struct membership_batch *m);

/* Adds the row of that line: o, or the fault for which it could not be read. */
void membership_batch_add(
    struct membership_batch *m, int64_t line, struct json_object *o, const char *fault);

/*
 * Writes the batch as part of the change under way (service/change.h), invalidates the cached
 * records of users it moved, and sends their telemetry after the commit: m must live as long as the
 * change. ERR_INVALID: the segmentation has been deleted.
 */
enum err membership_batch_put(struct membership_batch *m) must_check;

/*
 * To be called when all batches of a file for the segmentation of that number are committed: places
 * users whose e-mail addresses have got a profile meanwhile, in a transaction of its own.
 */
enum err membership_batch_finish(struct work *w, const char *segmentation) must_check;

/* An import of members, complete or interrupted, for the audit log. */
struct membership_import {
	const char *segmentation, *id; /* its number, and its id */
	int64_t rows, bad, changed;
};

/* membership_batch_finish(), and an audit row {rows, bad, changed} unless nothing changed. */
enum err membership_import_finish(struct work *w, const struct membership_import *in) must_check;

/*
 * Sends telemetry of users who were placed when profiles arrived: [{subject, segmentation, context,
 * nr, name, by, tags}, ..], or NULL.
 */
void membership_batch_tell(struct work *w, struct json_object *placed);

/*
 * membership_batch_tell() after a commit outside of a change: invalidates cached records, too.
 */
enum err membership_batch_arrived(struct work *w, struct json_object *placed) must_check;

#endif
