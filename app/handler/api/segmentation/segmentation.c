/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of segmentations over the API. The version is the ETag; If-Match names the version
 * that a change expects.
 */
#include "service/definition/segmentation.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "view/rule_words.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"

/* Moves the version to the ETag and adds the rules in words. */
static enum err
answer_segmentation(struct ctx *c, enum err e)
{
	struct json_object *version = json_object_object_get(c->model, "version");

	if (e != OK)
		return e;
	c->etag = mem_printf(
	    c->w.mem, "\"%lld\"", (long long)json_object_get_int64(version));
	json_remove(c->model, "version");
	rule_words_add(c->w.mem, json_object_object_get(c->model, "groups"));
	return OK;
}

/* POST /v1/segmentation */
enum err
segmentation_post(struct ctx *c)
{
	struct segmentation_definition in;
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e == OK)
		e = segmentation_input_read(&c->w, body, true, &in);
	if (e == OK)
		e = segmentation_add(&c->w, &in, &c->model);
	if (e == OK)
		c->location = mem_printf(
		    c->w.mem, "/v1/segmentation/%s", json_text(c->model, "id"));
	return answer_segmentation(c, e);
}

/* GET /v1/segmentation/:id */
enum err
segmentation_show(struct ctx *c)
{
	return answer_segmentation(c, segmentation_get(&c->w, c->args[0], &c->model));
}

/* PATCH /v1/segmentation/:id */
enum err
segmentation_patch(struct ctx *c)
{
	struct segmentation_change in;
	struct json_object *body;
	const char *version;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = body_json(c, &body);
	if (e == OK)
		e = segmentation_change_read(&c->w, body, true, &in);
	if (e != OK)
		return e;
	in.version = version;
	return answer_segmentation(c, segmentation_change(&c->w, c->args[0], &in, &c->model));
}

/* DELETE /v1/segmentation/:id */
enum err
segmentation_delete(struct ctx *c)
{
	const char *version;
	enum err e = body_if_match(c, &version);

	return e == OK ? segmentation_remove(&c->w, c->args[0], version, &c->model) : e;
}

/* GET /v1/segmentation */
enum err
segmentations_get(struct ctx *c)
{
	struct json_object *list;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);

	if (e != OK)
		return e;
	struct segmentation_filter filter = {page.after, req_query(&c->req, "context"),
		req_query(&c->req, "type"), page.limit};
	e = segmentation_list(&c->w, &filter, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "segmentations", json_object_get(list));
	paging_next(c, next);
	return OK;
}
