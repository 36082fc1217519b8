/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The health page: the sample ratio, and warnings about what makes results unreliable.
 */
#include "view/health.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* The drawing; 1/MIXED of the participants may have been exposed to several alternatives. */
enum { WIDTH = 600, LEFT = 150, ROW = 32, BAR = 20, MIXED = 100 };

static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

/* The participants of all alternatives, of which shares are computed. */
static int64_t
total_participants(struct json_object *arms)
{
	int64_t total = 0;

	for (size_t i = 0; i < json_items(arms); i++)
		total += json_object_get_int64(
		    member_of(json_item(arms, i), "participants"));
	return total;
}

/*
 * The row of an alternative: numbers as texts for the table, and its bar and mark in the drawing.
 * Without participants or an expected share a dash stands for what cannot be computed.
 */
static struct json_object *
arm_row(void *ctx, struct json_object *arm, int64_t total, size_t i)
{
	struct json_object *out = json_object_new_object();
	struct json_object *expected = member_of(arm, "expected_share");
	int64_t observed = json_object_get_int64(member_of(arm, "participants"));
	double share = total == 0 ? 0 : (double)observed / (double)total;
	double wanted = json_object_get_double(expected);

	json_object_object_add(out, "name", json_object_get(member_of(arm, "name")));
	json_object_object_add(out, "observed", json_object_new_int64(observed));
	json_add_text(out, "share", total == 0 ? "–" : mem_printf(ctx, "%.2f %%", 100 * share));
	json_add_text(out, "expected", expected == NULL ? "–"
	    : mem_printf(ctx, "%.1f", wanted * (double)total));
	json_add_text(out, "expected_share", expected == NULL ? "–"
	    : mem_printf(ctx, "%.2f %%", 100 * wanted));
	json_add_rounded(out, "y", (double)(i * ROW + (ROW - BAR) / 2));
	json_add_rounded(out, "label", (double)(i * ROW + ROW / 2 + 5));
	json_add_rounded(out, "w", share * (WIDTH - LEFT));
	json_add_rounded(out, "mark", LEFT + wanted * (WIDTH - LEFT));
	return out;
}

static void
add_warning(struct json_object *list, const char *text)
{
	json_object_array_add(list, json_object_new_string(text));
}

/*
 * The warnings, the most serious first. A sample ratio mismatch comes before others, because it
 * makes every comparison worthless.
 */
static struct json_object *
health_warnings(void *ctx, struct json_object *results, int64_t total)
{
	struct json_object *list = json_object_new_array(), *split = member_of(results, "srm");
	int64_t mixed = json_object_get_int64(member_of(results, "multiple_exposures"));

	if (total == 0)
		add_warning(list, "There are no participants yet, so there is nothing to check.");
	if (!json_object_get_boolean(member_of(split, "ok")))
		add_warning(list,
		    "Sample ratio mismatch: the split differs from the expected shares by far "
		    "more than chance. Something between assignment and counting loses "
		    "participants of one alternative: a redirect, a crash, a filter. Do not "
		    "compare alternatives until the cause is found.");
	else if (total > 0 && member_of(split, "p") == NULL)
		add_warning(list,
		    "The sample ratio cannot be tested yet: there are too few participants, or "
		    "there is only one alternative.");
	if (mixed > 0 && mixed > total / MIXED)
		add_warning(list, mem_printf(ctx,
		    "%" PRId64 " participants, more than 1 %%, were exposed to more "
		    "than one alternative. Each action counts for the alternative at that time.",
		    mixed));
	return list;
}

struct json_object *
health_of(void *ctx, struct json_object *results)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *arms = member_of(results, "alternatives");
	struct json_object *rows = json_object_new_array();
	int64_t total = total_participants(arms);
	size_t n = json_items(arms);

	for (size_t i = 0; i < n; i++)
		json_object_array_add(
		    rows, arm_row(ctx, json_item(arms, i), total, i));
	json_object_object_add(out, "total", json_object_new_int64(total));
	json_object_object_add(out, "rows", rows);
	json_add_rounded(out, "height", (double)(n * ROW));
	json_object_object_add(out, "warnings", health_warnings(ctx, results, total));
	return out;
}
