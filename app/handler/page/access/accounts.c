/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of accounts, for admins. Links to sign in are shown once, on the answer to the form.
 */
#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/subject/account.h"
#include "handler/routes.h"
#include "service/access/account.h"
#include "web/auth/session.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/http/site.h"

/* Adds to a row what the list shows besides. */
static void
add_to_row(struct ctx *c, struct json_object *row)
{
	const char *name = json_text(row, "name"), *state = json_text(row, "state");
	struct json_object *is = json_object_new_object();
	struct buf *way = buf_new(c->w.mem, 64);

	buf_url(way, name);
	json_object_object_add(row, "way", json_object_new_string(way->data));
	json_object_object_add(is, json_text(row, "role"), json_object_new_boolean(true));
	json_object_object_add(row, "is", is);
	json_object_object_add(
	    row, "disabled", json_object_new_boolean(strcmp(state, "disabled") == 0));
	json_object_object_add(
	    row, "own", json_object_new_boolean(strcmp(name, c->account->name) == 0));
}

/* GET /admin/accounts */
enum err
accounts_page(struct ctx *c)
{
	struct json_object *list;
	enum err e = account_list(&c->w, &list);

	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(list); i++)
		add_to_row(c, json_item(list, i));
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "accounts", json_object_get(list));
	return OK;
}

/*
 * Shows the link of an answer; to a repeated request, whose answer has no secrets, that it was
 * shown.
 */
static void
show_link(struct ctx *c)
{
	struct json_object *once = json_object_object_get(c->model, "once");

	c->status = 200;
	if (once == NULL) {
		json_object_object_add(c->model, "shown", json_object_new_boolean(true));
		return;
	}
	const char *path = account_link_path(c->w.mem, json_text(once, "token"));
	json_object_object_add(once, "link", json_object_new_string(site_url(c, path)));
}

/* POST /admin/accounts */
enum err
accounts_add(struct ctx *c)
{
	struct account_input in;
	struct json_object *form;
	enum err e = form_json(c, &form);

	if (e == OK)
		e = account_input_read(&c->w, form, &in);
	if (e == OK)
		e = account_add(&c->w, &in, &c->model);
	if (e == OK)
		show_link(c);
	return e;
}

/* POST /admin/accounts/:name/reset */
enum err
accounts_reset(struct ctx *c)
{
	enum err e = account_reset(&c->w, c->args[0], &c->model);

	/* Also after an error, which may have come after the commit. */
	session_ended(c);
	if (e == OK)
		show_link(c);
	return e;
}

/* POST /admin/accounts/:name/role */
enum err
accounts_role(struct ctx *c)
{
	struct account_input in = {c->args[0], form_value(c, "role")};
	enum err e = account_set_role(&c->w, &in, &c->model);

	session_ended(c);
	c->location = "/admin/accounts";
	return e;
}

/* POST /admin/accounts/:name/disable */
enum err
accounts_disable(struct ctx *c)
{
	enum err e = account_disable(&c->w, c->args[0], &c->model);

	session_ended(c);
	c->location = "/admin/accounts";
	return e;
}
