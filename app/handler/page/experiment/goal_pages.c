/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of goals, over the answers and the handlers that programs have.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* Which test is chosen, for a form. */
static void
add_often(struct json_object *form)
{
	const char *test = json_object_get_string(json_object_object_get(form, "test"));

	json_object_object_add(form, "often",
	    json_object_new_boolean(test != NULL && strcmp(test, "mwu") == 0));
}

enum err
goals_page(struct ctx *c)
{
	enum err e = goal_list(c);

	if (e != OK)
		return e;
	struct json_object *list = json_object_object_get(c->model, "goals");
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct buf *path = buf_new(c->w.mem, 64);
		buf_url(path, json_object_get_string(json_object_object_get(o, "name")));
		json_object_object_add(o, "path", json_object_new_string(path->data));
	}
	return OK;
}

enum err
goals_add(struct ctx *c)
{
	enum err e = goal_add(c);

	if (e != OK && c->form != NULL)
		add_often(c->form);
	return e;
}

enum err
goals_one(struct ctx *c)
{
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_goal_get, &c->args[0], &rows);

	if (e == OK && db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such goal");
	if (e != OK)
		return e;
	struct json_object *row = db_row_json(rows, 0);
	add_often(row);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "retired",
	    json_object_get(json_object_object_get(row, "retired")));
	json_object_object_add(c->model, "form", row);
	return OK;
}

/* A field that was emptied clears what it says. */
static enum err
change(struct ctx *c)
{
	static const char *const names[] = {"test", "page", "description"};
	struct json_object *typed, *input = mem_json(c->w.mem, json_object_new_object());
	enum err e = form_json(c, &typed);

	if (e != OK)
		return e;
	add_often(typed);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    input, names[i], json_object_get(json_object_object_get(typed, names[i])));
	c->input = input;
	return goal_change(c);
}

enum err
goals_send(struct ctx *c)
{
	const char *doing = form_value(c, "do");

	return doing != NULL && strcmp(doing, "retire") == 0 ? goal_retire(c) : change(c);
}
