/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_FORM_SHAPE_H
#define VIEW_FORM_SHAPE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * The shape of a form with nested parts. Names of fields come from the client, so "groups=x" and
 * "groups.0.name.a=x" can arrive as well; readers would silently skip a part of the wrong shape.
 */

/* A part of a form: its path, "request.alternatives", and whether it is a list of rows. */
struct form_part {
	const char *path; /* NULL ends a table */
	bool rows;
};

/*
 * Adds a problem for each part in the table that is present and is not an object or, for rows, a
 * list of objects with plain values. False when any was added.
 */
bool form_shape_check(
    struct json_object *typed, const struct form_part *parts, struct problems *problems);

#endif
