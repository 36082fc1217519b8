/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results: counted from the rows of subjects, told by core. Counts are kept only while no row of
 * the experiment changes, so what is kept is what would be counted.
 */
#include "service/definition/results.h"

#include <string.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/experiment/decide.h"
#include "core/stats/results.h"
#include "store/db/db.h"
#include "store/work.h"

/* Counts anew, and keeps what was counted if nothing happened meanwhile. */
static enum err
count(struct work *w, const char *nr, const char *version, struct json_object **data)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_result_count, &nr, &rows);

	if (e != OK)
		return e;
	metric_add(METRIC_results_counted_total, 1);
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	*data = json_object_object_get(row, "data");
	if (version == NULL)
		return OK;
	/* They are right, kept or not: counted again the next time. */
	if (db_query(w->db, w->mem, QUERY_result_keep,
		(const char *const[]){nr, version, db_cell(rows, 0, "data")}, NULL) != OK)
		log_say(LOG_WARN, "results_not_kept", "%s: %s", nr, db_message(w->db));
	return OK;
}

/* Counts, unless somebody else has just done so. */
static enum err
begin(struct work *w, const char *nr, struct json_object **data, struct json_object **through)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(w->now, now);
	enum err e = db_query(w->db, w->mem, QUERY_result_begin,
	    (const char *const[]){nr, now}, &rows);
	if (e != OK)
		return e;
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	*data = json_object_object_get(row, "data");
	*through = json_object_object_get(row, "counted_at");
	return *data != NULL ? OK : count(w, nr, db_cell(rows, 0, "result_version"), data);
}

/* The definition of experiment id, of number nr unless that is NULL, and the counts kept of it. */
static enum err
find(struct work *w, const char *id, const char *nr, struct json_object **row)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_result_find,
	    (const char *const[]){id, nr}, &rows);

	if (e == OK && db_count(rows) == 0)
		return ERR_NOT_FOUND;
	if (e == OK)
		*row = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

/* A definition that was read before its rows were counted may know less than they do, so it is read
 * again. */
static enum err
find_or_count(struct work *w, const char *id, struct json_object **row, struct json_object **data,
    struct json_object **through)
{
	enum err e = find(w, id, NULL, row);

	if (e != OK)
		return e;
	*data = json_object_object_get(*row, "data");
	*through = json_object_object_get(*row, "counted_at");
	if (*data != NULL)
		return OK;
	const char *nr = json_object_get_string(json_object_object_get(*row, "nr"));
	e = begin(w, nr, data, through);
	return e == OK ? find(w, id, nr, row) : e;
}

static struct json_object *
goal_named(struct json_object *goals, struct json_object *name)
{
	for (size_t i = 0; i < json_items(goals); i++) {
		struct json_object *o = json_item(goals, i);
		if (json_object_equal(json_object_object_get(o, "name"), name))
			return o;
	}
	return NULL;
}

static struct json_object *
goal_numbered(struct json_object *goals, struct json_object *nr)
{
	for (size_t i = 0; i < json_items(goals); i++) {
		struct json_object *o = json_item(goals, i);
		if (json_object_equal(json_object_object_get(o, "nr"), nr))
			return o;
	}
	return NULL;
}

static bool
is_counted(struct json_object *conversions, struct json_object *nr)
{
	for (size_t i = 0; i < json_items(conversions); i++)
		if (json_object_equal(json_item(json_item(conversions, i), 0), nr))
			return true;
	return false;
}

/* All goals, but no retired one that nobody hit here. */
static struct json_object *
all_goals(struct work *w, struct json_object *goals, struct json_object *conversions)
{
	struct json_object *list = mem_json(w->mem, json_object_new_array());

	for (size_t i = 0; i < json_items(goals); i++) {
		struct json_object *o = json_item(goals, i);
		if (!json_object_get_boolean(json_object_object_get(o, "retired")) ||
		    is_counted(conversions, json_object_object_get(o, "nr")))
			json_object_array_add(list, json_object_get(o));
	}
	return list;
}

/* The goals to show, the one that decides first: those that the experiment names, by name or as
 * {name, test}, else all. */
static struct json_object *
choose_goals(struct work *w, struct json_object *goals, struct json_object *named,
    struct json_object *conversions)
{
	struct json_object *list = mem_json(w->mem, json_object_new_array());

	if (named == NULL || json_items(named) == 0)
		return all_goals(w, goals, conversions);
	for (size_t i = 0; i < json_items(named); i++) {
		struct json_object *o = json_item(named, i);
		struct json_object *test = json_object_object_get(o, "test");
		struct json_object *name = json_object_object_get(o, "name");
		struct json_object *goal = goal_named(goals, name != NULL ? name : o);
		if (goal == NULL)
			continue;
		if (test != NULL)
			json_object_object_add(goal, "test", json_object_get(test));
		json_object_array_add(list, json_object_get(goal));
	}
	return list;
}

/* Enrolments by day with the names of the alternatives; of those that are gone, none. */
static struct json_object *
name_days(struct json_object *days, struct json_object *alternatives)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < json_items(days); i++) {
		struct json_object *row = json_item(days, i);
		struct json_object *o = decide_numbered(
		    alternatives, json_object_get_int(json_item(row, 1)));
		if (o == NULL)
			continue;
		struct json_object *out = json_object_new_array();
		json_object_array_add(out, json_object_get(json_item(row, 0)));
		json_object_array_add(out, json_object_get(json_object_object_get(o, "name")));
		json_object_array_add(out, json_object_get(json_item(row, 2)));
		json_object_array_add(list, out);
	}
	return list;
}

/* Who did a goal for the first time, by day, with the names of goals and alternatives; NULL where
 * that was not counted. */
static struct json_object *
name_converted(struct json_object *rows, const struct results_input *in)
{
	struct json_object *list = rows == NULL ? NULL : json_object_new_array();

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		struct json_object *arm = decide_numbered(in->alternatives,
		    json_object_get_int(json_item(row, 2)));
		struct json_object *goal =
		    goal_numbered(in->goals, json_item(row, 1));
		if (arm == NULL || goal == NULL)
			continue;
		struct json_object *out = json_object_new_array();
		json_object_array_add(out, json_object_get(json_item(row, 0)));
		json_object_array_add(out, json_object_get(json_object_object_get(goal, "name")));
		json_object_array_add(out, json_object_get(json_object_object_get(arm, "name")));
		json_object_array_add(out, json_object_get(json_item(row, 3)));
		json_object_array_add(list, out);
	}
	return list;
}

enum err
results_read(struct work *w, const char *id, struct json_object **out)
{
	struct json_object *row, *data, *through;
	enum err e = find_or_count(w, id, &row, &data, &through);

	if (e != OK)
		return e;
	struct json_object *alternatives = json_object_object_get(row, "alternatives");
	struct results_input in = {
		.experiment = id,
		.data_through = json_object_get_string(through),
		.alternatives = alternatives,
		.exposures = json_object_object_get(data, "exposures"),
		.splits = json_object_object_get(row, "allocations"),
		.goals = choose_goals(w, json_object_object_get(row, "goals"),
		    json_object_object_get(row, "named"),
		    json_object_object_get(data, "conversions")),
		.conversions = json_object_object_get(data, "conversions"),
		.plan = json_object_object_get(row, "plan"),
	};
	*out = results_json(w->mem, &in);
	json_object_object_add(
	    *out, "days", name_days(json_object_object_get(data, "days"), alternatives));
	json_object_object_add(*out, "converted",
	    name_converted(json_object_object_get(data, "converted"), &in));
	return OK;
}
