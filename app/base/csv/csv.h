/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_CSV_CSV_H
#define BASE_CSV_CSV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/csv/csv_scan.h"

/*
 * CSV from outside (RFC 4180 and what spreadsheets write): a header row, then records; LF, CR or
 * CRLF; quoted fields with line breaks and doubled quotes; a BOM is skipped. The separator is what
 * a first line "sep=;" says, else whichever of comma, semicolon and tab the header row has most
 * of. Records of nothing but blanks are skipped, empty columns at the end are ignored.
 *
 * A quoted field that never ends costs the lines up to the one on which it begins; text behind a
 * quoted field costs the lines up to the one on which it stands. So no byte is read more than a
 * few times, whatever the text.
 */
struct csv;

/* What is known of the columns of a table. Lists end with NULL. */
struct csv_rules {
	const char *const *known;  /* names that may be written in any case; always text */
	const char *const *needed; /* each a name, or names with '|' between of which one will do */
	bool typed; /* other cells that are JSON numbers, true or false become such */
};

/*
 * A reader of len bytes at text, on the talloc context ctx; text and rules must outlive it.
 * Without rules (NULL) every column is text. With typed rules a header NAME:text or NAME:number
 * decides what the column is.
 */
struct csv *csv_open(void *ctx, const char *text, size_t len, const struct csv_rules *rules);

/*
 * The next record as an object {column: value}, on ctx; empty fields are left out. False at the
 * end. When the record is not good, *fault says why (static or on ctx) and *row is NULL; the next
 * call goes on behind it.
 */
bool csv_next(struct csv *c, void *ctx, struct json_object **row, const char **fault);

/*
 * For a text that is too long for the memory: csv_open gets the first csv_header() bytes, csv_feed
 * whole records of the rest (csv_record), one or more; what was fed before is forgotten.
 */
void csv_feed(struct csv *c, const char *text, size_t len);

/* What the fields are separated by. */
char csv_separator(const struct csv *c);

/* How many bytes of the text have been read, and the line (from 1 on) on which the record begins
 * that csv_next gave last; both of the text that csv_open got. */
size_t csv_offset(const struct csv *c);
int64_t csv_line(const struct csv *c);

/* Goes on at that byte of the text, where a record begins. */
void csv_seek(struct csv *c, size_t offset);

/* What is wrong with the text as a whole or its header row (static or on the reader), which spoils
 * every record; NULL when nothing is. */
const char *csv_fault(const struct csv *c);

/*
 * Appends a field (RFC 4180). What begins like a formula gets an apostrophe in front, so that
 * spreadsheets take it for text, and so does what begins with an apostrophe, so that csv_next can
 * take it away again.
 */
void csv_text(struct buf *out, const char *s);

/* Whether the header row has a column of that name. */
bool csv_has(const struct csv *c, const char *name);

#endif
