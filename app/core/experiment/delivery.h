/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DELIVERY_H
#define CORE_EXPERIMENT_DELIVERY_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/* How an experiment is delivered: its state, and the alternatives with their weights. */

/* The alternative that always exists. */
#define DELIVERY_CONTROL "control"

enum state { STATE_DEFAULT = 0, STATE_ENABLED = 1, STATE_TRACK = 3 };

enum {
	DELIVERY_ALTERNATIVES = 50, /* at most */
	DELIVERY_NAME = 50,         /* bytes of an alternative's name */
	DELIVERY_WEIGHT = 1000000000,
};

/* Reads a state, a number or a word; false when it is none (2 is gone). */
bool delivery_state(struct json_object *value, int *state);

/* "default", "enabled", "track" */
const char *delivery_word(int state);

/*
 * The list [{name, weight, payload, enabled}] with `control` added in front when it is missing, on
 * the problems' context; NULL with problems added below at. value NULL: control alone. One with a
 * `rename` has that for its name, and its name as "was".
 */
struct json_object *delivery_alternatives(struct json_object *value, const char *at,
    struct problems *problems);

/* Whether the list has an alternative of this name. */
bool delivery_has(struct json_object *alternatives, const char *name);

/* "on" when every alternative has a weight, else "off": the draw is uniform. */
const char *delivery_weighting(struct json_object *alternatives);

#endif
