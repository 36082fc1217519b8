/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page views. The valid views of a request, or of all requests that a worker has at the moment, are
 * stored by one statement before they are answered. A single view, which is what browsers send, has
 * a statement of its own that needs no arrays.
 */
#include "service/subject/page_view.h"

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "service/change.h"
#include "service/joint_change.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

/*
 * Parameters of the queries page_view_add and page_view_add_one. COUNTS: whether the one view
 * counts for goals; for many, the subjects whose views do not.
 */
enum column { SUBJECT, AT, NAME, URL, REFERRER, COUNTS, COLUMNS, VERIFY = COLUMNS, NOW, PARAMS };

/* Appends a view to the array literals, one a column. */
static void
add_view(struct buf *columns[COLUMNS], const struct page_view_input *in)
{
	const struct page_view *v = &in->view;
	char at[INSTANT_TEXT];

	instant_format(v->at, at);
	pgtype_array_item(columns[SUBJECT], v->subject);
	pgtype_array_item(columns[AT], at);
	pgtype_array_item(columns[NAME], v->name);
	pgtype_array_item(columns[URL], v->url);
	pgtype_array_item(columns[REFERRER], v->referrer);
	if (in->bot)
		pgtype_array_item(columns[COUNTS], v->subject);
}

/* The views of all parts as one array literal a column. */
static void
build_columns(void *mem, const struct joint_part parts[], size_t n, size_t total,
    const char *params[])
{
	struct buf *columns[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = buf_new(mem, total * 32);
		pgtype_array_open(columns[i]);
	}
	for (size_t i = 0; i < n; i++) {
		const struct page_view_batch *b = parts[i].arg;
		for (size_t k = 0; k < b->n; k++)
			add_view(columns, &b->views[k]);
	}
	for (int i = 0; i < COLUMNS; i++) {
		pgtype_array_close(columns[i]);
		params[i] = columns[i]->data;
	}
}

/* Runs one of the two statements. */
static enum err
insert_views(struct work *w, const struct joint_part parts[], size_t n, size_t total,
    struct db_rows **rows)
{
	const struct page_view_batch *first = parts[0].arg;
	const struct page_view *v = &first->views[0].view;
	char at[INSTANT_TEXT];
	const char *params[PARAMS] = {
		[VERIFY] = w->conf->verify_human != 0 ? "true" : "false",
		[NOW] = joint_change_now(parts, n),
	};

	if (total != 1) {
		build_columns(w->mem, parts, n, total, params);
		return db_query(w->db, w->mem, QUERY_page_view_add, params, rows);
	}
	instant_format(v->at, at);
	params[SUBJECT] = v->subject;
	params[AT] = at;
	params[NAME] = v->name;
	params[URL] = v->url;
	params[REFERRER] = v->referrer;
	params[COUNTS] = first->views[0].bot ? "false" : "true";
	return db_query(w->db, w->mem, QUERY_page_view_add_one, params, rows);
}

/* Takes the views that were stored before off the counts of their requests; repeated holds their
 * places among all views, ascending. */
static void
count_recorded(const struct joint_part parts[], size_t n, struct json_object *repeated)
{
	int64_t begin = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		struct page_view_batch *b = parts[i].arg;
		b->recorded = (int64_t)b->n;
		for (begin += b->recorded; at < json_items(repeated) &&
		     json_object_get_int64(json_item(repeated, at)) < begin; at++)
			b->recorded--;
	}
}

/* The change behind page_view_record(). Invalidates the cached weekly profiles. */
static enum err
record_views(struct work *w, const struct joint_part parts[], size_t n)
{
	struct db_rows *rows;
	size_t total = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		total += ((struct page_view_batch *)parts[i].arg)->n;
	const char **subjects = mem_array(w->mem, const char *, total);
	for (size_t i = 0; i < n; i++) {
		const struct page_view_batch *b = parts[i].arg;
		for (size_t k = 0; k < b->n; k++)
			subjects[at++] = b->views[k].view.subject;
	}
	enum err e = change_subjects(w, RECORD_PROFILE, subjects, total);
	if (e == OK)
		e = insert_views(w, parts, n, total, &rows);
	if (e == OK)
		count_recorded(parts, n,
		    json_object_object_get(mem_json(w->mem, db_row_json(rows, 0)), "repeated"));
	return e;
}

void
page_view_record(struct page_view_batch list[], size_t n)
{
	struct joint_part *parts = mem_array(list[0].w->mem, struct joint_part, n);

	for (size_t i = 0; i < n; i++)
		parts[i] = (struct joint_part){.w = list[i].w, .arg = &list[i]};
	joint_change_run(parts, n, record_views);
	for (size_t i = 0; i < n; i++) {
		struct page_view_batch *b = parts[i].arg;
		b->e = parts[i].e;
		if (b->e != OK)
			continue;
		metric_add(METRIC_page_views_recorded_total, (uint64_t)b->recorded);
		metric_add(METRIC_page_views_duplicate_total, b->n - (uint64_t)b->recorded);
	}
}

enum err
page_view_week(struct work *w, struct json_object **answer)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_page_view_week, NULL, &rows);

	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

enum err
page_view_list(struct work *w, const char *subject, struct page_view_span span,
    struct json_object **list)
{
	const char *params[] = {
		subject, span.before, span.from, mem_printf(w->mem, "%d", (int)span.limit)};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_page_view_last, params, &rows);

	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(*list, db_row_json(rows, i));
	return e;
}
