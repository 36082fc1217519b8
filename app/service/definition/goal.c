/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on goals. Names that begin with _ are reserved for built-in goals, which can be
 * neither defined nor changed. Retired goals are kept, since results refer to them, and are revived
 * by a definition of the same name.
 */
#include "service/definition/goal.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/experiment/definition.h"
#include "core/experiment/member_names.h"
#include "core/subject/page_view.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

/* Reads an optional text member into *out; reports it when it is not a text. */
static void
read_goal_text(struct work *w, struct json_object *body, const char *member, size_t most,
    const char **out)
{
	struct json_object *value = json_object_object_get(body, member);
	bool lines = strcmp(member, "description") == 0;
	const char *fault = value == NULL ? NULL
	    : lines                       ? text_fault_lines(w->mem, value, most)
					  : text_fault_json(w->mem, value, most);

	if (fault != NULL)
		fail(w, ERR_INVALID, mem_printf(w->mem, "/%s", member), "%s", fault);
	else if (value != NULL)
		*out = json_object_get_string(value);
}

/* A member that is present and null resets the property to its default. */
static void
read_defaults(struct json_object *body, struct goal_input *out)
{
	struct json_object *given;

	if (json_object_object_get_ex(body, "description", &given) && given == NULL)
		out->description = "";
	if (json_object_object_get_ex(body, "test", &given) && given == NULL)
		out->test = "chi2";
	out->has_page = json_object_object_get_ex(body, "page", NULL);
}

/* What is wrong with the name of a new goal, or NULL. */
static const char *
name_fault(struct work *w, const char *name)
{
	const char *fault = text_fault(w->mem, name, strlen(name), DEFINITION_TEXT);

	if (fault != NULL)
		return fault;
	if (*name == '_')
		return "must not begin with _, which is reserved for built-in goals";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "must not be . or .., which no path can name";
	return NULL;
}

enum err
goal_input_read(struct work *w, struct json_object *body, bool strict, struct goal_input *out)
{
	/* The last three are only in answers; a client may send an answer back. */
	static const char *const names[] = {"name", "test", "page", "description",
		"created_at", "retired", "built_in", NULL};

	*out = (struct goal_input){0};
	if (!json_object_is_type(body, json_type_object))
		return fail(w, ERR_INVALID, "", "must be an object");
	if (strict)
		(void)member_names_check(body, names, "", w->problems);
	out->name = json_text(body, "name");
	read_defaults(body, out);
	read_goal_text(w, body, "page", PAGE_VIEW_NAME, &out->page);
	/* Answers have an empty description for none, so it is accepted, too. */
	const char *description = json_text(body, "description");
	if (description != NULL && *description == '\0')
		out->description = "";
	else
		read_goal_text(w, body, "description", DEFINITION_LONG_TEXT, &out->description);
	read_goal_text(w, body, "test", DEFINITION_TEXT, &out->test);
	if (out->test != NULL && !definition_is_test(out->test))
		fail(w, ERR_INVALID, "/test", "must be chi2 or mwu");
	return problem_count(w->problems) > 0 ? ERR_INVALID : OK;
}

/* The change behind goal_add(). No row is returned when a goal of that name is in use. */
static enum err
insert_goal(struct work *w, void *arg, struct json_object **answer)
{
	const struct goal_input *in = arg;
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {in->name, in->test != NULL ? in->test : "chi2", in->page,
		in->description != NULL ? in->description : "", now};
	enum err e = db_query(w->db, w->mem, QUERY_goal_add, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail(w, ERR_CONFLICT, "/name", "there is a goal of this name");
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

enum err
goal_add(struct work *w, const struct goal_input *in, struct json_object **answer)
{
	if (in->name == NULL)
		return fail(w, ERR_INVALID, "/name", "must be a string");
	const char *fault = name_fault(w, in->name);
	if (fault != NULL)
		return fail(w, ERR_INVALID, "/name", "%s", fault);
	struct goal_input copy = *in;
	return change_run(w, insert_goal, &copy, answer);
}

/* A statement that writes a goal in use and returns it; the first parameter is the name. */
struct goal_statement {
	enum query query;
	const char *const *params;
};

/* The change behind goal_change() and goal_retire(). */
static enum err
write_goal(struct work *w, void *arg, struct json_object **answer)
{
	const struct goal_statement *s = arg;
	struct db_rows *rows;
	struct json_object *before;
	enum err e = goal_get(w, s->params[0], &before);

	if (e != OK)
		return e;
	change_before(w, before);
	change_target(w, s->params[0]);
	e = db_query(w->db, w->mem, s->query, s->params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_missing(w, "goal");
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

/* ERR_INVALID for the name of a built-in goal. */
static enum err
refuse_built_in(struct work *w, const char *name)
{
	return *name == '_' ? fail_detail(w, ERR_INVALID, "the goal is built in") : OK;
}

enum err
goal_change(struct work *w, const char *name, const struct goal_input *in,
    struct json_object **answer)
{
	const char *params[] = {
		name, in->test, in->description, in->has_page ? "true" : "false", in->page};
	struct goal_statement s = {QUERY_goal_change, params};
	enum err e = refuse_built_in(w, name);

	return e == OK ? change_run(w, write_goal, &s, answer) : e;
}

enum err
goal_retire(struct work *w, const char *name, struct json_object **answer)
{
	const char *now = work_now_text(w);
	const char *params[] = {name, now};
	struct goal_statement s = {QUERY_goal_retire, params};
	enum err e = refuse_built_in(w, name);

	return e == OK ? change_run(w, write_goal, &s, answer) : e;
}

enum err
goal_get(struct work *w, const char *name, struct json_object **answer)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_goal_get, &name, &rows);

	if (e == OK && db_count(rows) == 0)
		return fail_missing(w, "goal");
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

enum err
goal_list(struct work *w, const char *after, int64_t limit, struct json_object **list,
    const char **next)
{
	const char *params[] = {after, mem_printf(w->mem, "%d", (int)limit)};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_goal_list, params, &rows);

	if (e != OK)
		return e;
	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(*list, db_row_json(rows, i));
	*next = db_count(rows) == limit ? db_cell(rows, (int)limit - 1, "name") : NULL;
	return OK;
}
