/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_ACCESS_KEY_H
#define SERVICE_ACCESS_KEY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * API keys (core/subject/key.h). Answers are on w->mem; their member `once` holds secrets, which
 * are shown once: a repeated request gets its answer without them. A change needs the session of an
 * admin (w->actor.session) or the owner role; ERR_FORBIDDEN.
 */

/* What a client key may do; keys of other classes may do everything of their class. */
struct key_limits {
	const char *subjects;      /* kinds that it may name, "user,session" */
	bool signatures;           /* ids of users must be signed */
	bool attributes;           /* requests may bring attributes of their subject */
	const char *rate, *new_rate; /* per second, whole numbers; NULL: as configured */
};

/* A key to be made. Lent by the form. */
struct key_input {
	const char *class;      /* "client", "server", "admin" or, by its scope, "metrics" */
	const char *name;
	struct json_object *origins; /* array of texts */
	int64_t days;           /* until it expires; 0: never */
	const char *tag_prefix; /* of the keys of tags that it may write; "": all */
	struct key_limits limits;
};

/*
 * Reads a key from texts: class or scope, name, origins, days, tags and those of key_limits_read(),
 * which only a client key may have. Reports every problem with its pointer: ERR_INVALID.
 */
enum err key_input_read(struct work *w, struct json_object *form, struct key_input *out)
    must_check;

/* Reads limits from texts: subjects, signed, attributes (yes or no), rate, new_rate. As
 * key_input_read. */
enum err key_limits_read(struct work *w, struct json_object *form, struct key_limits *out)
    must_check;

/* All keys, oldest first, as an array of rows of sql/query/key_list.sql. */
enum err key_list(struct work *w, struct json_object **list) must_check;

/* A key as the pages show it: a row of sql/query/key_get.sql. ERR_NOT_FOUND. */
enum err key_get(struct work *w, const char *id, struct json_object **answer) must_check;

/* Makes a key: {id, class, label, once: {key, signing}}, for a client key with its limits. */
enum err key_create(struct work *w, const struct key_input *in, struct json_object **answer)
    must_check;

/*
 * Sets the limits of a client key: {subjects, .., once: {signing}}, the latter when it has a new
 * signing secret, because it had none or because of `renew`. ERR_NOT_FOUND; ERR_CONFLICT for a key
 * of another class, or one that is revoked.
 */
enum err key_change(struct work *w, const char *id, const struct key_limits *limits, bool renew,
    struct json_object **answer) must_check;

/* Revokes a key for good. ERR_NOT_FOUND. */
enum err key_revoke(struct work *w, const char *id, struct json_object **answer) must_check;

#endif
