/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tags over the API. Any server key reads them; a key with a prefix writes only tags that begin
 * with it.
 */
#include "service/subject/tag.h"

#include "base/jsonutil.h"
#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/subject_path.h"

/* Reads the path /user/:id/tag/:scope/:key. */
static enum err
read_tag_name(struct ctx *c, struct tag_name *out)
{
	enum err e = subject_path_user(c);

	*out = (struct tag_name){c->subject, c->args[1], c->args[2]};
	return e == OK ? tag_name_check(&c->w, out) : e;
}

/* Reads the path and query /user/:id/tags?scope=. */
static enum err
read_tag_scope(struct ctx *c, const char **scope)
{
	enum err e = subject_path_user(c);

	*scope = req_query(&c->req, "scope");
	return e == OK ? tag_scope_check(&c->w, *scope) : e;
}

/* GET /v1/user/:id/tag/:scope/:key */
enum err
tag_show(struct ctx *c)
{
	struct tag_name name;
	enum err e = read_tag_name(c, &name);

	return e == OK ? tag_get(&c->w, &name, &c->model) : e;
}

/* PUT /v1/user/:id/tag/:scope/:key */
enum err
tag_put(struct ctx *c)
{
	struct json_object *body;
	struct tag_name name;
	const char *text;
	enum err e = read_tag_name(c, &name);

	if (e == OK)
		e = tag_writer_check(&c->w, name.key, c->tag_prefix);
	if (e == OK)
		e = body_json(c, &body);
	if (e == OK)
		e = tag_value_read(&c->w, body, &text);
	if (e == OK)
		e = tag_set(&c->w, &name, text, &c->model);
	if (e != OK)
		return e;
	if (json_object_get_boolean(json_object_object_get(c->model, "new")))
		c->status = 201;
	json_remove(c->model, "new");
	return OK;
}

/* DELETE /v1/user/:id/tag/:scope/:key */
enum err
tag_delete(struct ctx *c)
{
	struct tag_name name;
	enum err e = read_tag_name(c, &name);

	if (e == OK)
		e = tag_writer_check(&c->w, name.key, c->tag_prefix);
	if (e == OK)
		e = tag_remove(&c->w, &name, &c->model);
	if (e == OK)
		c->status = 204;
	return e;
}

/* GET /v1/user/:id/tags */
enum err
tags_show(struct ctx *c)
{
	const char *scope;
	enum err e = read_tag_scope(c, &scope);

	return e == OK ? tag_list(&c->w, c->subject, scope, &c->model) : e;
}

/* PUT /v1/user/:id/tags */
enum err
tags_put(struct ctx *c)
{
	struct tag_batch batch = {0};
	struct json_object *body;
	enum err e = read_tag_scope(c, &batch.scope);

	batch.subject = c->subject;
	if (e == OK)
		e = body_json(c, &body);
	if (e == OK)
		e = tag_batch_read(&c->w, body, c->tag_prefix, &batch);
	return e == OK ? tag_batch_set(&c->w, &batch, &c->model) : e;
}
