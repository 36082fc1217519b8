/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_LAYER_H
#define CORE_EXPERIMENT_LAYER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/*
 * Layers, in which experiments exclude each other: the slots that an experiment requests, and
 * whether they are free. Their use in decisions is in core/experiment/lookup.h and decide.h.
 */

enum { LAYER_RANGES = 100 }; /* in one request, at most */

/*
 * Reads the `layer` of a definition. A string is the id of a layer and requests all of its free
 * slots; {id, slots: [[first, last], ..]} requests these (both inclusive), {id, size} the first
 * free ones, and NULL none. The result has just these members, {} for no layer, on the problems'
 * context, and shares their values with value. NULL, with problems added below the JSON pointer at,
 * when it is not valid.
 */
struct json_object *layer_request_read(struct json_object *value, const char *at,
    struct problems *problems);

/*
 * Whether the requested slots of a layer are free. members, [{experiment, slots: [[first, last],
 * ..]}, ..], are the experiments in the layer; slots of the experiment itself count as free. False,
 * with a problem added below at that names the experiments in the way, when they are not.
 */
bool layer_request_is_free(struct json_object *request, struct json_object *members,
    const char *experiment, const char *at, struct problems *problems);

#endif
