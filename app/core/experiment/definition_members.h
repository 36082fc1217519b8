/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DEFINITION_MEMBERS_H
#define CORE_EXPERIMENT_DEFINITION_MEMBERS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * Whether all members of the `request` of a definition and of its parts are known. `data` may have
 * any members, and the members that only answers and exports have are known, too. False, with a
 * problem added for each unknown member. True when request is not an object.
 */
bool definition_members_check(struct json_object *request, struct problems *problems);

/*
 * Adds the members name, description and data to request where it has only those of answers
 * (expName, expDescription, expData), so that the answer of a GET can be sent back.
 */
void definition_members_rename(struct json_object *request);

#endif
