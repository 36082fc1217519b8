/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Previews of criteria over the API. Problems have the pointer at which the criteria stand in the
 * body.
 */
#include "service/definition/preview.h"

#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

/* POST /v1/experiment/preview */
enum err
preview_post(struct ctx *c)
{
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e != OK)
		return e;
	struct json_object *request = json_object_object_get(body, "request");
	struct json_object *o =
	    json_object_object_get(request != NULL ? request : body, "criteria");
	return preview_count(
	    &c->w, o, request != NULL ? "/request/criteria" : "/criteria", &c->model);
}
