/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page views. The valid views of a batch are stored by one statement before the request is
 * answered. A single view, which is what browsers send, has a statement of its own that needs no
 * arrays.
 */
#include "service/subject/page_view.h"

#include "base/instant.h"
#include "base/mem.h"
#include "base/metric.h"
#include "service/change.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

/* Views to be stored, as the argument of record_views(). */
struct view_batch {
	const struct page_view_input *list;
	size_t n;
	int64_t recorded;
};

/*
 * Parameters of the queries page_view_add and page_view_add_one. COUNTS: whether the one view
 * counts for goals; for many, the subjects whose views do not.
 */
enum column { SUBJECT, AT, NAME, URL, REFERRER, COUNTS, COLUMNS, VERIFY = COLUMNS, NOW, PARAMS };

/* The views as one array literal a column. */
static void
build_columns(struct work *w, const struct view_batch *b, const char *params[])
{
	struct buf *columns[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = buf_new(w->mem, b->n * 32);
		pgtype_array_open(columns[i]);
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct page_view *v = &b->list[i].view;
		char at[INSTANT_TEXT];
		instant_format(v->at, at);
		pgtype_array_item(columns[SUBJECT], v->subject);
		pgtype_array_item(columns[AT], at);
		pgtype_array_item(columns[NAME], v->name);
		pgtype_array_item(columns[URL], v->url);
		pgtype_array_item(columns[REFERRER], v->referrer);
		if (b->list[i].bot)
			pgtype_array_item(columns[COUNTS], v->subject);
	}
	for (int i = 0; i < COLUMNS; i++) {
		pgtype_array_close(columns[i]);
		params[i] = columns[i]->data;
	}
}

/* Runs one of the two statements. */
static enum err
insert_views(struct work *w, const struct view_batch *b, struct db_rows **rows)
{
	const struct page_view *v = &b->list[0].view;
	char at[INSTANT_TEXT];
	const char *now = work_now_text(w);
	const char *params[PARAMS] = {
		[VERIFY] = w->conf->verify_human != 0 ? "true" : "false",
		[NOW] = now,
	};

	if (b->n != 1) {
		build_columns(w, b, params);
		return db_query(w->db, w->mem, QUERY_page_view_add, params, rows);
	}
	instant_format(v->at, at);
	params[SUBJECT] = v->subject;
	params[AT] = at;
	params[NAME] = v->name;
	params[URL] = v->url;
	params[REFERRER] = v->referrer;
	params[COUNTS] = b->list[0].bot ? "false" : "true";
	return db_query(w->db, w->mem, QUERY_page_view_add_one, params, rows);
}

/* The change behind page_view_record(). Invalidates the cached weekly profiles. */
static enum err
record_views(struct work *w, void *arg, struct json_object **answer)
{
	struct view_batch *b = arg;
	const char **subjects = mem_array(w->mem, const char *, b->n);
	struct db_rows *rows;

	(void)answer;
	for (size_t i = 0; i < b->n; i++)
		subjects[i] = b->list[i].view.subject;
	enum err e = change_subjects(w, RECORD_PROFILE, subjects, b->n);
	if (e == OK)
		e = insert_views(w, b, &rows);
	if (e == OK)
		b->recorded = db_int(rows, 0, "recorded");
	return e;
}

enum err
page_view_record(struct work *w, const struct page_view_input list[], size_t n, int64_t *recorded)
{
	struct view_batch b = {.list = list, .n = n};
	struct json_object *none;
	enum err e = n == 0 ? OK : change_run(w, record_views, &b, &none);

	*recorded = b.recorded;
	if (e != OK)
		return e;
	metric_add(METRIC_page_views_recorded_total, (uint64_t)b.recorded);
	metric_add(METRIC_page_views_duplicate_total, n - (uint64_t)b.recorded);
	return OK;
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
