/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes that were given up must not happen later. Closing the socket is not enough: a backend that
 * was stopped or starved finds the statement in its buffer and commits it when it goes on. So a
 * check of the server's clock goes with every write, in its transaction and after it; and a backend
 * that is left behind with a statement under way is terminated from the next connection.
 *
 * Deadlines are instants of our monotonic clock. The difference to the server's clock is known as
 * an interval, narrowed by every check that was answered; its lower end makes a deadline too early
 * rather than too late.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/log.h"
#include "store/db/db_in.h"

/* The server's deadline comes so much earlier, or a quarter of what is left: a commit that began in
 * time is to be heard of in time. */
#define COMMIT_MARGIN (100 * INSTANT_MS)

void
db_clock_seen(struct db *db, int64_t clock, int64_t from, int64_t to)
{
	int64_t low = clock - to, high = clock - from;

	/* One of the clocks was set, or they drift. */
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

/* The column of the check's result; no other statement has one of this name. */
#define CLOCK "deadline_clock"

/* Which of two results counts: the first that failed, else the first. */
static PGresult *
choose(PGresult *kept, PGresult *r)
{
	bool failed = kept != NULL && PQresultStatus(kept) == PGRES_FATAL_ERROR;

	if (kept == NULL || (!failed && PQresultStatus(r) == PGRES_FATAL_ERROR)) {
		PQclear(kept);
		return r;
	}
	PQclear(r);
	return kept;
}

/* Nothing more comes: a connection that failed has said why, in kept or by itself, and stays for
 * that; any other is of no use any more. */
static PGresult *
lose(struct db *db, PGresult *kept, const char *why)
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

static PGresult *
expire(struct db *db, PGresult *kept)
{
	PQclear(kept);
	db_notice(db, "statement", "no answer in time");
	db_close(db);
	return NULL;
}

PGresult *
db_check_results(struct db *db, int64_t deadline)
{
	PGresult *kept = NULL;

	for (int ends = 0; ends < 2;) {
		bool ok;
		PGresult *r = db_next_result(db, deadline, &ok);
		if (!ok)
			return expire(db, kept);
		/* Each statement ends with NULL, the sync point does not: two in a row say that
		 * nothing is left to come. */
		ends = r == NULL ? ends + 1 : 0;
		if (r == NULL)
			continue;
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			PQclear(r);
			if (PQexitPipelineMode(db->conn))
				return kept;
			break;
		}
		int clock = PQfnumber(r, CLOCK);
		if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 && clock >= 0)
			db_clock_seen(db, strtoll(PQgetvalue(r, 0, clock), NULL, 10),
			    db->sent_at, instant_monotonic());
		kept = choose(kept, r);
	}
	return lose(db, kept, PQerrorMessage(db->conn));
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
	    gone ? "is told to end, or has ended" : "may still be there");
	PQclear(r);
	/* With 0 it was only sent the signal, which is all that can be done. */
	db->abandoned.pid[0] = '\0';
	return gone;
}
