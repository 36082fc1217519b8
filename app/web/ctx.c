/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of a request: one memory context, made at its start and freed after the log line.
 */
#include "web/ctx.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

/* Enough for all that a usual request needs, in one piece. */
enum { POOL = 32768 };

void
ctx_begin(struct ctx *c, int64_t now, int64_t monotonic)
{
	struct ctx fresh = {
		.conf = c->conf,
		.routes = c->routes,
		.tmpl = c->tmpl,
		.db = c->db,
		.cache = c->cache,
		.records = c->records,
		.keys = c->keys,
		.actives = c->actives,
		.segments = c->segments,
		.memo = c->memo,
		.sessions = c->sessions,
		.telemetry = c->telemetry,
		.hashing = c->hashing,
		.rates = c->rates,
		.sign_outs = c->sign_outs,
		.mem = mem_check(talloc_pool(NULL, POOL)),
		.now = now,
		.began = monotonic,
	};
	*c = fresh;
	c->problems = problem_new(c->mem);
}

void
ctx_reset(struct ctx *c)
{
	talloc_free(c->mem);
	c->mem = NULL;
}

void
ctx_csv(struct ctx *c, const char *name)
{
	const char *bom = req_query(&c->req, "bom");
	char *safe = mem_dup(c->mem, name);

	for (char *s = safe; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr("-._~", *s) == NULL)
			*s = '_';
	c->attachment = safe;
	c->text = buf_new(c->mem, 65536);
	c->text_type = "text/csv; charset=utf-8";
	if (bom != NULL && strcmp(bom, "1") == 0)
		buf_str(c->text, "\xef\xbb\xbf");
}

enum err
fail(struct ctx *c, enum err e, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	problem_add(c->problems, pointer, "%s", mem_vprintf(c->mem, fmt, ap));
	va_end(ap);
	return e;
}

enum err
fail_detail(struct ctx *c, enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	c->detail = mem_vprintf(c->mem, fmt, ap);
	va_end(ap);
	return e;
}
