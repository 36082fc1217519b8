/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_MEMBER_NAMES_H
#define CORE_EXPERIMENT_MEMBER_NAMES_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/* Members that a request must not have because nothing reads them: mostly a misspelt name. */

enum { MEMBER_NAMES_REPORTED = 20 }; /* problems for one object, at most */

/*
 * Whether all members of the object o, which stands at the JSON pointer at, are in the list names,
 * which ends with NULL. False, with a problem added at each unknown member. True when o is not an
 * object.
 */
bool member_names_check(struct json_object *o, const char *const names[], const char *at,
    struct problems *problems);

/* The same for each object in the array list; true when list is not an array. */
bool member_names_check_all(struct json_object *list, const char *const names[], const char *at,
    struct problems *problems);

#endif
