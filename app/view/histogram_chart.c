/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Geometry of the histogram of actions per participant: bars for exact numbers of times, and
 * falling lines for "at least so many times". Numbers of times above LAST are counted in the last
 * bar.
 */
#include "view/histogram_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/rate_chart.h"

enum { WIDTH = 600, HEIGHT = 160, TOP = 8, LAST = 8 };

/* The counts of an alternative: participants by number of times, the last one: or more. */
struct arm {
	const char *name;
	int64_t count[LAST + 1];
	int64_t all;
};

static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

/* Reads an alternative; returns the largest number of times, at most LAST. */
static size_t
read_arm(struct json_object *o, struct arm *out)
{
	struct json_object *histogram = member_of(o, "histogram");
	size_t most = 0;

	*out = (struct arm){.name = json_object_get_string(member_of(o, "name"))};
	if (histogram == NULL)
		return 0;
	json_object_object_foreach(json_members(histogram), times, subjects) {
		unsigned long long t = strtoull(times, NULL, 10);
		size_t at = t > LAST ? LAST : (size_t)t;
		out->count[at] += json_object_get_int64(subjects);
		out->all += json_object_get_int64(subjects);
		most = at > most ? at : most;
	}
	return most;
}

/* Shares instead of counts make alternatives of different sizes comparable. */
static double
share_of_arm(int64_t n, const struct arm *a)
{
	return a->all == 0 ? 0 : (double)n / (double)a->all;
}

/* The height of a share, measured from the top, as SVG does. */
static int
place_y(double part)
{
	return HEIGHT - (int)lround((HEIGHT - TOP) * part);
}

/* A group of bars for each number of times, with a bar for each alternative. */
static void
add_bars(struct json_object *bars, const struct arm *arms, size_t n, size_t most)
{
	double column = (double)WIDTH / (double)(most + 1), w = column * 0.8 / (double)n;

	for (size_t t = 0; t <= most; t++)
		for (size_t i = 0; i < n; i++) {
			struct json_object *o = json_object_new_object();
			int y = place_y(share_of_arm(arms[i].count[t], &arms[i]));
			json_add_rounded(o, "series", (double)i);
			json_add_rounded(o, "x", (double)t * column + (double)i * w);
			json_add_rounded(o, "y", y);
			json_add_rounded(o, "w", w < 1 ? 1 : w);
			json_add_rounded(o, "h", HEIGHT - y);
			json_object_array_add(bars, o);
		}
}

/* The falling line of an alternative: the share that acted at least so many times, as steps. */
static void
add_line(struct json_object *lines, const struct arm *a, size_t i, size_t most)
{
	struct json_object *o = json_object_new_object();
	struct buf *points = buf_new(NULL, 256);
	double column = (double)WIDTH / (double)(most + 1);
	int64_t left = a->all;

	for (size_t t = 0; t <= most; t++) {
		int y = place_y(share_of_arm(left, a));
		buf_printf(points, "%d,%d %d,%d ", (int)lround((double)t * column), y,
		    (int)lround((double)(t + 1) * column), y);
		left -= a->count[t];
	}
	json_add_rounded(o, "series", (double)i);
	json_object_object_add(o, "name", json_object_new_string(a->name));
	json_object_object_add(o, "points", json_object_new_string(points->data));
	json_object_array_add(lines, o);
	talloc_free(points);
}

/* The numbers behind both charts, as a table. */
static void
add_rows(struct json_object *rows, const struct arm *a, size_t most)
{
	int64_t left = a->all;

	for (size_t t = 0; t <= most; t++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "name", json_object_new_string(a->name));
		json_add_rounded(o, "times", (double)t);
		json_object_object_add(o, "count", json_object_new_int64(a->count[t]));
		json_object_object_add(o, "at_least", json_object_new_int64(left));
		json_object_array_add(rows, o);
		left -= a->count[t];
	}
}

struct json_object *
histogram_chart_of(void *ctx, struct json_object *results, size_t goal)
{
	static const char *const names[] = {"bars", "lines", "rows", "ticks"};
	struct json_object *g = json_item(member_of(results, "goals"), goal);
	struct json_object *list = member_of(g, "alternatives"), *parts[4];
	struct arm arms[CURVE_ARMS];
	size_t n = json_items(list), most = 1;
	int64_t all = 0;

	if (n > CURVE_ARMS)
		n = CURVE_ARMS;
	for (size_t i = 0; i < n; i++) {
		size_t m = read_arm(json_item(list, i), &arms[i]);
		most = m > most ? m : most;
		all += arms[i].all;
	}
	if (all == 0 || strcmp(json_object_get_string(member_of(g, "test")), "mwu") != 0)
		return NULL;
	struct json_object *out = mem_json(ctx, json_object_new_object());
	for (size_t i = 0; i < 4; i++) {
		parts[i] = json_object_new_array();
		json_object_object_add(out, names[i], parts[i]);
	}
	add_bars(parts[0], arms, n, most);
	for (size_t i = 0; i < n; i++) {
		add_line(parts[1], &arms[i], i, most);
		add_rows(parts[2], &arms[i], most);
	}
	for (size_t t = 0; t <= most; t++) {
		struct json_object *o = json_object_new_object();
		json_add_rounded(o, "x", ((double)t + 0.35) * WIDTH / (double)(most + 1));
		json_add_rounded(o, "times", (double)t);
		json_object_array_add(parts[3], o);
	}
	return out;
}
