/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plan on the result page: its progress, its looks as a table, and a drawing of z at each look
 * between the bounds that it must reach.
 */
#include "view/chart/plan_chart.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"

enum { WIDTH = 600, HEIGHT = 200, LEFT = 8, RIGHT = 120, EDGE = 10, LABEL = 6, SERIES = 5 };

/* The least that the axis of z reaches. */
#define LEAST_REACH 4.5

/* The axes: information from 0 to `last`, z from -reach to reach. */
struct axes {
	double last, reach;
};

static struct json_object *
member(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

static double
number(struct json_object *o, const char *name)
{
	return json_object_get_double(member(o, name));
}

static double
x_of(const struct axes *a, double information)
{
	return LEFT + (WIDTH - LEFT - RIGHT) * information / a->last;
}

static double
y_of(const struct axes *a, double z)
{
	double middle = HEIGHT / 2.0;
	double within = fmax(-a->reach, fmin(a->reach, z));

	return middle - within / a->reach * (middle - EDGE);
}

static struct axes
axes_of(struct json_object *looks)
{
	struct axes a = {1, LEAST_REACH};

	for (size_t i = 0; i < json_items(looks); i++) {
		struct json_object *l = json_item(looks, i);
		a.last = fmax(a.last, number(l, "information"));
		a.reach = fmax(a.reach, fmin(2 * LEAST_REACH, fabs(number(l, "z"))));
	}
	return a;
}

static bool
is_of(struct json_object *look, const char *name)
{
	const char *its = json_text(look, "alternative");

	return its != NULL && strcmp(its, name) == 0;
}

/* The points of a member of an alternative's looks, "-bound" for the bound below; "" when there are
 * none. */
static const char *
points_of(void *ctx, struct json_object *looks, const struct axes *a, const char *name,
    const char *what)
{
	double way = *what == '-' ? -1 : 1;

	struct buf *b = buf_new(ctx, 256);

	for (size_t i = 0; i < json_items(looks); i++) {
		struct json_object *l = json_item(looks, i);
		if (is_of(l, name))
			buf_printf(b, "%s%ld,%ld", b->len > 0 ? " " : "",
			    lround(x_of(a, number(l, "information"))),
			    lround(y_of(a, way * number(l, what + (way < 0)))));
	}
	return b->len > 0 ? b->data : "";
}

/* The place of an alternative among all of them, which is its series. */
static size_t
series_of(struct json_object *results, const char *name)
{
	struct json_object *list = member(results, "alternatives");

	for (size_t i = 0; i < json_items(list); i++) {
		const char *its = json_text(json_item(list, i), "name");
		if (its != NULL && strcmp(its, name) == 0)
			return i;
	}
	return 0;
}

static struct json_object *
draw_line(void *ctx, struct json_object *results, const struct axes *a, const char *name)
{
	struct json_object *looks = member(member(results, "decision"), "looks");
	struct json_object *line = json_object_new_object(), *last = NULL;

	for (size_t i = 0; i < json_items(looks); i++)
		if (is_of(json_item(looks, i), name))
			last = json_item(looks, i);
	json_add_text(line, "name", name);
	json_add_rounded(line, "series", (double)(series_of(results, name) % SERIES));
	json_add_text(line, "points", points_of(ctx, looks, a, name, "z"));
	json_add_rounded(line, "x", x_of(a, number(last, "information")) + LABEL);
	json_add_rounded(line, "y", y_of(a, number(last, "z")) + LABEL);
	return line;
}

static void
add_drawing(void *ctx, struct json_object *out, struct json_object *results)
{
	struct json_object *decision = member(results, "decision");
	struct json_object *looks = member(decision, "looks");
	struct json_object *arms = member(decision, "alternatives");
	struct json_object *lines = json_object_new_array();
	const struct axes a = axes_of(looks);
	const char *slowest = NULL;
	double most = -1;

	for (size_t i = 0; i < json_items(arms); i++) {
		const char *name = json_text(json_item(arms, i), "name");
		if (name == NULL || member(json_item(arms, i), "look") == NULL)
			continue;
		json_object_array_add(lines, draw_line(ctx, results, &a, name));
		/* The bounds of the alternative with most looks: those of others end before. */
		double t = number(member(json_item(arms, i), "look"), "information");
		slowest = t > most ? name : slowest;
		most = fmax(t, most);
	}
	json_object_object_add(out, "lines", lines);
	json_add_text(out, "bound_above", slowest == NULL ? ""
	    : points_of(ctx, looks, &a, slowest, "bound"));
	json_add_text(out, "bound_below", slowest == NULL ? ""
	    : points_of(ctx, looks, &a, slowest, "-bound"));
	json_add_rounded(out, "zero", y_of(&a, 0));
	json_add_rounded(out, "full", x_of(&a, 1));
	json_add_rounded(out, "width", WIDTH);
	json_add_rounded(out, "height", HEIGHT);
	json_add_text(out, "top", mem_printf(ctx, "%.1f", a.reach));
}

static const char *
percent_text(void *ctx, double share)
{
	return mem_printf(ctx, "%.0f %%", floor(share * 100));
}

static struct json_object *
make_rows(void *ctx, struct json_object *looks, bool several)
{
	struct json_object *rows = json_object_new_array();

	for (size_t i = 0; i < json_items(looks); i++) {
		struct json_object *l = json_item(looks, i), *row = json_object_new_object();
		struct json_object *interval = member(l, "interval");
		if (several)
			json_object_object_add(
			    row, "alternative", json_object_get(member(l, "alternative")));
		json_object_object_add(row, "day", json_object_get(member(l, "day")));
		json_add_text(row, "progress", percent_text(ctx, number(l, "information")));
		json_add_text(row, "difference",
		    mem_printf(ctx, "%+.2f %%", 100 * number(l, "difference")));
		json_add_text(row, "interval", mem_printf(ctx, "%+.2f %% to %+.2f %%",
		    100 * json_object_get_double(json_item(interval, 0)),
		    100 * json_object_get_double(json_item(interval, 1))));
		json_add_text(row, "z", mem_printf(ctx, "%+.2f", number(l, "z")));
		json_add_text(row, "bound", mem_printf(ctx, "%.2f", number(l, "bound")));
		json_object_array_add(rows, row);
	}
	return rows;
}

struct json_object *
plan_chart_of(void *ctx, struct json_object *results)
{
	static const char *const same[] = {"why", "needed", "alpha", "decided_on", "final_on"};
	struct json_object *decision = member(results, "decision");
	struct json_object *out, *looks = member(decision, "looks");
	const char *method = json_text(decision, "method");

	if (member(decision, "needed") == NULL || method == NULL)
		return NULL;
	out = mem_json(ctx, json_object_new_object());
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		json_object_object_add(out, same[i], json_object_get(member(decision, same[i])));
	json_object_object_add(
	    out, "decides", json_object_new_boolean(strcmp(method, "spending") == 0));
	if (member(decision, "information") != NULL)
		json_add_text(out, "progress", percent_text(ctx, number(decision, "information")));
	json_object_object_add(
	    out, "days_to_go", json_object_get(member(results, "days_to_go")));
	json_object_object_add(out, "looks", make_rows(ctx, looks,
	    json_items(member(decision, "alternatives")) > 1));
	if (json_items(looks) > 0)
		add_drawing(ctx, out, results);
	return out;
}
