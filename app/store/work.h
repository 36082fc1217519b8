/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_WORK_H
#define STORE_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/problem.h"

struct cache;
struct db;
struct experiment_set;
struct model_cache;
struct records;
struct segmentation_set;
struct telemetry;

enum { WORK_DATE = 11 };

/* On whose behalf an operation runs; at most one of key_id, account and command is set. */
struct actor {
	const char *key_id;   /* of an API key */
	const char *account;  /* name of the account that is signed in to the pages */
	const char *session;  /* digest of its session, hexadecimal; NULL: none */
	const char *command;  /* a command or job: "cli:<system user>" or "job:<name>" */
	bool trusted; /* a server or admin key, an account, a command or a job: it may force,
				 and create experiments by naming them. A client key is public. */
};

/*
 * What the caller knows of the request behind an operation, for the audit log and for idempotent
 * requests. All NULL: a change that is not audited.
 */
struct intent {
	const char *action;     /* "POST /goal", "key create"; NULL: not noted */
	const char *request_id; /* as in the access log; may be NULL */
	const char *idempotency_key; /* NULL: none */
	const char *digest; /* hexadecimal digest of the whole request; with a key */
};

struct change;
struct work;

/*
 * Whether n subjects may be stored for the first time on behalf of an actor that is limited
 * because anybody can read a client key. Called before anything is written. ERR_THROTTLED.
 */
typedef enum err work_admit_fn(struct work *w, int64_t n);

/*
 * What any operation needs, for an API call, a page, a command or a job. Nothing in it refers to
 * HTTP. The borrowed members live as long as the process; the others, and everything that
 * operations allocate, belong to mem.
 */
struct work {
	/* Borrowed. */
	const struct conf *conf;
	struct db *db;
	struct cache *cache;
	struct records *records;
	struct experiment_set *experiments;
	struct segmentation_set *segmentations;
	struct telemetry *telemetry; /* NULL: off */
	struct model_cache *models;  /* costly models, slightly stale */

	/* Of this operation. */
	void *mem;
	int64_t now; /* wall clock in microseconds since 1970, UTC, read once */
	char now_text[INSTANT_TEXT]; /* now as RFC 3339; "" until work_now_text() is called */
	char today[WORK_DATE]; /* of now, "2026-11-21"; "" until work_today() is called */
	struct actor actor;
	struct intent intent;
	struct change *change; /* in progress (service/change.h); NULL: none */
	work_admit_fn *admit; /* NULL: no limit on new subjects */
	work_admit_fn *may_admit; /* the same answer as admit, without counting; set with admit */

	/* What went wrong. */
	struct problems *problems;
	const char *detail; /* one sentence about the whole; NULL: none */
	bool later;         /* the same operation may succeed in a moment */
};

/*
 * Prepares w, whose borrowed members are set, for an operation at now on behalf of actor; work_end
 * frees everything that belongs to it.
 */
void work_begin(struct work *w, int64_t now, struct actor actor);
void work_end(struct work *w);

/* Forgets the problems of an attempt, before the operation is tried again. */
void work_forget(struct work *w);

/*
 * Sets w->now, and with it the texts below: for commands whose operations happen at another time.
 */
void work_set_now(struct work *w, int64_t now);

/* w->now as RFC 3339 in UTC with milliseconds: the time that rows and answers get. */
const char *work_now_text(struct work *w);

/* The UTC date of w->now, "2026-11-21". */
const char *work_today(struct work *w);

/* The name of the actor in records and telemetry: the key, the account or the command; NULL:
 * none. */
const char *work_actor(const struct work *w);

/* Adds a problem at pointer (a JSON pointer, or the name of another place) and returns e. */
enum err fail(struct work *w, enum err e, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ERR_NOT_FOUND: there is no such `what` ("goal"). */
enum err fail_missing(struct work *w, const char *what);

/* Sets one sentence about the input or the request as a whole and returns e. */
enum err fail_detail(struct work *w, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
