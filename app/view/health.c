/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What would make a result worthless, in words, before anybody looks at the result.
 */
#include "view/health.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* Of the drawing, and the share of participants that may be in two alternatives (1/MIXED). */
enum { WIDTH = 600, LEFT = 150, ROW = 32, BAR = 20, MIXED = 100 };

static struct json_object *
member(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

static void
put(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, json_object_new_string(text));
}

static void
put_place(struct json_object *o, const char *name, double place)
{
	json_object_object_add(o, name, json_object_new_int((int)lround(place)));
}

static int64_t
total_of(struct json_object *arms)
{
	int64_t total = 0;

	for (size_t i = 0; i < json_items(arms); i++)
		total += json_object_get_int64(
		    member(json_item(arms, i), "participants"));
	return total;
}

static struct json_object *
make_row(void *ctx, struct json_object *arm, int64_t total, size_t i)
{
	struct json_object *out = json_object_new_object();
	struct json_object *expected = member(arm, "expected_share");
	int64_t observed = json_object_get_int64(member(arm, "participants"));
	double share = total == 0 ? 0 : (double)observed / (double)total;
	double wanted = json_object_get_double(expected);

	json_object_object_add(out, "name", json_object_get(member(arm, "name")));
	json_object_object_add(out, "observed", json_object_new_int64(observed));
	put(out, "share", total == 0 ? "–" : mem_printf(ctx, "%.2f %%", 100 * share));
	put(out, "expected", expected == NULL ? "–"
	    : mem_printf(ctx, "%.1f", wanted * (double)total));
	put(out, "expected_share", expected == NULL ? "–"
	    : mem_printf(ctx, "%.2f %%", 100 * wanted));
	put_place(out, "y", (double)(i * ROW + (ROW - BAR) / 2));
	put_place(out, "label", (double)(i * ROW + ROW / 2 + 5));
	put_place(out, "w", share * (WIDTH - LEFT));
	put_place(out, "mark", LEFT + wanted * (WIDTH - LEFT));
	return out;
}

static void
warn(struct json_object *list, const char *text)
{
	json_object_array_add(list, json_object_new_string(text));
}

static struct json_object *
warnings_of(void *ctx, struct json_object *results, int64_t total)
{
	struct json_object *list = json_object_new_array(), *split = member(results, "srm");
	int64_t mixed = json_object_get_int64(member(results, "multiple_exposures"));

	if (total == 0)
		warn(list, "Nobody has taken part yet: there is nothing to check.");
	if (!json_object_get_boolean(member(split, "ok")))
		warn(list, "The split is not as expected, far beyond chance. Something between the "
		    "draw and the count loses people of one alternative: a redirect, a crash, "
		    "a filter. Compare nothing until it is found.");
	else if (total > 0 && member(split, "p") == NULL)
		warn(list, "The split cannot be tested yet: too few participants, or one "
		    "alternative only.");
	if (mixed > 0 && mixed > total / MIXED)
		warn(list, mem_printf(ctx, "%" PRId64 " participants were seen in more than one "
		    "alternative, over 1 %%: what they do is counted where they were at that time.",
		    mixed));
	return list;
}

struct json_object *
health_of(void *ctx, struct json_object *results)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *arms = member(results, "alternatives");
	struct json_object *rows = json_object_new_array();
	int64_t total = total_of(arms);
	size_t n = json_items(arms);

	for (size_t i = 0; i < n; i++)
		json_object_array_add(
		    rows, make_row(ctx, json_item(arms, i), total, i));
	json_object_object_add(out, "total", json_object_new_int64(total));
	json_object_object_add(out, "rows", rows);
	put_place(out, "height", (double)(n * ROW));
	json_object_object_add(out, "warnings", warnings_of(ctx, results, total));
	return out;
}
