/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_TAG_H
#define CORE_SUBJECT_TAG_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* Values that are kept of a user under a scope and a key. */

enum {
	TAG_SCOPE = 200,    /* bytes of a scope */
	TAG_KEY = 255,      /* bytes of a key */
	TAG_VALUE = 4096,   /* bytes of a value as JSON without blanks */
	TAG_MOST = 1000,    /* tags of a user */
	TAG_EVENT = 8192,   /* bytes of the tags in an event; where there are more, their keys */
};

#define TAG_GLOBAL "global"

/* Why s is no scope (global, or course: and an id), as the end of a sentence, static or on ctx;
 * NULL when it is one. */
const char *tag_scope_fault(void *ctx, const char *s);

/* Whether s is a key: 1 to 255 of letters, digits, point, minus, underscore. */
bool tag_key_is(const char *s);

/* Whether a key that may write the tags of prefix may write those of key s. */
bool tag_key_allowed(const char *s, const char *prefix);

/*
 * The tags of a record ([[scope, key, value], ..]) that an event in a context tells: those of the
 * context and the global ones, {scope: {key: value}}, or {scope: [key, ..]} where that is more than
 * TAG_EVENT. On ctx; NULL when there is none.
 */
struct json_object *tag_event(void *ctx, struct json_object *tags, const char *context);

#endif
