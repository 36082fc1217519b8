/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frame around every change: transaction, audit row, stored answer, cache invalidation, retry.
 *
 * Lock order: the lock of the idempotency key comes first, so that a repeated request waits instead
 * of working in parallel; then the operation's own locks. The audit row and the stored answer are
 * written last, in the same transaction. Cached records are invalidated before the operation writes
 * and again after the commit, before the caller gets its answer (store/cache/record.h says why).
 */
#include "service/change.h"

#include <string.h>

#include "base/mem.h"
#include "base/problem.h"
#include "service/audit.h"
#include "service/idempotency.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/work.h"

/*
 * Each overtaken change has let another one through, so only heavy contention uses up the tries;
 * the deadline of the request usually ends it before.
 */
enum { CONFLICTS_MOST = 4, TRIES = 60 };

/* Subjects whose records were invalidated, to be invalidated again after the commit. */
struct stale {
	struct stale *next;
	const char *kind; /* NULL: all kinds */
	const char *const *subjects;
	size_t n;
};

/*
 * A function to be called after the commit; a list in the order of the calls of change_then().
 */
struct follow_up {
	struct follow_up *next;
	change_done_fn *done;
	void *arg;
};

/* The audit row to be. */
struct noted {
	struct audit_entry entry;
	const char **concerned;
	bool has_before;
	bool nothing; /* the operation changed nothing */
};

/* One change under way, which w->change points to while it runs. */
struct change {
	struct noted noted;
	struct stale *stale;
	struct follow_up *first, **last;
	struct change_base base; /* id NULL: none */
	struct json_object *together; /* {id: null, ..}, or NULL */
	bool transaction;
	bool overtaken;
};

/* How one try of a change ended. */
enum try_end { TRY_DONE, TRY_CONFLICT, TRY_OVERTAKEN };

/* Does nothing where the work has no cache (commands) or there are no subjects. */
static enum err
invalidate_subjects(struct work *w, const struct stale *s)
{
	if (w->records == NULL || s->n == 0)
		return OK;
	return s->kind == NULL ? record_invalidate(w->records, s->subjects, s->n)
			       : record_invalidate_kind(w->records, s->kind, s->subjects, s->n);
}

enum err
change_subjects(struct work *w, const char *kind, const char *const subjects[], size_t n)
{
	struct stale *s = mem_new(w->mem, struct stale);
	const char **list = mem_array(w->mem, const char *, n);

	/* A copy: the caller's array may be gone when an outer change commits. */
	for (size_t i = 0; i < n; i++)
		list[i] = subjects[i];
	*s = (struct stale){w->change->stale, kind, list, n};
	w->change->stale = s;
	return invalidate_subjects(w, s);
}

enum err
change_transaction(struct work *w)
{
	if (w->change->transaction)
		return OK;
	enum err e = db_begin(w->db);
	w->change->transaction = e == OK;
	return e;
}

void
change_concerns(struct work *w, const char *const subjects[], size_t n)
{
	struct noted *row = &w->change->noted;
	size_t had = row->entry.subject_count;

	row->concerned = mem_check(talloc_realloc(w->mem, row->concerned, const char *, had + n));
	for (size_t i = 0; i < n; i++)
		row->concerned[had + i] = subjects[i];
	row->entry.subjects = row->concerned;
	row->entry.subject_count = had + n;
}

void
change_target(struct work *w, const char *target)
{
	w->change->noted.entry.target = target;
}

void
change_before(struct work *w, struct json_object *o)
{
	if (!w->change->noted.has_before)
		w->change->noted.entry.before = o;
	w->change->noted.has_before = true;
}

/* Runs the operation and writes the audit row of what it noted, where one is asked for. */
static enum err
run_noted(struct work *w, change_fn *run, void *arg, struct json_object **answer)
{
	struct noted *row = &w->change->noted;
	enum err e = run(w, arg, answer);

	row->entry.after = *answer;
	return e == OK && w->intent.action != NULL && !row->nothing ? audit_add(w, &row->entry) : e;
}

/*
 * Runs the operation with everything that belongs into its transaction. A stored answer of the same
 * request replaces the operation.
 */
static enum err
run_inside(struct work *w, change_fn *run, void *arg, struct json_object **answer)
{
	const struct intent *in = &w->intent;
	const struct noted *row = &w->change->noted;
	bool found = false;
	enum err e = OK;

	if (in->action != NULL || in->idempotency_key != NULL)
		e = change_transaction(w);
	if (e == OK && in->idempotency_key != NULL)
		e = idempotency_find(w, answer, &found);
	if (e != OK || found)
		return e;
	e = run_noted(w, run, arg, answer);
	if (e == OK && in->idempotency_key != NULL)
		e = idempotency_keep(
		    w, *answer, row->entry.subjects, row->entry.subject_count);
	return e;
}

/*
 * Commits or rolls back; after the commit calls the follow-ups and invalidates again. An error of
 * the last step is returned although the change is committed: the caller must not trust the cache.
 */
static enum err
finish_transaction(struct work *w, struct change *c, enum err e)
{
	if (c->transaction && e == OK)
		e = db_commit(w->db);
	else if (c->transaction)
		db_rollback(w->db);
	if (e == OK)
		for (struct follow_up *f = c->first; f != NULL; f = f->next)
			f->done(w, f->arg);
	for (struct stale *s = c->stale; e == OK && s != NULL; s = s->next)
		e = invalidate_subjects(w, s);
	return e;
}

void
change_then(struct work *w, change_done_fn *done, void *arg)
{
	struct follow_up *f = mem_new(w->mem, struct follow_up);

	*f = (struct follow_up){NULL, done, arg};
	*w->change->last = f;
	w->change->last = &f->next;
}

void
change_nothing(struct work *w)
{
	w->change->noted.nothing = true;
}

enum err
change_overtaken(struct work *w)
{
	w->change->overtaken = true;
	return fail_detail(w, ERR_UNAVAILABLE, "other definitions are being changed");
}

void
change_over(struct work *w, struct change_base base)
{
	if (w->change->base.id == NULL)
		w->change->base = base;
}

/*
 * Whether the definition has another version than the one that was read, or has been deleted.
 * Changes by jobs, which count behind the point of a version, do not matter.
 */
static bool
has_moved(struct work *w, const struct change_base *base)
{
	static const char digits[] = "0123456789";
	size_t n = strspn(base->read, digits);
	struct db_rows *rows;

	if (db_query(w->db, w->mem, base->get, &base->id, &rows) != OK)
		return false;
	if (db_count(rows) == 0)
		return true;
	const char *now = db_cell(rows, 0, "version");
	return strspn(now, digits) != n || strncmp(now, base->read, n) != 0;
}

/*
 * Decides what a refusal is worth once the transaction is rolled back: if the definition has
 * changed meanwhile, it was judged on outdated grounds, and the change is run again or ends with
 * ERR_PRECONDITION.
 */
static enum err
recheck_refusal(struct work *w, enum err e)
{
	const struct change_base *base = &w->change->base;

	if (e != ERR_INVALID && e != ERR_CONFLICT && e != ERR_PRECONDITION)
		return e;
	if (base->id == NULL || !has_moved(w, base))
		return e;
	work_forget(w);
	return base->named == NULL ? change_overtaken(w)
	    : fail_detail(w, ERR_PRECONDITION, "the definition has been changed");
}

/* One try in a transaction of its own; *end says whether another one makes sense. */
static enum err
try_once(struct work *w, change_fn *run, void *arg, struct json_object **answer,
    enum try_end *end)
{
	struct change c = {.last = &c.first};

	*answer = NULL;
	w->change = &c;
	enum err e = run_inside(w, run, arg, answer);
	e = finish_transaction(w, &c, e);
	bool conflict = e != OK && c.transaction && db_was_conflict(w->db);
	e = recheck_refusal(w, e);
	w->change = NULL;
	*end = e == OK       ? TRY_DONE
	    : c.overtaken    ? TRY_OVERTAKEN
	    : conflict       ? TRY_CONFLICT : TRY_DONE;
	return e;
}

enum err
change_run(struct work *w, change_fn *run, void *arg, struct json_object **answer)
{
	int conflicts = 0;
	enum try_end end;

	if (w->change != NULL)
		return run(w, arg, answer);
	enum err e = try_once(w, run, arg, answer, &end);
	for (int left = TRIES - 1; end != TRY_DONE && left > 0; left--) {
		conflicts += end == TRY_CONFLICT;
		if (conflicts == CONFLICTS_MOST)
			return e;
		work_forget(w);
		e = try_once(w, run, arg, answer, &end);
	}
	return e;
}

enum err
change_part(struct work *w, change_fn *run, void *arg, struct json_object **answer)
{
	struct change *c = w->change;
	struct noted outer = c->noted;

	c->noted = (struct noted){0};
	c->base = (struct change_base){0};
	enum err e = run_noted(w, run, arg, answer);
	c->noted = outer;
	return e;
}

void
change_together(struct work *w, struct json_object *ids)
{
	w->change->together = ids;
}

bool
change_has_together(const struct work *w, const char *id)
{
	return w->change != NULL && w->change->together != NULL &&
	    (id == NULL || json_object_object_get_ex(w->change->together, id, NULL));
}

enum err
change_run_rest(struct work *w, change_fn *run, void *arg)
{
	struct intent intent = w->intent;
	struct json_object *none;

	w->intent = (struct intent){0};
	enum err e = change_run(w, run, arg, &none);
	w->intent = intent;
	return e;
}
