/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SLOTS_H
#define SLOTS_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;

/*
 * Looks whether experiment can have the slots that it wishes (core/layer.h) before they are
 * written; problems stand below at. ERR_INVALID when there is no such layer, ERR_CONFLICT when
 * others have the slots.
 */
enum err slots_look(struct ctx *c, struct json_object *wish, const char *experiment,
    const char *at) must_check;

/* Says of a write with a wish that was refused that somebody was faster; returns e. */
enum err slots_lost(struct ctx *c, enum err e, struct json_object *wish, const char *at);

/* The layer of that id with its members, on c->mem. ERR_NOT_FOUND. */
enum err slots_load(struct ctx *c, const char *id, struct json_object **out) must_check;

#endif
