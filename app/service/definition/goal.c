/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on goals. Names that begin with _ are reserved for built-in goals, which can be
 * neither defined nor changed. Retired goals are kept, since results refer to them, and are revived
 * by a definition of the same name. Hits outside the window of a goal are not stored, so the window
 * of a goal that was hit stays as it is.
 */
#include "service/definition/goal.h"

#include <inttypes.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/experiment/definition.h"
#include "core/experiment/member_names.h"
#include "core/subject/page_view.h"
#include "service/change.h"
#include "service/definition/window.h"
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

/* Reads one end of the window; reports it when it is no number of hours. */
static bool
read_window_end(struct work *w, struct json_object *body, const char *member, int64_t *out)
{
	struct json_object *value;

	*out = GOAL_NO_WINDOW;
	if (!json_object_object_get_ex(body, member, &value))
		return false;
	if (value != NULL && (!json_whole(value, out) || *out < 0 || *out > GOAL_WINDOW_MOST))
		fail(w, ERR_INVALID, mem_printf(w->mem, "/%s", member),
		    "must be a whole number of hours from 0 to %d, or null", GOAL_WINDOW_MOST);
	return true;
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
	static const char *const names[] = {"name", "test", "page", "description", "window_from",
		"window_to", "created_at", "retired", "built_in", NULL};

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
	out->has_window_from = read_window_end(w, body, "window_from", &out->window.from);
	out->has_window_to = read_window_end(w, body, "window_to", &out->window.to);
	return problem_count(w->problems) > 0 ? ERR_INVALID : OK;
}

/* Checks a window as a whole; half of one is reported at the end that is missing. */
static enum err
check_window(struct work *w, struct goal_window window)
{
	if (window.from == GOAL_NO_WINDOW && window.to != GOAL_NO_WINDOW)
		return fail(w, ERR_INVALID, "/window_from",
		    "must be given with window_to; null for both: no window");
	if (window.from != GOAL_NO_WINDOW && window.to == GOAL_NO_WINDOW)
		return fail(w, ERR_INVALID, "/window_to",
		    "must be given with window_from; null for both: no window");
	if (window.from != GOAL_NO_WINDOW && window.from >= window.to)
		return fail(w, ERR_INVALID, "/window_to", "must be more than window_from");
	return OK;
}

/* One end of a window that is stored. */
static int64_t
stored_hours(const struct db_rows *rows, const char *name)
{
	const char *text = db_cell(rows, 0, name);

	return text == NULL ? GOAL_NO_WINDOW : db_int(rows, 0, name);
}

/*
 * Reads the window that the goal is to have: what `in` does not give stays as it is when the goal
 * is kept, and is none otherwise. ERR_CONFLICT when it is another than that of a goal that was hit.
 */
static enum err
settle_window(struct work *w, const char *name, const struct goal_input *in, bool kept,
    struct goal_window *out)
{
	struct goal_window stored = {GOAL_NO_WINDOW, GOAL_NO_WINDOW};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_goal_window_fixed, &name, &rows);

	if (e != OK)
		return e;
	*out = in->window;
	if (db_count(rows) > 0)
		stored = (struct goal_window){
			stored_hours(rows, "window_from"), stored_hours(rows, "window_to")};
	if (kept && !in->has_window_from)
		out->from = stored.from;
	if (kept && !in->has_window_to)
		out->to = stored.to;
	e = check_window(w, *out);
	if (e != OK || db_count(rows) == 0 || *db_cell(rows, 0, "hit") == 'f')
		return e;
	if (out->from == stored.from && out->to == stored.to)
		return OK;
	return fail(w, ERR_CONFLICT, out->from != stored.from ? "/window_from" : "/window_to",
	    "the goal was hit: its window stays as it is");
}

/* An end of a window as a parameter. */
static const char *
window_text(struct work *w, int64_t hours)
{
	return hours == GOAL_NO_WINDOW ? NULL : mem_printf(w->mem, "%" PRId64, hours);
}

/* The change behind goal_add(). No row is returned when a goal of that name is in use. */
static enum err
insert_goal(struct work *w, void *arg, struct json_object **answer)
{
	const struct goal_input *in = arg;
	const char *now = work_now_text(w);
	struct goal_window window;
	struct db_rows *rows;
	enum err e = settle_window(w, in->name, in, false, &window);

	if (e != OK)
		return e;
	const char *params[] = {in->name, in->test != NULL ? in->test : "chi2", in->page,
		in->description != NULL ? in->description : "", now, window_text(w, window.from),
		window_text(w, window.to)};
	e = db_query(w->db, w->mem, QUERY_goal_add, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail(w, ERR_CONFLICT, "/name", "there is a goal of this name");
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e == OK ? window_add(w, NULL, in->name, false) : e;
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

/* Notes the goal as it is for the audit log. ERR_NOT_FOUND. */
static enum err
note_goal(struct work *w, const char *name)
{
	struct json_object *before;
	enum err e = goal_get(w, name, &before);

	if (e != OK)
		return e;
	change_before(w, before);
	change_target(w, name);
	return OK;
}

/* Runs a statement that writes a goal in use and returns it. */
static enum err
write_goal(struct work *w, enum query q, const char *const params[], struct json_object **answer)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, q, params, &rows);

	if (e == OK && db_count(rows) == 0)
		return fail_missing(w, "goal");
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

/* A goal, and what is to be changed of it. */
struct goal_update {
	const char *name;
	const struct goal_input *in;
};

/* The change behind goal_change(). */
static enum err
update_goal(struct work *w, void *arg, struct json_object **answer)
{
	const struct goal_update *u = arg;
	const struct goal_input *in = u->in;
	bool has_window = in->has_window_from || in->has_window_to;
	struct goal_window window = {GOAL_NO_WINDOW, GOAL_NO_WINDOW};
	enum err e = note_goal(w, u->name);

	if (e == OK && has_window)
		e = settle_window(w, u->name, in, true, &window);
	if (e != OK)
		return e;
	const char *params[] = {u->name, in->test, in->description,
		in->has_page ? "true" : "false", in->page, has_window ? "true" : "false",
		window_text(w, window.from), window_text(w, window.to)};
	e = write_goal(w, QUERY_goal_change, params, answer);
	return e == OK && has_window ? window_add(w, NULL, u->name, false) : e;
}

/* The change behind goal_retire(). */
static enum err
retire_goal(struct work *w, void *arg, struct json_object **answer)
{
	const char *name = arg;
	enum err e = note_goal(w, name);

	return e == OK ? write_goal(w, QUERY_goal_retire,
			     (const char *const[]){name, work_now_text(w)}, answer)
		       : e;
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
	struct goal_update u = {name, in};
	enum err e = refuse_built_in(w, name);

	return e == OK ? change_run(w, update_goal, &u, answer) : e;
}

enum err
goal_retire(struct work *w, const char *name, struct json_object **answer)
{
	char *copy = mem_dup(w->mem, name);
	enum err e = refuse_built_in(w, name);

	return e == OK ? change_run(w, retire_goal, copy, answer) : e;
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
