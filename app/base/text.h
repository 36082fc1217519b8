/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Checks that the n bytes at s (valid UTF-8) are 1 to max bytes without control characters
 * (Unicode category Cc). NULL when they are; otherwise the reason, as the predicate of a sentence,
 * static or on ctx.
 */
const char *text_fault(void *ctx, const char *s, size_t n, size_t max);

/* The same for a JSON value, which must be a string. */
const char *text_fault_json(void *ctx, struct json_object *o, size_t max);

/* The same for a text of several lines, in which tabs and line breaks (LF, CR LF) are allowed. */
const char *text_fault_lines(void *ctx, struct json_object *o, size_t max);

/* A hash (FNV-1a) of the n bytes at s, for tables in memory; not for anything that is stored. */
uint32_t text_hash(const char *s, size_t n);

/* A copy of s on ctx; a longer one is cut after at most `most` bytes, between two characters, and
 * ends with an ellipsis. */
const char *text_cut(void *ctx, const char *s, size_t most);

#endif
