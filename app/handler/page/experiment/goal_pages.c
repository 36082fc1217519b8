/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of goals.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/goal.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/http/paging.h"

enum { WINDOW_PROPOSED = 168 }; /* hours */

/* Marks the chosen test for the form. */
static void
add_test_choice(struct json_object *form)
{
	const char *test = json_text(form, "test");

	json_object_object_add(form, "often",
	    json_object_new_boolean(test != NULL && strcmp(test, "mwu") == 0));
}

/* Adds the name of a goal as a segment of a path. */
static void
add_goal_path(void *mem, struct json_object *goal)
{
	struct buf *path = buf_new(mem, 64);

	buf_url(path, json_text(goal, "name"));
	json_object_object_add(goal, "path", json_object_new_string(path->data));
}

/* Adds the window of a goal as it is listed. */
static void
add_window_text(void *mem, struct json_object *goal)
{
	struct json_object *from = json_object_object_get(goal, "window_from");
	struct json_object *to = json_object_object_get(goal, "window_to");

	if (to != NULL)
		json_add_text(goal, "window", mem_printf(mem, "%s to %s h",
		    json_object_get_string(from), json_object_get_string(to)));
}

/* What the form of a new goal proposes: a week. */
static struct json_object *
proposed_goal(void)
{
	struct json_object *form = json_object_new_object();

	json_object_object_add(form, "window_from", json_object_new_int(0));
	json_object_object_add(form, "window_to", json_object_new_int(WINDOW_PROPOSED));
	return form;
}

/* GET /admin/goals */
enum err
goals_page(struct ctx *c)
{
	struct json_object *list;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);

	c->model = mem_json(c->w.mem, json_object_new_object());
	if (e == OK)
		e = goal_list(&c->w, page.after, page.limit, &list, &next);
	if (e != OK)
		return e;
	json_object_object_add(c->model, "goals", json_object_get(list));
	paging_next(c, next);
	for (size_t i = 0; i < json_items(list); i++) {
		add_goal_path(c->w.mem, json_item(list, i));
		add_window_text(c->w.mem, json_item(list, i));
	}
	json_object_object_add(c->model, "form", proposed_goal());
	return OK;
}

/* Reads the form as an input. It may have fields that only the page uses. */
static enum err
read_goal_form(struct ctx *c, struct json_object **form, struct goal_input *in)
{
	enum err e = form_json(c, form);

	if (e != OK)
		return e;
	add_test_choice(*form);
	return goal_input_read(&c->w, *form, false, in);
}

/* POST /admin/goals */
enum err
goal_page_create(struct ctx *c)
{
	struct json_object *form;
	struct goal_input in;
	enum err e = read_goal_form(c, &form, &in);

	c->status = 201;
	return e == OK ? goal_add(&c->w, &in, &c->model) : e;
}

/* GET /admin/goal/:name */
enum err
goal_page(struct ctx *c)
{
	struct json_object *row;
	enum err e = goal_get(&c->w, c->args[0], &row);

	if (e != OK)
		return e;
	add_test_choice(row);
	add_goal_path(c->w.mem, row);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "retired",
	    json_object_get(json_object_object_get(row, "retired")));
	json_object_object_add(c->model, "form", json_object_get(row));
	return OK;
}

/* POST /admin/goal/:name. A field that was emptied clears the property. */
enum err
goal_page_change(struct ctx *c)
{
	struct json_object *form;
	struct goal_input in;
	enum err e = read_goal_form(c, &form, &in);

	if (e != OK)
		return e;
	in.has_page = in.has_window_from = in.has_window_to = true;
	in.test = in.test != NULL ? in.test : "chi2";
	in.description = in.description != NULL ? in.description : "";
	return goal_change(&c->w, c->args[0], &in, &c->model);
}

/* GET /admin/goal/:name/retire */
enum err
goal_retire_page(struct ctx *c)
{
	enum err e = goal_get(&c->w, c->args[0], &c->model);

	if (e == OK)
		add_goal_path(c->w.mem, c->model);
	return e;
}

/* POST /admin/goal/:name/retire */
enum err
goal_page_retire(struct ctx *c)
{
	struct json_object *form;
	enum err e = form_json(c, &form);

	return e == OK ? goal_retire(&c->w, c->args[0], &c->model) : e;
}
