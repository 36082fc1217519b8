/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of page views: how many there were, of which pages, and which goals they hit.
 */
#include "base/jsonutil.h"
#include "base/text.h"
#include "handler/routes.h"
#include "service/subject/page_view.h"
#include "view/bar_chart.h"
#include "web/http/ctx.h"

enum { LONG_NAME = 200 };

/* Adds a sum to the model. */
static void
put_sum(struct ctx *c, const char *name, int64_t sum)
{
	json_object_object_add(c->model, name, json_object_new_int64(sum));
}

/* Shortens long names of pages with an ellipsis. */
static void
cut_names(struct ctx *c, const char *list, const char *name)
{
	struct json_object *rows = json_object_object_get(c->model, list);

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *o = json_item(rows, i);
		const char *text = json_object_get_string(json_object_object_get(o, name));
		json_object_object_add(
		    o, name, json_object_new_string(text_cut(c->w.mem, text, LONG_NAME)));
	}
}

/* Adds the name of each goal as a segment of a path. */
static void
add_goal_paths(struct ctx *c)
{
	struct json_object *goals = json_object_object_get(c->model, "goals");

	for (size_t i = 0; i < json_items(goals); i++) {
		struct json_object *o = json_item(goals, i);
		struct buf *path = buf_new(c->w.mem, 64);
		buf_url(path, json_object_get_string(json_object_object_get(o, "name")));
		json_object_object_add(o, "path", json_object_new_string(path->data));
	}
}

/* GET /admin/pages */
enum err
page_views_page(struct ctx *c)
{
	enum err e = page_view_week(&c->w, &c->model);

	if (e != OK)
		return e;
	put_sum(c, "day_views", bar_chart_add(json_object_object_get(c->model, "hours")));
	put_sum(c, "week_views", bar_chart_add(json_object_object_get(c->model, "days")));
	add_goal_paths(c);
	cut_names(c, "pages", "name");
	cut_names(c, "goals", "page");
	return OK;
}
