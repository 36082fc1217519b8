/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords. Anonymous clients can make this process hash, so attempts are limited by account and
 * network together, by network, by account (loosely, against distributed attempts), and by how
 * many hashes the machine can compute at once.
 */
#include "web/auth/password.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "web/http/peer_address.h"
#include "web/http/ctx.h"

/* A hash that no password matches: an unknown name takes as long as a known one. */
#define NOBODY \
	"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" \
	"7tSUxAFXEbtdS5hXq8qzcBBJuXe+AjJ3Yx3oDMuGDpY"

enum { BYTES_MOST = 512 };

/* The keys by which attempts are counted, as digests in hex: names that people type are not
 * stored. */
struct throttle {
	char pair[HASH_HEX], network[HASH_HEX], account[HASH_HEX];
};

static void
throttle_digest(const char *text, char hex[HASH_HEX])
{
	hash_hex(text, strlen(text), NULL, 0, hex);
}

static void
find_throttle(struct ctx *c, const char *name, struct throttle *out)
{
	const char *network = peer_network(c);

	throttle_digest(mem_printf(c->w.mem, "%s %s", network, name), out->pair);
	throttle_digest(network, out->network);
	throttle_digest(name, out->account);
}

enum err
password_find(struct ctx *c, const char *name, struct password_owner *out)
{
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_account_find, &name, &rows);

	if (e != OK)
		return e;
	*out = (struct password_owner){.id = db_cell(rows, 0, "id"),
		.stored = db_cell(rows, 0, "password"),
		.disabled = *db_cell(rows, 0, "disabled") == 't'};
	return OK;
}

/* Counts an attempt before the password is checked. ERR_THROTTLED when it has to wait. */
static enum err
claim_try(struct ctx *c, const struct throttle *t)
{
	const char *now = work_now_text(&c->w);
	struct db_rows *rows;

	const char *params[] = {t->pair, t->network, t->account, now};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_sign_in_claim, params, &rows);
	if (e != OK)
		return e;
	return *db_cell(rows, 0, "allowed") == 't' ? OK :
	    fail_detail(&c->w, ERR_THROTTLED, "too many failed tries; wait a minute");
}

static enum err
note_success(struct ctx *c, const struct throttle *t)
{
	const char *now = work_now_text(&c->w);

	const char *params[] = {t->pair, t->network, t->account, now};
	return db_query(c->w.db, c->w.mem, QUERY_sign_in_succeeded, params, NULL);
}

bool
password_enter(struct password_places *p)
{
	for (int i = 0; i < PASSWORD_HASHES; i++) {
		pid_t nobody = 0;
		if (atomic_compare_exchange_strong(&p->holder[i], &nobody, getpid()))
			return true;
	}
	return false;
}

void
password_leave(struct password_places *p, pid_t pid)
{
	for (int i = 0; i < PASSWORD_HASHES; i++) {
		pid_t holder = pid;
		atomic_compare_exchange_strong(&p->holder[i], &holder, 0);
	}
}

/* Whether given is the owner's password. An account without one takes as long. */
static bool
password_matches(struct ctx *c, struct password_owner *owner, const char *given)
{
	const char *stored = owner->stored != NULL ? owner->stored : NOBODY;
	char fresh[HASH_PASSWORD];
	bool weak = false;
	bool good = strlen(given) <= BYTES_MOST && hash_password_matches(stored, given, &weak) &&
	    owner->stored != NULL && !owner->disabled;

	if (good && weak) {
		hash_password(given, fresh);
		owner->fresh = mem_dup(c->w.mem, fresh);
	}
	return good;
}

enum err
password_check(
    struct ctx *c, const char *name, struct password_owner *owner, const char *given)
{
	struct throttle t;
	bool good = false;

	find_throttle(c, name, &t);
	owner->fresh = NULL;
	if (!password_enter(c->hashing))
		return ERR_UNAVAILABLE;
	enum err e = claim_try(c, &t);
	if (e == OK)
		good = password_matches(c, owner, given);
	password_leave(c->hashing, getpid());
	if (e != OK)
		return e;
	if (good)
		return note_success(c, &t);
	log_say(LOG_WARN, "sign_in_failed", "%s", c->req.id);
	return ERR_INVALID;
}

enum err
password_hash(struct ctx *c, const char *password, const char **out)
{
	char text[HASH_PASSWORD];

	if (!password_enter(c->hashing))
		return ERR_UNAVAILABLE;
	hash_password(password, text);
	password_leave(c->hashing, getpid());
	*out = mem_dup(c->w.mem, text);
	return OK;
}
