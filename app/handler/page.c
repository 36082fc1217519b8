/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page views come in: one, an array, or NDJSON. What is good in a batch is stored by one
 * statement before the answer; what is not is listed.
 */
#include <string.h>

#include "base/json.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/page_view.h"
#include "handler/routes.h"
#include "store/db.h"
#include "store/pgtype.h"
#include "store/record.h"
#include "web/ctx.h"

struct batch {
	struct page_view *views; /* the good ones */
	size_t good;
	size_t received;
	struct json_object *errors; /* {index, pointer, detail} of the bad ones */
};

static void
reject(struct ctx *c, struct batch *b, const struct problems *why)
{
	for (size_t i = 0; i < problem_count(why); i++) {
		struct json_object *from = json_object_array_get_idx(why->list, i);
		struct json_object *o = json_object_new_object();
		const char *pointer = json_object_get_string(json_object_object_get(from, "pointer"));
		const char *detail = json_object_get_string(json_object_object_get(from, "detail"));
		json_object_object_add(o, "index", json_object_new_int64((int64_t)b->received));
		json_object_object_add(o, "pointer", json_object_new_string(pointer));
		json_object_object_add(o, "detail", json_object_new_string(detail));
		json_object_array_add(b->errors, o);
		problem_add(c->problems, pointer, "%s", detail);
	}
	metric_add(METRIC_page_views_rejected_total, 1);
}

/* Takes one item, which stands at the JSON pointer at. */
static void
take(struct ctx *c, struct batch *b, struct json_object *o, const char *at)
{
	struct problems *why = problem_new(c->mem);

	if (page_view_read(o, c->now, at, why, &b->views[b->good]))
		b->good++;
	else
		reject(c, b, why);
	b->received++;
}

static enum err
too_many(struct ctx *c)
{
	return fail_detail(c, ERR_TOO_LARGE, "a batch holds at most %d page views", PAGE_VIEW_BATCH);
}

static enum err
read_array(struct ctx *c, struct batch *b, struct json_object *array)
{
	size_t n = json_object_array_length(array);

	if (n > PAGE_VIEW_BATCH)
		return too_many(c);
	for (size_t i = 0; i < n; i++)
		take(c, b, json_object_array_get_idx(array, i), mem_printf(c->mem, "/%zu", i));
	return OK;
}

/* One line of NDJSON: a line that is no JSON is a bad item, not a bad request. */
static void
take_line(struct ctx *c, struct batch *b, const char *line, size_t n)
{
	struct json_object *o;
	struct json_fault fault;
	const char *at = mem_printf(c->mem, "/%zu", b->received);

	if (json_read(c->mem, line, n, &o, &fault) == OK) {
		take(c, b, o, at);
		return;
	}
	struct problems *why = problem_new(c->mem);
	problem_add(why, at, "column %u: %s", fault.column, fault.why);
	reject(c, b, why);
	b->received++;
}

static enum err
read_lines(struct ctx *c, struct batch *b)
{
	const char *end = c->req.body + c->req.body_len;

	for (const char *line = c->req.body, *next; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		size_t n = (size_t)(next - line);
		if (strspn(line, " \t\r") >= n)
			continue;
		if (b->received == PAGE_VIEW_BATCH)
			return too_many(c);
		take_line(c, b, line, n);
	}
	return OK;
}

static enum err
read_body(struct ctx *c, struct batch *b)
{
	struct json_object *body;

	if (req_is_ndjson(&c->req))
		return c->req.body == NULL ? OK : read_lines(c, b);
	enum err e = req_json(c, &body);
	if (e != OK)
		return e;
	if (json_object_is_type(body, json_type_array))
		return read_array(c, b, body);
	take(c, b, body, "");
	return OK;
}

enum column { SUBJECT, AT, NAME, URL, REFERRER, COLUMNS };

/* The good views as one array literal a column. */
static void
build_columns(struct ctx *c, const struct batch *b, const char *params[COLUMNS])
{
	struct buf *columns[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = buf_new(c->mem, b->good * 32);
		pgtype_array_open(columns[i]);
	}
	for (size_t i = 0; i < b->good; i++) {
		const struct page_view *v = &b->views[i];
		char at[INSTANT_TEXT];
		instant_format(v->at, at);
		pgtype_array_item(columns[SUBJECT], v->subject);
		pgtype_array_item(columns[AT], at);
		pgtype_array_item(columns[NAME], v->name);
		pgtype_array_item(columns[URL], v->url);
		pgtype_array_item(columns[REFERRER], v->referrer);
	}
	for (int i = 0; i < COLUMNS; i++) {
		pgtype_array_close(columns[i]);
		params[i] = columns[i]->data;
	}
}

static enum err
store(struct ctx *c, const struct batch *b, int64_t *recorded)
{
	const char **subjects = mem_array(c->mem, const char *, b->good);
	const char *params[COLUMNS];
	struct db_rows *rows;

	for (size_t i = 0; i < b->good; i++)
		subjects[i] = b->views[i].subject;
	build_columns(c, b, params);
	enum err e = record_bury(c->records, subjects, b->good);
	if (e == OK)
		e = db_query(c->db, c->mem, QUERY_page_view_add, params, &rows);
	if (e != OK)
		return e;
	*recorded = db_affected(rows);
	return OK;
}

static void
answer(struct ctx *c, struct batch *b, int64_t recorded)
{
	int64_t duplicates = (int64_t)b->good - recorded;

	metric_add(METRIC_page_views_recorded_total, (uint64_t)recorded);
	metric_add(METRIC_page_views_duplicate_total, (uint64_t)duplicates);
	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "received", json_object_new_int64((int64_t)b->received));
	json_object_object_add(c->model, "recorded", json_object_new_int64(recorded));
	json_object_object_add(c->model, "duplicates", json_object_new_int64(duplicates));
	json_object_object_add(c->model, "errors", json_object_get(b->errors));
}

enum err
page_add(struct ctx *c)
{
	struct batch b = {.views = mem_array(c->mem, struct page_view, PAGE_VIEW_BATCH)};
	int64_t recorded;

	b.errors = mem_json(c->mem, json_object_new_array());
	enum err e = read_body(c, &b);
	if (e != OK)
		return e;
	if (b.good == 0 && b.received == 0)
		return fail_detail(c, ERR_INVALID, "there is no page view in the body");
	if (b.good == 0)
		return fail_detail(c, ERR_INVALID, "nothing was stored");
	if (b.received == 1)
		c->subject = b.views[0].subject;
	e = store(c, &b, &recorded);
	if (e == OK)
		answer(c, &b, recorded);
	return e;
}
