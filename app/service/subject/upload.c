/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members: a small one is imported within the request, a larger one is stored and imported
 * by `assay jobs`. What became of the rows is kept as a report.
 */
#include "service/subject/upload.h"

#include <string.h>

#include "base/csv/csv.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "service/change.h"
#include "service/decision/experiment_set.h"
#include "service/decision/segmentation_set.h"
#include "service/subject/members_csv.h"
#include "store/db/db.h"
#include "store/work.h"

/* Rows imported within a request; rows of a report as JSON and as CSV. */
enum { AT_ONCE = 1000, LISTED = 1000, CSV_ROWS = 1000000 };

/* The segmentation, which must store its members. ERR_NOT_FOUND, ERR_CONFLICT. */
static enum err
find_target(struct work *w, const char *id, const struct segmentation **s)
{
	const struct experiment *experiment;
	enum err e = segmentation_set_one(w, id, s);

	if (e == ERR_NOT_FOUND && experiment_set_one(w, id, &experiment) == OK)
		return fail_detail(w, ERR_CONFLICT, "it is an experiment: its groups are assigned");
	if (e == ERR_NOT_FOUND)
		return fail_missing(w, "segmentation");
	if (e == OK && (*s)->type == SEGMENTATION_RULE)
		return fail_detail(
		    w, ERR_CONFLICT,
		    "its groups are computed by rules, so users cannot be put into them");
	return e;
}

/*
 * The n bytes with a line end behind them. NUL and invalid UTF-8, which PostgreSQL cannot store as
 * text, become a control character that no name may have, so only their rows fail.
 */
static char *
make_text(struct work *w, const char *bytes, size_t n, size_t *len)
{
	char *text = mem_array(w->mem, char, n + 2);

	memcpy(text, bytes, n);
	text[n] = '\n';
	text[n + 1] = '\0';
	for (size_t i = 0, good; i < n; i += good) {
		good = text[i] == '\0' ? 0 : utf8_char(text + i, n - i);
		if (good == 0) {
			text[i] = '\x1a';
			good = 1;
		}
	}
	*len = n + 1;
	return text;
}

enum err
upload_move(struct membership_batch *m, size_t at, bool done)
{
	struct work *w = m->w;
	const int64_t counts[] = {
	    (int64_t)at, m->total, m->added, m->changed, m->present, m->preassigned, m->failed};
	const char *now = work_now_text(w);
	const char *params[9] = {m->upload};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		params[i + 1] = mem_printf(w->mem, "%lld", (long long)counts[i]);
	params[8] = done ? now : NULL;
	return db_query(w->db, w->mem, QUERY_upload_progress, params, NULL);
}

/* Inserts the upload; content NULL: it is imported now. */
static enum err
insert_upload(struct membership_batch *m, const char *content)
{
	struct work *w = m->w;
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {m->segmentation, m->by, now, content};
	enum err e = db_query(w->db, w->mem, QUERY_upload_add, params, &rows);
	if (e == OK)
		m->upload = db_cell(rows, 0, "nr");
	return e;
}

/* Adds a row to the list of changed or of failed rows. */
static void
add_report_row(struct json_object *lists[2], struct json_object *row)
{
	bool failed = strcmp(json_object_get_string(json_object_object_get(row, "outcome")),
	    "failed") == 0;

	json_remove(row, "outcome");
	json_remove(row, failed ? "previous" : "reason");
	if (failed)
		json_remove(row, "user");
	json_object_array_add(lists[failed], json_object_get(row));
}

/* The rows of the report, at most limit. */
static enum err
load_rows(struct work *w, const char *job, int limit, struct db_rows **rows)
{
	const char *params[] = {job, "0", mem_printf(w->mem, "%d", limit)};

	return db_query(w->db, w->mem, QUERY_upload_rows, params, rows);
}

/* The row of the upload. job is a text of the request. ERR_NOT_FOUND. */
static enum err
load_upload(struct work *w, const char *id, const char *job, struct json_object **row)
{
	const char *params[] = {id, job};
	struct db_rows *rows;
	int64_t nr;

	if (!num_int(job, 1, INT64_MAX, &nr))
		return fail_missing(w, "upload");
	enum err e = db_query(w->db, w->mem, QUERY_upload_get, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_missing(w, "upload");
	if (e == OK)
		*row = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

/* The progress, from 0 to 1. */
static double
progress_of(struct json_object *row)
{
	int64_t bytes = json_object_get_int64(json_object_object_get(row, "bytes"));
	int64_t at = json_object_get_int64(json_object_object_get(row, "position"));

	return json_object_object_get(row, "done_at") != NULL || bytes == 0
	    ? 1 : (double)at / (double)bytes;
}

enum err
upload_report(struct work *w, const char *id, const char *job, struct json_object **out)
{
	static const char *const counts[] = {"total", "added", "present", "preassigned"};
	struct json_object *row, *lists[2] = {json_object_new_array(), json_object_new_array()};
	struct db_rows *rows;
	enum err e = load_upload(w, id, job, &row);

	*out = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*out, "changed", lists[0]);
	json_object_object_add(*out, "failed", lists[1]);
	if (e == OK)
		e = load_rows(w, job, LISTED + 1, &rows);
	if (e != OK)
		return e;
	/* One row more than is listed shows that there are more. */
	for (int i = 0; i < db_count(rows) && i < LISTED; i++)
		add_report_row(lists, mem_json(w->mem, db_row_json(rows, i)));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		json_object_object_add(
		    *out, counts[i], json_object_get(json_object_object_get(row, counts[i])));
	json_object_object_add(
	    *out, "job", json_object_get(json_object_object_get(row, "nr")));
	json_object_object_add(*out, "progress", json_object_new_double(progress_of(row)));
	json_object_object_add(*out, "done",
	    json_object_new_boolean(json_object_object_get(row, "done_at") != NULL));
	json_object_object_add(*out, "more", json_object_new_boolean(db_count(rows) > LISTED));
	return OK;
}

enum err
upload_input_read(struct work *w, const char *bytes, size_t n, struct upload_input *out)
{
	struct members_csv t;
	const char *fault = csv_encoding_fault(bytes, n);

	out->text = make_text(w, bytes, n, &out->len);
	if (fault == NULL)
		fault = members_csv_open(w->mem, &t, out->text, out->len);
	return fault == NULL ? OK : fail_detail(w, ERR_INVALID, "%s", fault);
}

/* A file to be imported, as the argument of take_file(). */
struct upload_take {
	const char *segmentation; /* id */
	const struct upload_input *in;
	struct membership_batch m; /* all zero for a repeated request */
};

/*
 * Adds the first rows of the file to the batch, one more than are imported at once, which shows
 * that it is a larger file.
 */
static void
fill_batch(struct work *w, const struct upload_input *in, struct membership_batch *m)
{
	struct members_csv t;
	struct json_object *row;
	const char *fault = members_csv_open(w->mem, &t, in->text, in->len);
	int64_t line;

	membership_batch_begin(m);
	while (fault == NULL && m->n <= AT_ONCE &&
	    members_csv_next(&t, w->mem, &row, &fault, &line)) {
		membership_batch_add(m, line, row, fault);
		fault = NULL;
	}
}

/* Answers counts only: the answer may be stored, and rows name users who may be erased. */
static enum err
answer_upload_counts(struct work *w, const struct upload_take *t, struct json_object **answer)
{
	static const char *const names[] = {
		"total", "added", "changed", "present", "preassigned", "failed"};
	struct json_object *row;
	enum err e = load_upload(w, t->segmentation, t->m.upload, &row);

	if (e != OK)
		return e;
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(
	    *answer, "job", json_object_get(json_object_object_get(row, "nr")));
	json_object_object_add(*answer, "done",
	    json_object_new_boolean(json_object_object_get(row, "done_at") != NULL));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    *answer, names[i], json_object_get(json_object_object_get(row, names[i])));
	return OK;
}

/* The change behind upload_add(). */
static enum err
take_file(struct work *w, void *arg, struct json_object **answer)
{
	struct upload_take *t = arg;
	const struct segmentation *s;
	enum err e = find_target(w, t->segmentation, &s);

	if (e == OK)
		e = change_transaction(w);
	if (e != OK)
		return e;
	change_target(w, t->segmentation);
	t->m = (struct membership_batch){.w = w, .id = s->id, .context = s->context,
		.by = work_actor(w), .segmentation = mem_printf(w->mem, "%lld", (long long)s->nr)};
	fill_batch(w, t->in, &t->m);
	bool later = t->m.n > AT_ONCE;
	e = insert_upload(&t->m, later ? t->in->text : NULL);
	if (e == OK && !later)
		e = membership_batch_put(&t->m);
	if (e == OK && !later)
		e = upload_move(&t->m, 0, true);
	return e == OK ? answer_upload_counts(w, t, answer) : e;
}

enum err
upload_add(struct work *w, const char *segmentation, const struct upload_input *in,
    struct json_object **answer)
{
	struct upload_take t = {.segmentation = segmentation, .in = in};
	enum err e = change_run(w, take_file, &t, answer);

	return e == OK && t.m.preassigned > 0 ? membership_batch_finish(w, t.m.segmentation) : e;
}

enum err
upload_list(struct work *w, const char *segmentation, int limit, struct json_object **list)
{
	const char *params[] = {segmentation, mem_printf(w->mem, "%d", limit)};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_upload_list, params, &rows);

	if (e != OK)
		return e;
	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(*list, db_row_json(rows, i));
	return OK;
}

enum err
upload_rows(struct work *w, const char *id, const char *job, struct db_rows **rows)
{
	struct json_object *row;
	enum err e = load_upload(w, id, job, &row);

	return e == OK ? load_rows(w, job, CSV_ROWS, rows) : e;
}

void
upload_rows_csv(const struct db_rows *rows, struct buf *out)
{
	static const char *const names[] = {"outcome", "user", "previous", "reason"};

	buf_str(out, "row,outcome,user,previous,reason\r\n");
	for (int i = 0; i < db_count(rows); i++) {
		buf_str(out, db_cell(rows, i, "row"));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
			const char *cell = db_cell(rows, i, names[k]);
			buf_char(out, ',');
			csv_text(out, cell == NULL ? "" : cell);
		}
		buf_str(out, "\r\n");
	}
}
