/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goal hits over the API: by a body, or by an image in a page or an e-mail.
 */
#include "service/subject/goal_hit.h"

#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"

/* POST /v1/goal/:name */
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

/* GET /v1/goal/:name.png */
enum err
goal_image_get(struct ctx *c)
{
	struct goal_hit_input in = {.goal = c->args[0], .count = 1};
	enum err e = visitor_named(c);

	/* HEAD does not load the image, so it is not a hit. */
	if (e != OK || c->req.head)
		return e;
	in.subject = c->subject;
	in.bot = visitor_is_bot(c, NULL);
	return goal_hit_record(&c->w, &in, &c->model);
}
