/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests from within.
 */
#include "cmd/inside.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "web/http/route.h"

struct text {
	const char *rest;
};

static size_t
read_text(void *from, char *out, size_t n)
{
	struct text *t = from;
	size_t len = strnlen(t->rest, n);

	memcpy(out, t->rest, len);
	t->rest += len;
	return len;
}

enum err
inside_run(struct ctx *c, const struct inside *r)
{
	struct text body = {r->body == NULL ? "" : json_plain(r->body)};

	ctx_begin(c, r->now, instant_monotonic());
	const char *env[] = {mem_printf(c->w.mem, "REQUEST_METHOD=%s", r->method),
		mem_printf(c->w.mem, "REQUEST_URI=%s", r->path),
		mem_printf(c->w.mem, "CONTENT_LENGTH=%zu", strlen(body.rest)),
		"CONTENT_TYPE=application/json", NULL};
	c->req.source = (struct req_source){env, read_text, &body};
	db_set_deadline(c->w.db, INT64_MAX);
	enum err e = req_parse(c);
	if (e == OK)
		e = route_match(c);
	if (e == OK)
		e = c->route->run(c);
	c->req.source = (struct req_source){0};
	return e;
}
