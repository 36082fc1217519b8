/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_LAYER_H
#define CORE_EXPERIMENT_LAYER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * Layers, in which experiments exclude each other: which slots one wishes to have, and who has
 * them. What is done with a layer's slots in a decision is core/experiment/lookup.h.
 */

enum { LAYER_RANGES = 100 }; /* of one experiment, at most */

/*
 * Reads the `layer` of a definition: a text is the id of a layer of which it wishes all slots that
 * are free, {id, slots: [[first, last], ..]} wishes those (both inside), {id, size} the first that
 * are free, NULL none at all. The wish has just these members, {} for none, and lives as long as
 * value and problems. NULL, with problems added below the JSON pointer at, when it is none.
 */
struct json_object *layer_wish(struct json_object *value, const char *at,
    struct problems *problems);

/*
 * Whether experiment can have what it wishes of its layer, whose members are [{experiment, slots:
 * [[first, last], ..]}, ..]; what it has itself is free. False, with a problem below at that names
 * who has the slots, when it cannot.
 */
bool layer_can_have(struct json_object *wish, struct json_object *members, const char *experiment,
    const char *at, struct problems *problems);

#endif
