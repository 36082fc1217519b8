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
 * The memory that all processes of a pool share, mapped before the first fork. All zero at first,
 * except the salt of the rates. A process may be killed between any two writes, so nothing here
 * may stay held by one that ended: it expires (breakers, gate, rates), is only counted
 * (sign_outs), or the parent returns it.
 */
struct shared {
	struct breaker breakers[CACHE_NODES];
	struct db_gate gate;
	struct password_places hashing;
	_Atomic int64_t sign_outs; /* how often a session may have ended */
	struct seat seats[2 * POOL_WORKERS];
	struct rate_table rates;
};

/* Allocates that memory; ends the process when it cannot. */
struct shared *setup_share(void);

/* Reads the configuration and sets the log level; errors are logged. file NULL: the default file,
 * if it exists. */
enum err setup_conf(void *ctx, const char *file, struct conf **out) must_check;

/* A connection of the app role (not opened yet), and of the owner role for commands. */
struct db *setup_db(void *ctx, const struct conf *conf, struct shared *shared);
struct db *setup_owner_db(void *ctx, const struct conf *conf);

/*
 * Everything that a worker lends to its requests, built from the configuration, on ctx.
 * ERR_INVALID, which is logged.
 */
enum err setup_ctx(void *ctx, const struct conf *conf, struct shared *shared, struct ctx *out)
    must_check;

/*
 * What the operations of a command or job need, over db, on ctx. NULL when the configuration
 * cannot be read, which is logged.
 */
struct work *setup_work(void *ctx, const struct conf *conf, struct db *db);

#endif
