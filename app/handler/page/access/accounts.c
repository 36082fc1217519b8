/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may sign in, and as what. Nobody can take the own rights away, so there is always somebody
 * who can give them back.
 */
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "core/subject/account.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/auth/sign_in_link.h"
#include "web/auth/session.h"
#include "web/http/site.h"

static void
put(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, text == NULL ? NULL : json_object_new_string(text));
}

/* A name as a segment of a path. */
static const char *
escaped(struct ctx *c, const char *name)
{
	struct buf *out = buf_new(c->w.mem, 64);

	buf_url(out, name);
	return out->data;
}

enum err
accounts_list(struct ctx *c)
{
	struct json_object *list = json_object_new_array();
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_account_list, NULL, &rows);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "accounts", list);
	for (int i = 0; e == OK && i < db_count(rows); i++) {
		struct json_object *row = db_row_json(rows, i);
		const char *name = db_cell(rows, i, "name");
		struct json_object *is = json_object_new_object();
		put(row, "way", escaped(c, name));
		json_object_object_add(row, "is", is);
		json_object_object_add(
		    is, db_cell(rows, i, "role"), json_object_new_boolean(true));
		json_object_object_add(row, "disabled",
		    json_object_new_boolean(strcmp(db_cell(rows, i, "state"), "disabled") == 0));
		json_object_object_add(
		    row, "own", json_object_new_boolean(strcmp(name, c->account->name) == 0));
		json_object_array_add(list, row);
	}
	return e;
}

/* Shows the link, once. */
static enum err
show_link(struct ctx *c, const struct sign_in_link_order *o)
{
	struct json_object *once = json_object_new_object();
	const char *path;
	enum err e = sign_in_link_make(c->w.db, c->w.mem, o, &path);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "once", once);
	put(c->model, "name", o->name);
	put(c->model, "role", o->role);
	if (e != OK)
		return e;
	if (path == NULL)
		return o->role != NULL
		    ? fail(&c->w, ERR_CONFLICT, "/name", "is the name of another account")
		    : fail_detail(&c->w, ERR_NOT_FOUND, "there is no such account");
	put(once, "link", site_url(c, path));
	c->status = 200;
	return OK;
}

enum err
accounts_add(struct ctx *c)
{
	struct json_object *form;
	enum err e = form_json(c, &form);

	if (e != OK)
		return e;
	const char *name = form_value(c, "name"), *role = form_value(c, "role");
	const char *fault = account_name_fault(c->w.mem, name != NULL ? name : "");
	if (fault != NULL)
		fail(&c->w, ERR_INVALID, "/name", "%s", fault);
	if (role == NULL || !account_is_role(role))
		fail(&c->w, ERR_INVALID, "/role", "must be viewer, editor or admin");
	if (problem_count(c->w.problems) > 0)
		return ERR_INVALID;
	return show_link(c, &(struct sign_in_link_order){QUERY_account_add, name, role});
}

/* The own account stays as it is. */
static enum err
check_other(struct ctx *c)
{
	if (strcmp(c->args[0], c->account->name) != 0)
		return OK;
	return fail_detail(&c->w, ERR_CONFLICT, "nobody can take the own rights away");
}

enum err
accounts_reset(struct ctx *c)
{
	enum err e = check_other(c);

	if (e != OK)
		return e;
	e = show_link(c, &(struct sign_in_link_order){QUERY_account_reset, c->args[0], NULL});
	session_ended(c);
	return e;
}

/* Runs q, which answers the account of the path, and leads back to the list. */
static enum err
change(struct ctx *c, enum query q, const char *const params[], struct db_rows **rows)
{
	enum err e = check_other(c);

	if (e == OK)
		e = db_query(c->w.db, c->w.mem, q, params, rows);
	session_ended(c);
	if (e == OK && db_count(*rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such account");
	c->model = mem_json(c->w.mem, json_object_new_object());
	c->location = "/admin/accounts";
	return e;
}

enum err
accounts_role(struct ctx *c)
{
	const char *role = form_value(c, "role");
	const char *params[] = {c->args[0], role};
	struct db_rows *rows;

	if (role == NULL || !account_is_role(role))
		return fail(&c->w, ERR_INVALID, "/role", "must be viewer, editor or admin");
	enum err e = change(c, QUERY_account_role, params, &rows);
	if (e != OK)
		return e;
	c->before = mem_json(c->w.mem, json_object_new_object());
	put(c->before, "role", db_cell(rows, 0, "before"));
	put(c->model, "role", role);
	return OK;
}

enum err
accounts_disable(struct ctx *c)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	const char *params[] = {c->args[0], now};
	enum err e = change(c, QUERY_account_disable, params, &rows);
	if (e == OK)
		put(c->model, "state", "disabled");
	return e;
}
