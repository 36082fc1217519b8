/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_INTENT_H
#define WEB_HTTP_INTENT_H

#include <stdbool.h>

#include "base/err.h"

struct ctx;

/*
 * Sets c->w.intent for an audited route: how the audit log calls the request, and its
 * Idempotency-Key with a digest of method, address and body. ERR_SYNTAX for a key that is none.
 */
enum err intent_read(struct ctx *c) must_check;

/* Whether s can be an Idempotency-Key: 1 to 128 visible ASCII characters. */
bool intent_is_key(const char *s);

#endif
