/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goals are defined here: names of what subjects do, and how it is tested.
 */
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/definition.h"
#include "core/experiment/member_names.h"
#include "core/subject/page_view.h"
#include "base/text.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/idempotency.h"

enum { LIST_DEFAULT = 100, LIST_MOST = 1000 };

/* What a body says of a goal; NULL where it says nothing. */
struct goal {
	const char *name, *test, *page, *description;
	bool has_page;
};

/* The optional text of a member; false when null is given where nothing may be cleared. */
static void
read_text(struct ctx *c, struct json_object *body, const char *member, size_t most,
    const char **out)
{
	struct json_object *value = json_object_object_get(body, member);
	bool lines = strcmp(member, "description") == 0;
	const char *fault = value == NULL ? NULL
	    : lines                       ? text_fault_lines(c->w.mem, value, most)
					  : text_fault_json(c->w.mem, value, most);

	if (fault != NULL)
		fail(&c->w, ERR_INVALID, mem_printf(c->w.mem, "/%s", member), "%s", fault);
	else if (value != NULL)
		*out = json_object_get_string(value);
}

/* Names that begin with _ are those of goals that are there by themselves. */
static const char *
name_fault(struct ctx *c, const char *name)
{
	const char *fault = text_fault(c->w.mem, name, strlen(name), DEFINITION_TEXT);

	if (fault != NULL)
		return fault;
	if (*name == '_')
		return "must not begin with _, as those of the goals that are built in";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "must not be . or .., which no path can name";
	return NULL;
}

static enum err
read_members(struct ctx *c, struct json_object **body, struct goal *out)
{
	static const char *const names[] = {"name", "test", "page", "description",
		"created_at", "retired", "built_in", NULL}; /* the last three are answered */
	enum err e = body_json(c, body);

	if (e != OK)
		return e;
	if (!json_object_is_type(*body, json_type_object))
		return fail(&c->w, ERR_INVALID, "", "must be an object");
	/* A form may send fields that are for the page. */
	if (c->account == NULL)
		(void)member_names_check(*body, names, "", c->w.problems);
	out->has_page = json_object_object_get_ex(*body, "page", NULL);
	read_text(c, *body, "page", PAGE_VIEW_NAME, &out->page);
	/* An empty one is answered where there is none. */
	const char *description = json_text(*body, "description");
	if (description != NULL && *description == '\0')
		out->description = "";
	else
		read_text(c, *body, "description", DEFINITION_LONG_TEXT, &out->description);
	read_text(c, *body, "test", DEFINITION_TEXT, &out->test);
	if (out->test != NULL && !definition_is_test(out->test))
		fail(&c->w, ERR_INVALID, "/test", "must be chi2 or mwu");
	return problem_count(c->w.problems) > 0 ? ERR_INVALID : OK;
}

static enum err
insert(struct ctx *c)
{
	struct goal g = {.test = "chi2", .description = ""};
	struct json_object *body;
	char now[INSTANT_TEXT];
	struct db_rows *rows;
	enum err e = read_members(c, &body, &g);

	if (e != OK && e != ERR_INVALID)
		return e;
	struct json_object *name = json_object_object_get(body, "name");
	if (!json_object_is_type(name, json_type_string))
		return fail(&c->w, ERR_INVALID, "/name", "must be a string");
	g.name = json_object_get_string(name);
	if (name_fault(c, g.name) != NULL)
		return fail(&c->w, ERR_INVALID, "/name", "%s", name_fault(c, g.name));
	if (e != OK)
		return e;
	instant_format(c->w.now, now);
	const char *params[] = {g.name, g.test, g.page, g.description, now};
	e = db_query(c->w.db, c->w.mem, QUERY_goal_add, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail(&c->w, ERR_CONFLICT, "/name", "there is a goal of this name");
	if (e == OK)
		c->model = mem_json(c->w.mem, db_row_json(rows, 0));
	return e;
}

enum err
goal_add(struct ctx *c)
{
	c->status = 201;
	return idempotency_run(c, insert);
}

enum err
goal_list(struct ctx *c)
{
	const char *text = req_query(&c->req, "limit");
	struct json_object *list = json_object_new_array();
	int64_t limit = LIST_DEFAULT;
	struct db_rows *rows;

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "goals", list);
	if (text != NULL && !num_int(text, 1, LIST_MOST, &limit))
		return fail(
		    &c->w, ERR_INVALID, "limit", "must be a whole number from 1 to %d", LIST_MOST);
	const char *params[] = {
	    req_query(&c->req, "after"), mem_printf(c->w.mem, "%d", (int)limit)};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_goal_list, params, &rows);
	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(list, db_row_json(rows, i));
	const char *next =
	    db_count(rows) == limit ? db_cell(rows, (int)limit - 1, "name") : NULL;
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}

/* Runs a statement that answers the goal of the path, if there is one in use. */
static enum err
write_one(struct ctx *c, enum query q, const char *const params[])
{
	struct db_rows *rows;

	if (*c->args[0] == '_')
		return fail_detail(&c->w, ERR_INVALID, "the goal is built in");
	enum err e = db_query(c->w.db, c->w.mem, q, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such goal");
	if (e == OK)
		c->model = mem_json(c->w.mem, db_row_json(rows, 0));
	return e;
}

enum err
goal_change(struct ctx *c)
{
	struct goal g = {0};
	struct json_object *body, *given;
	enum err e = read_members(c, &body, &g);

	if (e != OK)
		return e;
	if (json_object_object_get_ex(body, "description", &given) && given == NULL)
		g.description = "";
	if (json_object_object_get_ex(body, "test", &given) && given == NULL)
		g.test = "chi2";
	return write_one(c, QUERY_goal_change,
	    (const char *const[]){
		c->args[0], g.test, g.description, g.has_page ? "true" : "false", g.page});
}

enum err
goal_retire(struct ctx *c)
{
	char now[INSTANT_TEXT];

	instant_format(c->w.now, now);
	return write_one(c, QUERY_goal_retire, (const char *const[]){c->args[0], now});
}
