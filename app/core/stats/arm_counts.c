/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns counted rows of the database into arms and goals. Rows come from tables that other releases
 * and deleted definitions may have left behind: unknown arms and goals, negative counts and missing
 * columns are passed over.
 */
#include "core/stats/arm_counts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/delivery.h"

#define MAX_SUBJECTS 1000000000000000 /* of a row: sums of such still fit into 64 bits */

/* Column i of a row; 0 when the row is shorter. */
static int64_t
row_number(struct json_object *row, size_t i)
{
	return i < json_items(row) ? json_object_get_int64(json_item(row, i)) : 0;
}

static int64_t
row_subjects(struct json_object *row, size_t i)
{
	int64_t n = row_number(row, i);

	return n < 0 ? 0 : n > MAX_SUBJECTS ? MAX_SUBJECTS : n;
}

static const char *
copy_text(void *ctx, struct json_object *o, const char *name)
{
	const char *s = json_object_get_string(json_object_object_get(o, name));

	return mem_dup(ctx, s != NULL ? s : "");
}

size_t
arm_counts_arm_index(const struct arm_counts *t, int64_t id)
{
	size_t i = 0;

	while (i < t->narms && t->arms[i].id != id)
		i++;
	return i;
}

/* The subjects of a row of exposures that the hash assigned, not those assigned manually. */
static int64_t
row_drawn(struct json_object *row)
{
	int64_t all = row_subjects(row, 2);
	int64_t placed = row_subjects(row, 4);

	return placed < all ? all - placed : 0;
}

static void
count_participants(struct arm_counts *t, struct json_object *exposures)
{
	for (size_t i = 0; i < json_items(exposures); i++) {
		struct json_object *row = json_item(exposures, i);
		size_t arm = arm_counts_arm_index(t, row_number(row, 0));
		t->multiple += row_subjects(row, 3);
		if (arm == t->narms)
			continue;
		t->arms[arm].participants += row_subjects(row, 2);
		t->participants += row_subjects(row, 2);
		t->arms[arm].drawn += row_drawn(row);
		t->drawn += row_drawn(row);
	}
}

/* Participants that were assigned by the hash while allocation nr was in force. */
static double
drawn_in_split(const struct arm_counts *t, struct json_object *exposures, int64_t nr)
{
	double n = 0;

	for (size_t i = 0; i < json_items(exposures); i++) {
		struct json_object *row = json_item(exposures, i);
		size_t arm = arm_counts_arm_index(t, row_number(row, 0));
		if (row_number(row, 1) == nr && arm < t->narms)
			n += (double)row_drawn(row);
	}
	return n;
}

static double
split_share(struct json_object *split, const struct arm_counts_arm *arm)
{
	char *id = mem_printf(NULL, "%" PRId64, arm->id);
	double share = json_object_get_double(json_object_object_get(split, id));

	talloc_free(id);
	return isfinite(share) && share > 0 ? share : 0;
}

/* Adds n subjects, spread over the arms by an allocation, to what is expected of each. */
static void
add_expected(struct arm_counts *t, struct json_object *split, double n)
{
	double all = 0;

	for (size_t i = 0; i < t->narms; i++)
		all += split_share(split, &t->arms[i]);
	for (size_t i = 0; all > 0 && i < t->narms; i++)
		t->arms[i].expected += n * split_share(split, &t->arms[i]) / all;
}

static void
add_all_expected(struct arm_counts *t, struct json_object *exposures, struct json_object *splits)
{
	struct json_object *last = NULL;
	int64_t last_nr = INT64_MIN;
	int64_t nr;

	if (!json_object_is_type(splits, json_type_object))
		return;
	json_object_object_foreach(json_members(splits), key, split) {
		if (!json_object_is_type(split, json_type_object) ||
		    !num_int(key, INT64_MIN, INT64_MAX, &nr))
			continue;
		add_expected(t, split, drawn_in_split(t, exposures, nr));
		if (nr >= last_nr) {
			last = split;
			last_nr = nr;
		}
	}
	if (t->drawn == 0 && last != NULL)
		add_expected(t, last, 1);
}

size_t
arm_counts_split_index(const struct arm_counts *t, int64_t nr)
{
	size_t i = 0;

	while (i < t->nsplits && t->splits[i].nr != nr)
		i++;
	return i;
}

/* The split of that number, which is added when it is new. */
static struct arm_counts_split *
find_split(struct arm_counts *t, int64_t nr)
{
	size_t known = arm_counts_split_index(t, nr);

	if (known < t->nsplits)
		return &t->splits[known];
	t->splits =
	    mem_check(talloc_realloc(t, t->splits, struct arm_counts_split, t->nsplits + 1));
	t->splits[t->nsplits] = (struct arm_counts_split){nr,
		mem_check(talloc_zero_array(t, int64_t, t->narms)),
		mem_check(talloc_zero_array(t, int64_t, t->narms)),
		mem_check(talloc_zero_array(t, double, t->narms))};
	return &t->splits[t->nsplits++];
}

static void
count_splits(struct arm_counts *t, struct json_object *exposures, struct json_object *splits)
{
	int64_t nr;

	for (size_t i = 0; i < json_items(exposures); i++) {
		struct json_object *row = json_item(exposures, i);
		size_t arm = arm_counts_arm_index(t, row_number(row, 0));
		if (arm == t->narms)
			continue;
		struct arm_counts_split *s = find_split(t, row_number(row, 1));
		s->participants[arm] += row_subjects(row, 2);
		s->drawn[arm] += row_drawn(row);
	}
	json_object_object_foreach(json_members(splits), key, shares) {
		if (!num_int(key, INT64_MIN, INT64_MAX, &nr))
			continue;
		struct arm_counts_split *s = find_split(t, nr);
		for (size_t i = 0; i < t->narms; i++)
			s->weights[i] = split_share(shares, &t->arms[i]);
	}
}

static void
set_sample_ratio(struct arm_counts *t)
{
	struct split_counts *counts = mem_array(t, struct split_counts, t->nsplits);
	double all = 0;

	for (size_t i = 0; i < t->narms; i++)
		all += t->arms[i].expected;
	for (size_t i = 0; i < t->narms; i++)
		t->arms[i].share = all > 0 ? t->arms[i].expected / all : NAN;
	for (size_t i = 0; i < t->nsplits; i++)
		counts[i] = (struct split_counts){
			t->splits[i].drawn, t->splits[i].weights, t->narms};
	t->ratio = split_check(counts, t->nsplits);
}

struct arm_counts *
arm_counts_arms(void *ctx, struct json_object *alternatives, struct json_object *exposures,
    struct json_object *splits)
{
	struct arm_counts *t = mem_new(ctx, struct arm_counts);

	t->narms = json_items(alternatives);
	t->arms = mem_array(t, struct arm_counts_arm, t->narms);
	for (size_t i = 0; i < t->narms; i++) {
		struct json_object *o = json_item(alternatives, i);
		t->arms[i] = (struct arm_counts_arm){
		    .id = json_object_get_int64(json_object_object_get(o, "id")),
		    .name = copy_text(t, o, "name"),
		};
		if (strcmp(t->arms[i].name, DELIVERY_CONTROL) == 0)
			t->control = &t->arms[i];
	}
	count_participants(t, exposures);
	add_all_expected(t, exposures, splits);
	count_splits(t, exposures, splits);
	set_sample_ratio(t);
	return t;
}

/* A row of conversions, with the goal and arm that it belongs to. */
struct hit {
	size_t goal;
	size_t arm;
	struct stats_bin bin;
	double actions; /* of all these subjects together */
};

static int
compare_hits(const void *a, const void *b)
{
	const struct hit *x = a;
	const struct hit *y = b;

	if (x->goal != y->goal)
		return x->goal < y->goal ? -1 : 1;
	if (x->arm != y->arm)
		return x->arm < y->arm ? -1 : 1;
	return (x->bin.times > y->bin.times) - (x->bin.times < y->bin.times);
}

static size_t
find_goal(const struct arm_counts *t, int64_t nr)
{
	size_t i = 0;

	while (i < t->ngoals && t->goals[i].nr != nr)
		i++;
	return i;
}

/* The rows of known goals and arms, sorted by goal, arm and times; *n is their number. */
static struct hit *
sorted_hits(struct arm_counts *t, struct json_object *conversions, size_t *n)
{
	struct hit *hits = mem_array(t, struct hit, json_items(conversions));

	*n = 0;
	for (size_t i = 0; i < json_items(conversions); i++) {
		struct json_object *row = json_item(conversions, i);
		struct hit h = {find_goal(t, row_number(row, 0)),
		    arm_counts_arm_index(t, row_number(row, 1)),
		    {row_number(row, 2), row_subjects(row, 3)}, 0};
		h.actions = json_items(row) > 4 ? json_object_get_double(json_item(row, 4))
					    : (double)h.bin.times * (double)h.bin.subjects;
		if (h.goal < t->ngoals && h.arm < t->narms && h.bin.times > 0 && h.bin.subjects > 0)
			hits[(*n)++] = h;
	}
	if (*n > 0)
		qsort(hits, *n, sizeof hits[0], compare_hits);
	return hits;
}

/*
 * Fills a cell from its n hits: one bin for each number of times, participants without a hit at 0.
 */
static void
fill_cell(struct arm_counts *t, struct arm_counts_cell *cell, const struct hit *hits, size_t n)
{
	struct stats_bin *bins = mem_array(t, struct stats_bin, n + 1);
	size_t used = 1;

	for (size_t i = 0; i < n; i++) {
		struct stats_bin bin = hits[i].bin;
		cell->conversions += bin.subjects;
		cell->actions += hits[i].actions;
		if (bins[used - 1].times == bin.times && used > 1)
			bins[used - 1].subjects += bin.subjects;
		else
			bins[used++] = bin;
	}
	int64_t idle = cell->participants - cell->conversions;
	bins[0] = (struct stats_bin){0, idle > 0 ? idle : 0};
	cell->histogram = (struct stats_histogram){bins, used};
	double mean = cell->participants > 0 ? cell->actions / (double)cell->participants : 0;
	for (size_t i = 0; i < used; i++) {
		double off = (double)bins[i].times - mean;
		cell->spread += (double)bins[i].subjects * off * off;
	}
}

/* The participants of a goal by arm: all of them, or those whose window has ended. */
static void
count_goal(struct arm_counts *t, struct arm_counts_goal *goal, struct json_object *windows)
{
	int64_t ended = 0;

	for (size_t i = 0; i < t->narms && !goal->window; i++)
		goal->cells[i].participants = t->arms[i].participants;
	for (size_t i = 0; i < json_items(windows) && goal->window && goal->counted; i++) {
		struct json_object *row = json_item(windows, i);
		size_t arm = arm_counts_arm_index(t, row_number(row, 1));
		if (row_number(row, 0) != goal->window_to || arm == t->narms)
			continue;
		goal->cells[arm].participants += row_subjects(row, 3);
		ended += row_subjects(row, 3);
	}
	goal->waiting = goal->window && ended < t->participants ? t->participants - ended : 0;
}

static struct arm_counts_goal
read_goal(struct arm_counts *t, struct json_object *o)
{
	struct json_object *to = json_object_object_get(o, "window_to");
	bool counted = to == NULL || json_object_get_boolean(json_object_object_get(o, "counted"));
	const char *since = json_text(o, "counted_since");

	return (struct arm_counts_goal){
		.nr = json_object_get_int64(json_object_object_get(o, "nr")),
		.name = copy_text(t, o, "name"),
		.mwu = strcmp(copy_text(t, o, "test"), "mwu") == 0,
		.retired = json_object_get_boolean(json_object_object_get(o, "retired")),
		.window = to != NULL,
		.window_from = json_object_get_int64(json_object_object_get(o, "window_from")),
		.window_to = json_object_get_int64(to),
		.counted = counted,
		.counted_since = counted || since == NULL ? NULL : mem_dup(t, since),
		.cells = mem_check(talloc_zero_array(t, struct arm_counts_cell, t->narms)),
	};
}

void
arm_counts_goals(struct arm_counts *t, struct json_object *goals, struct json_object *conversions,
    struct json_object *windows)
{
	t->ngoals = json_items(goals);
	t->goals = mem_array(t, struct arm_counts_goal, t->ngoals);
	for (size_t i = 0; i < t->ngoals; i++) {
		t->goals[i] = read_goal(t, json_item(goals, i));
		count_goal(t, &t->goals[i], windows);
	}
	size_t n;
	size_t from = 0;
	const struct hit *hits = sorted_hits(t, conversions, &n);
	for (size_t i = 0; i < t->ngoals * t->narms; i++) {
		size_t goal = i / t->narms;
		size_t arm = i % t->narms;
		size_t to = from;
		while (to < n && hits[to].goal == goal && hits[to].arm == arm)
			to++;
		fill_cell(t, &t->goals[goal].cells[arm], hits + from, to - from);
		from = to;
	}
}

static double
row_double(struct json_object *row, size_t i)
{
	double x = json_object_get_double(json_item(row, i));

	return isfinite(x) && x > 0 ? x : 0;
}

/* Sets the participants of a goal in each arm and split, as count_goal() does by arm. */
static void
split_goal(struct arm_counts *t, struct arm_counts_goal *goal, struct json_object *windows)
{
	for (size_t i = 0; i < t->narms * t->nsplits && !goal->window; i++)
		goal->cells[i % t->narms].by_split[i / t->narms].participants =
		    (double)t->splits[i / t->narms].participants[i % t->narms];
	for (size_t i = 0; i < json_items(windows) && goal->window && goal->counted; i++) {
		struct json_object *row = json_item(windows, i);
		size_t arm = arm_counts_arm_index(t, row_number(row, 1));
		size_t split = arm_counts_split_index(t, row_number(row, 2));
		if (row_number(row, 0) == goal->window_to && arm < t->narms && split < t->nsplits)
			goal->cells[arm].by_split[split].participants +=
			    (double)row_subjects(row, 3);
	}
}

void
arm_counts_outcomes(
    struct arm_counts *t, struct json_object *outcomes, struct json_object *windows)
{
	for (size_t i = 0; i < t->ngoals * t->narms; i++)
		t->goals[i / t->narms].cells[i % t->narms].by_split =
		    mem_check(talloc_zero_array(t, struct arm_counts_outcome, t->nsplits));
	for (size_t i = 0; i < t->ngoals; i++)
		split_goal(t, &t->goals[i], windows);
	for (size_t i = 0; i < json_items(outcomes); i++) {
		struct json_object *row = json_item(outcomes, i);
		size_t goal = find_goal(t, row_number(row, 0));
		size_t arm = arm_counts_arm_index(t, row_number(row, 1));
		size_t split = arm_counts_split_index(t, row_number(row, 2));
		if (goal == t->ngoals || arm == t->narms || split == t->nsplits)
			continue;
		struct arm_counts_outcome *x = &t->goals[goal].cells[arm].by_split[split];
		x->conversions = row_double(row, 3);
		x->actions = row_double(row, 4);
		x->spread = row_double(row, 5);
	}
}
