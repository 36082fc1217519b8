/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_IMPORT_ROWS_H
#define CMD_IMPORT_ROWS_H

#include <json-c/json.h>
#include <stdio.h>

#include "base/problem.h"
#include "core/subject/subject.h"
#include "cmd/import_file.h"
#include "store/db/db.h"

/* An import under way: what is read, and what became of it. */
struct import {
	void *mem;
	struct db *db;
	struct work *w; /* for operations; its db is db */
	struct import_file *file;
	struct csv *csv; /* NULL for NDJSON */
	FILE *errors;
	int64_t from;    /* the first line that counts */
	void *row_mem;   /* of the row read last */
	int64_t line;    /* on which it begins */
	int64_t rows, bad, changed;
	int64_t next;    /* everything before this line is stored, or bad and told */
	int64_t began;   /* monotonic */
	int64_t told;    /* when progress was told last */
};

/* How the reading of rows ended. */
enum import_end { IMPORT_WHOLE, IMPORT_INTERRUPTED, IMPORT_BROKEN };

/*
 * The next row as a JSON object, on im->row_mem, valid until the next call; faulty rows are
 * reported and passed over. NULL at the end: import_end() tells which.
 */
struct json_object *import_row(struct import *im);

/* How reading ended; prints why when it failed. */
enum import_end import_end(const struct import *im);

/* SIGINT and SIGTERM end the reading after the present row; a second one ends the program. */
void import_catch_signals(void);

/* Rows per second so far. */
int64_t import_rate(const struct import *im);

/* Reports the row of that line as bad. */
void import_bad(struct import *im, int64_t line, const char *reason);
void import_bad_problems(struct import *im, int64_t line, const struct problems *why);

/* Prints why the database could not be used; returns e. */
enum err import_db_failed(const struct import *im, enum err e);

/* The imports themselves; what is not OK has been told. */
enum err import_profiles(struct import *im, enum subject_kind kind) must_check;
enum err import_places(struct import *im) must_check;
enum err import_members(struct import *im, const char *segmentation) must_check;

#endif
