/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords at the door. Outsiders can make us hash, so this is bounded by what one account, one
 * address and the whole machine may ask for.
 */
#include "web/password.h"

#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"
#include "web/client.h"
#include "web/ctx.h"

/* A hash of no password, so that a name that there is not takes as long as one that there is. */
#define NOBODY \
	"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" \
	"7tSUxAFXEbtdS5hXq8qzcBBJuXe+AjJ3Yx3oDMuGDpY"

enum { TRIES_ADDRESS = 20, BYTES_MOST = 512 };

static const char *
address(struct ctx *c)
{
	return client_address(c) != NULL ? client_address(c) : "";
}

enum err
password_find(struct ctx *c, const char *name, struct password_owner *out)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->now, now);
	const char *params[] = {name, now, address(c)};
	enum err e = db_query(c->db, c->mem, QUERY_account_find, params, &rows);
	if (e != OK)
		return e;
	const char *tries = db_cell(rows, 0, "tries");
	if ((tries != NULL && db_int(rows, 0, "tries") >= TRIES_ADDRESS) ||
	    *db_cell(rows, 0, "blocked") == 't')
		return fail_detail(c, ERR_THROTTLED, "too many tries; wait a moment");
	*out = (struct password_owner){.id = db_cell(rows, 0, "id"),
		.stored = db_cell(rows, 0, "password"),
		.disabled = *db_cell(rows, 0, "disabled") == 't'};
	return OK;
}

/* Takes one of the places in which passwords are hashed. */
static bool
take_place(_Atomic int *busy)
{
	if (atomic_fetch_add(busy, 1) < PASSWORD_HASHES)
		return true;
	atomic_fetch_sub(busy, 1);
	return false;
}

static enum err
note_failure(struct ctx *c, const char *name)
{
	char now[INSTANT_TEXT];

	instant_format(c->now, now);
	const char *params[] = {name, address(c), now};
	enum err e = db_query(c->db, c->mem, QUERY_account_failed, params, NULL);
	log_say(LOG_WARN, "sign_in_failed", "%s", c->req.id);
	return e == OK ? ERR_INVALID : e;
}

enum err
password_check(
    struct ctx *c, const char *name, struct password_owner *owner, const char *given)
{
	char fresh[HASH_PASSWORD];
	bool weak = false;

	if (!take_place(c->hashing))
		return ERR_UNAVAILABLE;
	bool fits = strlen(given) <= BYTES_MOST && hash_password_fits(
	    owner->stored != NULL ? owner->stored : NOBODY, given, &weak);
	bool good = fits && owner->stored != NULL && !owner->disabled;
	if (good && weak)
		hash_password(given, fresh);
	atomic_fetch_sub(c->hashing, 1);
	if (!good)
		return note_failure(c, name);
	owner->fresh = weak ? mem_dup(c->mem, fresh) : NULL;
	return OK;
}

enum err
password_hash(struct ctx *c, const char *password, const char **out)
{
	char text[HASH_PASSWORD];

	if (!take_place(c->hashing))
		return ERR_UNAVAILABLE;
	hash_password(password, text);
	atomic_fetch_sub(c->hashing, 1);
	*out = mem_dup(c->mem, text);
	return OK;
}
