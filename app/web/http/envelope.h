/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_ENVELOPE_H
#define WEB_HTTP_ENVELOPE_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;

/*
 * The shape of the definition and device routes: {id, ver, ts, params, responseCode, result}. A
 * route of this shape answers everything in it, errors too; 422 becomes 400.
 */

/* The envelope around c->model, or around what went wrong, on c->w.mem. */
struct json_object *envelope_make(struct ctx *c, enum err e);

/* Says in a successful envelope that the thing asked for failed: params.status and errmsg. */
void envelope_failed(struct ctx *c, const char *errmsg);

#endif
