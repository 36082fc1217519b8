/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running statements. At a deadline the socket is closed: asking the server to cancel would open
 * another, blocking, connection; it notices by itself (client_connection_check_interval).
 */
#include "store/db.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "store/db_in.h"
#include "store/pgtype.h"

/* The server's own bound comes first, so that a slow statement costs no connection. */
#define SERVER_MARGIN (250 * INSTANT_MS)

enum { TRIES = 4 };

struct db_rows {
	PGresult *res;
};

static int
rows_free(struct db_rows *r)
{
	PQclear(r->res);
	return 0;
}

void
db_set_deadline(struct db *db, int64_t deadline)
{
	db->deadline = deadline;
}

int
db_schema_version(const struct db *db)
{
	return db->schema;
}

const char *
db_message(const struct db *db)
{
	return db->message;
}

/*
 * Reads all results: the first that failed, else the last. Rows arrive before the commit that
 * makes them true, so a statement is a success only when no failure follows. At the deadline the
 * socket is closed.
 */
static PGresult *
read_results(struct db *db, int64_t deadline)
{
	PGresult *kept = NULL;

	for (;;) {
		bool ok;
		PGresult *r = db_next_result(db, deadline, &ok);
		if (!ok) {
			PQclear(kept);
			db_note(db, "statement", "no answer in time");
			db_close(db);
			return NULL;
		}
		if (r == NULL)
			return kept;
		bool failed = kept != NULL && PQresultStatus(kept) == PGRES_FATAL_ERROR;
		PQclear(failed ? r : kept);
		kept = failed ? kept : r;
	}
}

static enum err
run_once(struct db *db, enum query q, const char *const params[], PGresult **out,
    enum sqlstate_act *act)
{
	const struct query_info *info = &query_infos[q];
	int64_t limit = instant_monotonic() + db->conf.statement_timeout + SERVER_MARGIN;

	*out = NULL;
	*act = SQLSTATE_GIVE_UP;
	enum err e = db_open(db);
	if (e != OK)
		return e;
	int64_t deadline = info->slow || db->deadline < limit ? db->deadline : limit;
	int sent = db->bare
	    ? PQsendQueryParams(db->conn, info->sql, info->params, NULL, params, NULL, NULL, 0)
	    : PQsendQueryPrepared(db->conn, info->name, info->params, params, NULL, NULL, 0);
	if (sent)
		*out = read_results(db, deadline);
	if (db->conn == NULL)
		return ERR_UNAVAILABLE;
	e = db_result_err(db, *out, info->name, act);
	if (e != OK && PQstatus(db->conn) == CONNECTION_BAD)
		*act = SQLSTATE_RECONNECT;
	if (*act == SQLSTATE_RECONNECT)
		db_close(db);
	return e;
}

/* A moment that differs between those who collided. */
static void
pause_briefly(int try)
{
	uint32_t random;

	hash_random(&random, sizeof random);
	poll(NULL, 0, (int)(1 + random % (5u << try)));
}

/* Whether another try makes sense: a conflict 3 times, a lost connection once. */
static bool
worth_again(struct db *db, enum query q, enum sqlstate_act act, int try, bool *lost)
{
	if (act == SQLSTATE_GIVE_UP || try == TRIES || instant_monotonic() >= db->deadline)
		return false;
	if (act == SQLSTATE_AGAIN) {
		pause_briefly(try);
		return true;
	}
	bool first = !*lost;
	*lost = true;
	return first && query_infos[q].retry;
}

static enum err
run(struct db *db, enum query q, const char *const params[], PGresult **out)
{
	bool lost = false;

	for (int try = 1;; try++) {
		enum sqlstate_act act;
		enum err e = run_once(db, q, params, out, &act);
		if (e == OK)
			return OK;
		if (!worth_again(db, q, act, try, &lost)) {
			metric_add(METRIC_db_errors_total, 1);
			if (act == SQLSTATE_GIVE_UP && db->conn != NULL)
				log_say(LOG_WARN, "db_error", "%s", db->message);
			return e;
		}
		metric_add(METRIC_db_retries_total, 1);
		PQclear(*out);
	}
}

/* A slow statement gets, on the server too, all the time that the request has. */
static enum err
set_timeout(struct db *db, int64_t us)
{
	char text[24];
	PGresult *r;

	snprintf(text, sizeof text, "%lld", (long long)(us / INSTANT_MS));
	enum err e = run(db, QUERY_statement_timeout, (const char *const[]){text}, &r);
	PQclear(r);
	return e;
}

enum err
db_query(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out)
{
	PGresult *res = NULL;
	bool slow = query_infos[q].slow;
	int64_t left = db->deadline - instant_monotonic();
	enum err e = slow ? set_timeout(db, left > INSTANT_DAY ? 0 : left) : OK;

	if (e == OK)
		e = run(db, q, params, &res);
	if (slow && db->conn != NULL && set_timeout(db, db->conf.statement_timeout) != OK)
		db_close(db);
	if (e != OK || out == NULL) {
		PQclear(res);
		return e;
	}
	*out = mem_new(ctx, struct db_rows);
	(*out)->res = res;
	talloc_set_destructor(*out, rows_free);
	return OK;
}

enum err
db_script(struct db *db, const char *sql)
{
	enum sqlstate_act act;
	enum err e = db_open_bare(db);

	if (e != OK)
		return e;
	PGresult *r = PQsendQuery(db->conn, sql) ? read_results(db, INT64_MAX) : NULL;
	e = db->conn == NULL ? ERR_UNAVAILABLE : db_result_err(db, r, "script", &act);
	PQclear(r);
	return e;
}

int
db_count(const struct db_rows *r)
{
	return PQntuples(r->res);
}

const char *
db_cell(const struct db_rows *r, int row, const char *column)
{
	int c = PQfnumber(r->res, column);

	assert(c >= 0 && row < PQntuples(r->res));
	return PQgetisnull(r->res, row, c) ? NULL : PQgetvalue(r->res, row, c);
}

int64_t
db_int(const struct db_rows *r, int row, const char *column)
{
	const char *text = db_cell(r, row, column);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

int64_t
db_affected(const struct db_rows *r)
{
	return strtoll(PQcmdTuples(r->res), NULL, 10);
}

struct json_object *
db_row_json(const struct db_rows *r, int row)
{
	struct json_object *o = json_object_new_object();

	for (int c = 0; c < PQnfields(r->res); c++) {
		const char *text = PQgetisnull(r->res, row, c) ? NULL : PQgetvalue(r->res, row, c);
		json_object_object_add(o, PQfname(r->res, c), pgtype_json(PQftype(r->res, c), text));
	}
	return o;
}
