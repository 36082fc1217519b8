/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_CRITERIA_ROWS_H
#define VIEW_CRITERIA_ROWS_H

#include <json-c/json.h>

#include "base/problem.h"

/*
 * Criteria as rows of a form, {type, user: [{field, operator, value}], device: [{name, operator,
 * value}], json}. type selects the part in use: "" none (everybody), "user", "device" or "json";
 * the other parts have to be empty. Values are written as in view/form_value.h, also the two ends
 * of a RANGE.
 */

/*
 * The criteria that the rows stand for, NULL for everybody; the caller owns them. Problems are
 * added at /criteria/.. for rows that cannot be expressed as criteria, and at /criteria/type for
 * filled parts that the type does not use.
 */
struct json_object *criteria_rows_read(struct json_object *rows, struct problems *problems);

/* The rows that stand for criteria, or their JSON where rows cannot; the caller owns them. */
struct json_object *criteria_rows_of(struct json_object *criteria);

#endif
