/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input of an operation as a request carries it: JSON and headers from a program, a form from
 * a page.
 */
#include "web/http/body.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum err
body_json(struct ctx *c, struct json_object **out)
{
	struct json_fault fault;

	if (!req_is_json(&c->req))
		return fail_detail(&c->w, ERR_MEDIA_TYPE, "the body must be application/json");
	if (c->req.body == NULL)
		return fail_detail(&c->w, ERR_SYNTAX, "the body is empty");
	enum err e = json_read(c->w.mem, c->req.body, c->req.body_len, out, &fault);
	if (e != OK)
		fail_detail(
		    &c->w, e, "line %u, column %u: %s", fault.line, fault.column, fault.why);
	return e;
}

enum err
body_if_match(struct ctx *c, const char **version)
{
	const char *tag = c->account != NULL ? form_value(c, "version")
					     : req_param(&c->req, "HTTP_IF_MATCH");

	*version = NULL;
	if (tag == NULL || strcmp(tag, "*") == 0)
		return OK;
	tag += strncmp(tag, "W/", 2) == 0 ? 2 : 0;
	size_t digits = *tag == '"' ? strspn(tag + 1, "0123456789") : 0;
	const char *rest = tag + 1 + digits;
	/* Changes made by jobs since do not matter. */
	rest += digits > 0 && *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
	if (digits == 0 || digits > 18 || (strcmp(rest, "\"") != 0 && strcmp(rest, "-gzip\"") != 0))
		return fail_detail(&c->w, ERR_PRECONDITION, "If-Match names no version of this");
	*version = mem_dupn(c->w.mem, tag + 1, digits);
	return OK;
}
