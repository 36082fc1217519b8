/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_VALUE_H
#define VIEW_DRAFT_VALUE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Values as they are written in a field of a form: a number, true, false, null, a "quoted text", or
 * else the text that it is; several are separated by commas.
 */

/* The n bytes at s as the scalar that they are written as; else as text. The caller owns it. */
struct json_object *draft_value(const char *s, size_t n);

/* All values in s, as a list that the caller owns. */
struct json_object *draft_values(const char *s);

/* Whether it is a scalar, which a field can hold. */
bool draft_value_fits(struct json_object *o);

/* Appends a scalar as it is written: quoted where it would be read as something else. */
void draft_value_write(struct buf *out, struct json_object *value);

#endif
