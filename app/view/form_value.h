/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_FORM_VALUE_H
#define VIEW_FORM_VALUE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Values in a field of a form: a number, true, false, null or a "quoted text" as in JSON, and
 * anything else is the text itself; several values are separated by commas.
 */

/* The value that the n bytes at s are. The caller owns it. */
struct json_object *form_value_read(const char *s, size_t n);

/* All values in s, as a list; the caller owns it. */
struct json_object *form_values_read(const char *s);

/* Whether o is a scalar or null, which a field can hold. */
bool form_value_fits(struct json_object *o);

/* Appends a scalar, in quotes where it would be read as another value. */
void form_value_write(struct buf *out, struct json_object *value);

#endif
