/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_SHAPE_H
#define VIEW_DRAFT_SHAPE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * The shape of a form that defines something. Names of fields come from the client, so "groups=x"
 * and "groups.0.name.a=x" arrive as well; a part of another shape would be skipped in silence.
 */

/* A part of a form: the way to it, "request.alternatives", and whether it is a list of rows. */
struct draft_part {
	const char *way; /* NULL ends a table */
	bool rows;
};

/*
 * Adds a problem, with its JSON pointer, for each part in the table that is there and is not an
 * object or (rows) a list of objects with plain values. False when it added any.
 */
bool draft_shape_check(
    struct json_object *typed, const struct draft_part *parts, struct problems *problems);

#endif
