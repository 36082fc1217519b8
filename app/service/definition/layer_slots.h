/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_LAYER_SLOTS_H
#define SERVICE_DEFINITION_LAYER_SLOTS_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * Checks before a write that the experiment can have the slots that it asks for
 * (core/experiment/layer.h); problems are reported below the pointer at. ERR_INVALID when there is
 * no such layer, ERR_CONFLICT when other experiments have the slots.
 */
enum err layer_slots_look(struct work *w, struct json_object *wish, const char *experiment,
    const char *at) must_check;

/*
 * Explains the refusal e of a write with a wish: another change took the slots after they were
 * looked up. Returns e.
 */
enum err layer_slots_lost(struct work *w, enum err e, struct json_object *wish, const char *at);

/* The layer of that id with its members, on w->mem. ERR_NOT_FOUND. */
enum err layer_slots_load(struct work *w, const char *id, struct json_object **out) must_check;

#endif
