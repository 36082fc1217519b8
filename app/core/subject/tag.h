/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_TAG_H
#define CORE_SUBJECT_TAG_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* Tags: values of a user, stored under a scope and a key. */

enum {
	TAG_SCOPE = 200,  /* bytes of a scope, at most */
	TAG_KEY = 255,    /* bytes of a key, at most */
	TAG_VALUE = 4096, /* bytes of a value as JSON without blanks, at most */
	TAG_MOST = 1000,  /* tags of a user, at most */
	TAG_EVENT = 8192, /* bytes of the tags in an event; beyond, it has their keys only */
};

#define TAG_GLOBAL "global"

/*
 * Why s is not a scope (global, or course: and an id), as the end of a sentence, static or on ctx;
 * NULL when it is one.
 */
const char *tag_scope_fault(void *ctx, const char *s);

/* Whether s is a valid key: 1 to 255 letters, digits, dots, hyphens and underscores. */
bool tag_key_is_valid(const char *s);

/* Whether an API key limited to a prefix (NULL: to none) may write tags with the key s. */
bool tag_key_allowed(const char *s, const char *prefix);

/*
 * The tags of a record ([[scope, key, value], ..]) for an event in a context, on ctx: the global
 * ones and those of the context, as {scope: {key: value}}, or as {scope: [key, ..]} where that is
 * longer than TAG_EVENT. NULL when there is none.
 */
struct json_object *tag_event(void *ctx, struct json_object *tags, const char *context);

#endif
