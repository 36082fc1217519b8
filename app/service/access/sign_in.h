/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_ACCESS_SIGN_IN_H
#define SERVICE_ACCESS_SIGN_IN_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * Sessions of people on the pages: how they begin and end (web/auth/session.h looks them up). The
 * token of a new session is in the answer as once: {session}; the database stores its digest, in
 * hexadecimal (hash_secret_hex).
 */

/* An account whose password has been checked. */
struct sign_in_input {
	const char *account;  /* its number, as text */
	const char *rehashed; /* the password hashed with today's parameters; NULL: it is already */
	const char *former;   /* digest of the session that is replaced; NULL: none */
};

/* Opens a session: {once}. ERR_INVALID when the account was disabled or reset meanwhile. */
enum err sign_in_open(struct work *w, const struct sign_in_input *in, struct json_object **answer)
    must_check;

/*
 * Uses up a one-time link, named by its token: {name, has_password, once}; w->actor becomes the
 * account. former: as in sign_in_input. ERR_INVALID when the link is used, unknown or expired.
 */
enum err sign_in_by_link(struct work *w, const char *token, const char *former,
    struct json_object **answer) must_check;

/* Ends the session of a digest, if there is one. */
enum err sign_out(struct work *w, const char *digest) must_check;

/* Ends all sessions of the account of w->actor.session, and its links. */
enum err sign_out_everywhere(struct work *w, struct json_object **answer) must_check;

#endif
