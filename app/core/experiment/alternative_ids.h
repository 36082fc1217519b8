/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_ALTERNATIVE_IDS_H
#define CORE_EXPERIMENT_ALTERNATIVE_IDS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * The numbers of alternatives: what subjects' rows carry, so that a name may change and nobody is
 * moved by it.
 */

/*
 * Gives every alternative of the list, as delivery_alternatives left it, its number as "id": the
 * one that its name had last (the name that it was, where it is renamed), else a new one. numbers
 * {name: id, ..} of all that there were, with the highest number under "" (empty for a new
 * definition), is brought up to date. False, with problems added, when one is renamed that is not
 * there.
 */
bool alternative_ids_give(struct json_object *alternatives, struct json_object *numbers,
    struct problems *problems);

#endif
