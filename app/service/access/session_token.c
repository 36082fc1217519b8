/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The secrets of sessions: random tokens, of which the database gets only a digest.
 */
#include "service/access/session_token.h"

#include "base/mem.h"

void
session_token_make(struct session_token *out)
{
	hash_random_hex(out->token, (SESSION_TOKEN - 1) / 2);
	hash_random_hex(out->csrf, (SESSION_TOKEN - 1) / 2);
	hash_secret_hex(out->token, out->digest);
}

struct json_object *
session_token_answer(void *ctx, const struct session_token *t)
{
	struct json_object *o = mem_json(ctx, json_object_new_object());
	struct json_object *once = json_object_new_object();

	json_object_object_add(once, "session", json_object_new_string(t->token));
	json_object_object_add(o, "once", once);
	return o;
}
