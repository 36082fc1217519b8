/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_DB_H
#define STORE_DB_DB_H

#include <json-c/json.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "store/db/query.h"

/*
 * One connection to PostgreSQL, opened on first use and reopened when it was lost. Every wait has
 * a deadline of our own: no option of libpq notices a server that is alive but does not answer.
 */

struct db;
struct db_rows;

/* Shared by all workers of a pool, so that they do not flood a database that is starting. */
struct db_gate {
	_Atomic int64_t next_try; /* monotonic; nobody connects before it */
	_Atomic int64_t wait;     /* microseconds; doubles with each failure */
	_Atomic pid_t trying;     /* the process that tries while the others wait; 0: none */
};

/* Lets another process try to connect if pid was the one that did; pid has ended. */
void db_gate_leave(struct db_gate *g, pid_t pid);

struct db_conf {
	const char *url;           /* URL or keywords for libpq; "": only the PG* variables */
	int64_t statement_timeout; /* microseconds for one statement */
	struct db_gate *gate;      /* NULL: connects whenever needed */
	bool owner;                /* connects as the owner role and prepares its statements */
};

/* A statement of which a part is built at run time. */
struct db_built {
	enum query query;
	const char *fragments;
	size_t count;
	const char *const *params; /* texts */
};

/* A connection that is not opened yet, on the talloc context ctx; freeing it closes it. */
struct db *db_new(void *ctx, const struct db_conf *conf);

/*
 * From now on no statement waits beyond this instant of instant_monotonic(), and no write is
 * committed after it: the server compares its own clock with it before it commits.
 */
void db_set_deadline(struct db *db, int64_t deadline);

/*
 * Runs statement q with as many text parameters as it has (NULL = SQL null). Its rows are in *out,
 * owned by ctx; out may be NULL. A conflict between transactions is retried 3 times, a lost
 * connection once where q allows it. ERR_UNAVAILABLE when the database is down, too slow or has
 * another schema version; ERR_CONFLICT, ERR_INVALID, ERR_INTERNAL by SQLSTATE.
 */
enum err db_query(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out) must_check;

/* Where db_query_built inserts the fragments into the text of a query. */
#define DB_CRITERIA "true /* criteria */"

/*
 * As db_query for a statement that is built at run time: b->fragments replaces DB_CRITERIA in the
 * text of the query, with b->count parameters. No byte of the fragments may come from outside.
 */
enum err db_query_built(struct db *db, void *ctx, const struct db_built *b, struct db_rows **out)
    must_check;

/*
 * A statement in two halves, so that the caller can prepare the next one while the server works.
 * db_send returns when the server has the statement; db_collect waits for its result, and nothing
 * else may be run in between. Both get the same q and params. After any failure but ERR_INVALID
 * db_collect runs q again as db_query does, so q must be safe to repeat.
 */
void db_send(struct db *db, enum query q, const char *const params[]);
enum err db_collect(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out) must_check;

/* Runs a script of several statements without parameters: a migration, begin, commit. Opens a bare
 * connection if none is open. */
enum err db_script(struct db *db, const char *sql) must_check;

/*
 * A transaction of several statements. Nothing in it is retried: after a failure, roll back. A
 * commit that fails may have taken effect.
 */
enum err db_begin(struct db *db) must_check;
enum err db_commit(struct db *db) must_check;
void db_rollback(struct db *db);

/*
 * Whether the last failed transaction conflicted with a concurrent one (serialization failure,
 * deadlock, lock time-out): nothing of it was done, and it may succeed now.
 */
bool db_was_conflict(const struct db *db);

/*
 * Ends the backend that was abandoned last, if it may still be running: terminates it from a new
 * connection and waits for its end, us microseconds at most. Call before answering, so that what
 * the answer reports as not done does not happen later.
 */
void db_end_abandoned(struct db *db, int64_t us);

/* Why db_wait_notify returned. */
enum db_event { DB_NOTIFIED, DB_READABLE, DB_TIMED_OUT, DB_LOST };

/*
 * Waits until a NOTIFY arrives (DB_NOTIFIED), fd is readable (DB_READABLE), or us microseconds
 * have passed.
 */
enum db_event db_wait_notify(struct db *db, int fd, int64_t us);

/*
 * Opens the connection now if it is not. ERR_UNAVAILABLE when the server cannot be reached or
 * has another schema (db_schema_version tells), ERR_INTERNAL when it refuses a statement.
 */
enum err db_open(struct db *db) must_check;

/* As db_open, with any schema version or none; prepares no statements. For migrations. */
enum err db_open_bare(struct db *db) must_check;

/* The schema version found at the last successful connect; -1 before. */
int db_schema_version(const struct db *db);

/* The last failure, for the log and for operators, never for clients; "" at first. */
const char *db_message(const struct db *db);

/* The rows of a result; cells are text (NULL = SQL null). db_affected is the number of rows that a
 * write changed. */
int db_count(const struct db_rows *r);
const char *db_cell(const struct db_rows *r, int row, const char *column);
int64_t db_int(const struct db_rows *r, int row, const char *column);
int64_t db_affected(const struct db_rows *r);

/* A row as a JSON object, members by column name and type. The caller owns the result. */
struct json_object *db_row_json(const struct db_rows *r, int row);

#endif
