/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results as CSV for spreadsheets. It is made from the JSON of the results, so both always hold the
 * same numbers. Nothing is rounded.
 */
#include "view/results_csv.h"

#include "base/buf.h"
#include "base/csv/csv.h"
#include "base/jsonutil.h"
#include "base/mem.h"

#define HEAD "goal,test,alternative,participants,conversions,rate,improvement,chi2_confidence," \
	"interval_low,interval_high,chance_to_beat_control,expected_loss,mean_actions," \
	"mwu_confidence,sequence_low,sequence_high,sequence_p,adjusted_p,reason,histogram\r\n"

/* Appends a cell that is not the first of its row; nothing for null. */
static void
add_cell(struct buf *out, struct json_object *o)
{
	buf_char(out, ',');
	if (json_object_is_type(o, json_type_string))
		csv_text(out, json_object_get_string(o));
	else if (o != NULL)
		buf_str(out, json_object_get_string(o));
}

static void
add_interval(struct buf *out, struct json_object *o)
{
	for (size_t i = 0; i < 2; i++)
		add_cell(out, o == NULL ? NULL : json_item(o, i));
}

/* Appends a histogram as pairs of times and participants, "0:97 3:1"; an empty cell for none. */
static void
add_histogram(struct buf *out, struct json_object *o)
{
	const char *gap = "";

	buf_char(out, ',');
	json_object_object_foreach(json_members(o), times, subjects) {
		buf_printf(out, "%s%s:%s", gap, times, json_object_get_string(subjects));
		gap = " ";
	}
}

static void
add_members(struct buf *out, struct json_object *o, const char *const *names)
{
	for (; *names != NULL; names++)
		add_cell(out, json_object_object_get(o, *names));
}

/* A row of alternative x in the goal; arm: the same alternative over all goals. */
static void
add_row(struct buf *out, struct json_object *goal, struct json_object *x, struct json_object *arm)
{
	static const char *const counts[] = {
	    "conversions", "rate", "improvement", "chi2_confidence", NULL};
	static const char *const chances[] = {"chance_to_beat_control", "expected_loss",
	    "mean_actions", "mwu_confidence", NULL};
	static const char *const ends[] = {"sequence_p", "adjusted_p", "reason", NULL};

	csv_text(out, json_object_get_string(json_object_object_get(goal, "goal")));
	add_cell(out, json_object_object_get(goal, "test"));
	add_cell(out, json_object_object_get(x, "name"));
	/* A goal with a window has participants of its own: those whose window has ended. */
	struct json_object *own = json_object_object_get(x, "participants");
	add_cell(out, own != NULL ? own : json_object_object_get(arm, "participants"));
	add_members(out, x, counts);
	add_interval(out, json_object_object_get(x, "interval"));
	add_members(out, x, chances);
	add_interval(out, json_object_object_get(x, "sequence"));
	add_members(out, x, ends);
	add_histogram(out, json_object_object_get(x, "histogram"));
	buf_str(out, "\r\n");
}

const char *
results_csv(void *ctx, struct json_object *results)
{
	struct buf *out = buf_new(ctx, sizeof HEAD * 4);
	struct json_object *arms = json_object_object_get(results, "alternatives");
	struct json_object *goals = json_object_object_get(results, "goals");

	buf_str(out, HEAD);
	for (size_t g = 0; g < json_items(goals); g++) {
		struct json_object *goal = json_item(goals, g);
		struct json_object *rows = json_object_object_get(goal, "alternatives");
		for (size_t i = 0; i < json_items(rows); i++)
			add_row(out, goal, json_item(rows, i),
			    json_item(arms, i));
	}
	return out->data;
}
