/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_CRITERIA_H
#define VIEW_DRAFT_CRITERIA_H

#include <json-c/json.h>

#include "base/problem.h"

/*
 * Criteria as rows of a form, {type, user: [{field, operator, value}], device: [{name, operator,
 * value}], json}, of which type says what counts: "" nothing (everybody), "user", "device", "json".
 * What does not count must be empty.
 * A value is a number, true, false, null, a "quoted text", or else the text that it is; several
 * are separated by commas, and the two of a RANGE as well.
 */

/* As definitions have them, NULL for everybody; the caller owns it. Problems are added at
 * /criteria/.. where the rows say nothing that could be passed on, at /criteria/type where rows of
 * a kind are filled that the type does not use. */
struct json_object *draft_criteria(struct json_object *rows, struct problems *problems);

/* The rows that say the same as criteria, or their JSON where no rows can; the caller owns it. */
struct json_object *draft_criteria_rows(struct json_object *criteria);

#endif
