/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_REPLY_H
#define WEB_HTTP_REPLY_H

#include "base/buf.h"
#include "base/err.h"

struct ctx;

/*
 * Writes the whole answer to c, of which the outcome is e, into out: status, headers, body. The
 * body is the model as JSON or as the page of the route, or the problem; for HEAD it is left out.
 * The route of an image answers one pixel and 200, whatever the outcome. Returns the HTTP status.
 */
int reply_build(struct ctx *c, enum err e, struct buf *out);

#endif
