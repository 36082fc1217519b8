/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_IDEMPOTENCY_H
#define SERVICE_IDEMPOTENCY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct work;

/*
 * Stored answers: a caller that lost an answer repeats the request with the same idempotency key
 * within 24 hours and gets the same answer. Keys are scoped to the actor. Both functions run in the
 * transaction of the change and hold its lock on the key.
 */

/*
 * Looks for the answer to the request that w->intent describes: *found and *answer, on w->mem.
 * ERR_CONFLICT with w->later while the same request is under way elsewhere, ERR_INVALID when the
 * key was used for another request.
 */
enum err idempotency_find(struct work *w, struct json_object **answer, bool *found) must_check;

/*
 * Stores the answer, which concerns these subjects and is deleted when one of them is erased.
 * Secrets in it (`once`) are not stored.
 */
enum err idempotency_keep(struct work *w, struct json_object *answer,
    const char *const subjects[], size_t n) must_check;

#endif
