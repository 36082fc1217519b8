/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of layers, over the answers and the handlers that programs have.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/layer_bar.h"
#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum err
layers_page(struct ctx *c)
{
	enum err e = layer_list(c);

	if (e != OK)
		return e;
	struct json_object *list = json_object_object_get(c->model, "layers");
	for (size_t i = 0; i < json_items(list); i++)
		layer_bar_add(json_item(list, i));
	return OK;
}

enum err
layers_one(struct ctx *c)
{
	enum err e = layer_get(c);

	if (e == OK)
		layer_bar_add(c->model);
	return e;
}

enum err
layers_send(struct ctx *c)
{
	const char *doing = form_value(c, "do");
	struct json_object *typed;
	enum err e = form_json(c, &typed);

	if (e != OK)
		return e;
	if (doing != NULL && strcmp(doing, "delete") == 0)
		return layer_drop(c);
	c->args[1] = form_value(c, "experiment");
	if (c->args[1] == NULL || *c->args[1] == '\0')
		return fail(&c->w, ERR_INVALID, "/experiment", "must name an experiment");
	if (doing != NULL && strcmp(doing, "free") == 0)
		return layer_free(c);
	struct json_object *input = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    input, "size", json_object_get(json_object_object_get(typed, "size")));
	c->input = input;
	return layer_assign(c);
}
