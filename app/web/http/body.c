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
	size_t len;
	const char *opaque = req_opaque_tag(tag, &len);
	size_t digits = strspn(opaque, "0123456789"), part = digits;
	/* Changes made by jobs since do not matter. */
	if (digits > 0 && opaque[part] == '.')
		part += 1 + strspn(opaque + part + 1, "0123456789");
	/* One tag, of the shape that our versions have. */
	const char *end = opaque + strcspn(opaque, "\"");
	if (digits == 0 || digits > 18 || part != len || strpbrk(tag, ", \t") != NULL ||
	    (end[0] == '"' && end[1] != '\0'))
		return fail_detail(&c->w, ERR_PRECONDITION, "If-Match names no version of this");
	*version = mem_dupn(c->w.mem, opaque, digits);
	return OK;
}
