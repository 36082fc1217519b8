/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_ACCESS_LOG_H
#define WEB_HTTP_ACCESS_LOG_H

#include <stddef.h>

#include "base/err.h"

struct ctx;

/*
 * The log line of a finished request, and its place in the metrics. Paths hold ids, so the line
 * names the route; a subject appears as a keyed hash.
 */
void access_log_write(const struct ctx *c, enum err e, int status, size_t bytes);

/* What stands for c->subject where ids may not: some digits of a keyed hash, on c->w.mem. */
const char *access_log_subject(const struct ctx *c);

#endif
