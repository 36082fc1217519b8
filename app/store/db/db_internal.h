/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_DB_INTERNAL_H
#define STORE_DB_DB_INTERNAL_H

#include <libpq-fe.h>

#include "store/db/db.h"
#include "store/db/sqlstate.h"

/* Shared by the sources of this folder; included by nothing else. */

/* A backend of the server. The start time tells it from a later one with the same process id. */
struct db_backend {
	char pid[16]; /* "": none */
	char started[64];
};

struct db {
	struct db_conf conf;
	PGconn *conn;     /* NULL when closed */
	bool in_tx;       /* between begin and commit: a lost connection is not reopened */
	bool conflicted;  /* a statement of this transaction failed because of a concurrent one */
	bool bare;        /* opened without prepared statements */
	bool reached;     /* the last attempt to connect reached a server */
	int64_t deadline; /* of the request, monotonic */
	int schema;       /* -1: never seen */
	int64_t connect_logged;     /* when a failed connect was last logged; monotonic */
	int64_t abandoned_logged; /* when an abandoned backend was last logged; monotonic */
	bool sent;        /* db_send sent a statement that is not collected yet */
	int64_t sent_until; /* its deadline */
	int64_t end_wait; /* how long a new connection waits for the end of the abandoned backend */
	bool pipelined;   /* the statement that was sent last went in a pipeline .. */
	bool leading;     /* .. after a statement_timeout, whose result comes first */
	int64_t sent_at;  /* monotonic; when the last deadline check was sent */
	int64_t clock_low, clock_high; /* the server's clock minus the monotonic one, from .. to */
	struct db_backend backend;     /* at the other end of conn */
	struct db_backend abandoned;   /* given up with a statement under way, and not
	                                  known to have ended */
	char message[256];
};

/* Closes the connection; the next statement opens another. */
void db_close(struct db *db);

/* Stores `what: text` as db_message, on one line. */
void db_notice(struct db *db, const char *what, const char *text);

/* Whether there is a millisecond or more until deadline, which is the least that a server can be
 * told; otherwise that is noted for `what`. */
bool db_time_left(struct db *db, const char *what, int64_t deadline);

/* Records that the server's clock showed `clock` (microseconds since 1970) at some instant between
 * from and to, both monotonic. */
void db_clock_seen(struct db *db, int64_t clock, int64_t from, int64_t to);

/* Sends the deadline check, after a write in the same pipeline. */
bool db_check_send(struct db *db, int64_t deadline);

/*
 * The result of the statement that went in a pipeline, or the first failure in it; the caller
 * clears it. NULL when the connection was lost or, at the deadline, closed.
 */
PGresult *db_pipeline_results(struct db *db, int64_t deadline);

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
