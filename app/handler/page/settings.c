/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of settings: the configuration as the process reads it, without its secrets.
 */
#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/ctx.h"

/* GET /admin/settings */
enum err
settings(struct ctx *c)
{
	struct buf *text = buf_new(c->w.mem, 2048);

	conf_print(c->w.conf, text);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "lines", json_object_new_string(text->data));
	return OK;
}
