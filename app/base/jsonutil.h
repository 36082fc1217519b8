/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSONUTIL_H
#define BASE_JSONUTIL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Access to JSON of any type. json-c asserts, which ends the process, when a value is not of the
 * type that a call expects; these functions treat such a value, and NULL, as empty.
 * json_object_object_get() and json_object_is_type() are safe by themselves and are used directly.
 */

/* The number of elements of an array; 0 for anything else. */
size_t json_items(const struct json_object *o);

/* Element i of an array, borrowed from it; NULL beyond its end and for anything else. */
struct json_object *json_item(const struct json_object *o, size_t i);

/* The number of members of an object; 0 for anything else. */
int json_member_count(const struct json_object *o);

/* o itself, for json_object_object_foreach(), when it is an object; otherwise an empty object,
 * which is shared and must not be changed. */
struct json_object *json_members(struct json_object *o);

/* A member that is a string, borrowed from o; NULL when there is none or it is of another type. */
const char *json_text(const struct json_object *o, const char *name);

/* Reads o as an integer: a number without a fraction that fits an int64_t, in any notation (3,
 * 3.0, 3e0). False for anything else. */
bool json_whole(const struct json_object *o, int64_t *out);

/* Adds a member to the object o, in place of one of that name: a string, or null for NULL. */
void json_add_text(struct json_object *o, const char *name, const char *text);

/* Adds a member to the object o, in place of one of that name: x rounded to a whole number, as the
 * places in a drawing are. */
void json_add_rounded(struct json_object *o, const char *name, double x);

/* Removes a member; does nothing when o is not an object. */
void json_remove(struct json_object *o, const char *name);

#endif
