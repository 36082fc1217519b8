/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members: a small one is worked on at once, a larger one by `assay jobs`. What became of
 * its rows is kept as a report.
 */
#include "handler/api/segmentation/upload.h"

#include <string.h>

#include "base/csv.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "service/decision/experiment_set.h"
#include "service/subject/members_csv.h"
#include "handler/routes.h"
#include "service/decision/segmentation_set.h"
#include "store/db/db.h"
#include "web/http/ctx.h"
#include "web/auth/session.h"

enum { AT_ONCE = 1000, LISTED = 1000, CSV_ROWS = 1000000 };

static enum err
find(struct ctx *c, const struct segmentation **s)
{
	const struct active *experiment;
	enum err e = segmentation_set_one(&c->w, c->args[0], s);

	if (e == ERR_NOT_FOUND && experiment_set_one(&c->w, c->args[0], &experiment) == OK)
		return fail_detail(&c->w, ERR_CONFLICT, "it is an experiment: its groups are drawn");
	if (e == ERR_NOT_FOUND)
		return fail_detail(&c->w, e, "there is no such segmentation");
	if (e == OK && (*s)->type == SEGMENTATION_RULE)
		return fail_detail(
		    &c->w, ERR_CONFLICT, "its groups are computed by rules, nobody is placed");
	return e;
}

/* The n bytes with a line end behind them. What the database could not keep as text becomes a
 * character that no name may hold. */
static char *
make_text(struct ctx *c, const char *bytes, size_t n, size_t *len)
{
	char *text = mem_array(c->w.mem, char, n + 2);

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
	struct ctx *c = m->c;
	const int64_t counts[] = {
	    (int64_t)at, m->total, m->added, m->changed, m->present, m->preassigned, m->failed};
	char now[INSTANT_TEXT];
	const char *params[9] = {m->upload};

	instant_format(c->w.now, now);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		params[i + 1] = mem_printf(c->w.mem, "%lld", (long long)counts[i]);
	params[8] = done ? now : NULL;
	return db_query(c->w.db, c->w.mem, QUERY_upload_move, params, NULL);
}

/* A new upload of m->segmentation; content NULL: it is worked on now. */
static enum err
add(struct membership_batch *m, const char *content)
{
	struct ctx *c = m->c;
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	const char *params[] = {m->segmentation, m->by, now, content};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_upload_add, params, &rows);
	if (e == OK)
		m->upload = db_cell(rows, 0, "nr");
	return e;
}

/* The whole file in one transaction. */
static enum err
store(struct membership_batch *m)
{
	struct ctx *c = m->c;
	enum err e = db_begin(c->w.db);

	if (e != OK)
		return e;
	e = add(m, NULL);
	if (e == OK)
		e = membership_batch_put(m);
	if (e == OK)
		e = upload_move(m, 0, true);
	if (e == OK)
		e = db_commit(c->w.db);
	else
		db_rollback(c->w.db);
	if (e == OK)
		e = membership_batch_told(m);
	return e == OK && m->preassigned > 0 ? membership_batch_settle(m) : e;
}

static void
add_row(struct json_object *lists[2], struct json_object *row)
{
	bool failed = strcmp(json_object_get_string(json_object_object_get(row, "outcome")),
	    "failed") == 0;

	json_remove(row, "outcome");
	json_remove(row, failed ? "previous" : "reason");
	if (failed)
		json_remove(row, "user");
	json_object_array_add(lists[failed], json_object_get(row));
}

static enum err
load_rows(struct ctx *c, const char *job, int limit, struct db_rows **rows)
{
	const char *params[] = {job, "0", mem_printf(c->w.mem, "%d", limit)};

	return db_query(c->w.db, c->w.mem, QUERY_upload_rows, params, rows);
}

static enum err
load(struct ctx *c, const char *job, struct json_object **row)
{
	const char *params[] = {c->args[0], job};
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_upload_get, params, &rows);

	if (e == OK && db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such upload");
	if (e == OK)
		*row = mem_json(c->w.mem, db_row_json(rows, 0));
	return e;
}

/* How far it is, from 0 to 1. */
static double
progress(struct json_object *row)
{
	int64_t bytes = json_object_get_int64(json_object_object_get(row, "bytes"));
	int64_t at = json_object_get_int64(json_object_object_get(row, "position"));

	return json_object_object_get(row, "done_at") != NULL || bytes == 0
	    ? 1 : (double)at / (double)bytes;
}

static enum err
answer(struct ctx *c, const char *job)
{
	static const char *const counts[] = {"total", "added", "present", "preassigned"};
	struct json_object *row, *lists[2] = {json_object_new_array(), json_object_new_array()};
	struct db_rows *rows;
	enum err e = load(c, job, &row);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "changed", lists[0]);
	json_object_object_add(c->model, "failed", lists[1]);
	if (e == OK)
		e = load_rows(c, job, LISTED, &rows);
	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		add_row(lists, mem_json(c->w.mem, db_row_json(rows, i)));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		json_object_object_add(
		    c->model, counts[i], json_object_get(json_object_object_get(row, counts[i])));
	json_object_object_add(
	    c->model, "job", json_object_get(json_object_object_get(row, "nr")));
	json_object_object_add(c->model, "progress", json_object_new_double(progress(row)));
	json_object_object_add(c->model, "done",
	    json_object_new_boolean(json_object_object_get(row, "done_at") != NULL));
	json_object_object_add(c->model, "more", json_object_new_boolean(db_count(rows) == LISTED));
	return OK;
}

static enum err
leave_to_jobs(struct membership_batch *m, const char *text)
{
	struct ctx *c = m->c;
	enum err e = add(m, text);

	if (e == OK)
		e = answer(c, m->upload);
	c->status = 202;
	c->location = mem_printf(c->w.mem, "/v1/segmentation/%s/upload/%s", m->id, m->upload);
	return e;
}

static enum err
take(struct ctx *c, const struct segmentation *s, const char *bytes, size_t n)
{
	struct members_csv t;
	struct json_object *row;
	int64_t line;
	size_t len;
	char *text = make_text(c, bytes, n, &len);
	const char *fault = csv_encoding_fault(bytes, n);

	if (fault == NULL)
		fault = members_csv_open(c->w.mem, &t, text, len);
	if (fault != NULL)
		return fail_detail(&c->w, ERR_INVALID, "%s", fault);
	struct membership_batch m = {.c = c, .id = s->id, .context = s->context, .by = work_actor(&c->w),
		.segmentation = mem_printf(c->w.mem, "%lld", (long long)s->nr)};
	membership_batch_begin(&m);
	while (m.n <= AT_ONCE && members_csv_next(&t, c->w.mem, &row, &fault, &line))
		membership_batch_add(&m, line, row, fault);
	if (m.n > AT_ONCE)
		return leave_to_jobs(&m, text);
	enum err e = store(&m);
	return e == OK ? answer(c, m.upload) : e;
}

enum err
upload_take(struct ctx *c, const char *bytes, size_t n)
{
	const struct segmentation *s;
	enum err e = find(c, &s);

	return e == OK ? take(c, s, bytes, n) : e;
}

enum err
upload_post(struct ctx *c)
{
	const struct segmentation *s;
	enum err e = find(c, &s);

	if (e != OK)
		return e;
	if (!req_is_csv(&c->req))
		return fail_detail(&c->w, ERR_MEDIA_TYPE, "send text/csv");
	if (c->req.body == NULL)
		return fail_detail(&c->w, ERR_INVALID, "there is nothing in the body");
	return take(c, s, c->req.body, c->req.body_len);
}

static enum err
answer_csv(struct ctx *c, const char *job)
{
	static const char *const names[] = {"outcome", "user", "previous", "reason"};
	struct json_object *row;
	struct db_rows *rows;
	enum err e = load(c, job, &row);

	if (e == OK)
		e = load_rows(c, job, CSV_ROWS, &rows);
	if (e != OK)
		return e;
	ctx_csv(c, mem_printf(c->w.mem, "%s-upload-%s.csv", c->args[0], job));
	buf_str(c->text, "row,outcome,user,previous,reason\r\n");
	for (int i = 0; i < db_count(rows); i++) {
		buf_str(c->text, db_cell(rows, i, "row"));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
			buf_char(c->text, ',');
			const char *cell = db_cell(rows, i, names[k]);
			csv_text(c->text, cell == NULL ? "" : cell);
		}
		buf_str(c->text, "\r\n");
	}
	return OK;
}

/* :job is a number, or a number and .csv. */
enum err
upload_get(struct ctx *c)
{
	static const char suffix[] = ".csv";
	size_t n = strlen(c->args[1]), cut = sizeof suffix - 1;
	bool csv = n > cut && strcmp(c->args[1] + n - cut, suffix) == 0;
	const char *job = mem_dupn(c->w.mem, c->args[1], csv ? n - cut : n);
	int64_t nr;

	if (!num_int(job, 1, INT64_MAX, &nr))
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such upload");
	return csv ? answer_csv(c, job) : answer(c, job);
}
