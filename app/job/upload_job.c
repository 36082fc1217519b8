/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members that are too large for one answer.
 */
#include "job/upload_job.h"

#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/setup.h"
#include "service/subject/members_csv.h"
#include "handler/api/segmentation/upload.h"

/* One file under way. */
struct work {
	struct ctx *c;
	struct membership_batch m;
	void *mem; /* of the file */
	struct members_csv text;
	const char *scrubbed; /* how often somebody had been erased from it when it was read */
	bool done;
};

/* ERR_NOT_FOUND when it is done, or deleted. */
static enum err
read_content(struct work *w)
{
	struct db_rows *rows;
	enum err e = db_query(w->c->w.db, w->mem, QUERY_upload_read, &w->m.upload, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	w->m.segmentation = db_cell(rows, 0, "segmentation");
	w->m.id = db_cell(rows, 0, "id");
	w->m.context = db_cell(rows, 0, "context");
	w->m.by = db_cell(rows, 0, "by");
	w->scrubbed = db_cell(rows, 0, "scrubbed");
	const char *content = db_cell(rows, 0, "content");
	if (members_csv_open(w->mem, &w->text, content, strlen(content)) != NULL)
		return ERR_INVALID;
	size_t at = (size_t)db_int(rows, 0, "position");
	if (at > w->text.at)
		members_csv_skip(&w->text, at);
	return OK;
}

/* Holds the upload. Who was erased since it was read must not come back. */
static enum err
hold(struct work *w)
{
	struct db_rows *rows;
	enum err e = db_query(w->c->w.db, w->c->w.mem, QUERY_upload_lock, &w->m.upload, &rows);

	if (e == OK && db_count(rows) == 0)
		return ERR_NOT_FOUND;
	return e == OK && strcmp(db_cell(rows, 0, "scrubbed"), w->scrubbed) != 0
	    ? read_content(w) : e;
}

static enum err
fill(struct work *w)
{
	struct json_object *row;
	const char *fault;
	int64_t line;

	membership_batch_begin(&w->m);
	while (w->m.n < MEMBERSHIP_BATCH_ROWS &&
	    members_csv_next(&w->text, w->c->w.mem, &row, &fault, &line))
		membership_batch_add(&w->m, line, row, fault);
	return OK;
}

static enum err
step(struct work *w)
{
	enum err e = hold(w);

	if (e == OK)
		e = fill(w);
	if (e == OK)
		e = membership_batch_put(&w->m);
	w->done = w->text.at >= w->text.len;
	return e == OK ? upload_move(&w->m, w->text.at, false) : e;
}

/* The addresses that are left are looked at before it counts as done: whoever is killed before that
 * leaves an empty rest to the next. */
static enum err
finish(struct work *w)
{
	enum err e = membership_batch_settle(&w->m);

	membership_batch_begin(&w->m);
	return e == OK ? upload_move(&w->m, w->text.len, true) : e;
}

static enum err
run_batch(struct work *w)
{
	struct ctx *c = w->c;

	ctx_begin(c, instant_now(), instant_monotonic());
	enum err e = db_begin(c->w.db);
	if (e == OK) {
		e = step(w);
		if (e == OK)
			e = db_commit(c->w.db);
		else
			db_rollback(c->w.db);
	}
	if (e == OK)
		e = membership_batch_told(&w->m);
	if (e == OK && w->done)
		e = finish(w);
	ctx_reset(c);
	return e;
}

static enum err
run_one(struct ctx *c, const char *nr)
{
	struct work w = {.c = c, .mem = mem_ctx(c->w.db), .m = {.c = c, .upload = nr}};
	int64_t began = instant_monotonic();
	enum err e = read_content(&w);

	while (e == OK && !w.done)
		e = run_batch(&w);
	if (e == OK)
		log_say(LOG_INFO, "upload", "%s of %s in %lld ms", nr, w.m.id,
		    (long long)((instant_monotonic() - began) / INSTANT_MS));
	talloc_free(w.mem);
	/* Deleted meanwhile, or done by another process: nothing to do. */
	return e == ERR_NOT_FOUND ? OK : e;
}

/* What cannot be worked off now, or ever, waits longer each time; meanwhile there are others. */
static enum err
put_off(struct ctx *c, void *mem, const char *nr)
{
	char now[INSTANT_TEXT];
	const char *why = mem_dup(mem, db_message(c->w.db));
	struct db_rows *rows;

	instant_format(instant_now(), now);
	enum err e = db_query(
	    c->w.db, mem, QUERY_upload_fail, (const char *const[]){nr, now}, &rows);
	if (e == OK && db_count(rows) > 0)
		log_say(LOG_ERROR, "upload_failed", "%s, %s in a row: %s", nr,
		    db_cell(rows, 0, "attempts"), why);
	return e;
}

/* ERR_NOT_FOUND when nothing waits. */
static enum err
run_next(struct ctx *c)
{
	void *mem = mem_ctx(c->w.db);
	struct db_rows *rows;
	char now[INSTANT_TEXT];

	instant_format(instant_now(), now);
	enum err e = db_query(
	    c->w.db, mem, QUERY_upload_claim, (const char *const[]){now}, &rows);
	if (e == OK && db_count(rows) == 0)
		e = ERR_NOT_FOUND;
	if (e == OK && run_one(c, db_cell(rows, 0, "nr")) != OK)
		e = put_off(c, mem, db_cell(rows, 0, "nr"));
	if (e != ERR_NOT_FOUND && db_query(c->w.db, mem, QUERY_map_free, NULL, NULL) != OK && e == OK)
		e = ERR_UNAVAILABLE;
	talloc_free(mem);
	return e;
}

enum err
upload_job_run(struct db *db, const struct conf *conf)
{
	void *mem = mem_ctx(db);
	struct ctx *c = setup_writer(mem, conf, db);
	enum err e = c == NULL ? ERR_INVALID : OK;

	db_set_deadline(db, INT64_MAX);
	while (e == OK)
		e = run_next(c);
	talloc_free(mem);
	return e == ERR_NOT_FOUND ? OK : e;
}
