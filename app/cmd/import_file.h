/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_IMPORT_FILE_H
#define CMD_IMPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file of records, read in constant memory: lines (NDJSON), or CSV records, in which a quoted
 * field may contain line ends.
 */

enum { IMPORT_RECORD = 1 << 20 }; /* bytes of a record at most */

struct import_record {
	int64_t line;      /* on which it begins, from 1 on */
	const char *text;  /* with its line end; until the next is read */
	size_t len;
	const char *fault; /* why it cannot be read (static), or NULL */
};

struct import_file;

/* Reads from fd, which the caller closes, on the talloc context ctx. */
struct import_file *import_file_new(void *ctx, int fd, bool csv);

/*
 * The next record that is not blank. False at the end, when reading failed (import_file_error), or
 * after an interruption by a signal.
 */
bool import_file_next(struct import_file *f, struct import_record *r);

/* The line behind the last record that was read: where another import can continue. */
int64_t import_file_line(const struct import_file *f);

/* Why reading failed, or NULL. */
const char *import_file_error(const struct import_file *f);

#endif
