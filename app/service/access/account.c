/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on accounts. The database itself checks on whose behalf accounts are changed
 * (session_authorize), because the role of the workers has no right to write their table. Tokens of
 * links are stored as digests only.
 */
#include "service/access/account.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/subject/account.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

enum { TOKEN = 32, LINK_HOURS = 24 };

/* ERR_INVALID at /role unless it is a role. */
static enum err
check_role(struct work *w, const char *role)
{
	return role != NULL && account_is_role(role)
	    ? OK : fail(w, ERR_INVALID, "/role", "must be viewer, editor or admin");
}

enum err
account_input_read(struct work *w, struct json_object *form, struct account_input *out)
{
	*out = (struct account_input){json_text(form, "name"), json_text(form, "role")};
	const char *fault = account_name_fault(w->mem, out->name != NULL ? out->name : "");
	if (fault != NULL)
		fail(w, ERR_INVALID, "/name", "%s", fault);
	enum err e = check_role(w, out->role);
	return fault != NULL ? ERR_INVALID : e;
}

enum err
account_list(struct work *w, struct json_object **list)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_account_list, NULL, &rows);

	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(*list, db_row_json(rows, i));
	return e;
}

/* Refuses a change of the actor's own account, so that at least one admin always remains. */
static enum err
check_other(struct work *w, const char *name)
{
	return w->actor.account == NULL || strcmp(name, w->actor.account) != 0
	    ? OK : fail_detail(w, ERR_CONFLICT, "an account cannot take its own rights away");
}

static enum err
fail_no_account(struct work *w)
{
	return fail_missing(w, "account");
}

/*
 * A new one-time link. The statements get its digest and its expiry; the token is only answered.
 */
struct link {
	char token[2 * TOKEN + 1], digest[HASH_SECRET_HEX];
	char expires[INSTANT_TEXT];
};

static void
make_link_token(struct work *w, struct link *out)
{
	hash_random_hex(out->token, TOKEN);
	hash_secret_hex(out->token, out->digest);
	instant_format(w->now + LINK_HOURS * 3600 * INSTANT_SECOND, out->expires);
}

/* {name, once: {token}}. */
static struct json_object *
link_answer(struct work *w, const char *name, const struct link *link)
{
	struct json_object *o = mem_json(w->mem, json_object_new_object());
	struct json_object *once = json_object_new_object();

	json_add_text(once, "token", link->token);
	json_object_object_add(o, "once", once);
	json_add_text(o, "name", name);
	return o;
}

/* The change behind account_add(). */
static enum err
run_add(struct work *w, void *arg, struct json_object **answer)
{
	const struct account_input *in = arg;
	struct db_rows *rows;
	struct link link;

	make_link_token(w, &link);
	const char *params[] = {w->actor.session, work_now_text(w), in->name, in->role, link.digest,
		link.expires};
	enum err e = db_query(w->db, w->mem, QUERY_account_add, params, &rows);
	if (e == OK && *db_cell(rows, 0, "added") != 't')
		return fail(w, ERR_CONFLICT, "/name", "is the name of another account");
	*answer = link_answer(w, in->name, &link);
	json_add_text(*answer, "role", in->role);
	return e;
}

enum err
account_add(struct work *w, const struct account_input *in, struct json_object **answer)
{
	struct account_input copy = *in;

	return change_run(w, run_add, &copy, answer);
}

/* The change behind account_reset(). */
static enum err
run_reset(struct work *w, void *arg, struct json_object **answer)
{
	const char *const *name = arg;
	struct db_rows *rows;
	struct link link;

	make_link_token(w, &link);
	const char *params[] = {
		w->actor.session, work_now_text(w), *name, link.digest, link.expires};
	enum err e = db_query(w->db, w->mem, QUERY_account_reset, params, &rows);
	if (e == OK && *db_cell(rows, 0, "reset") != 't')
		return fail_no_account(w);
	*answer = link_answer(w, *name, &link);
	return e;
}

enum err
account_reset(struct work *w, const char *name, struct json_object **answer)
{
	enum err e = check_other(w, name);

	return e == OK ? change_run(w, run_reset, &name, answer) : e;
}

/* The change behind account_link(), which only commands use. */
static enum err
run_link(struct work *w, void *arg, struct json_object **answer)
{
	const char *const *name = arg;
	struct db_rows *rows;
	struct link link;

	make_link_token(w, &link);
	const char *params[] = {*name, link.digest, link.expires};
	enum err e = db_query(w->db, w->mem, QUERY_account_link, params, &rows);
	if (e == OK && *db_cell(rows, 0, "linked") != 't')
		return fail_no_account(w);
	*answer = link_answer(w, *name, &link);
	return e;
}

enum err
account_link(struct work *w, const char *name, struct json_object **answer)
{
	return change_run(w, run_link, &name, answer);
}

/*
 * The change behind account_set_role(). The statement returns the former role for the audit row.
 */
static enum err
run_set_role(struct work *w, void *arg, struct json_object **answer)
{
	const struct account_input *in = arg;
	const char *now = work_now_text(w);
	const char *params[] = {w->actor.session, now, in->name, in->role};
	struct db_rows *rows;

	change_target(w, in->name);
	enum err e = db_query(w->db, w->mem, QUERY_account_set_role, params, &rows);
	if (e == OK && db_cell(rows, 0, "before") == NULL)
		return fail_no_account(w);
	if (e != OK)
		return e;
	struct json_object *before = mem_json(w->mem, json_object_new_object());
	json_add_text(before, "role", db_cell(rows, 0, "before"));
	change_before(w, before);
	*answer = mem_json(w->mem, json_object_new_object());
	json_add_text(*answer, "role", in->role);
	return OK;
}

enum err
account_set_role(struct work *w, const struct account_input *in, struct json_object **answer)
{
	struct account_input copy = *in;
	enum err e = check_role(w, in->role);

	if (e == OK)
		e = check_other(w, in->name);
	return e == OK ? change_run(w, run_set_role, &copy, answer) : e;
}

/* The change behind account_disable(). */
static enum err
run_disable(struct work *w, void *arg, struct json_object **answer)
{
	const char *const *name = arg;
	const char *now = work_now_text(w);
	const char *params[] = {w->actor.session, now, *name};
	struct db_rows *rows;

	change_target(w, *name);
	enum err e = db_query(w->db, w->mem, QUERY_account_disable, params, &rows);
	if (e == OK && *db_cell(rows, 0, "disabled") != 't')
		return fail_no_account(w);
	*answer = mem_json(w->mem, json_object_new_object());
	json_add_text(*answer, "state", "disabled");
	return e;
}

enum err
account_disable(struct work *w, const char *name, struct json_object **answer)
{
	enum err e = check_other(w, name);

	return e == OK ? change_run(w, run_disable, &name, answer) : e;
}
