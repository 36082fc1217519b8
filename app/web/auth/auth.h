/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_AUTH_H
#define WEB_AUTH_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "web/http/route.h"

struct ctx;
struct keyring;

/*
 * Who calls, by an API key (core/subject/key.h). What a worker has read about a key it believes
 * for a second.
 */

/* An empty cache of keys, on the talloc context ctx. */
struct keyring *auth_new(void *ctx);

/*
 * Checks the key of c (Authorization: Bearer, Authorization with the key alone,
 * X-API-Key, or, for an image, ?key=) against c->route
 * and sets c->key_id, c->key_class, c->bounds, c->tag_prefix,
 * and c->origin when the caller is a page that the key allows. ERR_UNAUTHORIZED, ERR_FORBIDDEN,
 * or ERR_UNAVAILABLE when the database cannot be asked.
 */
enum err auth_check(struct ctx *c) must_check;

/*
 * Answers OPTIONS on an existing path: 204 with the methods of the path, and with the origin when
 * any valid key allows it, because a preflight request carries no key.
 */
enum err auth_preflight(struct ctx *c) must_check;

/*
 * Lets a browser read an answer that was given before or without a key that allows its origin: an
 * error such as 401, or 304. Sets c->origin when some valid key allows it.
 */
void auth_show_refusal(struct ctx *c, enum err e);

#endif
