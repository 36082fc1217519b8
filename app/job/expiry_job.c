/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Retention: rows whose life is over are deleted in batches, so that no transaction is long and
 * none waits for a row that is in use.
 */
#include "job/expiry_job.h"

#include <string.h>

#include "base/instant.h"
#include "base/mem.h"

enum { BATCH = 5000, SESSIONS = 500 };

/* So long an event that is told again is known, a repeated request gets its answer, and a session
 * that takes part in nothing stays confirmed. */
#define EVENT_LIFE (8 * INSTANT_DAY)
#define ANSWER_LIFE INSTANT_DAY
#define CONFIRMED_LIFE (90 * INSTANT_DAY)

/* Runs q(time, batch) until nothing from before is left. */
static enum err
delete_expired(struct db *db, enum query q, int64_t before)
{
	char time[INSTANT_TEXT];
	int64_t deleted = BATCH;
	enum err e = OK;

	instant_format(before, time);
	while (e == OK && deleted >= BATCH) {
		void *mem = mem_ctx(db);
		const char *params[] = {time, mem_printf(mem, "%d", BATCH)};
		struct db_rows *rows;
		e = db_query(db, mem, q, params, &rows);
		deleted = e == OK ? db_affected(rows) : 0;
		talloc_free(mem);
	}
	return e;
}

/* What subjects did: what is too old, and what is of experiments that there are no more. */
static enum err
expire_activity(struct db *db)
{
	char now[INSTANT_TEXT], since[INSTANT_TEXT];
	int64_t reaped = 1;
	struct db_rows *rows;

	instant_format(instant_now(), now);
	instant_format(instant_now() - EVENT_LIFE, since);
	enum err e = db_query(
	    db, db, QUERY_activity_expire, (const char *const[]){since, now}, NULL);
	while (e == OK && reaped > 0) {
		e = db_query(db, db, QUERY_deleted_experiment_reap, NULL, &rows);
		if (e != OK)
			return e;
		reaped = db_int(rows, 0, "reaped");
		talloc_free(rows);
	}
	return e;
}

enum err
expiry_job_run(struct db *db, const struct conf *conf)
{
	int64_t now = instant_now();
	int64_t upload = now - conf->upload_days * INSTANT_DAY;
	const struct {
		enum query query;
		int64_t before;
	} tables[] = {
		{QUERY_idempotency_expire, now - ANSWER_LIFE},
		{QUERY_session_expire, now},
		{QUERY_sign_in_link_expire, now},
		{QUERY_sign_in_throttle_expire, now},
		{QUERY_rate_refusal_expire, now - INSTANT_DAY},
		{QUERY_preassigned_expire, now - conf->preassigned_days * INSTANT_DAY},
		{QUERY_upload_row_expire, upload},
		{QUERY_upload_expire, upload},
	};
	enum err first = expire_activity(db);

	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		enum err e = delete_expired(db, tables[i].query, tables[i].before);
		first = first != OK ? first : e;
	}
	return first;
}

enum err
expiry_job_daily(struct db *db)
{
	void *mem = mem_ctx(db);
	char before[INSTANT_TEXT];
	const char *last = "";
	enum err e = OK;

	instant_format(instant_now() - CONFIRMED_LIFE, before);
	while (e == OK && last != NULL) {
		const char *params[] = {last, before, mem_printf(mem, "%d", SESSIONS)};
		struct db_rows *rows;
		void *next = mem_ctx(db);
		e = db_query(db, next, QUERY_confirmed_expire, params, &rows);
		last = e == OK && db_cell(rows, 0, "last") != NULL
		    ? mem_dup(next, db_cell(rows, 0, "last")) : NULL;
		talloc_free(mem);
		mem = next;
	}
	talloc_free(mem);
	return e;
}
