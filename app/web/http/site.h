/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_SITE_H
#define WEB_HTTP_SITE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct ctx;

/*
 * Where this service is, as its visitors see it: by public_url, or, when that is not configured,
 * by the Host of the request. Within the program paths have no prefix; it is taken off a request
 * here, and put before what goes out here. Texts live on c->w.mem.
 */

/* Sets c->req.uri, for req_parse: the address without the prefix of public_url. ERR_NOT_FOUND when
 * it is not there; /healthz, /readyz and /metrics may come without. */
enum err site_cut(struct ctx *c) must_check;

/* The address to send for a path from the root: a Location, a link, the type of a problem. */
const char *site_url(const struct ctx *c, const char *path);

/* "/prefix", or "". */
const char *site_prefix(const struct ctx *c);

/* The origin that forms of this service have in a browser. */
const char *site_origin(struct ctx *c);

/* Whether visitors reach the service over TLS. */
bool site_is_secure(struct ctx *c);

/* Whether public_url says https, so that browsers shall never come by anything else. */
bool site_is_https_only(const struct ctx *c);

/* Appends a page with the prefix before every address from the root. */
void site_add_page(const struct ctx *c, struct buf *out, const struct buf *page);

#endif
