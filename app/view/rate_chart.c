/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Geometry of the chart of conversion rates over time: at a few days, the rate up to that day with
 * its Wilson interval. For a goal with a window, participants and conversions stand on the day on
 * which the window ends.
 */
#include "view/rate_chart.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/stats/stats.h"

enum { WIDTH = 600, HEIGHT = 200, LEFT = 8, RIGHT = 120, TOP = 10, POINTS = 7 };

/* The days of a drawing, counted since 1970. */
struct span {
	int64_t first, last;
	size_t n; /* points */
};

struct point {
	struct stats_rate rate;
	struct stats_interval band;
};

static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

/* The day in the first column of a row, counted since 1970; -1 when it is none. */
static int64_t
day_of(struct json_object *row)
{
	const char *text = json_object_get_string(json_item(row, 0));
	char whole[32];
	int64_t at;

	if (text == NULL || strlen(text) != 10)
		return -1;
	memcpy(whole, text, 10);
	memcpy(whole + 10, "T00:00:00Z", 11);
	return instant_parse(whole, strlen(whole), &at) ? at / INSTANT_DAY : -1;
}

/* The days from the first to the last row. Rows are sorted by day. */
static struct span
days_shown(struct json_object *days, struct json_object *converted)
{
	size_t n = json_items(days);
	size_t m = json_items(converted);
	struct span s = {0};

	if (n == 0)
		return s;
	s.first = day_of(json_item(days, 0));
	s.last = day_of(json_item(days, n - 1));
	if (m > 0 && day_of(json_item(converted, m - 1)) > s.last)
		s.last = day_of(json_item(converted, m - 1));
	int64_t length = s.last - s.first + 1;
	s.n = length < 2 || s.first < 0 ? 0 : length > POINTS ? POINTS : (size_t)length;
	return s;
}

/* The day of point i. The points are spread evenly over the days, the first and last included. */
static int64_t
day_at(const struct span *s, size_t i)
{
	return s->first + (s->last - s->first) * (int64_t)i / (int64_t)(s->n - 1);
}

/*
 * The sum of the last column of the rows up to a day whose columns from the second on are these
 * texts.
 */
static int64_t
sum_until(struct json_object *rows, int64_t day, const char *const *texts)
{
	int64_t sum = 0;

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		size_t k = 0;
		while (texts[k] != NULL &&
		    strcmp(json_object_get_string(json_item(row, k + 1)), texts[k]) == 0)
			k++;
		if (texts[k] == NULL && day_of(row) <= day)
			sum += json_object_get_int64(json_item(row, k + 1));
	}
	return sum;
}

/* The rows of `ended` of that goal; NULL when it has no window. */
static struct json_object *
ended_rows(void *ctx, struct json_object *results, struct json_object *goal)
{
	struct json_object *rows = member_of(results, "ended"), *list;

	if (member_of(goal, "window_to") == NULL)
		return NULL;
	list = mem_json(ctx, json_object_new_array());
	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (json_object_equal(json_item(row, 1), member_of(goal, "goal")))
			json_object_array_add(list, json_object_get(row));
	}
	return list;
}

/* ended: the participants of a goal with a window by day; NULL: all participants count. */
static struct point
rate_at(struct json_object *results, struct json_object *ended, const char *goal, const char *arm,
    int64_t day)
{
	struct point p;
	int64_t n = ended != NULL
	    ? sum_until(ended, day, (const char *const[]){goal, arm, NULL})
	    : sum_until(member_of(results, "days"), day, (const char *const[]){arm, NULL});
	int64_t done = sum_until(
	    member_of(results, "converted"), day, (const char *const[]){goal, arm, NULL});

	/* The two are counted apart by day: whatever they say, a rate is never above 1. */
	p.rate = (struct stats_rate){.n = n, .c = done > n ? n : done};
	p.band = stats_wilson(p.rate);
	return p;
}

static const char *
share_text(void *ctx, double share)
{
	return mem_printf(ctx, "%.2f %%", 100 * share);
}

static void
put_day(struct json_object *o, const char *name, int64_t day)
{
	char text[INSTANT_TEXT];

	instant_format(day * INSTANT_DAY, text);
	text[10] = '\0';
	json_add_text(o, name, text);
}

/* Adds a row of the table that says the same as the chart, for those who cannot see it. */
static void
add_row(struct json_object *rows, const char *name, int64_t day, const struct point *p)
{
	struct json_object *o = json_object_new_object();
	void *work = mem_ctx(NULL);

	put_day(o, "day", day);
	json_add_text(o, "name", name);
	json_add_text(o, "rate", share_text(work, (double)p->rate.c / (double)p->rate.n));
	json_add_text(o, "low", share_text(work, p->band.lo));
	json_add_text(o, "high", share_text(work, p->band.hi));
	json_object_array_add(rows, o);
	talloc_free(work);
}

/* Pixels from the left; RIGHT is left free for the labels. */
static int
place_x(const struct span *s, size_t i)
{
	return LEFT + (int)((WIDTH - LEFT - RIGHT) * i / (s->n - 1));
}

/* Pixels from above; top: the share at the upper edge. */
static int
place_y(double share, double top)
{
	return HEIGHT - (int)lround((HEIGHT - TOP) * share / top);
}

/*
 * The line of an alternative and its band, a polygon along the upper edge and back along the lower.
 */
static struct json_object *
draw_line(const struct span *s, const struct point *points, double top)
{
	struct json_object *o = json_object_new_object();
	struct buf *line = buf_new(NULL, 256), *band = buf_new(line, 512);
	int y = HEIGHT;

	for (size_t i = 0; i < s->n; i++) {
		if (points[i].rate.n == 0)
			continue;
		y = place_y((double)points[i].rate.c / (double)points[i].rate.n, top);
		buf_printf(line, "%d,%d ", place_x(s, i), y);
		buf_printf(band, "%d,%d ", place_x(s, i), place_y(points[i].band.hi, top));
	}
	for (size_t i = s->n; i-- > 0;)
		if (points[i].rate.n > 0)
			buf_printf(
			    band, "%d,%d ", place_x(s, i), place_y(points[i].band.lo, top));
	json_add_text(o, "points", line->data);
	json_add_text(o, "band", band->data);
	json_object_object_add(o, "x", json_object_new_int(WIDTH - RIGHT + 6));
	json_object_object_add(o, "y", json_object_new_int(y + 4));
	talloc_free(line);
	return o;
}

/* Of the lines that have no label yet, the one that ends lowest. */
static struct json_object *
find_lowest(struct json_object *lines, const bool *done, size_t *at)
{
	struct json_object *found = NULL;

	for (size_t i = 0; i < json_items(lines); i++) {
		struct json_object *o = json_item(lines, i);
		if (done[i] || (found != NULL && json_object_get_int(member_of(o, "y")) <=
		    json_object_get_int(member_of(found, "y"))))
			continue;
		found = o;
		*at = i;
	}
	return found;
}

/*
 * Moves the labels at the ends of the lines apart, keeping the order of the lines: from the lowest
 * on, each moves up as far as the one below it requires.
 */
static void
spread_labels(struct json_object *lines)
{
	enum { GAP = 14 };
	bool done[CURVE_ARMS] = {false};
	struct json_object *o;
	int below = HEIGHT + 2 * GAP;
	size_t i;

	while ((o = find_lowest(lines, done, &i)) != NULL) {
		int y = json_object_get_int(member_of(o, "y"));
		below = y < below - GAP ? y : below - GAP;
		json_object_object_add(o, "y", json_object_new_int(below));
		done[i] = true;
	}
}

/* The share at the upper edge of the chart; never 0, by which heights are divided. */
static double
highest_band(const struct point *points, size_t n)
{
	double top = 0;

	for (size_t i = 0; i < n; i++)
		top = points[i].rate.n > 0 && points[i].band.hi > top ? points[i].band.hi : top;
	return top > 0 ? top : 1;
}

struct json_object *
rate_chart_of(void *ctx, struct json_object *results, size_t goal)
{
	struct json_object *arms = member_of(results, "alternatives");
	struct json_object *shown = json_item(member_of(results, "goals"), goal);
	struct json_object *ended = ended_rows(ctx, results, shown);
	struct span s = ended != NULL ? days_shown(ended, ended)
	    : days_shown(member_of(results, "days"), member_of(results, "converted"));
	const char *name = json_object_get_string(member_of(shown, "goal"));
	size_t n = json_items(arms);

	if (s.n == 0 || member_of(results, "converted") == NULL)
		return NULL;
	if (n > CURVE_ARMS)
		n = CURVE_ARMS;
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *lines = json_object_new_array(), *rows = json_object_new_array();
	/* The points of arm i begin at i * s.n. */
	struct point points[CURVE_ARMS * POINTS] = {0};
	for (size_t i = 0; i < n; i++) {
		const char *arm = json_object_get_string(member_of(json_item(arms, i), "name"));
		for (size_t k = 0; k < s.n; k++) {
			struct point *p = &points[i * s.n + k];
			*p = rate_at(results, ended, name, arm, day_at(&s, k));
			if (p->rate.n > 0)
				add_row(rows, arm, day_at(&s, k), p);
		}
	}
	double top = highest_band(points, n * s.n);
	for (size_t i = 0; i < n; i++) {
		struct json_object *line = draw_line(&s, &points[i * s.n], top);
		json_object_object_add(
		    line, "name", json_object_get(member_of(json_item(arms, i), "name")));
		json_object_object_add(line, "series", json_object_new_int((int)i));
		json_object_array_add(lines, line);
	}
	spread_labels(lines);
	put_day(out, "first", s.first);
	json_add_text(out, "top", share_text(ctx, top));
	json_object_object_add(out, "lines", lines);
	json_object_object_add(out, "rows", rows);
	return out;
}
