/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/err.h"
#include "base/jsonlex.h"
#include "base/utf8.h"

/*
 * JSON from outside. json-c accepts far more than RFC 8259 (duplicate keys, NaN, 'x', invalid
 * UTF-8, \u0000 ..) and can be made to allocate 268 bytes for each byte of input, so json_guard()
 * checks every byte first, and json-c parses only what passed.
 */

enum {
	JSON_DEPTH = 32,     /* nesting of arrays and objects */
	JSON_VALUES = 20000, /* values in one text, not counting keys */
	JSON_VALUES_MANY = 200000, /* in all texts of one request, as the lines of NDJSON */
	JSON_KEY = 256,      /* bytes of a key, decoded */
};

/* Where and why a text is not acceptable; line and column count from 1, the column in bytes. */
struct json_fault {
	unsigned line;
	unsigned column;
	const char *why; /* static text */
	unsigned values; /* counted up to the end or the fault; always set */
};

/*
 * Checks that the len bytes at text are one RFC 8259 value within the limits above: valid UTF-8
 * without overlong forms or surrogates, no lone \ud800, no \u0000, no duplicate key in an object
 * (compared as decoded), numbers that a double can hold (1e400 and 1e-400 it cannot) and, written
 * as integers, an int64_t.
 * OK, or ERR_SYNTAX with *fault filled; of an acceptable text only fault->values is.
 */
enum err json_guard(const char *text, size_t len, struct json_fault *fault) must_check;

/*
 * Checks and parses a text. On OK *out is the value, owned by the talloc context ctx; JSON null
 * gives NULL. Otherwise *fault is filled: ERR_SYNTAX when json_guard() refuses the text,
 * ERR_INTERNAL when json-c refuses what the guard accepted.
 */
enum err json_read(void *ctx, const char *text, size_t len, struct json_object **out,
    struct json_fault *fault) must_check;

/* o as compact text. Valid until o is changed or freed. NULL only for NULL: callers that may hold
 * a JSON null handle it. */
const char *json_plain(struct json_object *o);

/* o as indented text, for people. Valid until o is changed or freed. NULL for NULL. */
const char *json_readable(struct json_object *o);

#endif
