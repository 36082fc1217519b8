/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/err.h"
#include "base/jsonlex.h"
#include "base/utf8.h"

/*
 * JSON from outside. json-c accepts far more than RFC 8259 (duplicate keys, NaN, 'x', broken
 * UTF-8, \u0000 ..) and can be made to spend 268 bytes of memory per byte of input, so a guard
 * of our own reads every byte first and json-c only sees what passed.
 */

enum {
	JSON_DEPTH = 32,     /* nesting of arrays and objects */
	JSON_VALUES = 20000, /* values in one text, keys not counted */
	JSON_VALUES_MANY = 200000, /* in all the texts of one request: the lines of NDJSON */
	JSON_KEY = 256,      /* bytes of a key, as decoded */
};

/* Where and why a text is not acceptable; line and column count from 1, column in bytes. */
struct json_fault {
	unsigned line;
	unsigned column;
	const char *why; /* static text */
	unsigned values; /* in the text as far as it was read; set in any case */
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
 * Guards and parses. On OK *out is the value, owned by ctx (a talloc context); JSON null gives
 * NULL. Otherwise *fault is filled: ERR_SYNTAX for the client's text, ERR_INTERNAL when json-c
 * refuses what the guard let pass.
 */
enum err json_read(void *ctx, const char *text, size_t len, struct json_object **out,
    struct json_fault *fault) must_check;

/* o as a text for programs, without a space; it lives as long as o does not change. NULL for NULL
 * alone: who may hold a JSON null says what that is. */
const char *json_plain(struct json_object *o);

/* o as a text for people, over many lines; it lives as long as o does not change. NULL for NULL. */
const char *json_readable(struct json_object *o);

#endif
