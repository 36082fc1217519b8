/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a path names.
 */
#include "handler/path.h"

#include <string.h>

#include "base/mem.h"
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

const char *
path_query(const struct ctx *c)
{
	struct buf *out = buf_new(c->mem, 64);

	buf_printf(out, "%s=", subject_field(subject_kind(c->subject)));
	buf_url(out, subject_id(c->subject));
	return out->data;
}
