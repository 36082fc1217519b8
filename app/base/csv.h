/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CSV_H
#define CSV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * CSV from outside (RFC 4180 and what people really send): a header row, then records; LF, CR or
 * CRLF; quoted fields with line breaks and doubled quotes; a BOM is skipped. Records of nothing
 * but blanks are skipped.
 */
struct csv;

enum { CSV_COLUMNS = 100 };

/* A reader of len bytes at text, on the talloc context ctx; text must outlive it. */
struct csv *csv_open(void *ctx, const char *text, size_t len);

/*
 * The next record as an object {column: text}, on ctx; empty fields are left out. False at the
 * end. When the record is not good, *fault says why (static or on ctx) and *row is NULL; the next
 * call goes on behind it.
 */
bool csv_next(struct csv *c, void *ctx, struct json_object **row, const char **fault);

/*
 * For a text that is too long for the memory: csv_open gets its header row, csv_feed whole records
 * of the rest, one or more; what was fed before is forgotten.
 */
void csv_feed(struct csv *c, const char *text, size_t len);

/*
 * The bytes of the first record in the len bytes at text, with its line end; 0 when it does not
 * end within them, or when a CR is the last of them, which a LF may follow.
 */
size_t csv_record(const char *text, size_t len);

/* What is wrong with the header row (static), which spoils every record; NULL when nothing is. */
const char *csv_fault(const struct csv *c);

/* Appends a field (RFC 4180). What begins like a formula gets an apostrophe in front, so that
 * spreadsheets take it for text. */
void csv_text(struct buf *out, const char *s);

/* Whether the header row has a column of that name. */
bool csv_has(const struct csv *c, const char *name);

#endif
