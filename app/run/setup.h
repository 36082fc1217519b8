/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SETUP_H
#define RUN_SETUP_H

#include "base/conf.h"
#include "run/seat.h"
#include "store/cache/breaker.h"
#include "store/cache/cache.h"
#include "store/db/db.h"
#include "store/rate_limit.h"
#include "web/http/ctx.h"
#include "web/auth/password.h"

/* Exit codes of the program. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum { POOL_WORKERS = 256 }; /* at most; as many again while they are being replaced */

/*
 * What all processes of a pool share: mapped before the first fork. All zero at first, but for the
 * salt of the rates. A process may be killed between any two writes, so nothing in here may stay
 * taken by one that is gone: it ends by time (breakers, gate, rates), is counted only (sign_outs),
 * or the parent gives it back.
 */
struct shared {
	struct breaker breakers[CACHE_NODES];
	struct db_gate gate;
	struct password_places hashing;
	_Atomic int64_t sign_outs; /* how often a session may have ended */
	struct seat seats[2 * POOL_WORKERS];
	struct rate_table rates;
};

/* Memory that children will share, or ends the process. */
struct shared *setup_share(void);

/* Reads the configuration and sets the log's level, or tells why not. file NULL: the default
 * one if it exists. */
enum err setup_conf(void *ctx, const char *file, struct conf **out) must_check;

/* A connection of the app role (not opened yet), and of the owner role for commands. */
struct db *setup_db(void *ctx, const struct conf *conf, struct shared *shared);
struct db *setup_owner_db(void *ctx, const struct conf *conf);

/*
 * Everything that a worker lends to its requests, built from the configuration on ctx: templates
 * parsed, cache addressed. ERR_INVALID after saying what is wrong.
 */
enum err setup_ctx(void *ctx, const struct conf *conf, struct shared *shared, struct ctx *out)
    must_check;

/*
 * What the operations of a command or job need, over db, on ctx. NULL when the configuration
 * cannot be read, which is logged.
 */
struct work *setup_work(void *ctx, const struct conf *conf, struct db *db);

#endif
