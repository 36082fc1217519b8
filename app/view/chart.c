/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Geometry of the charts on the result page. Positions are whole units of the drawing; colours and
 * hatches belong to a series and are in the template.
 */
#include "view/chart.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/chart/plan_chart.h"
#include "view/rate_chart.h"
#include "view/histogram_chart.h"

enum { WIDTH = 600, HEIGHT = 160, ROW = 28, LEFT = 150, SERIES = 5 };

/* Limits that keep the page small: the last days, and charts for the first goals only. */
enum { DAYS = 30, DAY_ROWS = 21, DRAWN = 2 };

static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

/* A number as percent, with a sign where format is "+"; a dash when it is null. */
static const char *
percent_text(void *ctx, struct json_object *value, double scale, const char *format)
{
	if (value == NULL)
		return "–";
	return mem_printf(ctx, strcmp(format, "+") == 0 ? "%+.2f %%" : "%.2f %%",
	    scale * json_object_get_double(value));
}

void
chart_shares(void *ctx, struct json_object *results)
{
	struct json_object *list = member_of(results, "alternatives");
	struct json_object *split = member_of(results, "srm");
	const char *const names[][2] = {{"p_any_time", "p_shown"}, {"chi2", "chi2_shown"}};

	for (size_t i = 0; i < 2; i++) {
		struct json_object *number = member_of(split, names[i][0]);
		json_add_text(split, names[i][1], number == NULL ? "–"
		    : mem_printf(ctx, "%.3g", json_object_get_double(number)));
	}
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		json_add_text(o, "expected_percent",
		    percent_text(ctx, member_of(o, "expected_share"), 100, ""));
	}
}

const char *
chart_kind(struct json_object *results)
{
	struct json_object *verdict = member_of(results, "verdict");
	const char *state = json_text(verdict, "state");

	if (state == NULL)
		return "";
	if (strcmp(state, "broken") == 0 || strcmp(state, "mixed") == 0 ||
	    strcmp(state, "harm") == 0)
		return "bad";
	return strcmp(state, "winner") == 0 ? "good" : "";
}

/*
 * The series of an alternative: its place in the results, so that it has the same colour in every
 * chart.
 */
static size_t
series_of(struct json_object *results, const char *name)
{
	struct json_object *list = member_of(results, "alternatives");

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *own = member_of(json_item(list, i), "name");
		if (strcmp(json_object_get_string(own), name) == 0)
			return i;
	}
	return 0;
}

/* The largest number of a day, at least 1, because bars are scaled by it. */
static int64_t
largest_count(struct json_object *days)
{
	int64_t most = 1;

	for (size_t i = 0; i < json_items(days); i++) {
		int64_t n = json_object_get_int64(json_item(json_item(days, i), 2));
		most = n > most ? n : most;
	}
	return most;
}

/* Rows [day, alternative, subjects], in order of day, of the last days that have any; the
 * caller owns them. */
static struct json_object *
last_day_rows(struct json_object *all)
{
	struct json_object *out = json_object_new_array(), *day = NULL;
	size_t n = json_items(all), first = n, different = 0;

	for (; first > 0; first--) {
		struct json_object *its = json_item(json_item(all, first - 1), 0);
		different += json_object_equal(its, day) ? 0 : 1;
		if (!json_object_equal(its, day) && (different > DAYS || n - first >= DAY_ROWS))
			break;
		day = its;
	}
	for (size_t i = first; i < n; i++)
		json_object_array_add(out, json_object_get(json_item(all, i)));
	return out;
}

/* Bars of the enrolments by day, and the same numbers as rows for people who cannot see them. */
static struct json_object *
draw_days(struct json_object *results)
{
	struct json_object *days = last_day_rows(member_of(results, "days"));
	size_t n = json_items(days);
	struct json_object *out = json_object_new_object(), *bars = json_object_new_array();
	struct json_object *rows = json_object_new_array();
	int64_t most = largest_count(days);
	double w = (double)WIDTH / (double)(n == 0 ? 1 : n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_item(days, i), *bar = json_object_new_object();
		struct json_object *told = json_object_new_object();
		const char *name = json_object_get_string(json_item(row, 1));
		double h =
		    (HEIGHT - 10) * (double)json_object_get_int64(json_item(row, 2)) / (double)most;
		json_add_rounded(bar, "x", (double)i * w);
		json_add_rounded(bar, "y", HEIGHT - h);
		json_add_rounded(bar, "w", w < 2 ? 2 : w - 1);
		json_add_rounded(bar, "h", h);
		json_add_rounded(bar, "series", (double)(series_of(results, name) % SERIES));
		json_object_array_add(bars, bar);
		json_add_text(told, "day", json_object_get_string(json_item(row, 0)));
		json_add_text(told, "alternative", name);
		json_object_object_add(told, "count", json_object_get(json_item(row, 2)));
		json_object_array_add(rows, told);
	}
	json_object_object_add(out, "width", json_object_new_int(WIDTH));
	json_object_object_add(out, "height", json_object_new_int(HEIGHT));
	json_object_object_add(out, "most", json_object_new_int64(most));
	json_add_text(out, "first",
	    n == 0 ? "" : json_object_get_string(json_item(json_item(days, 0), 0)));
	json_add_text(out, "last",
	    n == 0 ? "" : json_object_get_string(json_item(json_item(days, n - 1), 0)));
	json_object_object_add(out, "bars", bars);
	json_object_object_add(out, "rows", rows);
	json_object_put(days);
	return out;
}

/* The series of each alternative. */
static struct json_object *
make_legend(struct json_object *results)
{
	struct json_object *list = member_of(results, "alternatives");
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(
		    o, "name", json_object_get(member_of(json_item(list, i), "name")));
		json_add_rounded(o, "series", (double)(i % SERIES));
		json_object_array_add(out, o);
	}
	return out;
}

/* A row of the table of a goal. The confidence is that of the test of the goal. */
static struct json_object *
goal_row(void *ctx, struct json_object *goal, size_t i)
{
	struct json_object *a = json_item(member_of(goal, "alternatives"), i);
	struct json_object *interval = member_of(a, "sequence");
	struct json_object *out = json_object_new_object();
	bool mwu = strcmp(json_object_get_string(member_of(goal, "test")), "mwu") == 0;

	json_add_text(out, "name", json_object_get_string(member_of(a, "name")));
	json_object_object_add(out, "conversions", json_object_get(member_of(a, "conversions")));
	json_object_object_add(out, "participants", json_object_get(member_of(a, "participants")));
	json_add_text(out, "rate", percent_text(ctx, member_of(a, "rate"), 100, ""));
	json_add_text(out, "improvement", percent_text(ctx, member_of(a, "improvement"), 1, "+"));
	json_add_text(out, "chance",
	    percent_text(ctx, member_of(a, "chance_to_beat_control"), 100, ""));
	json_add_text(out, "confidence",
	    percent_text(ctx, member_of(a, mwu ? "mwu_confidence" : "chi2_confidence"), 1, ""));
	json_add_text(out, "interval", interval == NULL ? "–"
	    : mem_printf(ctx, "%s to %s", percent_text(ctx, json_item(interval, 0), 100, "+"),
		  percent_text(ctx, json_item(interval, 1), 100, "+")));
	json_object_object_add(out, "reason", json_object_get(member_of(a, "reason")));
	return out;
}

/* The largest distance from 0 of the ends of all intervals. */
static double
reach_of(struct json_object *alternatives)
{
	double reach = 0;

	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *interval = member_of(json_item(alternatives, i), "sequence");
		for (size_t k = 0; interval != NULL && k < 2; k++)
			reach = fmax(reach, fabs(json_object_get_double(json_item(interval, k))));
	}
	return reach;
}

/* The intervals of a goal on one axis with 0 in its middle; NULL when there are none. */
static struct json_object *
draw_forest(void *ctx, struct json_object *goal)
{
	struct json_object *alternatives = member_of(goal, "alternatives");
	double reach = reach_of(alternatives), middle = (LEFT + WIDTH) / 2.0;
	double scale = reach > 0 ? (WIDTH - LEFT - 20) / 2.0 / reach : 0;
	struct json_object *out, *lines = json_object_new_array();
	int y = ROW / 2;

	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *a = json_item(alternatives, i);
		struct json_object *interval = member_of(a, "sequence");
		if (interval == NULL)
			continue;
		double low = json_object_get_double(json_item(interval, 0));
		double high = json_object_get_double(json_item(interval, 1));
		struct json_object *line = json_object_new_object();
		json_add_text(line, "name", json_object_get_string(member_of(a, "name")));
		json_add_rounded(line, "x1", middle + low * scale);
		json_add_rounded(line, "x2", middle + high * scale);
		json_add_rounded(line, "x",
		    middle + json_object_get_double(member_of(a, "difference")) * scale);
		json_add_rounded(line, "y", y);
		json_add_rounded(line, "label", y + 5);
		json_object_array_add(lines, line);
		y += ROW;
	}
	out = json_object_new_object();
	json_object_object_add(out, "lines", lines);
	json_add_rounded(out, "height", y - ROW / 2 + 4);
	json_add_rounded(out, "zero", middle);
	json_add_text(out, "low", mem_printf(ctx, "%+.2f %%", -100 * reach));
	json_add_text(out, "high", mem_printf(ctx, "%+.2f %%", 100 * reach));
	if (reach > 0)
		return out;
	json_object_put(out);
	return NULL;
}

/* What is to be known of a goal with a window. */
static const char *
window_text(void *ctx, struct json_object *goal)
{
	int64_t waiting = json_object_get_int64(member_of(goal, "waiting"));

	return mem_printf(ctx, "Hits count from %" PRId64 " to %" PRId64 " hours after the "
	    "enrolment. Participants whose window has ended are counted; %" PRId64 " more %s "
	    "waiting.", json_object_get_int64(member_of(goal, "window_from")),
	    json_object_get_int64(member_of(goal, "window_to")), waiting,
	    waiting == 1 ? "is" : "are");
}

/* The table of a goal with its intervals; for the first DRAWN goals the larger charts, too. */
static struct json_object *
draw_goal(void *ctx, struct json_object *results, size_t number)
{
	struct json_object *goal = json_item(member_of(results, "goals"), number);
	struct json_object *alternatives = member_of(goal, "alternatives");
	struct json_object *out = json_object_new_object(), *rows = json_object_new_array();

	for (size_t i = 0; i < json_items(alternatives); i++)
		json_object_array_add(rows, goal_row(ctx, goal, i));
	json_add_rounded(out, "number", (double)number);
	json_add_text(out, "goal", json_object_get_string(member_of(goal, "goal")));
	json_object_object_add(out, "retired", json_object_get(member_of(goal, "retired")));
	if (member_of(goal, "window_to") != NULL)
		json_add_text(out, "window", window_text(ctx, goal));
	json_object_object_add(out, "rows", rows);
	json_object_object_add(out, "forest", draw_forest(ctx, goal));
	if (number >= DRAWN)
		return out;
	json_object_object_add(out, "curve", json_object_get(rate_chart_of(ctx, results, number)));
	json_object_object_add(
	    out, "spread", json_object_get(histogram_chart_of(ctx, results, number)));
	return out;
}

struct json_object *
chart_results(void *ctx, struct json_object *results)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *goals = json_object_new_array();

	for (size_t i = 0; i < json_items(member_of(results, "goals")); i++)
		json_object_array_add(goals, draw_goal(ctx, results, i));
	json_object_object_add(out, "days",
	    json_items(member_of(results, "days")) > 0 ? draw_days(results) : NULL);
	json_object_object_add(out, "goals", goals);
	json_object_object_add(out, "plan", json_object_get(plan_chart_of(ctx, results)));
	json_object_object_add(out, "legend", make_legend(results));
	return out;
}
