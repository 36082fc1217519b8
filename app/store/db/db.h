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
 * One connection to PostgreSQL, opened when it is first needed and opened again when it was
 * lost. Every wait is bounded by a deadline of our own: no option of libpq notices a server
 * that is alive but does not answer.
 */

struct db;
struct db_rows;

/* Shared by all workers of a pool, so that they do not storm a database that is coming up. */
struct db_gate {
	_Atomic int64_t next_try; /* monotonic; no attempt to connect before it */
	_Atomic int64_t wait;     /* microseconds; doubles with each failure */
	_Atomic pid_t trying;     /* the process that tries while all others wait; 0: none */
};

/* Lets another process try if it was pid that tried: pid has died. */
void db_gate_leave(struct db_gate *g, pid_t pid);

struct db_conf {
	const char *url;           /* libpq's URL or key words; "" = the PG* variables alone */
	int64_t statement_timeout; /* microseconds for one statement */
	struct db_gate *gate;      /* NULL: attempts are not held back */
	bool owner;                /* owner role: also prepares the statements marked so */
};

/* A statement with fragments in it. */
struct db_built {
	enum query query;
	const char *fragments;
	size_t count;
	const char *const *params; /* texts */
};

/* A connection, not opened yet, on the talloc context ctx; closed when it is freed. */
struct db *db_new(void *ctx, const struct db_conf *conf);

/*
 * No statement from now on waits beyond this instant of instant_monotonic(), and no write is
 * committed after it: the server compares its clock with it before it commits.
 */
void db_set_deadline(struct db *db, int64_t deadline);

/*
 * Runs statement q with as many text parameters as it has (NULL = SQL null) and leaves its rows
 * in *out, owned by ctx; out may be NULL. A conflict between transactions is tried again 3
 * times, a lost connection once where q allows it. ERR_UNAVAILABLE when the database is away,
 * too slow or of another schema version; ERR_CONFLICT, ERR_INVALID, ERR_INTERNAL by SQLSTATE.
 */
enum err db_query(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out) must_check;

/* The place in a query's text where db_query_built puts the fragments. */
#define DB_CRITERIA "true /* criteria */"

/*
 * As db_query for a statement that is built when it is needed: where the text of q says
 * DB_CRITERIA it gets the fragments of a builder, of which no byte comes from outside, and
 * count parameters.
 */
enum err db_query_built(struct db *db, void *ctx, const struct db_built *b, struct db_rows **out)
    must_check;

/*
 * A statement in two halves, so that the caller can prepare the next while the server works:
 * db_send comes back when the server has it, and nothing else may be run before db_collect, which
 * waits for it. The same q and params for both. What failed otherwise than by ERR_INVALID is then
 * run as db_query does, so q must be safe to repeat.
 */
void db_send(struct db *db, enum query q, const char *const params[]);
enum err db_collect(struct db *db, void *ctx, enum query q, const char *const params[],
    struct db_rows **out) must_check;

/* Runs a script of several statements without parameters, on a bare connection if none is open:
 * the text of a migration, begin, commit. */
enum err db_script(struct db *db, const char *sql) must_check;

/*
 * A transaction of several statements. In it nothing is tried again: what fails must be rolled
 * back. A commit that fails may have happened all the same.
 */
enum err db_begin(struct db *db) must_check;
enum err db_commit(struct db *db) must_check;
void db_rollback(struct db *db);

/* Between db_begin and db_commit or db_rollback. */
bool db_in_transaction(const struct db *db);

/*
 * Whether the transaction that failed last met another one (serialization, deadlock, lock
 * time-out): nothing of it happened, and the same may succeed now.
 */
bool db_was_conflict(const struct db *db);

/*
 * Ends the backend that was given up last, if it may still be at work: asks on a new connection,
 * and waits for its end, for us microseconds in all. Before an answer: what it says was not done is
 * not done afterwards.
 */
void db_end_abandoned(struct db *db, int64_t us);

/* How db_wait ended. */
enum db_news { DB_NOTIFIED, DB_READABLE, DB_TIMED_OUT, DB_LOST };

/*
 * Waits until a NOTIFY comes (DB_NOTIFIED), fd can be read (DB_READABLE), or us microseconds
 * have passed.
 */
enum db_news db_wait_notify(struct db *db, int fd, int64_t us);

/*
 * Opens the connection now if it is not. ERR_UNAVAILABLE when the server cannot be reached or
 * has another schema (db_schema_version tells), ERR_INTERNAL when it refuses a statement.
 */
enum err db_open(struct db *db) must_check;

/* As db_open, but content with any schema or none: nothing is prepared. For migrations. */
enum err db_open_bare(struct db *db) must_check;

/* The version found at the last successful connect; -1 before. */
int db_schema_version(const struct db *db);

/* What went wrong last, for the log and for operators, never for clients; "" at first. */
const char *db_message(const struct db *db);

/* The rows of a result, cells as text (NULL = SQL null), and the rows that a write touched. */
int db_count(const struct db_rows *r);
const char *db_cell(const struct db_rows *r, int row, const char *column);
int64_t db_int(const struct db_rows *r, int row, const char *column);
int64_t db_affected(const struct db_rows *r);

/* Row as a JSON object, members by column name and type. The caller owns the result. */
struct json_object *db_row_json(const struct db_rows *r, int row);

#endif
