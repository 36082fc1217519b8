/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_MEMBER_NAMES_H
#define CORE_EXPERIMENT_MEMBER_NAMES_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/* Members that a body must not have, because nothing would read them: mostly a name misspelt. */

enum { MEMBER_NAMES_TOLD = 20 }; /* problems that one object gets at most */

/*
 * Whether all members of the object o are among the NULL-ended names; true when o is no object.
 * Each other one is a problem, at its own place below the JSON pointer at.
 */
bool member_names_check(struct json_object *o, const char *const names[], const char *at,
    struct problems *problems);

/* The same for each object in the array list. */
bool member_names_check_all(struct json_object *list, const char *const names[], const char *at,
    struct problems *problems);

#endif
