/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The group of a user over the API: read, optionally with an assignment; set by hand; removed.
 */
#include "service/subject/membership.h"

#include <string.h>

#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/subject_path.h"

/* Reads ?assign=true|false; false when it is missing. */
static enum err
read_assign(struct ctx *c, bool *assign)
{
	const char *text = req_query(&c->req, "assign");

	*assign = text != NULL && strcmp(text, "true") == 0;
	if (text == NULL || *assign || strcmp(text, "false") == 0)
		return OK;
	return fail(&c->w, ERR_INVALID, "assign", "must be true or false");
}

/* The segmentation of the path and the user, who has been read into c->subject. */
static struct membership_name
path_membership(const struct ctx *c)
{
	return (struct membership_name){c->args[0], c->subject};
}

/* GET /v1/segmentation/:id/group */
enum err
group_get(struct ctx *c)
{
	bool assign;
	enum err e = subject_path_is_user(c, req_query(&c->req, "user_id"));

	if (e == OK)
		e = read_assign(c, &assign);
	return e == OK ? membership_get(&c->w, path_membership(c), assign, &c->model) : e;
}

/* PUT /v1/segmentation/:id/member/:user_id */
enum err
member_put(struct ctx *c)
{
	struct json_object *body;
	enum err e = subject_path_is_user(c, c->args[1]);

	if (e == OK)
		e = body_json(c, &body);
	return e == OK ? membership_put(&c->w, path_membership(c),
	    json_object_object_get(body, "group"), &c->model) : e;
}

/*
 * DELETE /v1/segmentation/:id/member/:user_id. ?group= names one group where groups overlap;
 * without it the user leaves all.
 */
enum err
member_delete(struct ctx *c)
{
	enum err e = subject_path_is_user(c, c->args[1]);

	return e == OK ? membership_remove(&c->w, path_membership(c), req_query(&c->req, "group"),
	    &c->model) : e;
}
