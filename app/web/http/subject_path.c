/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subjects that the path of a request names.
 */
#include "web/http/subject_path.h"

#include <string.h>

#include "base/mem.h"
#include "core/subject/subject.h"
#include "web/http/ctx.h"

enum err
subject_path_is_user(struct ctx *c, const char *id)
{
	const char *fault = id == NULL ? "is missing" : subject_fault(c->w.mem, id, strlen(id));

	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/user_id", "%s", fault);
	c->subject = subject_text(c->w.mem, SUBJECT_USER, id);
	return OK;
}

enum err
subject_path_user(struct ctx *c)
{
	return subject_path_is_user(c, c->args[0]);
}

const char *
subject_path_query(const struct ctx *c)
{
	struct buf *out = buf_new(c->w.mem, 64);

	buf_printf(out, "%s=", subject_field(subject_kind(c->subject)));
	buf_url(out, subject_id(c->subject));
	return out->data;
}
