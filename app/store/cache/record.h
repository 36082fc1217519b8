/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_CACHE_RECORD_H
#define STORE_CACHE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/cache/cache.h"
#include "store/db/db.h"

/*
 * What the cache holds about a subject, and when it may be believed.
 *
 * A writer puts a tombstone (5 s) on the subject's keys before it commits and never removes it. It
 * does so again after the commit, before it answers: a cache that was flushed, restarted or full in
 * between may have lost the first.
 *
 * A reader that meets a tombstone asks the database and stores nothing. One that finds nothing
 * leaves a lease, a token of its own (3 s), before it asks the database, and later stores what that
 * said only in the place of its token (cas); one that finds something outdated stores only in the
 * place of that very value. Both do so only within 2 s. So nothing that was read before a commit
 * can be stored after it: the tombstone has replaced what the reader may replace, and a cache that
 * lost the tombstone has lost the token, too. (With `add` in place of the lease, a reader that was
 * slow could fill a cache that was flushed after the second tombstone with what was true before
 * the commit.) A reader that finds the token of another one stores nothing.
 *
 * Where a tombstone could not be set, the writer raises the epoch, a row in the database that every
 * worker reads at most a second old and that is part of each key: it is raised to 5 s ahead of the
 * clock, and while it lies ahead nobody uses the cache: a second in which a worker may believe the
 * old one, and the write that it begins then. A write must therefore be over (committed or given
 * up) RECORD_WRITE_MS after record_invalidate.
 */

enum { RECORD_WRITE_MS = 3000 };

/* The kinds of records: the profile of a user, and the audiences and enrolments of a subject. */
#define RECORD_PROFILE "profile"
#define RECORD_SUBJECT "subject"

struct records;

/* What a reader looks up, and what it may store afterwards. */
struct record_slot {
	/* Set by the caller. */
	const char *kind; /* RECORD_PROFILE or RECORD_SUBJECT */
	const char *subject;
	int64_t now;

	/* Used by record_find and record_fill. */
	bool may_fill;
	char key[CACHE_KEY];
	int64_t began;    /* monotonic */
	struct cache_version version; /* of what may be replaced: the token, or an outdated
	                                 value */
};

/* On the talloc context ctx; cache and db are borrowed and must outlive it. cache may be NULL
 * where only record_suspend is called. */
struct records *record_new(void *ctx, struct cache *cache, struct db *db);

/*
 * The generation of the definitions, as the database had it at most a second ago.
 * ERR_UNAVAILABLE when it cannot be asked.
 */
enum err record_definitions(struct records *r, int64_t *generation) must_check;

/* Reads the epoch and the generation anew at the next use: they may be those of a transaction that
 * was rolled back. */
void record_forget(struct records *r);

/*
 * What the cache holds in slot, on ctx. NULL, or something that the caller finds outdated: ask
 * the database and offer the answer to record_fill.
 */
char *record_find(struct records *r, void *ctx, struct record_slot *slot);

/* What the database said: to be stored by record_flush, if nobody has written there since
 * record_find. */
void record_fill(struct records *r, struct record_slot *slot, const char *payload);

/* Stores what was offered since the last time. Before the answer: what a request was told, the next
 * one finds. Who goes on to write about a subject has spared storing what it read of it. */
void record_flush(struct records *r);

/*
 * Before a write about these n subjects, and once more before it is acknowledged: nothing cached
 * about them will be believed any more. ERR_UNAVAILABLE when neither cache nor database could be
 * told; the write must not happen, or not be acknowledged then.
 */
enum err record_invalidate(struct records *r, const char *const subjects[], size_t n) must_check;

/* As record_invalidate for a write that changes nothing but what one kind of record tells. */
enum err record_invalidate_kind(struct records *r, const char *kind, const char *const subjects[],
    size_t n) must_check;

/*
 * As record_invalidate for a write about so many subjects that nobody counts them: from now until
 * RECORD_WRITE_MS later and a little more the cache is used by nobody, for no subject.
 */
enum err record_suspend(struct records *r) must_check;

#endif
