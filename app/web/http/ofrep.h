/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_OFREP_H
#define WEB_HTTP_OFREP_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct ctx;

/*
 * Errors as clients of OFREP, the OpenFeature Remote Evaluation Protocol, read them: {key?,
 * errorCode, errorDetails}. They read the bodies of 400, 404 and 500 only; of other statuses only
 * the status counts, and the body is the usual problem.
 */

/* Whether e is answered so: on a route of OFREP, by a status whose body is read. */
bool ofrep_refuses(const struct ctx *c, enum err e);

/* The status and the body, on c->w.mem, of such an error. */
int ofrep_status(enum err e);
struct json_object *ofrep_error(struct ctx *c, enum err e);

#endif
