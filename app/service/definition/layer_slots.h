/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_LAYER_SLOTS_H
#define SERVICE_DEFINITION_LAYER_SLOTS_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * Looks whether experiment can have the slots that it wishes (core/experiment/layer.h) before they
 * are written; problems stand below at. ERR_INVALID when there is no such layer, ERR_CONFLICT when
 * others have the slots.
 */
enum err layer_slots_look(struct work *w, struct json_object *wish, const char *experiment,
    const char *at) must_check;

/* Says of a write with a wish that was refused that somebody was faster; returns e. */
enum err layer_slots_lost(struct work *w, enum err e, struct json_object *wish, const char *at);

/* The layer of that id with its members, on w->mem. ERR_NOT_FOUND. */
enum err layer_slots_load(struct work *w, const char *id, struct json_object **out) must_check;

#endif
