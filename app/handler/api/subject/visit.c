/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Visits over the API, the confirmation of sessions as human, and their take-over at sign-in.
 */
#include "service/subject/visit.h"

#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"
#include "web/http/subject_path.h"

/* Reads the subject of the body, for routes without an answer; *bot: it is a bot. */
static enum err
read_visitor(struct ctx *c, bool *bot)
{
	struct json_object *body;
	enum err e = visitor_body(c, VISITOR_ANYBODY, &body);

	if (e != OK)
		return e;
	*bot = visitor_is_bot(c, body);
	c->status = 204;
	return OK;
}

/* POST /v1/visit */
enum err
visit_post(struct ctx *c)
{
	bool bot;
	enum err e = read_visitor(c, &bot);

	return e != OK || bot ? e : visit_record(&c->w, c->subject);
}

/* POST /v1/confirm_human */
enum err
confirm_human_post(struct ctx *c)
{
	bool bot;
	enum err e = read_visitor(c, &bot);

	return e != OK || bot ? e : visit_confirm(&c->w, c->subject);
}

/* POST /v1/user/:id/incorporate */
enum err
user_incorporate_post(struct ctx *c)
{
	struct json_object *body;
	enum err e = subject_path_user(c);
	const char *user = c->subject;

	if (e == OK)
		e = visitor_body(c, 1 << SUBJECT_SESSION, &body);
	if (e != OK)
		return e;
	const char *session = c->subject;
	c->subject = user;
	return visit_incorporate(&c->w, session, user, &c->model);
}
