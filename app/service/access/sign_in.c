/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sign-in and sign-out. A new session replaces the one that the browser had, in one transaction, so
 * that a signed-in browser never has two.
 */
#include "service/access/sign_in.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "service/access/session_token.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

/* Ends the session of that digest; NULL: there is none. */
static enum err
close_session(struct work *w, const char *digest)
{
	return digest == NULL ? OK : db_query(w->db, w->mem, QUERY_session_close, &digest, NULL);
}

/* Stores the password hashed with today's parameters; NULL: its hash is current. */
static enum err
update_password_hash(struct work *w, const char *session, const char *now, const char *password)
{
	const char *params[] = {session, now, password};

	return password == NULL
	    ? OK : db_query(w->db, w->mem, QUERY_account_rehash, params, NULL);
}

/* The change behind sign_in_open(). */
static enum err
run_open(struct work *w, void *arg, struct json_object **answer)
{
	const struct sign_in_input *in = arg;
	const char *now = work_now_text(w);
	struct session_token t;
	struct db_rows *rows;
	enum err e = change_transaction(w);

	session_token_make(&t);
	const char *params[] = {in->account, t.digest, t.csrf, now};
	if (e == OK)
		e = close_session(w, in->former);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_session_open, params, &rows);
	if (e == OK && *db_cell(rows, 0, "opened") != 't')
		return fail(w, ERR_INVALID, "/name", "name or password is wrong");
	if (e == OK)
		e = update_password_hash(w, t.digest, now, in->rehashed);
	*answer = session_token_answer(w->mem, &t);
	return e;
}

enum err
sign_in_open(struct work *w, const struct sign_in_input *in, struct json_object **answer)
{
	struct sign_in_input copy = *in;

	return change_run(w, run_open, &copy, answer);
}

/* The argument of run_link_use(): digests. */
struct link_use {
	const char *link, *former; /* digests */
};

/*
 * The change behind sign_in_by_link(). The link is used up in the transaction that opens the
 * session. The actor becomes the account, so that the audit row names it.
 */
static enum err
run_link_use(struct work *w, void *arg, struct json_object **answer)
{
	const struct link_use *in = arg;
	const char *now = work_now_text(w);
	struct session_token t;
	struct db_rows *rows;
	enum err e = change_transaction(w);

	session_token_make(&t);
	const char *params[] = {in->link, now, t.digest, t.csrf};
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_sign_in_link_use, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail(w, ERR_INVALID, "/token", "the link was used already, or is too old");
	if (e == OK)
		e = close_session(w, in->former);
	if (e != OK)
		return e;
	w->actor = (struct actor){.account = db_cell(rows, 0, "name"), .trusted = true};
	*answer = session_token_answer(w->mem, &t);
	json_object_object_add(
	    *answer, "name", json_object_new_string(db_cell(rows, 0, "name")));
	json_object_object_add(*answer, "has_password",
	    json_object_new_boolean(*db_cell(rows, 0, "has_password") == 't'));
	return OK;
}

enum err
sign_in_by_link(struct work *w, const char *token, const char *former, struct json_object **answer)
{
	char digest[HASH_SECRET_HEX];

	hash_secret_hex(token, digest);
	return change_run(w, run_link_use, &(struct link_use){digest, former}, answer);
}

/* The change behind sign_out(). */
static enum err
run_close(struct work *w, void *arg, struct json_object **answer)
{
	*answer = NULL;
	return close_session(w, arg);
}

enum err
sign_out(struct work *w, const char *digest)
{
	char copy[HASH_SECRET_HEX];
	struct json_object *answer;

	memcpy(copy, digest, sizeof copy);
	return change_run(w, run_close, copy, &answer);
}

/* The change behind sign_out_everywhere(). */
static enum err
run_close_all(struct work *w, void *arg, struct json_object **answer)
{
	const char *now = work_now_text(w);
	const char *params[] = {w->actor.session, now};

	(void)arg;
	change_target(w, w->actor.account);
	*answer = mem_json(w->mem, json_object_new_object());
	return db_query(w->db, w->mem, QUERY_session_close_all, params, NULL);
}

enum err
sign_out_everywhere(struct work *w, struct json_object **answer)
{
	return change_run(w, run_close_all, NULL, answer);
}
