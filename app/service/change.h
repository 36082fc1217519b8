/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_CHANGE_H
#define SERVICE_CHANGE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/db/query.h"

struct work;

/*
 * Every operation that changes something runs inside change_run, which gives it:
 *
 * - one transaction, with a row of the audit log in it, when the door asked for one
 *   (w->intent.action), and with the stored answer for a repeated request
 *   (w->intent.idempotency_key), which belongs to the actor;
 * - the invalidation of what is cached about its subjects, before the commit and again before the
 *   answer (store/cache/record.h);
 * - another try when a concurrent transaction undid it, or overtook it (change_overtaken).
 *
 *	static enum err
 *	insert(struct work *w, void *arg, struct json_object **answer);
 *
 *	enum err
 *	goal_add(struct work *w, const struct goal_input *in, struct json_object **answer)
 *	{
 *		struct goal_input copy = *in;
 *		return change_run(w, insert, &copy, answer);
 *	}
 *
 * An operation may call another: the inner one is then a part of the outer change, which is the
 * one that is noted.
 *
 * An operation that nobody notes, under no idempotency key, is one of a frequent route: it costs no
 * transaction and no statement beside its own.
 */

/*
 * What the operation does to the database. It may run more than once, so it must not change what
 * arg leads to except for results that it sets anew. *answer (on w->mem) is what every door shows;
 * a member `once` of it is a secret, which is neither logged nor stored.
 */
typedef enum err change_fn(struct work *w, void *arg, struct json_object **answer);

/*
 * Runs an operation. A request that was made before under the same idempotency key gets the same
 * *answer again, and nothing is done. ERR_CONFLICT (w->later) while that request is under way,
 * ERR_INVALID when the key was used for another request; else whatever `run` says, and nothing is
 * changed then. ERR_UNAVAILABLE may leave open whether the change was committed.
 */
enum err change_run(struct work *w, change_fn *run, void *arg, struct json_object **answer)
    must_check;

/*
 * Runs what is left to do of a change that has been committed and noted, in a transaction of its
 * own: neither noted nor stored under the idempotency key.
 */
enum err change_run_rest(struct work *w, change_fn *run, void *arg) must_check;

/* The rest is for operations, within `run`. */

/*
 * The operation is about to write about these n subjects, whose texts stay until the change is
 * over: nothing cached of that kind (RECORD_*; NULL: of any kind) will be believed any more.
 * ERR_UNAVAILABLE: it must not write then.
 */
enum err change_subjects(struct work *w, const char *kind, const char *const subjects[], size_t n)
    must_check;

/*
 * Needs a transaction of several statements: begins one if none has begun. Its commit and rollback
 * are change_run's.
 */
enum err change_transaction(struct work *w) must_check;

/* The audit row concerns these subjects: an erasure of one takes what it says away. */
void change_concerns(struct work *w, const char *const subjects[], size_t n);

/* The audit row is about `target`, an id; without it the answer or the subject tell. */
void change_target(struct work *w, const char *target);

/* What was there before (NULL: nothing), for the audit row; o stays as it is until the change is
 * over. Of several operations in one change the first says it, here and with change_over. */
void change_before(struct work *w, struct json_object *o);

/* Calls done when the change is committed, and never when it is not: for events and counters. */
typedef void change_done_fn(struct work *w, void *arg);
void change_then(struct work *w, change_done_fn *done, void *arg);

/* The operation found nothing to change: the audit log has no row of it. */
void change_nothing(struct work *w);

/*
 * What the operation was checked against is no longer so, and it has changed nothing: it is run
 * again from its start. Returns what `run` has to return then, ERR_UNAVAILABLE, which is also what
 * becomes of an operation that is overtaken again and again.
 */
enum err change_overtaken(struct work *w) must_check;

/* The definition that a change was worked out over. */
struct change_base {
	enum query get;    /* its row, with `version`, by its id */
	const char *id;
	const char *read;  /* the version that was read */
	const char *named; /* the version that the caller named; NULL: any */
};

/*
 * The operation works over that version of a definition. When it is refused (ERR_INVALID,
 * ERR_CONFLICT, ERR_PRECONDITION) and the definition has another version by then, the refusal says
 * nothing about the definition as it is: the operation is run again, or ends with ERR_PRECONDITION
 * where the caller named a version.
 */
void change_over(struct work *w, struct change_base base);

#endif
