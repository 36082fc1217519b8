/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From rows of numbers to arms and goals.
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

#define MOST 1000000000000000 /* subjects: sums of such still fit */

static size_t
length(struct json_object *list)
{
	return json_items(list);
}

/* Column i of a row. */
static int64_t
column(struct json_object *row, size_t i)
{
	return i < length(row) ? json_object_get_int64(json_item(row, i)) : 0;
}

static int64_t
subjects(struct json_object *row, size_t i)
{
	int64_t n = column(row, i);

	return n < 0 ? 0 : n > MOST ? MOST : n;
}

static const char *
text(void *ctx, struct json_object *o, const char *name)
{
	const char *s = json_object_get_string(json_object_object_get(o, name));

	return mem_dup(ctx, s != NULL ? s : "");
}

/* The place of an alternative among the arms; narms when it is gone. */
static size_t
find_arm(const struct arm_counts *t, int64_t id)
{
	size_t i = 0;

	while (i < t->narms && t->arms[i].id != id)
		i++;
	return i;
}

/* Those of a row of exposures whom the hash put there. */
static int64_t
drawn_of(struct json_object *row)
{
	int64_t all = subjects(row, 2);
	int64_t placed = subjects(row, 4);

	return placed < all ? all - placed : 0;
}

static void
count_participants(struct arm_counts *t, struct json_object *exposures)
{
	for (size_t i = 0; i < length(exposures); i++) {
		struct json_object *row = json_item(exposures, i);
		size_t arm = find_arm(t, column(row, 0));
		t->multiple += subjects(row, 3);
		if (arm == t->narms)
			continue;
		t->arms[arm].participants += subjects(row, 2);
		t->participants += subjects(row, 2);
		t->arms[arm].drawn += drawn_of(row);
		t->drawn += drawn_of(row);
	}
}

/* Participants who were drawn under split nr. */
static double
drawn_under(const struct arm_counts *t, struct json_object *exposures, int64_t nr)
{
	double n = 0;

	for (size_t i = 0; i < length(exposures); i++) {
		struct json_object *row = json_item(exposures, i);
		if (column(row, 1) == nr && find_arm(t, column(row, 0)) < t->narms)
			n += (double)drawn_of(row);
	}
	return n;
}

static double
share_of(struct json_object *split, const struct arm_counts_arm *arm)
{
	char *id = mem_printf(NULL, "%" PRId64, arm->id);
	double share = json_object_get_double(json_object_object_get(split, id));

	talloc_free(id);
	return isfinite(share) && share > 0 ? share : 0;
}

/* Spreads n subjects over the arms as the split says. */
static void
expect(struct arm_counts *t, struct json_object *split, double n)
{
	double all = 0;

	for (size_t i = 0; i < t->narms; i++)
		all += share_of(split, &t->arms[i]);
	for (size_t i = 0; all > 0 && i < t->narms; i++)
		t->arms[i].expected += n * share_of(split, &t->arms[i]) / all;
}

static void
expect_all(struct arm_counts *t, struct json_object *exposures, struct json_object *splits)
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
		expect(t, split, drawn_under(t, exposures, nr));
		if (nr >= last_nr) {
			last = split;
			last_nr = nr;
		}
	}
	if (t->drawn == 0 && last != NULL)
		expect(t, last, 1);
}

static void
compare_with_expected(struct arm_counts *t)
{
	int64_t *observed = mem_array(t, int64_t, t->narms);
	double *expected = mem_array(t, double, t->narms);
	double all = 0;

	for (size_t i = 0; i < t->narms; i++) {
		observed[i] = t->arms[i].drawn;
		expected[i] = t->arms[i].expected;
		all += expected[i];
	}
	for (size_t i = 0; i < t->narms; i++)
		t->arms[i].share = all > 0 ? expected[i] / all : NAN;
	t->ratio = stats_sample_ratio(observed, expected, t->narms);
}

struct arm_counts *
arm_counts_arms(void *ctx, struct json_object *alternatives, struct json_object *exposures,
    struct json_object *splits)
{
	struct arm_counts *t = mem_new(ctx, struct arm_counts);

	t->narms = length(alternatives);
	t->arms = mem_array(t, struct arm_counts_arm, t->narms);
	for (size_t i = 0; i < t->narms; i++) {
		struct json_object *o = json_item(alternatives, i);
		t->arms[i] = (struct arm_counts_arm){
		    .id = json_object_get_int64(json_object_object_get(o, "id")),
		    .name = text(t, o, "name"),
		};
		if (strcmp(t->arms[i].name, DELIVERY_CONTROL) == 0)
			t->control = &t->arms[i];
	}
	count_participants(t, exposures);
	expect_all(t, exposures, splits);
	compare_with_expected(t);
	return t;
}

/* A row of conversions that counts, where it belongs. */
struct hit {
	size_t goal;
	size_t arm;
	struct stats_bin bin;
	double actions; /* of these subjects, all in all */
};

static int
by_place(const void *a, const void *b)
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

/* The rows that count, in order; their number is *n. */
static struct hit *
sort_hits(struct arm_counts *t, struct json_object *conversions, size_t *n)
{
	struct hit *hits = mem_array(t, struct hit, length(conversions));

	*n = 0;
	for (size_t i = 0; i < length(conversions); i++) {
		struct json_object *row = json_item(conversions, i);
		struct hit h = {find_goal(t, column(row, 0)), find_arm(t, column(row, 1)),
		    {column(row, 2), subjects(row, 3)}, 0};
		h.actions = length(row) > 4 ? json_object_get_double(json_item(row, 4))
					    : (double)h.bin.times * (double)h.bin.subjects;
		if (h.goal < t->ngoals && h.arm < t->narms && h.bin.times > 0 && h.bin.subjects > 0)
			hits[(*n)++] = h;
	}
	if (*n > 0)
		qsort(hits, *n, sizeof hits[0], by_place);
	return hits;
}

/* Fills the cell from the n hits that are its own: one bin for each number of times. */
static void
fill_cell(struct arm_counts *t, struct arm_counts_cell *cell, int64_t participants,
    const struct hit *hits, size_t n)
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
	int64_t idle = participants - cell->conversions;
	bins[0] = (struct stats_bin){0, idle > 0 ? idle : 0};
	cell->histogram = (struct stats_histogram){bins, used};
}

void
arm_counts_goals(struct arm_counts *t, struct json_object *goals, struct json_object *conversions)
{
	t->ngoals = length(goals);
	t->goals = mem_array(t, struct arm_counts_goal, t->ngoals);
	for (size_t i = 0; i < t->ngoals; i++) {
		struct json_object *o = json_item(goals, i);
		t->goals[i] = (struct arm_counts_goal){
		    json_object_get_int64(json_object_object_get(o, "nr")), text(t, o, "name"),
		    strcmp(text(t, o, "test"), "mwu") == 0,
		    json_object_get_boolean(json_object_object_get(o, "retired")),
		    mem_check(talloc_zero_array(t, struct arm_counts_cell, t->narms))};
	}
	size_t n;
	size_t from = 0;
	const struct hit *hits = sort_hits(t, conversions, &n);
	for (size_t i = 0; i < t->ngoals * t->narms; i++) {
		size_t goal = i / t->narms;
		size_t arm = i % t->narms;
		size_t to = from;
		while (to < n && hits[to].goal == goal && hits[to].arm == arm)
			to++;
		fill_cell(t, &t->goals[goal].cells[arm], t->arms[arm].participants, hits + from,
		    to - from);
		from = to;
	}
}
