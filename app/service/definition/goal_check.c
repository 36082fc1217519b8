/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks the goals that a definition names. A misspelt name must be refused, because it would
 * silently never be hit.
 */
#include "service/definition/goal_check.h"

#include <stdbool.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

/* The name of an item of the list, which is a string or an object {name, ..}. */
static const char *
goal_name(struct json_object *goal)
{
	return json_object_is_type(goal, json_type_string) ? json_object_get_string(goal)
							   : json_text(goal, "name");
}

/* Whether the list names the goal. */
static bool
has_goal(struct json_object *goals, const char *name)
{
	for (size_t i = 0; i < json_items(goals); i++) {
		const char *own = goal_name(json_item(goals, i));
		if (own != NULL && strcmp(own, name) == 0)
			return true;
	}
	return false;
}

/* What is wrong with the goal, or NULL. rows: the goals that exist, with `retired`. */
static const char *
goal_fault(const struct db_rows *rows, const char *name)
{
	for (int i = 0; i < db_count(rows); i++)
		if (strcmp(db_cell(rows, i, "name"), name) == 0)
			return *db_cell(rows, i, "retired") == 't' ? "is a retired goal" : NULL;
	return "is not a goal: define it first";
}

enum err
goal_check(struct work *w, struct json_object *goals, struct json_object *before)
{
	struct buf *list = buf_new(w->mem, 64);
	struct db_rows *rows;
	bool good = true;

	if (json_items(goals) == 0)
		return OK;
	pgtype_array_open(list);
	for (size_t i = 0; i < json_items(goals); i++)
		pgtype_array_item(list, goal_name(json_item(goals, i)));
	pgtype_array_close(list);
	enum err e = db_query(w->db, w->mem, QUERY_goal_by_names,
	    (const char *const[]){list->data}, &rows);
	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(goals); i++) {
		struct json_object *o = json_item(goals, i);
		const char *fault = goal_fault(rows, goal_name(o));
		if (fault == NULL || has_goal(before, goal_name(o)))
			continue;
		good = false;
		problem_add(w->problems, mem_printf(w->mem, "/request/goals/%zu%s", i,
		    json_object_is_type(o, json_type_object) ? "/name" : ""), "%s", fault);
	}
	return good ? OK : ERR_INVALID;
}
