/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DEFINITION_MEMBERS_H
#define CORE_EXPERIMENT_DEFINITION_MEMBERS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * Whether all members of `request` of a definition, and of the parts of which the members are
 * fixed, are known; `data` may hold anything. What answers and exports show of a definition is
 * known, too. False with a problem for each other one. Anything but an object is true.
 */
bool definition_members_check(struct json_object *request, struct problems *problems);

/*
 * Gives request the names of create where it has only those of the answers (expName,
 * expDescription, expData), so that what a GET answers can be sent back.
 */
void definition_members_rename(struct json_object *request);

#endif
