/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_AUTO_CREATE_H
#define SERVICE_DEFINITION_AUTO_CREATE_H

#include <json-c/json.h>

#include "base/err.h"

struct experiment;
struct work;

/*
 * The experiment of that id. If the actor is trusted and auto_create is on, a missing experiment is
 * created in state default, and alternatives that it does not have are added; stored weights stay.
 * alternatives: a list of names, an object {name: weight}, or NULL. ERR_NOT_FOUND, ERR_INVALID,
 * ERR_FORBIDDEN when a client key names alternatives.
 */
enum err auto_create(struct work *w, const char *id, struct json_object *alternatives,
    const struct experiment **out) must_check;

#endif
