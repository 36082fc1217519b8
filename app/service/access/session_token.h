/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_ACCESS_SESSION_TOKEN_H
#define SERVICE_ACCESS_SESSION_TOKEN_H

#include <json-c/json.h>

#include "base/hash.h"

enum { SESSION_TOKEN = 2 * 32 + 1 }; /* hexadecimal digits of a token with their NUL */

/* The secrets of a new session; the database gets the digest and the CSRF token. */
struct session_token {
	char token[SESSION_TOKEN], csrf[SESSION_TOKEN];
	char digest[HASH_SECRET_HEX];
};

/* Fills *out with new random secrets. */
void session_token_make(struct session_token *out);

/* {once: {session: token}}, on ctx. */
struct json_object *session_token_answer(void *ctx, const struct session_token *t);

#endif
