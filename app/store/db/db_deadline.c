/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes that were abandoned must not happen later. Closing the socket is not enough: a backend
 * that was stopped or starved finds the statement in its buffer and commits it when it continues.
 * So every write carries a check of the server's clock, last in its transaction, and a backend
 * that is left behind with a statement in progress is terminated from the next connection.
 *
 * Deadlines are instants of our monotonic clock. The difference between it and the server's clock
 * is known as an interval, which every answered check narrows; its lower end is used, so that a
 * deadline is too early rather than too late.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/log.h"
#include "store/db/db_internal.h"

/* The server's deadline is earlier by this, or by a quarter of the time left: the answer to a
 * commit that was in time must arrive in time, too. */
#define COMMIT_MARGIN (100 * INSTANT_MS)

void
db_clock_seen(struct db *db, int64_t clock, int64_t from, int64_t to)
{
	int64_t low = clock - to, high = clock - from;

	/* One of the clocks was set, or they drifted: start over. */
	if (low > db->clock_high || high < db->clock_low) {
		db->clock_low = low;
		db->clock_high = high;
	}
	if (low > db->clock_low)
		db->clock_low = low;
	if (high < db->clock_high)
		db->clock_high = high;
}

bool
db_check_send(struct db *db, int64_t deadline)
{
	const struct query_info *info = &query_infos[QUERY_deadline_check];
	int64_t now = instant_monotonic(), margin = (deadline - now) / 4;
	char text[24];
	const char *params[] = {text};

	margin = margin > COMMIT_MARGIN ? COMMIT_MARGIN : margin;
	snprintf(text, sizeof text, "%lld", (long long)(deadline - margin + db->clock_low));
	db->sent_at = now;
	return PQsendQueryPrepared(db->conn, info->name, 1, params, NULL, NULL, 0);
}

/* The column of the check's result. No other statement has a column of this name. */
#define CLOCK "deadline_clock"

/* Of two results: the first failure, else the first result. Frees the other. */
static PGresult *
choose_result(PGresult *kept, PGresult *r)
{
	bool failed = kept != NULL && PQresultStatus(kept) == PGRES_FATAL_ERROR;

	if (kept == NULL || (!failed && PQresultStatus(r) == PGRES_FATAL_ERROR)) {
		PQclear(kept);
		return r;
	}
	PQclear(r);
	return kept;
}

/* The pipeline ended early. A failed connection has its reason in kept or in itself, and stays
 * open for the caller to read it; any other connection is useless now, and closed. */
static PGresult *
lose_pipeline(struct db *db, PGresult *kept, const char *why)
{
	bool failed = kept != NULL && PQresultStatus(kept) == PGRES_FATAL_ERROR;

	if (PQstatus(db->conn) == CONNECTION_BAD && failed)
		return kept;
	PQclear(kept);
	if (PQstatus(db->conn) == CONNECTION_BAD)
		return NULL;
	db_notice(db, "statement", why);
	db_close(db);
	return NULL;
}

/* The deadline passed: whatever was read is dropped with the connection. */
static PGresult *
expire_pipeline(struct db *db, PGresult *kept)
{
	PQclear(kept);
	db_notice(db, "statement", "no answer in time");
	db_close(db);
	return NULL;
}

PGresult *
db_pipeline_results(struct db *db, int64_t deadline)
{
	PGresult *kept = NULL;
	bool leading = db->leading;

	db->leading = false;
	for (int ends = 0; ends < 2;) {
		bool ok;
		PGresult *r = db_next_result(db, deadline, &ok);
		if (!ok)
			return expire_pipeline(db, kept);
		/* A NULL follows the result of each statement but not the sync point, so two in a
		 * row mean that nothing more comes. */
		ends = r == NULL ? ends + 1 : 0;
		if (r == NULL)
			continue;
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			PQclear(r);
			if (PQexitPipelineMode(db->conn))
				return kept;
			break;
		}
		if (leading && PQresultStatus(r) == PGRES_TUPLES_OK) {
			PQclear(r);
			leading = false;
			continue;
		}
		int clock = PQfnumber(r, CLOCK);
		if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 && clock >= 0)
			db_clock_seen(db, strtoll(PQgetvalue(r, 0, clock), NULL, 10),
			    db->sent_at, instant_monotonic());
		kept = choose_result(kept, r);
	}
	return lose_pipeline(db, kept, PQerrorMessage(db->conn));
}

bool
db_abandoned_end(struct db *db, int64_t us)
{
	const struct query_info *info = &query_infos[QUERY_backend_end];
	char wait[24];
	const char *params[] = {db->abandoned.pid, db->abandoned.started, wait};

	if (*db->abandoned.pid == '\0')
		return true;
	snprintf(wait, sizeof wait, "%lld", (long long)(us / INSTANT_MS));
	int64_t deadline = instant_monotonic() + us + INSTANT_SECOND;
	if (!PQsendQueryParams(db->conn, info->sql, 3, NULL, params, NULL, NULL, 0))
		return false;
	PGresult *r = db_results(db, deadline);
	bool gone = PQresultStatus(r) == PGRES_TUPLES_OK && *PQgetvalue(r, 0, 0) == 't';
	log_say(LOG_WARN, "backend_abandoned", "%s %s", db->abandoned.pid,
	    gone ? "was told to end, or has ended" : "may still be there");
	PQclear(r);
	/* With us = 0 the signal was only sent; there is nothing else to do for it. */
	db->abandoned.pid[0] = '\0';
	return gone;
}
