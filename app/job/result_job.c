/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs of the results ledger. Any number of processes may fold at once: each takes deltas that no
 * other holds. A window that a goal gets while an experiment has participants is built here. What a
 * plan decides follows from days that are over, so whoever reads results keeps the same decision.
 */
#include "job/result_job.h"

#include <inttypes.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/setup.h"
#include "service/definition/results.h"
#include "store/work.h"

/* Deltas that one transaction folds: a few tenths of a second of work. */
enum { BATCH = 20000 };

#define EVERY (10 * INSTANT_SECOND)

/* *folded: how many. */
static enum err
fold_batch(struct db *db, int64_t *folded)
{
	void *mem = mem_ctx(db);
	struct db_rows *rows;
	const char *most = mem_printf(mem, "%d", BATCH);
	enum err e = db_query(db, mem, QUERY_result_fold, &most, &rows);

	if (e == OK)
		*folded = db_int(rows, 0, "folded");
	talloc_free(mem);
	return e;
}

static enum err
fold_all(struct db *db)
{
	int64_t folded = BATCH;
	enum err e = OK;

	db_set_deadline(db, INT64_MAX);
	while (e == OK && folded == BATCH)
		e = fold_batch(db, &folded);
	if (e != OK)
		return e;
	char *now = mem_printf(db, "%" PRId64, instant_now() / INSTANT_SECOND);
	e = db_query(db, db, QUERY_result_folded, (const char *const[]){now}, NULL);
	talloc_free(now);
	return e;
}

/*
 * Adds windows that experiments lack, and the participants from before a window was added. Writers
 * that may not know of it must have ended first; when that takes long, the next time is early
 * enough, because nobody queues behind this job.
 */
static enum err
build_windows(struct db *db, void *mem)
{
	char now[INSTANT_TEXT];
	struct db_rows *due, *waited;

	instant_format(instant_now(), now);
	enum err e = db_query(db, mem, QUERY_result_window_add,
	    (const char *const[]){NULL, NULL, now, "false"}, NULL);
	if (e == OK)
		e = db_query(db, mem, QUERY_result_window_due, NULL, &due);
	if (e != OK || db_count(due) == 0)
		return e;
	e = db_query(db, mem, QUERY_result_window_wait, NULL, &waited);
	if (e != OK || *db_cell(waited, 0, "waited") == 'f')
		return e;
	/* The other jobs have their turn, too: what is left is built the next time. */
	int64_t until = instant_monotonic() + INSTANT_SECOND;
	for (int i = 0; e == OK && i < db_count(due) && instant_monotonic() < until; i++) {
		const char *params[] = {
			db_cell(due, i, "experiment"), db_cell(due, i, "hours"), now};
		e = db_query(db, mem, QUERY_result_window_build, params, NULL);
	}
	return e;
}

/* Folds what waits, after windows that are new. */
static enum err
fold_with_windows(struct db *db)
{
	void *mem = mem_ctx(db);

	db_set_deadline(db, INT64_MAX);
	enum err e = build_windows(db, mem);
	enum err folded = fold_all(db);
	talloc_free(mem);
	return e != OK ? e : folded;
}

enum err
result_job_fold(struct db *db)
{
	static int64_t next;
	enum err e;

	if (instant_monotonic() < next)
		return OK;
	e = fold_with_windows(db);
	next = instant_monotonic() + EVERY;
	return e;
}

enum err
result_job_tidy(struct db *db)
{
	enum err e = fold_with_windows(db);

	return e == OK ? db_query(db, db, QUERY_result_tidy, NULL, NULL) : e;
}

/*
 * Compares the results of an experiment with the rows of its subjects, and logs each difference.
 * Their number is kept for /metrics.
 */
static enum err
recount_experiment(struct db *db, void *mem, const char *experiment)
{
	struct db_rows *rows;
	enum err e = db_query(db, mem, QUERY_result_recount, &experiment, &rows);

	if (e != OK || db_count(rows) == 0)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		log_say(LOG_ERROR, "results_differ",
		    "experiment %s, %s of goal %s, alternative %s, %s: counted %s, ledger %s",
		    experiment, db_cell(rows, i, "part"), db_cell(rows, i, "goal"),
		    db_cell(rows, i, "alternative"), db_cell(rows, i, "place"),
		    db_cell(rows, i, "counted"), db_cell(rows, i, "kept"));
	const char *count = mem_printf(mem, "%d", db_count(rows));
	return db_query(db, mem, QUERY_result_recount_failed, &count, NULL);
}

enum err
result_job_recount(struct db *db)
{
	char now[INSTANT_TEXT];
	void *mem = mem_ctx(db);
	struct db_rows *rows;

	instant_format(instant_now(), now);
	db_set_deadline(db, INT64_MAX);
	enum err e =
	    db_query(db, mem, QUERY_result_recount_claim, (const char *const[]){now}, &rows);
	if (e == OK && db_count(rows) > 0)
		e = recount_experiment(db, mem, db_cell(rows, 0, "experiment"));
	talloc_free(mem);
	return e;
}

/* Reading results keeps what they decide. */
static enum err
decide_one(struct work *w, const char *experiment)
{
	struct json_object *results;

	work_begin(w, instant_now(), (struct actor){.command = "job:results", .trusted = true});
	enum err e = results_read(w, experiment, &results);
	work_end(w);
	/* Deleted since. */
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err
result_job_decide(struct db *db, const struct conf *conf)
{
	char now[INSTANT_TEXT];
	void *mem = mem_ctx(db);
	struct work *w = setup_work(mem, conf, db);
	struct db_rows *rows;

	instant_format(instant_now(), now);
	db_set_deadline(db, INT64_MAX);
	enum err e = w == NULL ? ERR_INVALID
	    : db_query(db, mem, QUERY_decision_open, (const char *const[]){now}, &rows);
	int n = e == OK ? db_count(rows) : 0;
	/* One that fails does not keep the next from its turn. */
	for (int i = 0; i < n; i++) {
		enum err one = decide_one(w, db_cell(rows, i, "id"));
		e = e != OK ? e : one;
	}
	talloc_free(mem);
	return e;
}
