/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Waiting for PostgreSQL. Connections are non-blocking, and every wait is a poll with a deadline
 * of ours: keep-alives, tcp_user_timeout and statement_timeout together do not notice a server
 * process that was stopped.
 */
#include <poll.h>
#include <stdio.h>

#include "base/instant.h"
#include "base/metric.h"
#include "store/db/db_internal.h"

/* A statement may still be running in the backend, which db_abandoned_end() has to end then. */
void
db_close(struct db *db)
{
	PGTransactionStatusType s = db->conn == NULL ? PQTRANS_IDLE
						    : PQtransactionStatus(db->conn);

	if (s == PQTRANS_ACTIVE || s == PQTRANS_UNKNOWN)
		db->abandoned = *db->backend.pid != '\0' ? db->backend : db->abandoned;
	db->backend.pid[0] = '\0';
	db->sent = db->pipelined = db->leading = false;
	PQfinish(db->conn);
	db->conn = NULL;
}

/* Messages of libpq end with a line feed; the log wants one line. */
void
db_notice(struct db *db, const char *what, const char *text)
{
	snprintf(db->message, sizeof db->message, "%s: %s", what, text == NULL ? "" : text);
	for (char *s = db->message; *s != '\0'; s++)
		if (*s == '\n' || *s == '\t')
			*s = ' ';
}

bool
db_time_left(struct db *db, const char *what, int64_t deadline)
{
	if (deadline - instant_monotonic() >= INSTANT_MS)
		return true;
	db_notice(db, what, "no time is left");
	return false;
}

bool
db_wait(struct db *db, short events, int64_t deadline)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = events};

	for (;;) {
		int64_t left = deadline - instant_monotonic();
		if (left <= 0)
			return false;
		int64_t ms = left / INSTANT_MS + 1;
		if (poll(&p, 1, ms > 60000 ? 60000 : (int)ms) > 0)
			return true;
	}
}

PGresult *
db_next_result(struct db *db, int64_t deadline, bool *ok)
{
	*ok = true;
	for (;;) {
		int unsent = PQflush(db->conn);
		if (unsent < 0) {
			/* The server may have sent a reason before it closed: read that first. */
			PQconsumeInput(db->conn);
			return PQgetResult(db->conn);
		}
		if (!PQisBusy(db->conn))
			return PQgetResult(db->conn);
		if (!db_wait(db, unsent ? POLLIN | POLLOUT : POLLIN, deadline)) {
			metric_add(METRIC_db_deadlines_total, 1);
			*ok = false;
			return NULL;
		}
		if (!PQconsumeInput(db->conn))
			return PQgetResult(db->conn);
	}
}

/* Rows arrive before the commit that makes them true, so a statement has succeeded only when no
 * failure follows. */
PGresult *
db_results(struct db *db, int64_t deadline)
{
	PGresult *kept = NULL;

	for (;;) {
		bool ok;
		PGresult *r = db_next_result(db, deadline, &ok);
		if (!ok) {
			PQclear(kept);
			db_notice(db, "statement", "no answer in time");
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

/* The cause is in the result, or in the connection when there is no result. */
enum err
db_result_err(struct db *db, const PGresult *r, const char *what, enum sqlstate_act *act)
{
	ExecStatusType status = PQresultStatus(r);

	*act = SQLSTATE_GIVE_UP;
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	    status == PGRES_PIPELINE_SYNC)
		return OK;
	const char *state = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	db_notice(db, what, text != NULL ? text : PQerrorMessage(db->conn));
	enum err e = sqlstate_err(state, act);
	db->conflicted = db->conflicted || (db->in_tx && *act == SQLSTATE_AGAIN);
	return e;
}

enum db_event
db_wait_notify(struct db *db, int fd, int64_t us)
{
	int64_t end = instant_monotonic() + us;

	while (db->conn != NULL) {
		PGnotify *n = PQnotifies(db->conn);
		if (n != NULL) {
			PQfreemem(n);
			return DB_NOTIFIED;
		}
		int64_t left = end - instant_monotonic();
		struct pollfd p[] = {{.fd = fd, .events = POLLIN},
			{.fd = PQsocket(db->conn), .events = POLLIN}};
		if (left <= 0 || poll(p, 2, (int)(left / INSTANT_MS + 1)) == 0)
			return DB_TIMED_OUT;
		if (p[0].revents != 0)
			return DB_READABLE;
		if (!PQconsumeInput(db->conn))
			db_close(db);
	}
	return DB_LOST;
}
