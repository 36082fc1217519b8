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

/* Counts n subjects, 1 or 2, about whom something is going to be stored for the first time: to be
 * asked before anything is written. ERR_THROTTLED as above; then none of them is counted. */
enum err client_rate_subjects(struct ctx *c, int64_t n) must_check;

/* Says what client_rate_subjects would say, and counts nothing. */
enum err client_rate_look(struct ctx *c, int64_t n) must_check;

#endif
