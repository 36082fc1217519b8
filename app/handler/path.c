/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a path names.
 */
#include "handler/path.h"

#include <string.h>

#include "core/subject.h"
#include "web/ctx.h"

enum err
path_user(struct ctx *c)
{
	const char *id = c->args[0];
	const char *fault = subject_fault(c->mem, id, strlen(id));

	if (fault != NULL)
		return fail(c, ERR_INVALID, "/user_id", "%s", fault);
	c->subject = subject_text(c->mem, SUBJECT_USER, id);
	return OK;
}
