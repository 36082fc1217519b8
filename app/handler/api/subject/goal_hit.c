/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goal hits over the API: by a body, or by an image in a page or an e-mail. Both are read here and
 * recorded together with those of other requests.
 */
#include "service/subject/goal_hit.h"

#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"

/* Leaves a hit for goal_hits_join(). */
static void
hold_hit(struct ctx *c, const struct goal_hit_input *in)
{
	struct goal_hit *hit = mem_new(c->w.mem, struct goal_hit);

	*hit = (struct goal_hit){.w = &c->w, .in = *in};
	hit->in.subject = c->subject;
	c->held = hit;
}

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
	if (visitor_is_bot(c, body))
		c->model = goal_hit_ignored(&c->w);
	else
		hold_hit(c, &in);
	return OK;
}

/* GET /v1/goal/:name.png */
enum err
goal_image_get(struct ctx *c)
{
	enum err e = visitor_named(c);

	/* HEAD does not load the image, so it is not a hit. */
	if (e != OK || c->req.head)
		return e;
	if (visitor_is_bot(c, NULL))
		c->model = goal_hit_ignored(&c->w);
	else
		hold_hit(c, &(struct goal_hit_input){.goal = c->args[0], .count = 1});
	return OK;
}

/* Records the hits of the requests and answers them. */
void
goal_hits_join(struct ctx *const list[], enum err errs[], size_t n)
{
	struct goal_hit *hits = mem_array(list[0]->w.mem, struct goal_hit, n);

	for (size_t i = 0; i < n; i++)
		hits[i] = *(const struct goal_hit *)list[i]->held;
	goal_hit_record(hits, n);
	for (size_t i = 0; i < n; i++) {
		errs[i] = hits[i].e;
		list[i]->model = hits[i].answer;
	}
}
