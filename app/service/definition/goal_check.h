/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_GOAL_CHECK_H
#define SERVICE_DEFINITION_GOAL_CHECK_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * Checks that the goals of a definition, [name | {name, ..}, ..] or NULL, can be hit: ERR_INVALID
 * with a problem at each that does not exist or is retired. Goals that the definition named before
 * (in the same form) may stay.
 */
enum err goal_check(struct work *w, struct json_object *goals,
    struct json_object *before) must_check;

#endif
