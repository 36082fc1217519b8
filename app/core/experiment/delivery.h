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
	DELIVERY_ALTERNATIVES = 50,   /* at most */
	DELIVERY_NAME = 50,           /* bytes of an alternative's name, at most */
	DELIVERY_WEIGHT = 1000000000, /* of one alternative, at most */
};

/* Reads a state, given as a number or a word; false when it is neither (2 was removed). */
bool delivery_state(struct json_object *value, int *state);

/* The word for a state, "default", "enabled" or "track"; "?" for any other number. */
const char *delivery_word(int state);

/*
 * Reads the list [{name, weight, payload, enabled, rename}] and returns it completed, on the
 * problems' context: `control` is added in front when it is missing, and an alternative with a
 * `rename` gets that name and its old one as "was". value NULL: control alone. NULL, with problems
 * added below the JSON pointer at, when it is not valid.
 */
struct json_object *delivery_alternatives(struct json_object *value, const char *at,
    struct problems *problems);

/* Whether the list has an alternative of this name. */
bool delivery_has(struct json_object *alternatives, const char *name);

/* "on" when every alternative has a weight; else "off", and the allocation is uniform. */
const char *delivery_weighting(struct json_object *alternatives);

#endif
