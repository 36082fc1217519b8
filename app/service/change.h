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
 * - a retry when it conflicts with a concurrent transaction or is overtaken (change_overtaken).
 *
 *	static enum err
 *	insert_goal(struct work *w, void *arg, struct json_object **answer);
 *
 *	enum err
 *	goal_add(struct work *w, const struct goal_input *in, struct json_object **answer)
 *	{
 *		struct goal_input copy = *in;
 *		return change_run(w, insert_goal, &copy, answer);
 *	}
 *
 * An operation may call another: the inner one is then a part of the outer change, and only the
 * outer one is audited.
 *
 * An operation that is not audited and has no idempotency key, as on the frequent routes, costs no
 * transaction and no statement besides its own.
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
 * ERR_INVALID when the key was used for another request; otherwise the error of `run`, after which
 * nothing is changed. ERR_UNAVAILABLE may leave open whether the change was committed.
 */
enum err change_run(struct work *w, change_fn *run, void *arg, struct json_object **answer)
    must_check;

/*
 * Runs the remaining work of a change that is committed already, in a transaction of its own:
 * neither audited nor stored under the idempotency key.
 */
enum err change_run_rest(struct work *w, change_fn *run, void *arg) must_check;

/* The functions below are for operations, within `run`. */

/*
 * Declares that the operation is about to write about these n subjects: cached records of that kind
 * (RECORD_*; NULL: of any kind) are invalidated, now and after the commit. The texts must live
 * until the change is over. On ERR_UNAVAILABLE the operation must not write.
 */
enum err change_subjects(struct work *w, const char *kind, const char *const subjects[], size_t n)
    must_check;

/*
 * Begins a transaction if none has begun, for an operation of several statements. change_run()
 * commits or rolls it back.
 */
enum err change_transaction(struct work *w) must_check;

/* Adds subjects that the audit row concerns: the erasure of one blanks what the row says. */
void change_concerns(struct work *w, const char *const subjects[], size_t n);

/*
 * Sets the target of the audit row, an id; without it the subjects or the answer determine it.
 */
void change_target(struct work *w, const char *target);

/*
 * Sets what was stored before the change (NULL: nothing), for the audit row; o must stay unchanged
 * until the change is over. Of several operations in one change the first call counts, here and
 * with change_over().
 */
void change_before(struct work *w, struct json_object *o);

typedef void change_done_fn(struct work *w, void *arg);

/* Calls done after the commit, and never when the change fails: for events and counters. */
void change_then(struct work *w, change_done_fn *done, void *arg);

/* The operation found nothing to change: no audit row is written. */
void change_nothing(struct work *w);

/*
 * What the operation was checked against has changed, and the operation has written nothing: it is
 * run again from its start. Returns ERR_UNAVAILABLE, which `run` must return; it is also the error
 * of an operation that is overtaken again and again.
 */
enum err change_overtaken(struct work *w) must_check;

/*
 * Runs an operation on one of several things that this change is about. It has an audit row of its
 * own; for the whole the caller says change_nothing().
 */
enum err change_part(struct work *w, change_fn *run, void *arg, struct json_object **answer)
    must_check;

/*
 * Declares that this change writes all the definitions whose ids are members of the object, so that
 * they may refer to what another of them is yet to add, and still to what one removes. Nothing
 * checks that until ids is NULL, as it is at first: then each of them must be written once more.
 */
void change_together(struct work *w, struct json_object *ids);

/* Whether a definition is one of those; id NULL: whether there are any. */
bool change_has_together(const struct work *w, const char *id);

/* The definition that a change was computed from. */
struct change_base {
	enum query get;    /* its row, with `version`, by its id */
	const char *id;
	const char *read;  /* the version that was read */
	const char *named; /* the version that the caller named; NULL: any */
};

/*
 * Declares that the operation is based on that version of a definition. When it is refused
 * (ERR_INVALID, ERR_CONFLICT, ERR_PRECONDITION) and the definition has another version by then, the
 * refusal says nothing about the definition as it is now: the operation is run again, or ends with
 * ERR_PRECONDITION where the caller named a version.
 */
void change_over(struct work *w, struct change_base base);

#endif
