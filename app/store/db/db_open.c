/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a connection: settings, schema version and all prepared statements in two round trips,
 * so that a worker whose connection was lost continues within milliseconds. A connection to a
 * database with another schema version, or on which a statement cannot be prepared, is never used.
 *
 * A failure closes the gate that all workers share for a growing, random time; after that one
 * worker at a time tries, so that a server that comes up is not flooded and a silent one holds
 * only that worker.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "store/db/db_internal.h"

#define WAIT_FIRST (50 * INSTANT_MS)
#define WAIT_MOST (2 * INSTANT_SECOND)
#define CONNECT_TIME (2 * INSTANT_SECOND)

static int
db_free(struct db *db)
{
	db_close(db);
	return 0;
}

struct db *
db_new(void *ctx, const struct db_conf *conf)
{
	struct db *db = mem_new(ctx, struct db);

	db->conf = *conf;
	db->deadline = INT64_MAX;
	db->schema = -1;
	talloc_set_destructor(db, db_free);
	return db;
}

/* The next result of a pipeline; the caller clears it. NULL, with the reason noted, when the
 * connection is lost or the deadline passes. */
static PGresult *
next_pipeline_result(struct db *db, int64_t deadline)
{
	for (;;) {
		bool ok;
		PGresult *r = db_next_result(db, deadline, &ok);
		if (r != NULL)
			return r;
		if (!ok || PQstatus(db->conn) == CONNECTION_BAD) {
			db_notice(
			    db, "connect", ok ? PQerrorMessage(db->conn) : "no answer in time");
			return NULL;
		}
	}
}

/* Reads the result of statement q up to the sync point of its pipeline; *first is that result. */
static enum err
read_pipeline(struct db *db, int64_t deadline, enum query q, PGresult **first)
{
	enum err e = OK;

	for (;;) {
		enum sqlstate_act act;
		PGresult *r = next_pipeline_result(db, deadline);
		if (r == NULL)
			return ERR_UNAVAILABLE;
		bool end = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
		if (e == OK && PQresultStatus(r) != PGRES_PIPELINE_ABORTED)
			e = db_result_err(db, r, query_infos[q].name, &act);
		if (*first == NULL && !end)
			*first = r;
		else
			PQclear(r);
		if (end)
			return e;
	}
}

/* Stores which backend answers, and what its clock showed. */
static void
note_backend(struct db *db, const PGresult *r, int64_t asked)
{
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return;
	db->clock_low = INT64_MIN;
	db->clock_high = INT64_MIN;
	db_clock_seen(db, strtoll(PQgetvalue(r, 0, PQfnumber(r, "clock")), NULL, 10), asked,
	    instant_monotonic());
	snprintf(db->backend.pid, sizeof db->backend.pid, "%s",
	    PQgetvalue(r, 0, PQfnumber(r, "pid")));
	snprintf(db->backend.started, sizeof db->backend.started, "%s",
	    PQgetvalue(r, 0, PQfnumber(r, "started")));
}

/* Settings and schema version in one round trip. A database without the schema has version 0:
 * asking it fails, so the settings need a sync point of their own, or that failure would roll them
 * back. */
static enum err
begin_session(struct db *db, int64_t deadline)
{
	PGresult *version = NULL, *session = NULL;
	int64_t asked = instant_monotonic();
	char timeout[24];

	snprintf(
	    timeout, sizeof timeout, "%lld", (long long)(db->conf.statement_timeout / INSTANT_MS));
	const char *params[] = {timeout};
	PQenterPipelineMode(db->conn);
	PQsendQueryParams(db->conn, query_infos[QUERY_connection_settings].sql, 1, NULL, params,
	    NULL, NULL, 0);
	PQpipelineSync(db->conn);
	PQsendQueryParams(
	    db->conn, query_infos[QUERY_schema_version].sql, 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(db->conn);
	enum err e = read_pipeline(db, deadline, QUERY_connection_settings, &session);
	note_backend(db, session, asked);
	PQclear(session);
	if (e == OK)
		e = read_pipeline(db, deadline, QUERY_schema_version, &version);
	const char *state = version == NULL ? NULL : PQresultErrorField(version, PG_DIAG_SQLSTATE);
	if (version != NULL && PQresultStatus(version) == PGRES_TUPLES_OK)
		db->schema = atoi(PQgetvalue(version, 0, 0));
	else if (state != NULL && (strcmp(state, "42P01") == 0 || strcmp(state, "3F000") == 0)) {
		db->schema = 0;
		e = OK;
	}
	PQclear(version);
	return e;
}

/* The first statement from number q on that the role of this connection prepares; QUERY__MAX when
 * there is none. */
static size_t
next_prepared(const struct db *db, size_t q)
{
	while (q != QUERY__MAX && query_infos[q].owner > db->conf.owner)
		q++;
	return q;
}

/* Reads the results of all statements, which come in the order in which they were sent; what
 * follows the first failure is aborted. The message names the statement that failed. */
static enum err
read_prepared(struct db *db, int64_t deadline)
{
	enum err e = OK;
	size_t q = next_prepared(db, 0);

	for (;;) {
		enum sqlstate_act act;
		char what[80];
		PGresult *r = next_pipeline_result(db, deadline);
		if (r == NULL)
			return ERR_UNAVAILABLE;
		ExecStatusType status = PQresultStatus(r);
		if (e == OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC) {
			snprintf(what, sizeof what, "prepare %s",
			    q != QUERY__MAX ? query_infos[q].name : "");
			e = db_result_err(db, r, what, &act);
		}
		/* Behind the last one comes the sync. */
		if (q != QUERY__MAX)
			q = next_prepared(db, q + 1);
		PQclear(r);
		if (status == PGRES_PIPELINE_SYNC)
			return e;
	}
}

static enum err
prepare_all(struct db *db, int64_t deadline)
{
	if (db->schema != query_schema_version()) {
		char text[96];
		snprintf(text, sizeof text, "the database has version %d, this program needs %d",
		    db->schema, query_schema_version());
		db_notice(db, "schema", text);
		return ERR_UNAVAILABLE;
	}
	for (size_t q = next_prepared(db, 0); q != QUERY__MAX; q = next_prepared(db, q + 1))
		PQsendPrepare(db->conn, query_infos[q].name, query_infos[q].sql, 0, NULL);
	PQpipelineSync(db->conn);
	enum err e = read_prepared(db, deadline);
	return e == OK || e == ERR_UNAVAILABLE ? e : ERR_INTERNAL;
}

/* Notices: libpq would print them; those that matter are followed by an error. */
static void
ignore_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

static enum err
connect_socket(struct db *db, int64_t deadline)
{
	/* Later keywords win: the URL may override all of these. */
	static const char *const words[] = {"application_name", "connect_timeout",
	    "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
	    "target_session_attrs", "dbname", NULL};
	const char *const values[] = {
	    "assay", "2", "3000", "2", "1", "3", "read-write", db->conf.url, NULL};

	db->conn = PQconnectStartParams(words, values, 1);
	mem_check(db->conn);
	PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;
	db->reached = false;
	while (PQstatus(db->conn) != CONNECTION_BAD && s != PGRES_POLLING_OK) {
		ConnStatusType at = PQstatus(db->conn);
		db->reached = at == CONNECTION_AWAITING_RESPONSE || at == CONNECTION_AUTH_OK;
		if (!db_wait(db, s == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
			break;
		s = PQconnectPoll(db->conn);
		if (s == PGRES_POLLING_FAILED)
			break;
	}
	if (s == PGRES_POLLING_OK && PQsetnonblocking(db->conn, 1) == 0)
		return OK;
	db_notice(db, "connect",
	    *PQerrorMessage(db->conn) ? PQerrorMessage(db->conn) : "no answer in time");
	return ERR_UNAVAILABLE;
}

/* Closes the gate for all workers, after each failure for longer, with full jitter. */
static void
gate_close(struct db *db)
{
	struct db_gate *g = db->conf.gate;
	uint32_t random;

	if (g == NULL)
		return;
	int64_t wait = g->wait * 2;
	wait = wait < WAIT_FIRST ? WAIT_FIRST : wait > WAIT_MOST ? WAIT_MOST : wait;
	g->wait = wait;
	hash_random(&random, sizeof random);
	g->trying = 0;
	g->next_try = instant_monotonic() + random % wait;
}

/* Whether this process may try to connect. After a failure only one may at a time: a server that
 * is silent then blocks only that one. */
static bool
gate_pass(struct db_gate *g, int64_t now)
{
	int64_t next = g->next_try;

	if (now < next)
		return false;
	if (g->wait == 0)
		return true;
	if (!atomic_compare_exchange_strong(&g->next_try, &next, now + CONNECT_TIME))
		return false;
	g->trying = getpid();
	return true;
}

void
db_gate_leave(struct db_gate *g, pid_t pid)
{
	if (atomic_compare_exchange_strong(&g->trying, &pid, 0))
		g->next_try = 0;
}

/* A worker connected: everybody may. */
static void
gate_open(struct db_gate *g)
{
	g->trying = 0;
	g->wait = 0;
	g->next_try = 0;
}

/* At most once a second: while the database is down, every request fails to connect. */
static void
log_connect_failure(struct db *db)
{
	if (instant_monotonic() - db->connect_logged < INSTANT_SECOND)
		return;
	db->connect_logged = instant_monotonic();
	log_say(LOG_ERROR, "db_unavailable", "%s", db->message);
}

static enum err
open_once(struct db *db, bool bare, int64_t deadline)
{
	enum err e = connect_socket(db, deadline);
	if (e == OK)
		e = begin_session(db, deadline);
	if (e == OK && !bare)
		e = prepare_all(db, deadline);
	return e == OK && !PQexitPipelineMode(db->conn) ? ERR_UNAVAILABLE : e;
}

static enum err
open_connection(struct db *db, bool bare)
{
	struct db_gate *g = db->conf.gate;
	int64_t now = instant_monotonic();

	if (db->conn != NULL && PQstatus(db->conn) == CONNECTION_OK)
		return OK;
	/* A request without time says nothing about the server: the gate stays as it is. */
	if (db->in_tx || !db_time_left(db, "connect", db->deadline))
		return ERR_UNAVAILABLE;
	db_close(db);
	if (g != NULL && !gate_pass(g, now))
		return ERR_UNAVAILABLE;
	int64_t deadline = now + CONNECT_TIME < db->deadline ? now + CONNECT_TIME : db->deadline;
	enum err e = open_once(db, bare, deadline);
	/* A server that ends a session while it begins may have ended just this one, which is
	 * no reason to close the gate for all workers. Nothing was asked of it yet, so try once
	 * more. */
	if (e != OK && db->reached && PQstatus(db->conn) == CONNECTION_BAD) {
		db_close(db);
		e = open_once(db, bare, deadline);
	}
	if (e != OK) {
		db_close(db);
		gate_close(db);
		log_connect_failure(db);
		return e;
	}
	db->bare = bare;
	metric_add(METRIC_db_connects_total, 1);
	if (g != NULL)
		gate_open(g);
	/* What is to be run again must not still be running elsewhere. */
	return db_abandoned_end(db, db->end_wait) || db->end_wait == 0 ? OK : ERR_UNAVAILABLE;
}

enum err
db_open(struct db *db)
{
	return open_connection(db, false);
}

enum err
db_open_bare(struct db *db)
{
	return open_connection(db, true);
}
