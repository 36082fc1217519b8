/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSONUTIL_H
#define BASE_JSONUTIL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reaching into JSON of any shape. json-c asserts, which ends the process, when a value is not of
 * the type that a call expects; these treat such a value (NULL too) as empty.
 * json_object_object_get() and json_object_is_type() are safe by themselves and are used directly.
 */

/* How many elements an array has; 0 for anything else. */
size_t json_items(const struct json_object *o);

/* Element i of an array, borrowed from it; NULL beyond its end and for anything else. */
struct json_object *json_item(const struct json_object *o, size_t i);

/* How many members an object has; 0 for anything else. */
int json_member_count(const struct json_object *o);

/* o itself, for json_object_object_foreach(), when it is an object; otherwise an empty object that
 * is shared and must not be changed. */
struct json_object *json_members(struct json_object *o);

/* A member that is a string, borrowed from o; NULL when there is none or it is not a string. */
const char *json_text(const struct json_object *o, const char *name);

/* Whether o is a number without a fraction that an int64_t holds, in whatever way it is written (3,
 * 3.0, 3e0); then *out is it. */
bool json_whole(const struct json_object *o, int64_t *out);

/* Removes a member, when o is an object. */
void json_remove(struct json_object *o, const char *name);

#endif
