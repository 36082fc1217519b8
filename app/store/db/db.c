/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Statements and transactions on one connection: deadlines, retries, and the pipelines that carry
 * a statement together with its time-out and its deadline check. At a deadline the socket is
 * closed: a cancel request would open another, blocking, connection, and the server notices the
 * closed one by itself (client_connection_check_interval).
 *
 * Rows of a write that was not committed are never returned: the check of the deadline is part of
 * the same transaction (db_deadline.c).
 */
#include "store/db/db.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "store/db/db_internal.h"
#include "store/db/pgtype.h"

/* The client waits so much longer than statement_timeout, so that the server's own cancellation,
 * which costs no connection, comes first. */
#define SERVER_MARGIN (250 * INSTANT_MS)

/* statement_timeout of the server: none. */
#define NO_TIMEOUT 0

/* How long a write that is retried waits for the end of the backend that ran it first. */
#define END_WAIT (500 * INSTANT_MS)

/* The SQLSTATE of deadline_check. */
#define DB_LATE "AS001"

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

static struct db_rows *
make_rows(void *ctx, PGresult *res)
{
	struct db_rows *r = mem_new(ctx, struct db_rows);

	r->res = res;
	talloc_set_destructor(r, rows_free);
	return r;
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

/* The instant at which a statement that begins now is abandoned. */
static int64_t
statement_deadline(const struct db *db, const struct query_info *info)
{
	int64_t limit = instant_monotonic() + db->conf.statement_timeout + SERVER_MARGIN;

	return info->slow || db->deadline < limit ? db->deadline : limit;
}

static bool
send_one(struct db *db, const struct query_info *info, const char *const params[])
{
	return db->bare || info->built
	    ? PQsendQueryParams(db->conn, info->sql, info->params, NULL, params, NULL, NULL, 0)
	    : PQsendQueryPrepared(db->conn, info->name, info->params, params, NULL, NULL, 0);
}

/* Sets statement_timeout until the end of the transaction, in the pipeline of a statement: to a
 * millisecond at least, for the server takes 0 for no bound at all. */
static bool
send_timeout(struct db *db, int64_t us)
{
	int64_t ms = us != NO_TIMEOUT && us < INSTANT_MS ? 1 : us / INSTANT_MS;
	char text[24];
	const char *const params[] = {text};

	snprintf(text, sizeof text, "%lld", (long long)ms);
	return send_one(db, &query_infos[QUERY_statement_timeout], params);
}

/*
 * Sends a statement, alone or in a pipeline, which is one round trip and one transaction. Before a
 * slow statement goes a statement_timeout of all the time that is left; in a transaction of
 * several statements the usual one follows. After a write that is a transaction of its own goes
 * the check that it is committed in time.
 */
static bool
send_statement(struct db *db, const struct query_info *info, const char *const params[],
    int64_t deadline)
{
	int64_t left = deadline - instant_monotonic();
	bool checked = info->writes && !db->in_tx && !db->bare && deadline != INT64_MAX;
	bool restore = info->slow && db->in_tx;

	db->pipelined = checked || info->slow;
	db->leading = info->slow;
	if (!db->pipelined)
		return send_one(db, info, params);
	return PQenterPipelineMode(db->conn) &&
	    (!info->slow || send_timeout(db, left > INSTANT_DAY ? NO_TIMEOUT : left)) &&
	    send_one(db, info, params) &&
	    (!restore || send_timeout(db, db->conf.statement_timeout)) &&
	    (!checked || db_check_send(db, deadline)) && PQpipelineSync(db->conn);
}

/* Its result, or the failure of the pipeline that carried it. */
static PGresult *
read_statement(struct db *db, int64_t deadline)
{
	return db->pipelined ? db_pipeline_results(db, deadline) : db_results(db, deadline);
}

/* Whether the server's clock says that it is too late though ours does not: one of them was set. */
static bool
clock_was_set(const PGresult *r, int64_t deadline)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	return state != NULL && strcmp(state, DB_LATE) == 0 &&
	    deadline - instant_monotonic() > SERVER_MARGIN;
}

/* Turns the outcome of a statement into an error, and into what may help: *act. */
static enum err
classify_result(struct db *db, const struct query_info *info, const PGresult *r, int64_t deadline,
    enum sqlstate_act *act)
{
	if (db->conn == NULL)
		return ERR_UNAVAILABLE;
	enum err e = db_result_err(db, r, info->name, act);
	if (e == OK)
		return OK;
	if (PQstatus(db->conn) == CONNECTION_BAD)
		*act = SQLSTATE_RECONNECT;
	if (clock_was_set(r, deadline)) {
		/* The write was rolled back; a new connection measures the clocks again. */
		db_close(db);
		*act = SQLSTATE_AGAIN;
	}
	if (*act == SQLSTATE_RECONNECT)
		db_close(db);
	return e;
}

/* One attempt: opens the connection if necessary, sends, waits. */
static enum err
run_once(struct db *db, const struct query_info *info, const char *const params[], PGresult **out,
    enum sqlstate_act *act)
{
	*out = NULL;
	*act = SQLSTATE_GIVE_UP;
	enum err e = db_open(db);
	if (e != OK)
		return e;
	int64_t deadline = statement_deadline(db, info);
	if (!db_time_left(db, info->name, deadline))
		return ERR_UNAVAILABLE;
	if (send_statement(db, info, params, deadline))
		*out = read_statement(db, deadline);
	else if (db->pipelined && PQstatus(db->conn) != CONNECTION_BAD)
		db_close(db);
	return classify_result(db, info, *out, deadline, act);
}

/* Sleeps for a random time that grows with the tries, so that transactions which collided do not
 * collide again. */
static void
back_off(int try)
{
	uint32_t random;

	hash_random(&random, sizeof random);
	poll(NULL, 0, (int)(1 + random % (5u << try)));
}

/* Whether to try again: a conflict up to 3 times, a lost connection once. */
static bool
should_retry(struct db *db, bool retry, enum sqlstate_act act, int try, bool *lost)
{
	if (db->in_tx || act == SQLSTATE_GIVE_UP || try == TRIES ||
	    instant_monotonic() >= db->deadline)
		return false;
	if (act == SQLSTATE_AGAIN) {
		back_off(try);
		return true;
	}
	bool first = !*lost;
	*lost = true;
	return first && retry;
}

/* Runs a statement again. A write may still be running at the other end of the lost connection:
 * that backend must have ended first. */
static enum err
run_again(struct db *db, const struct query_info *info, const char *const params[],
    PGresult **out, enum sqlstate_act *act)
{
	int64_t left = db->deadline - instant_monotonic();

	db->end_wait = !info->writes ? 0 : left < END_WAIT ? left : END_WAIT;
	enum err e = run_once(db, info, params, out, act);
	db->end_wait = 0;
	return e;
}

/* Attempts until one succeeds or should_retry() gives up. Every failure but the last is only
 * counted. */
static enum err
run_retrying(struct db *db, const struct query_info *info, const char *const params[],
    PGresult **out)
{
	bool lost = false;

	for (int try = 1;; try++) {
		enum sqlstate_act act;
		enum err e = try == 1 ? run_once(db, info, params, out, &act)
				      : run_again(db, info, params, out, &act);
		if (e == OK)
			return OK;
		if (!should_retry(db, info->retry, act, try, &lost)) {
			metric_add(METRIC_db_errors_total, 1);
			if (act == SQLSTATE_GIVE_UP && db->conn != NULL)
				log_say(LOG_WARN, "db_error", "%s", db->message);
			return e;
		}
		metric_add(METRIC_db_retries_total, 1);
		PQclear(*out);
	}
}

static enum err
run_query(struct db *db, void *ctx, const struct query_info *info, const char *const params[],
    struct db_rows **out)
{
	PGresult *res = NULL;
	enum err e = run_retrying(db, info, params, &res);

	if (e != OK || out == NULL) {
		PQclear(res);
		return e;
	}
	*out = make_rows(ctx, res);
	return OK;
}

enum err
db_query(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out)
{
	return run_query(db, ctx, &query_infos[q], params, out);
}

enum err
db_query_built(struct db *db, void *ctx, const struct db_built *b, struct db_rows **out)
{
	struct query_info info = query_infos[b->query];
	const char *place = strstr(info.sql, DB_CRITERIA);

	assert(place != NULL);
	info.sql = mem_printf(ctx, "%.*s%s%s", (int)(place - info.sql), info.sql, b->fragments,
	    place + strlen(DB_CRITERIA));
	info.params = (int)b->count;
	info.built = true;
	return run_query(db, ctx, &info, b->params, out);
}

void
db_send(struct db *db, enum query q, const char *const params[])
{
	const struct query_info *info = &query_infos[q];

	if (db_open(db) != OK)
		return;
	db->sent_until = statement_deadline(db, info);
	if (!db_time_left(db, info->name, db->sent_until))
		return;
	int unsent = send_statement(db, info, params, db->sent_until) ? PQflush(db->conn) : -1;
	while (unsent > 0 && db_wait(db, POLLIN | POLLOUT, db->sent_until) &&
	    PQconsumeInput(db->conn))
		unsent = PQflush(db->conn);
	db->sent = unsent == 0;
	if (!db->sent)
		db_close(db);
}

/* Runs a statement of db_send again. It may still be running at the other end of a closed
 * connection. */
static enum err
collect_again(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out)
{
	if (query_infos[q].writes && db->conn == NULL) {
		db->end_wait = END_WAIT;
		enum err e = db_open(db);
		db->end_wait = 0;
		if (e != OK)
			return e;
	}
	return db_query(db, ctx, q, params, out);
}

enum err
db_collect(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out)
{
	enum sqlstate_act act;

	if (!db->sent)
		return collect_again(db, ctx, q, params, out);
	db->sent = false;
	PGresult *res = read_statement(db, db->sent_until);
	enum err e = classify_result(db, &query_infos[q], res, db->sent_until, &act);
	if (e == OK) {
		*out = make_rows(ctx, res);
		return OK;
	}
	PQclear(res);
	return e == ERR_INVALID ? e : collect_again(db, ctx, q, params, out);
}

enum err
db_script(struct db *db, const char *sql)
{
	enum sqlstate_act act;
	enum err e = db_open_bare(db);

	if (e != OK)
		return e;
	PGresult *r = PQsendQuery(db->conn, sql) ? db_results(db, db->deadline) : NULL;
	e = db->conn == NULL ? ERR_UNAVAILABLE : db_result_err(db, r, "script", &act);
	PQclear(r);
	return e;
}

enum err
db_begin(struct db *db)
{
	enum err e;
	int tries = 0;

	/* Nothing was done yet, so a connection that was lost unnoticed is opened again, once. */
	do {
		e = db_open(db);
		if (e == OK)
			e = db_script(db, "begin");
	} while (e != OK && db->conn != NULL && PQstatus(db->conn) == CONNECTION_BAD &&
	    ++tries < 2);
	db->in_tx = e == OK;
	db->conflicted = false;
	return e;
}

bool
db_was_conflict(const struct db *db)
{
	return db->conflicted;
}

/* Commits, with the deadline check in front: a commit that the server reaches too late fails. */
static enum err
commit_checked(struct db *db)
{
	enum sqlstate_act act;

	if (db->conn == NULL)
		return ERR_UNAVAILABLE;
	if (!PQenterPipelineMode(db->conn) || !db_check_send(db, db->deadline) ||
	    !PQsendQueryParams(db->conn, "commit", 0, NULL, NULL, NULL, NULL, 0) ||
	    !PQpipelineSync(db->conn))
		return ERR_UNAVAILABLE;
	PGresult *r = db_pipeline_results(db, db->deadline);
	enum err e = db->conn == NULL ? ERR_UNAVAILABLE : db_result_err(db, r, "commit", &act);
	PQclear(r);
	return e;
}

enum err
db_commit(struct db *db)
{
	enum err e = db->bare || db->deadline == INT64_MAX ? db_script(db, "commit")
							   : commit_checked(db);

	db->in_tx = false;
	if (e != OK)
		db_close(db);
	return e;
}

void
db_rollback(struct db *db)
{
	if (db->conn != NULL && db_script(db, "rollback") != OK)
		db_close(db);
	db->in_tx = false;
}

void
db_end_abandoned(struct db *db, int64_t us)
{
	if (*db->abandoned.pid == '\0' || db->conn != NULL)
		return;
	db->deadline = instant_monotonic() + us;
	db->end_wait = us / 2;
	/* Bare, because that is faster. While the database is down every request comes here, hence
	 * the limit on the log. */
	if (db_open_bare(db) != OK &&
	    instant_monotonic() - db->abandoned_logged >= INSTANT_SECOND) {
		db->abandoned_logged = instant_monotonic();
		log_say(LOG_WARN, "backend_abandoned", "may still be there: %s", db->message);
	}
	db_close(db);
	db->end_wait = 0;
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
		json_object_object_add(
		    o, PQfname(r->res, c), pgtype_json(PQftype(r->res, c), text));
	}
	return o;
}
