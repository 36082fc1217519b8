/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layers and their slots over the API.
 */
#include "service/definition/layer.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"

/* POST /v1/layer */
enum err
layer_post(struct ctx *c)
{
	struct json_object *body;
	struct layer_input in;
	enum err e = body_json(c, &body);

	if (e == OK)
		e = layer_input_read(&c->w, body, true, &in);
	if (e == OK)
		e = layer_add(&c->w, &in, &c->model);
	if (e == OK)
		c->location = mem_printf(c->w.mem, "/v1/layer/%s", json_text(c->model, "id"));
	return e;
}

/* GET /v1/layer */
enum err
layers_get(struct ctx *c)
{
	struct json_object *list;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);

	if (e == OK)
		e = layer_list(&c->w, page.after, page.limit, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "layers", json_object_get(list));
	paging_next(c, next);
	return OK;
}

/* GET /v1/layer/:id */
enum err
layer_show(struct ctx *c)
{
	return layer_get(&c->w, c->args[0], &c->model);
}

/* DELETE /v1/layer/:id */
enum err
layer_delete(struct ctx *c)
{
	return layer_remove(&c->w, c->args[0], &c->model);
}

/* PUT /v1/layer/:id/experiment/:exp */
enum err
layer_slots_put(struct ctx *c)
{
	struct layer_assignment in = {.layer = c->args[0], .experiment = c->args[1]};
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e == OK)
		e = layer_assignment_read(&c->w, body, true, &in);
	return e == OK ? layer_assign(&c->w, &in, &c->model) : e;
}

/* DELETE /v1/layer/:id/experiment/:exp */
enum err
layer_slots_delete(struct ctx *c)
{
	return layer_free(&c->w, c->args[0], c->args[1], &c->model);
}
