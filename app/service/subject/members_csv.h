/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_MEMBERS_CSV_H
#define SERVICE_SUBJECT_MEMBERS_CSV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv;

/* A text of CSV, row by row. */
struct members_csv {
	size_t len, at; /* bytes, and how many of them have been read */
	struct csv *csv;
};

/* Opens text behind its header row; the fault of the header, or NULL. On ctx. */
const char *members_csv_open(void *ctx, struct members_csv *t, const char *text, size_t len);

/* The next row, on ctx: *row, or NULL and *fault. False at the end. */
bool members_csv_next(struct members_csv *t, void *ctx, struct json_object **row,
    const char **fault, int64_t *line);

/* Goes on at byte at, where a row begins. */
void members_csv_skip(struct members_csv *t, size_t at);

#endif
