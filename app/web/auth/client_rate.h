/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_CLIENT_RATE_H
#define WEB_AUTH_CLIENT_RATE_H

#include <stdint.h>

#include "base/err.h"

struct ctx;

/*
 * How much one address may do with a client key, which everybody can read: requests, against
 * floods, and subjects that are seen for the first time, against invented ones. Server and admin
 * keys have no limit.
 */

/* Counts the request of c. ERR_THROTTLED, with c->retry_after, when there are too many. */
enum err client_rate_request(struct ctx *c) must_check;

/* Lets operations on behalf of c store no more new subjects than its key allows: sets c->w.admit,
 * which counts them, and with ERR_THROTTLED counts none and sets c->retry_after; and
 * c->w.may_admit. */
void client_rate_limit_subjects(struct ctx *c);

#endif
