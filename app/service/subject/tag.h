/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_TAG_H
#define SERVICE_SUBJECT_TAG_H

#include <json-c/json.h>

#include "base/buf.h"
#include "base/err.h"

struct work;

/* Tags: JSON values that the operator's programs store about a user, by scope and key. */

/* A tag of a user. */
struct tag_name {
	const char *subject; /* "u:alice" */
	const char *scope;   /* global, or course:<id> */
	const char *key;
};

/* Checks the scope (NULL is refused), or scope and key. ERR_INVALID. */
enum err tag_scope_check(struct work *w, const char *scope) must_check;
enum err tag_name_check(struct work *w, const struct tag_name *name) must_check;

/*
 * Checks that a caller limited to keys with that prefix (NULL: any) may write this one.
 * ERR_FORBIDDEN.
 */
enum err tag_writer_check(struct work *w, const char *key, const char *prefix) must_check;

/*
 * Reads the value of a tag from {value}; JSON null is a value. *text is the value as it is stored,
 * lent by body. ERR_INVALID, ERR_TOO_LARGE.
 */
enum err tag_value_read(struct work *w, struct json_object *body, const char **text) must_check;

/* A tag, {scope, key, value} on w->mem. ERR_NOT_FOUND. */
enum err tag_get(struct work *w, const struct tag_name *name, struct json_object **answer)
    must_check;

/*
 * Sets a tag to a value from tag_value_read(); `new` of the answer {scope, key, value, new} is
 * whether it was created. ERR_INVALID when the user would have too many tags.
 */
enum err tag_set(struct work *w, const struct tag_name *name, const char *text,
    struct json_object **answer) must_check;

/* Removes a tag; the answer is {scope, key, deleted}. ERR_NOT_FOUND. */
enum err tag_remove(struct work *w, const struct tag_name *name, struct json_object **answer)
    must_check;

/* The tags of a user in a scope, {scope, tags: {key: value, ..}} on w->mem. */
enum err tag_list(struct work *w, const char *subject, const char *scope,
    struct json_object **answer) must_check;

/* Tags of one user in one scope that are set or removed together. */
struct tag_batch {
	const char *subject, *scope;
	const char *keys, *values; /* as PostgreSQL arrays; a null value removes the tag */
};

/* Reads {key: value, ..} into the keys and values of *out; null removes. prefix: as above.
 * ERR_INVALID, ERR_TOO_LARGE, ERR_FORBIDDEN. */
enum err tag_batch_read(struct work *w, struct json_object *body, const char *prefix,
    struct tag_batch *out) must_check;

/*
 * Writes the batch; the answer is that of tag_list(). ERR_INVALID when the user would have too many
 * tags.
 */
enum err tag_batch_set(struct work *w, const struct tag_batch *batch, struct json_object **answer)
    must_check;

#endif
