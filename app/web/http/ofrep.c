/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors in the shape of OFREP. What the API tells by 413, 415 and 422 is a 400 here, because
 * clients take any status that they do not know for an unexpected answer without a reason.
 */
#include "web/http/ofrep.h"

#include "base/mem.h"
#include "core/experiment/flag.h"
#include "web/http/ctx.h"
#include "web/http/route.h"

int
ofrep_status(enum err e)
{
	int status = err_info(e)->status;

	return status == 413 || status == 415 || status == 422 ? 400 : status;
}

bool
ofrep_refuses(const struct ctx *c, enum err e)
{
	int status = ofrep_status(e);

	return e != OK && c->route != NULL && c->route->ofrep &&
	    (status == 400 || status == 404 || status == 500);
}

static const char *
error_code(enum err e)
{
	switch (e) {
	case ERR_SYNTAX:
		return "PARSE_ERROR";
	case ERR_INVALID:
		return "INVALID_CONTEXT";
	case ERR_NOT_FOUND:
		return "FLAG_NOT_FOUND";
	default:
		return "GENERAL";
	}
}

struct json_object *
ofrep_error(struct ctx *c, enum err e)
{
	const char *details = c->w.detail;

	if (details == NULL && problem_count(c->w.problems) > 0)
		details = problem_first(c->w.problems);
	if (details == NULL)
		details = err_info(e)->title;
	return mem_json(c->w.mem, flag_error(c->args[0], error_code(e), details));
}
