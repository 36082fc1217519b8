/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The access log: one line in logfmt per request, written after the answer was sent.
 */
#include "web/http/access_log.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "web/http/ctx.h"
#include "web/http/route.h"

enum { SUBJECT_HASH = 16 }; /* digits */

const char *
access_log_subject(const struct ctx *c)
{
	char hash[HASH_HEX];
	size_t n = strlen(c->w.conf->log_key);

	hash_hex(c->subject, strlen(c->subject), c->w.conf->log_key, n > 64 ? 64 : n, hash);
	return mem_dupn(c->w.mem, hash, SUBJECT_HASH);
}

void
access_log_write(const struct ctx *c, enum err e, int status, size_t bytes)
{
	int64_t duration = instant_monotonic() - c->began;
	enum log_level level = status >= 500 ? LOG_ERROR : LOG_INFO;
	struct log_line l;

	metric_request(status, duration);
	log_begin(&l, level, "request");
	log_text(&l, "id", c->req.id);
	log_text(&l, "method", c->req.method);
	log_text(&l, "route", c->route == NULL ? "-" : c->route->path);
	log_number(&l, "status", status);
	log_number(&l, "us", duration);
	log_number(&l, "bytes", (int64_t)bytes);
	if (c->key_id != NULL)
		log_text(&l, "key", c->key_id);
	if (c->subject != NULL)
		log_text(&l, "subject", access_log_subject(c));
	if (e != OK)
		log_text(&l, "error", err_info(e)->slug);
	if (e != OK && c->w.detail != NULL)
		log_text(&l, "detail", c->w.detail);
	log_send(&l, level);
}
