/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLACEMENT_TEXT_H
#define PLACEMENT_TEXT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv;

/* A text of CSV, row by row. */
struct placement_text {
	size_t len, at; /* bytes, and how many of them have been read */
	struct csv *csv;
};

/* Opens text behind its header row; the fault of the header, or NULL. On ctx. */
const char *placement_text_open(void *ctx, struct placement_text *t, const char *text, size_t len);

/* The next row, on ctx: *row, or NULL and *fault. False at the end. */
bool placement_text_next(struct placement_text *t, void *ctx, struct json_object **row,
    const char **fault, int64_t *line);

/* Goes on at byte at, where a row begins. */
void placement_text_skip(struct placement_text *t, size_t at);

#endif
