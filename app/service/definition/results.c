/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results: read from the ledger, whose sums are exact at any moment (sql/function/result_fold.sql),
 * and told by core/stats.
 */
#include "service/definition/results.h"

#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/experiment/decide.h"
#include "core/stats/results.h"
#include "service/definition/decided.h"
#include "store/db/db.h"
#include "store/work.h"

/* The sums of a day stand so long after its end. */
#define DAY_IS_WHOLE (60 * INSTANT_SECOND)

/* The definition of experiment id with the sums of the ledger, all of one moment. */
static enum err
read_ledger(struct work *w, const char *id, const char *day, struct json_object **row)
{
	struct db_rows *rows;
	const char *params[] = {id, day, work_today(w)};
	enum err e = db_query(w->db, w->mem, QUERY_result_read, params, &rows);

	if (e == OK && db_count(rows) == 0)
		return ERR_NOT_FOUND;
	if (e != OK)
		return e;
	metric_add(METRIC_results_read_total, 1);
	*row = mem_json(w->mem, db_row_json(rows, 0));
	return OK;
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

/* Adds [day, name of the goal, name of the alternative, number] of a row that ends with the number
 * of an alternative and that number. */
static void
add_named_row(struct json_object *list, struct json_object *row, struct json_object *goal,
    struct json_object *alternatives)
{
	struct json_object *arm =
	    decide_numbered(alternatives, json_object_get_int(json_item(row, 2)));

	if (arm == NULL || goal == NULL)
		return;
	struct json_object *out = json_object_new_array();
	json_object_array_add(out, json_object_get(json_item(row, 0)));
	json_object_array_add(out, json_object_get(json_object_object_get(goal, "name")));
	json_object_array_add(out, json_object_get(json_object_object_get(arm, "name")));
	json_object_array_add(out, json_object_get(json_item(row, 3)));
	json_object_array_add(list, out);
}

/* The participants of goals with a window, by the day on which it ended, with the names of goals
 * and alternatives. Rows carry the hours to the end, which several goals may have. */
static struct json_object *
name_ended(struct json_object *rows, const struct results_input *in)
{
	struct json_object *list = json_object_new_array();

	for (size_t g = 0; g < json_items(in->goals); g++) {
		struct json_object *goal = json_item(in->goals, g);
		struct json_object *hours = json_object_object_get(goal, "window_to");
		for (size_t i = 0; hours != NULL && i < json_items(rows); i++)
			if (json_object_equal(json_item(json_item(rows, i), 1), hours))
				add_named_row(list, json_item(rows, i), goal, in->alternatives);
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
		add_named_row(list, row, goal_numbered(in->goals, json_item(row, 1)),
		    in->alternatives);
	}
	return list;
}

/* What the primary goal is decided by, at the instant through. */
static struct analysis_input
read_analysis(struct json_object *row, const char *through)
{
	struct json_object *data = json_object_object_get(row, "data");
	const char *closed_at = json_text(row, "closed_at");

	return (struct analysis_input){
		.has_primary = json_items(json_object_object_get(row, "named")) > 0,
		.plan = json_object_object_get(row, "plan"),
		.plan_valid = json_object_get_boolean(json_object_object_get(row, "plan_valid")),
		.plan_goal = json_text(row, "plan_goal"),
		.days = json_object_object_get(data, "primary_days"),
		.decided = json_object_object_get(row, "decided"),
		.closed = closed_at != NULL && strcmp(closed_at, through) <= 0,
	};
}

/* The results up to the end of day (NULL: as they are now), which are those of the instant
 * through. */
static enum err
tell_results(struct work *w, const char *id, const char *day, const char *through,
    struct json_object **out)
{
	struct json_object *row;
	enum err e = read_ledger(w, id, day, &row);

	if (e != OK)
		return e;
	struct json_object *data = json_object_object_get(row, "data");
	struct json_object *alternatives = json_object_object_get(row, "alternatives");
	struct results_input in = {
		.experiment = id,
		.data_through = through,
		.day_is_over = day != NULL,
		.alternatives = alternatives,
		.exposures = json_object_object_get(data, "exposures"),
		.splits = json_object_object_get(row, "allocations"),
		.goals = choose_goals(w, json_object_object_get(row, "goals"),
		    json_object_object_get(row, "named"),
		    json_object_object_get(data, "conversions")),
		.conversions = json_object_object_get(data, "conversions"),
		.windows = json_object_object_get(data, "windows"),
		.ended = json_object_object_get(data, "ended"),
		.outcomes = json_object_object_get(data, "outcomes"),
		.days = json_object_object_get(data, "days"),
		.analysis = read_analysis(row, through),
	};
	*out = results_json(w->mem, &in);
	json_object_object_add(
	    *out, "days", name_days(json_object_object_get(data, "days"), alternatives));
	json_object_object_add(*out, "converted",
	    name_converted(json_object_object_get(data, "converted"), &in));
	json_object_object_add(
	    *out, "ended", name_ended(json_object_object_get(data, "ended"), &in));
	return day != NULL ? OK : decided_keep(w, &(struct decided){
		id, alternatives, in.analysis.decided, *out});
}

enum err
results_read(struct work *w, const char *id, struct json_object **out)
{
	return tell_results(w, id, NULL, work_now_text(w), out);
}

enum err
results_read_through(struct work *w, const char *id, const char *day, struct json_object **out)
{
	char *end = mem_printf(w->mem, "%sT23:59:59.999Z", day);
	int64_t at;

	if (strlen(day) != strlen("2026-11-21") || !instant_parse(end, strlen(end), &at) ||
	    at >= w->now - DAY_IS_WHOLE)
		return fail(w, ERR_INVALID, "through",
		    "must be a day before today that ended a minute ago, as 2026-11-21");
	return tell_results(w, id, day, end, out);
}

enum err
results_stamp(struct work *w, const char *id, const char **out)
{
	char at[INSTANT_TEXT];
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_result_stamp, &id, &rows);

	*out = NULL;
	if (e != OK || db_count(rows) == 0)
		return e;
	/* A day that is over makes a look, though nothing else has changed. */
	instant_format(w->now - DAY_IS_WHOLE, at);
	*out = mem_printf(w->mem, "%s %.10s", db_cell(rows, 0, "stamp"), at);
	return OK;
}
