/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Member files that are too large to be processed within a request. Each batch is a transaction
 * that also stores how far the file was read, so a process that is killed leaves the rest to the
 * next.
 */
#include "job/upload_job.h"

#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/setup.h"
#include "service/change.h"
#include "service/subject/members_csv.h"
#include "service/subject/upload.h"

static const struct actor job_actor = {.command = "job:upload", .trusted = true};

/* A file in progress. */
struct upload {
	struct work *w;
	struct membership_batch m;
	void *mem; /* of the file */
	struct members_csv text;
	size_t stored; /* where the batch begins */
	const char *erasure_count; /* how often somebody had been erased from it when it was read */
	bool done;
};

/* Reads the file from where it was left. ERR_NOT_FOUND when it is done, or deleted. */
static enum err
read_content(struct upload *u)
{
	struct db_rows *rows;
	enum err e = db_query(u->w->db, u->mem, QUERY_upload_read, &u->m.upload, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	u->m.segmentation = db_cell(rows, 0, "segmentation");
	u->m.id = db_cell(rows, 0, "id");
	u->m.context = db_cell(rows, 0, "context");
	u->m.by = db_cell(rows, 0, "by");
	u->erasure_count = db_cell(rows, 0, "erasure_count");
	const char *content = db_cell(rows, 0, "content");
	if (members_csv_open(u->mem, &u->text, content, strlen(content)) != NULL)
		return ERR_INVALID;
	size_t at = (size_t)db_int(rows, 0, "position");
	if (at > u->text.at)
		members_csv_skip(&u->text, at);
	return OK;
}

/* Locks the upload. Subjects that were erased since it was read must not be stored again, so it is
 * read again then. */
static enum err
lock_upload(struct upload *u)
{
	struct db_rows *rows;
	enum err e = db_query(u->w->db, u->w->mem, QUERY_upload_lock, &u->m.upload, &rows);

	if (e == OK && db_count(rows) == 0)
		return ERR_NOT_FOUND;
	return e == OK && strcmp(db_cell(rows, 0, "erasure_count"), u->erasure_count) != 0
	    ? read_content(u) : e;
}

static void
fill_batch(struct upload *u)
{
	struct json_object *row;
	const char *fault;
	int64_t line;

	membership_batch_begin(&u->m);
	while (u->m.n < MEMBERSHIP_BATCH_ROWS &&
	    members_csv_next(&u->text, u->w->mem, &row, &fault, &line))
		membership_batch_add(&u->m, line, row, fault);
}

/* Stores the next batch, as one change. */
static enum err
store_upload_batch(struct work *w, void *arg, struct json_object **answer)
{
	struct upload *u = arg;
	enum err e = change_transaction(w);

	(void)answer;
	/* The change is retried: nothing of the batch was stored. */
	if (e == OK && u->text.at != u->stored)
		e = read_content(u);
	if (e == OK)
		e = lock_upload(u);
	if (e != OK)
		return e;
	fill_batch(u);
	e = membership_batch_put(&u->m);
	u->done = u->text.at >= u->text.len;
	return e == OK ? upload_move(&u->m, u->text.at, false) : e;
}

static enum err
mark_done(struct work *w, void *arg, struct json_object **answer)
{
	struct upload *u = arg;

	(void)w;
	(void)answer;
	membership_batch_begin(&u->m);
	return upload_move(&u->m, u->text.len, true);
}

/* The upload is done only after the remaining addresses were matched: a process that is killed
 * before leaves that to the next. */
static enum err
finish_upload(struct upload *u)
{
	struct json_object *none;
	enum err e = membership_batch_finish(u->w, u->m.segmentation);

	return e == OK ? change_run(u->w, mark_done, u, &none) : e;
}

static enum err
run_batch(struct upload *u)
{
	struct work *w = u->w;
	struct json_object *none;

	work_begin(w, instant_now(), job_actor);
	u->stored = u->text.at;
	enum err e = change_run(w, store_upload_batch, u, &none);
	if (e == OK && u->done)
		e = finish_upload(u);
	work_end(w);
	return e;
}

static enum err
run_upload(struct work *w, const char *nr)
{
	struct upload u = {.w = w, .mem = mem_ctx(w->db), .m = {.w = w, .upload = nr}};
	int64_t began = instant_monotonic();
	enum err e = read_content(&u);

	while (e == OK && !u.done)
		e = run_batch(&u);
	if (e == OK)
		log_say(LOG_INFO, "upload", "%s of %s in %lld ms", nr, u.m.id,
		    (long long)((instant_monotonic() - began) / INSTANT_MS));
	talloc_free(u.mem);
	/* Deleted in the meantime, or done by another process. */
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Postpones an upload that failed, longer each time; others have their turn. */
static enum err
postpone_upload(struct work *w, void *mem, const char *nr)
{
	char now[INSTANT_TEXT];
	const char *why = mem_dup(mem, db_message(w->db));
	struct db_rows *rows;

	instant_format(instant_now(), now);
	enum err e = db_query(
	    w->db, mem, QUERY_upload_fail, (const char *const[]){nr, now}, &rows);
	if (e == OK && db_count(rows) > 0)
		log_say(LOG_ERROR, "upload_failed", "%s, %s in a row: %s", nr,
		    db_cell(rows, 0, "attempts"), why);
	return e;
}

/* ERR_NOT_FOUND when nothing waits. */
static enum err
run_next(struct work *w)
{
	void *mem = mem_ctx(w->db);
	struct db_rows *rows;
	char now[INSTANT_TEXT];

	instant_format(instant_now(), now);
	enum err e = db_query(
	    w->db, mem, QUERY_upload_claim, (const char *const[]){now}, &rows);
	if (e == OK && db_count(rows) == 0)
		e = ERR_NOT_FOUND;
	if (e == OK && run_upload(w, db_cell(rows, 0, "nr")) != OK)
		e = postpone_upload(w, mem, db_cell(rows, 0, "nr"));
	if (e != ERR_NOT_FOUND &&
	    db_query(w->db, mem, QUERY_audience_release, NULL, NULL) != OK && e == OK)
		e = ERR_UNAVAILABLE;
	talloc_free(mem);
	return e;
}

enum err
upload_job_run(struct db *db, const struct conf *conf)
{
	void *mem = mem_ctx(db);
	struct work *w = setup_work(mem, conf, db);
	enum err e = w == NULL ? ERR_INVALID : OK;

	db_set_deadline(db, INT64_MAX);
	while (e == OK)
		e = run_next(w);
	talloc_free(mem);
	return e == ERR_NOT_FOUND ? OK : e;
}
