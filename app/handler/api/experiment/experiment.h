/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_API_EXPERIMENT_EXPERIMENT_H
#define HANDLER_API_EXPERIMENT_EXPERIMENT_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;

/* The definition that the path names, in its flat shape, on c->w.mem. ERR_NOT_FOUND; sets c->etag.
 * */
enum err experiment_load(struct ctx *c, const char *id, struct json_object **out) must_check;

/* `request` of the body, NULL when it has none. */
enum err experiment_request(struct ctx *c, struct json_object **request) must_check;

/* Puts state, weighting and the like in the words of the answers, without what is not for them. */
void experiment_finish(struct json_object *row);

/* Adds the echo of the request and the times in milliseconds, as create answers them. */
void experiment_echo(struct ctx *c, struct json_object *row);

#endif
