/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_API_READY_H
#define HANDLER_API_READY_H

#include <json-c/json.h>
#include <stdbool.h>

struct ctx;

/*
 * The state of what this service stands on, asked now: {status, database, schema, cache}, on
 * c->w.mem. *ready is whether requests can be served; a dead cache only degrades.
 */
struct json_object *ready_model(struct ctx *c, bool *ready);

#endif
