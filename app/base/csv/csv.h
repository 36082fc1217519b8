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
 * A quoted field that does not end is a fault of the lines up to the one on which it begins; text
 * after a quoted field is a fault of the lines up to the one on which it stands. So no byte is read
 * more than a few times, whatever the text.
 */
struct csv;

/* What the caller knows about the columns. Lists end with NULL. */
struct csv_rules {
	const char *const *known;  /* spelled in any case; their cells are always texts */
	const char *const *needed; /* each a name, or "a|b": one of them is required */
	bool typed; /* other cells that are JSON numbers, true or false become such values */
};

/*
 * A reader of len bytes at text, on the talloc context ctx; text and rules must outlive it.
 * Without rules (NULL) every column is text. With typed rules a header NAME:text or NAME:number
 * decides what the column is.
 */
struct csv *csv_open(void *ctx, const char *text, size_t len, const struct csv_rules *rules);

/*
 * The next record as an object {column: value}, on ctx; empty fields are left out. False at the
 * end. When the record is not valid, *fault says why (static or on ctx) and *row is NULL; the next
 * call continues after it.
 */
bool csv_next(struct csv *c, void *ctx, struct json_object **row, const char **fault);

/*
 * For a text that does not fit in memory: csv_open gets the first csv_header() bytes, then
 * csv_feed gets the rest in pieces of whole records (csv_record); each call replaces the piece
 * before.
 */
void csv_feed(struct csv *c, const char *text, size_t len);

/* The separator of the fields. */
char csv_separator(const struct csv *c);

/* How many bytes of the text have been read, and the line (from 1) on which the last record of
 * csv_next begins; both count from the text that csv_open got. */
size_t csv_offset(const struct csv *c);
int64_t csv_line(const struct csv *c);

/* Continues at that offset of the text, where a record must begin. */
void csv_seek(struct csv *c, size_t offset);

/* The fault of the text as a whole or of its header row, which every record then has (static or on
 * the reader); NULL when there is none. */
const char *csv_fault(const struct csv *c);

/*
 * Appends a field (RFC 4180). One that begins like a formula is preceded by an apostrophe, so that
 * spreadsheets take it for text; so is one that begins with an apostrophe, so that csv_next can
 * remove it again.
 */
void csv_text(struct buf *out, const char *s);

#endif
