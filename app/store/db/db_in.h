/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_DB_IN_H
#define STORE_DB_DB_IN_H

#include <libpq-fe.h>

#include "store/db/db.h"
#include "store/db/sqlstate.h"

/* What the rooms db.c, db_open.c and db_wait.c share; nobody else includes this. */

/* A process of the server, by what tells it from a later one of the same id. */
struct db_backend {
	char pid[16]; /* "": none */
	char started[64];
};

struct db {
	struct db_conf conf;
	PGconn *conn;     /* NULL when closed */
	bool in_tx;       /* between begin and commit: a lost connection is not opened again */
	bool conflicted;  /* the last failure came from another transaction at the same moment */
	bool bare;        /* opened without prepared statements */
	bool reached;     /* a server took up the last attempt to connect */
	int64_t deadline; /* of the request, monotonic */
	int schema;       /* -1: never seen */
	int64_t told;     /* when a failure to connect was last logged */
	int64_t abandoned_told; /* when the log was told last that a backend may still be there */
	bool sent;        /* by db_send, and not collected yet */
	int64_t sent_until; /* the deadline of that */
	int64_t end_wait; /* so long a new connection waits for the end of the abandoned backend */
	bool checked;     /* what was sent last has a deadline_check behind it */
	int64_t sent_at;  /* monotonic; of that check */
	int64_t clock_low, clock_high; /* the server's clock minus the monotonic one, from .. to */
	struct db_backend backend;     /* at the other end of conn */
	struct db_backend abandoned;   /* given up with a statement under way, and not
	                                  known to have ended */
	char message[256];
};

/* Closes the connection; the next statement opens another. */
void db_close(struct db *db);

/* Keeps `what: text` as db_message, in one line. */
void db_notice(struct db *db, const char *what, const char *text);

/* Notes what the server's clock (microseconds since 1970) was between two instants of ours. */
void db_clock_seen(struct db *db, int64_t clock, int64_t from, int64_t to);

/* Sends, behind a write in the same pipeline, the check that it is committed in time. */
bool db_check_send(struct db *db, int64_t deadline);

/*
 * The result of the write that was sent before such a check, or the failure that kept it from being
 * committed; the caller clears it. NULL when the connection was lost or, at the deadline, closed.
 */
PGresult *db_check_results(struct db *db, int64_t deadline);

/*
 * Ends the abandoned backend, if there is one; waits for it up to us microseconds. False when it
 * may still be there.
 */
bool db_abandoned_end(struct db *db, int64_t us);

/* Waits until the socket is ready for the poll events; false at the deadline. */
bool db_wait(struct db *db, short events, int64_t deadline);

/*
 * The next result, NULL between statements or when the connection is gone; the caller clears it.
 * *ok turns false at the deadline.
 */
PGresult *db_next_result(struct db *db, int64_t deadline, bool *ok);

/*
 * The result of a statement: the first that failed, else the last; the caller clears it. At the
 * deadline the connection is closed and there is none.
 */
PGresult *db_results(struct db *db, int64_t deadline);

/* Whether result r of statement what is a success; notes the reason when it is not. */
enum err db_result_err(struct db *db, const PGresult *r, const char *what, enum sqlstate_act *act);

#endif
