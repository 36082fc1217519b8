/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_ALTERNATIVE_IDS_H
#define CORE_EXPERIMENT_ALTERNATIVE_IDS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * The numbers of alternatives. Rows of subjects refer to an alternative by its number, so it can be
 * renamed without moving anybody.
 */

/*
 * Sets the member "id" of each alternative in a list made by delivery_alternatives: the number last
 * given to its name (to its former name, "was", where it is renamed), else a new one. numbers is
 * {name: id, ..} of all alternatives that the experiment ever had, with the highest number given
 * under "" (an empty object for a new definition), and is brought up to date. False, with problems
 * added, when an alternative to be renamed does not exist.
 */
bool alternative_ids_give(struct json_object *alternatives, struct json_object *numbers,
    struct problems *problems);

#endif
