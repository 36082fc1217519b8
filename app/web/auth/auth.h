/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_AUTH_H
#define WEB_AUTH_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "web/http/route.h"

struct ctx;
struct db;
struct keyring;

/*
 * A key is asy_<class>_<id of 8 hex digits>_<secret of 48>; the database keeps its id and a
 * digest of the secret. What a worker has read about a key it believes for a second.
 */

enum {
	AUTH_KEY_ID = 9,    /* the id with its NUL */
	AUTH_KEY_TEXT = 96, /* a whole key with its NUL */
	AUTH_DIGEST_HEX = 65,
	AUTH_SIGNING = 65, /* a signing secret with its NUL */
};

/* An empty memory of keys on the talloc context ctx. */
struct keyring *auth_new(void *ctx);

/*
 * Checks the key of c (Authorization: Bearer, X-API-Key, or, for an image, ?key=) against c->route
 * and sets c->key_id, c->key_class, c->bounds, c->tag_prefix,
 * and c->origin when the caller is a page that the key allows. ERR_UNAUTHORIZED, ERR_FORBIDDEN,
 * or ERR_UNAVAILABLE when the database cannot be asked.
 */
enum err auth_check(struct ctx *c) must_check;

/*
 * Answers OPTIONS on a path that exists: 204 with what the path allows, and the origin when some
 * valid key allows it, because a preflight request carries none.
 */
enum err auth_preflight(struct ctx *c) must_check;

/*
 * Lets a browser read an answer that was given before or without a key that allows its origin: an
 * error such as 401, or 304. Sets c->origin when some valid key allows it.
 */
void auth_show_refusal(struct ctx *c, enum err e);

/* A new key of class kind ("client", "server", "admin", "metrics"): the text to show once, its id,
 * and the digest of its secret in hex. */
void auth_make_key(const char *kind, char text[AUTH_KEY_TEXT], char id[AUTH_KEY_ID],
    char digest[AUTH_DIGEST_HEX]);

/* What a key narrows, as the database takes it: kinds of subjects with commas between, rates as
 * numbers (NULL: as configured). */
struct auth_narrow {
	const char *subjects;
	bool is_signed, attributes;
	const char *rate, *new_rate;
};

/* A key that somebody wants: origins as a JSON array, days of its life (0: without end), what the
 * tags that it may write begin with (NULL: all). */
struct auth_wish {
	const char *kind, *name, *origins;
	int64_t days;
	const char *tags;
	struct auth_narrow narrow;
};

/* A key that was made; its text is kept nowhere else. signing is "" where there is none. */
struct auth_made {
	char text[AUTH_KEY_TEXT], id[AUTH_KEY_ID], signing[AUTH_SIGNING];
};

/* A new secret for signatures. */
void auth_make_signing(char out[AUTH_SIGNING]);

/* Makes it. What is wished must be checked before. */
enum err auth_create_key(struct db *db, void *mem, const struct auth_wish *wish,
    struct auth_made *out) must_check;

#endif
