/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * Why the n bytes at s (valid UTF-8) are no text of 1 to max bytes without control characters
 * (Unicode category Cc), as the end of a sentence, static or on ctx; NULL when they are one.
 */
const char *text_fault(void *ctx, const char *s, size_t n, size_t max);

/* The same for a JSON value, which must be a string. */
const char *text_fault_json(void *ctx, struct json_object *o, size_t max);

/* The same for a text of several lines, in which tabs and line breaks (LF, CR LF) are allowed. */
const char *text_fault_lines(void *ctx, struct json_object *o, size_t max);

/* s on ctx; of a longer one whole characters of at most most bytes, and an ellipsis. */
const char *text_cut(void *ctx, const char *s, size_t most);

#endif
