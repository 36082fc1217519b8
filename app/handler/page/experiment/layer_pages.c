/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of layers.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/layer.h"
#include "view/layer_bar.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/http/paging.h"

/* GET /admin/layers */
enum err
layers_page(struct ctx *c)
{
	struct json_object *list;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);

	c->model = mem_json(c->w.mem, json_object_new_object());
	if (e == OK)
		e = layer_list(&c->w, page.after, page.limit, &list, &next);
	if (e != OK)
		return e;
	json_object_object_add(c->model, "layers", json_object_get(list));
	paging_next(c, next);
	for (size_t i = 0; i < json_items(list); i++)
		layer_bar_add(json_item(list, i));
	return OK;
}

/* POST /admin/layers */
enum err
layer_page_create(struct ctx *c)
{
	struct json_object *form;
	struct layer_input in;
	enum err e = form_json(c, &form);

	if (e == OK)
		e = layer_input_read(&c->w, form, false, &in);
	if (e == OK)
		e = layer_add(&c->w, &in, &c->model);
	if (e == OK)
		c->location =
		    mem_printf(c->w.mem, "/admin/layer/%s", json_text(c->model, "id"));
	return e;
}

/* GET /admin/layer/:id */
enum err
layer_page(struct ctx *c)
{
	enum err e = layer_get(&c->w, c->args[0], &c->model);

	if (e == OK)
		layer_bar_add(c->model);
	return e;
}

/* POST /admin/layer/:id. Gives the experiment so many slots, or frees them. */
enum err
layer_page_assign(struct ctx *c)
{
	const char *doing = form_value(c, "do");
	struct layer_assignment in = {
		.layer = c->args[0], .experiment = form_value(c, "experiment")};
	struct json_object *form, *size = mem_json(c->w.mem, json_object_new_object());
	enum err e = form_json(c, &form);

	if (e != OK)
		return e;
	if (in.experiment == NULL || *in.experiment == '\0')
		return fail(&c->w, ERR_INVALID, "/experiment", "must name an experiment");
	if (doing != NULL && strcmp(doing, "free") == 0)
		return layer_free(&c->w, in.layer, in.experiment, &c->model);
	json_object_object_add(size, "size", json_object_get(json_object_object_get(form, "size")));
	e = layer_assignment_read(&c->w, size, false, &in);
	return e == OK ? layer_assign(&c->w, &in, &c->model) : e;
}

/* GET /admin/layer/:id/delete */
enum err
layer_delete_page(struct ctx *c)
{
	return layer_get(&c->w, c->args[0], &c->model);
}

/* POST /admin/layer/:id/delete */
enum err
layer_page_delete(struct ctx *c)
{
	struct json_object *form;
	enum err e = form_json(c, &form);

	return e == OK ? layer_remove(&c->w, c->args[0], &c->model) : e;
}
