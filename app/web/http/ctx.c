/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of a request: one memory context, created at its start and freed after its log line.
 */
#include "web/http/ctx.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

void
ctx_begin(struct ctx *c, int64_t now, int64_t monotonic)
{
	struct ctx fresh = {
		.w = c->w,
		.routes = c->routes,
		.tmpl = c->tmpl,
		.keys = c->keys,
		.sessions = c->sessions,
		.hashing = c->hashing,
		.rates = c->rates,
		.sign_outs = c->sign_outs,
		.began = monotonic,
	};
	*c = fresh;
	work_begin(&c->w, now, (struct actor){0});
}

void
ctx_reset(struct ctx *c)
{
	work_end(&c->w);
}

void
ctx_csv(struct ctx *c, const char *name)
{
	const char *bom = req_query(&c->req, "bom");
	char *safe = mem_dup(c->w.mem, name);

	for (char *s = safe; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr("-._~", *s) == NULL)
			*s = '_';
	c->attachment = safe;
	c->text = buf_new(c->w.mem, 65536);
	c->text_type = "text/csv; charset=utf-8";
	if (bom != NULL && strcmp(bom, "1") == 0)
		buf_str(c->text, "\xef\xbb\xbf");
}
