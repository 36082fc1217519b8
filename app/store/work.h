/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_WORK_H
#define STORE_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/problem.h"

struct cache;
struct db;
struct experiment_set;
struct model_cache;
struct records;
struct segmentation_set;
struct telemetry;

enum { WORK_DATE = 11 };

/* On whose behalf an operation runs; at most one of the names is set. */
struct actor {
	const char *key_id;   /* of an API key */
	const char *account;  /* name of who is signed in to the pages */
	const char *command;  /* of a command or job, "cli:<system user>" or "job:<name>" */
	bool trusted; /* a server or admin key, an account, a command or a job: it may force,
				 and create experiments by naming them. A client key is public. */
};

/*
 * What the door knows of the request behind an operation, for the audit log and for requests that
 * are made again. All NULL: a change that nobody notes.
 */
struct intent {
	const char *action;     /* "POST /goal", "key create"; NULL: not noted */
	const char *request_id; /* as in the access log; may be NULL */
	const char *idempotency_key; /* NULL: none */
	bool noted; /* the change is in the audit log */
	const char *digest; /* hexadecimal, of all that makes two requests the same; with a key */
};

struct change;
struct work;

/*
 * Whether n subjects may be stored for the first time on behalf of the actor, who is limited
 * because anybody can read a client key; asked before anything is written. ERR_THROTTLED.
 */
typedef enum err work_admit_fn(struct work *w, int64_t n);

/*
 * What any operation needs, whoever asks for it: an API call, a page, a command or a job. Nothing
 * in it knows of HTTP. What is lent lives as long as the process; the rest, with everything that
 * operations allocate, hangs on mem.
 */
struct work {
	/* Lent. */
	const struct conf *conf;
	struct db *db;
	struct cache *cache;
	struct records *records;
	struct experiment_set *experiments;
	struct segmentation_set *segmentations;
	struct telemetry *telemetry; /* NULL: off */
	struct model_cache *models;  /* what is costly to work out and may be a little old */

	/* Of this operation. */
	void *mem;
	int64_t now; /* wall clock in microseconds since 1970, UTC, read once */
	char today[WORK_DATE]; /* of now, "2026-11-21"; "" until work_today() is called */
	struct actor actor;
	struct intent intent;
	struct change *change; /* under way (service/change.h); NULL: none */
	work_admit_fn *admit; /* NULL: the actor may bring any number of new subjects */
	work_admit_fn *may_admit; /* says what admit would say, and counts none; with admit */

	/* What went wrong. */
	struct problems *problems;
	const char *detail; /* one sentence about the whole; NULL: none */
	bool later;         /* the same operation may succeed in a moment */
};

/*
 * Prepares w, of which the lent members are set, for an operation at now on behalf of actor;
 * work_end frees everything of it.
 */
void work_begin(struct work *w, int64_t now, struct actor actor);
void work_end(struct work *w);

/* Forgets what an attempt found wrong, before the operation is tried again. */
void work_forget(struct work *w);

/* The UTC date of w->now, "2026-11-21". */
const char *work_today(struct work *w);

/* How records and telemetry name the actor: the key, the account or the command; NULL: nobody. */
const char *work_actor(const struct work *w);

/* Notes what is wrong at pointer (a JSON pointer, or the name of another place) and returns e. */
enum err fail(struct work *w, enum err e, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ERR_NOT_FOUND: there is no such `what` ("goal"). */
enum err fail_missing(struct work *w, const char *what);

/* Notes what is wrong as a whole and returns e. */
enum err fail_detail(struct work *w, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
