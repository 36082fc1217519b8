/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the self-checks say (docs/operate.md): split and verdict by the code that tells results, and
 * whether the p values of the last 28 days are uniform.
 */
#include "service/selfcheck.h"

#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "core/stats/results.h"
#include "core/stats/uniform.h"
#include "store/db/db.h"
#include "store/work.h"

/* The numbers of the two alternatives, as selfcheck_keep.sql gives them. */
enum { CONTROL = 1, X = 2 };

/* P values are called not uniform below this: the page is looked at every day for years. */
#define UNIFORM_ALPHA 0.001

static int64_t
number_at(struct json_object *row, size_t i)
{
	return json_object_get_int64(json_item(row, i));
}

/* Adds x, null where there is none. */
static void
add_number(struct json_object *o, const char *name, double x)
{
	json_object_object_add(o, name, isnan(x) ? NULL : json_object_new_double(x));
}

/* The participants of an arm on a day, and how many of them converted. */
struct arm_day {
	int64_t came, converted;
};

/* The sums of an arm over the rows [day, alternative, came, converted] of one day, or of all. */
static struct arm_day
sum_days(struct json_object *days, const char *day, int64_t arm)
{
	struct arm_day sum = {0, 0};

	for (size_t i = 0; i < json_items(days); i++) {
		struct json_object *row = json_item(days, i);
		if (number_at(row, 1) != arm ||
		    (day != NULL && strcmp(json_object_get_string(json_item(row, 0)), day) != 0))
			continue;
		sum.came += number_at(row, 2);
		sum.converted += number_at(row, 3);
	}
	return sum;
}

/* How many participants of an arm had not converted when the listed days began. */
static int64_t
left_before(struct json_object *row, int64_t arm)
{
	struct json_object *came = json_object_object_get(row, "exposures");
	struct json_object *converted = json_object_object_get(row, "converted");
	struct arm_day listed = sum_days(json_object_object_get(row, "days"), NULL, arm);
	int64_t left = listed.converted - listed.came;

	for (size_t i = 0; i < json_items(came); i++)
		if (number_at(json_item(came, i), 0) == arm)
			left += number_at(json_item(came, i), 2);
	for (size_t i = 0; i < json_items(converted); i++)
		if (number_at(json_item(converted, i), 1) == arm)
			left -= number_at(json_item(converted, i), 3);
	return left;
}

/* Takes an arm through a day: who could convert on it, and who did. */
static struct stats_rate
step_arm(struct json_object *days, const char *day, int64_t arm, int64_t *left)
{
	struct arm_day d = sum_days(days, day, arm);
	struct stats_rate out = {*left + d.came, d.converted};

	*left += d.came - d.converted;
	return out;
}

/* Adds the p values of the whole days, and whether they are uniform. */
static void
add_days(struct work *w, struct json_object *row, struct json_object *out)
{
	struct json_object *days = json_object_object_get(row, "days");
	struct json_object *list = json_object_new_array(), *test = json_object_new_object();
	int64_t left[] = {left_before(row, CONTROL), left_before(row, X)};
	double values[UNIFORM_MOST];
	size_t n = 0;

	for (int64_t back = UNIFORM_MOST; back > 0; back--) {
		char day[INSTANT_TEXT];
		instant_format(w->now - back * INSTANT_DAY, day);
		day[WORK_DATE - 1] = '\0';
		struct stats_rate control = step_arm(days, day, CONTROL, &left[0]);
		struct stats_rate x = step_arm(days, day, X, &left[1]);
		double jitter = bucket_for(json_text(row, "salt"), "day", day);
		double p = uniform_p(x, control, jitter);
		struct json_object *o = json_object_new_object();
		json_add_text(o, "day", day);
		add_number(o, "p", p);
		json_object_array_add(list, o);
		if (!isnan(p))
			values[n++] = p;
	}
	struct uniform_test found = uniform_test(values, n);
	json_object_object_add(out, "days", list);
	json_object_object_add(test, "days", json_object_new_int64((int64_t)n));
	add_number(test, "distance", found.distance);
	add_number(test, "p", found.p);
	json_object_object_add(test, "ok", json_object_new_boolean(!(found.p < UNIFORM_ALPHA)));
	json_object_object_add(out, "uniform", test);
}

/*
 * Conversions as results want them: [goal, alternative, hits, subjects], and by allocation. Whether
 * a participant converted is what counts here, so that each has one hit.
 */
static void
set_conversions(struct work *w, struct json_object *row, struct results_input *in)
{
	struct json_object *converted = json_object_object_get(row, "converted");

	in->conversions = mem_json(w->mem, json_object_new_array());
	for (size_t i = 0; i < json_items(converted); i++) {
		struct json_object *from = json_item(converted, i), *to = json_object_new_array();
		json_object_array_add(to, json_object_get(json_item(from, 0)));
		json_object_array_add(to, json_object_get(json_item(from, 1)));
		json_object_array_add(to, json_object_new_int64(1));
		json_object_array_add(to, json_object_get(json_item(from, 3)));
		json_object_array_add(in->conversions, to);
	}
}

/* The goal as results want it; none yet: an empty list. */
static struct json_object *
goals_of(struct work *w, struct json_object *row)
{
	struct json_object *list = mem_json(w->mem, json_object_new_array());
	struct json_object *goal = json_object_object_get(row, "goal");

	if (goal != NULL) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "nr", json_object_get(goal));
		json_add_text(o, "name", json_text(row, "goal_name"));
		json_add_text(o, "test", "chi2");
		json_object_array_add(list, o);
	}
	return list;
}

/* The results of the self-check, by the code that tells all results. */
static struct json_object *
tell_selfcheck(struct work *w, struct json_object *row)
{
	struct json_object *days = mem_json(w->mem, json_object_new_array());
	struct json_object *listed = json_object_object_get(row, "days");
	struct results_input in = {
		.experiment = json_text(row, "kind"),
		.data_through = work_now_text(w),
		.alternatives = json_object_object_get(row, "alternatives"),
		.exposures = json_object_object_get(row, "exposures"),
		.splits = json_object_object_get(row, "allocations"),
		.goals = goals_of(w, row),
		.analysis = {.has_primary = json_object_object_get(row, "goal") != NULL},
		.days = days,
	};

	for (size_t i = 0; i < json_items(listed); i++) {
		struct json_object *o = json_object_new_array();
		for (size_t k = 0; k < 3; k++)
			json_object_array_add(
			    o, json_object_get(json_item(json_item(listed, i), k)));
		json_object_array_add(days, o);
	}
	set_conversions(w, row, &in);
	return results_json(w->mem, &in);
}

/* Whether a verdict says that alternatives differ, or that something is wrong with the data. */
static bool
verdict_alarms(struct json_object *verdict)
{
	static const char *const quiet[] = {"waiting", "unnamed", "running", "open"};
	const char *state = json_text(verdict, "state");

	for (size_t i = 0; state != NULL && i < sizeof quiet / sizeof quiet[0]; i++)
		if (strcmp(state, quiet[i]) == 0)
			return false;
	return true;
}

/* {name, participants} of each alternative. */
static struct json_object *
arms_of(struct json_object *results)
{
	struct json_object *from = json_object_object_get(results, "alternatives");
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < json_items(from); i++) {
		struct json_object *o = json_object_new_object();
		json_add_text(o, "name", json_text(json_item(from, i), "name"));
		json_object_object_add(o, "participants", json_object_get(
		    json_object_object_get(json_item(from, i), "participants")));
		json_object_array_add(list, o);
	}
	return list;
}

/* What is shown of one self-check. */
static struct json_object *
show_selfcheck(struct work *w, struct json_object *row)
{
	struct json_object *out = json_object_new_object(), *split = json_object_new_object();
	struct json_object *results = tell_selfcheck(w, row);
	struct json_object *srm = json_object_object_get(results, "srm");
	struct json_object *verdict = json_object_object_get(results, "verdict");
	const char *goal = json_text(row, "goal_name"), *state = json_text(verdict, "state");
	bool sound = json_object_get_boolean(json_object_object_get(srm, "ok"));

	json_add_text(out, "kind", json_text(row, "kind"));
	json_object_object_add(out, "arms", arms_of(results));
	json_add_text(out, "goal", goal);
	/* People cannot name a goal for it. */
	if (goal == NULL && state != NULL && strcmp(state, "unnamed") == 0)
		json_add_text(verdict, "text", "Waiting for the first hit of a goal.");
	json_object_object_add(split, "ok", json_object_new_boolean(sound));
	json_object_object_add(split, "p_any_time",
	    json_object_get(json_object_object_get(srm, "p_any_time")));
	json_object_object_add(out, "split", split);
	json_object_object_add(out, "verdict", json_object_get(verdict));
	add_days(w, row, out);
	bool uniform = json_object_get_boolean(
	    json_object_object_get(json_object_object_get(out, "uniform"), "ok"));
	json_object_object_add(
	    out, "ok", json_object_new_boolean(sound && uniform && !verdict_alarms(verdict)));
	return out;
}

enum err
selfcheck_read(struct work *w, struct json_object **list)
{
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	*list = mem_json(w->mem, json_object_new_array());
	if (w->conf->selfcheck == 0)
		return OK;
	instant_format(w->now - (UNIFORM_MOST + 1) * INSTANT_DAY, since);
	since[WORK_DATE - 1] = '\0';
	const char *day = since;
	enum err e = db_query(w->db, w->mem, QUERY_selfcheck_read, &day, &rows);
	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(
		    *list, show_selfcheck(w, mem_json(w->mem, db_row_json(rows, i))));
	return e;
}
