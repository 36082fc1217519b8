/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The API of goal hits: by a body, or by an image in a page or an e-mail.
 */
#include "service/subject/goal_hit.h"

#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"

enum err
goal_hit_post(struct ctx *c)
{
	struct goal_hit_input in = {.goal = c->args[0]};
	struct json_object *body;
	enum err e = visitor_body(c, VISITOR_ANYBODY, &body);

	if (e == OK)
		e = goal_hit_read(&c->w, body, &in);
	if (e != OK)
		return e;
	in.subject = c->subject;
	in.bot = visitor_is_bot(c, body);
	return goal_hit_record(&c->w, &in, &c->model);
}

enum err
goal_image_get(struct ctx *c)
{
	struct goal_hit_input in = {.goal = c->args[0], .count = 1};
	enum err e = visitor_named(c);

	/* A client that asks for the headers alone shows nothing to anybody. */
	if (e != OK || c->req.head)
		return e;
	in.subject = c->subject;
	in.bot = visitor_is_bot(c, NULL);
	return goal_hit_record(&c->w, &in, &c->model);
}
