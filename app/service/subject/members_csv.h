/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERS_CSV_H
#define SERVICE_SUBJECT_MEMBERS_CSV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv;

/* A CSV text that is read row by row. */
struct members_csv {
	size_t len, at; /* length in bytes, and offset of the next row */
	struct csv *csv;
};

/*
 * Reads the header row of text, which must outlive t; the fault of the header, or NULL. On ctx.
 */
const char *members_csv_open(void *ctx, struct members_csv *t, const char *text, size_t len);

/*
 * Reads the next row into *row, on ctx, or sets it to NULL and *fault to what is wrong. *line:
 * where it begins. False at the end.
 */
bool members_csv_next(struct members_csv *t, void *ctx, struct json_object **row,
    const char **fault, int64_t *line);

/* Continues at byte at, where a row begins. */
void members_csv_skip(struct members_csv *t, size_t at);

#endif
