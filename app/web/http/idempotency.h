/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_IDEMPOTENCY_H
#define WEB_HTTP_IDEMPOTENCY_H

#include <stdbool.h>

#include "base/err.h"
#include "web/http/route.h"

struct ctx;

/*
 * Runs make, which makes something and leaves its answer in c->model. With an Idempotency-Key it
 * does so at most once in 24 hours for a caller and key: the same request again gets the same
 * answer, in one transaction with what was made. ERR_INVALID for another request under the key,
 * ERR_CONFLICT while the first is under way, ERR_SYNTAX for a key that is none.
 */
enum err idempotency_run(struct ctx *c, handler_fn *make) must_check;

/* Whether s can be an Idempotency-Key: 1 to 128 visible ASCII characters. */
bool once_is_key(const char *s);

#endif
