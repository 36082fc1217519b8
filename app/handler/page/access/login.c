/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The doors of the pages: in by password or by a one-time link, and out.
 */
#include <string.h>

#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/auth/session.h"

static void
put(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value == NULL ? NULL : json_object_new_string(value));
}

/* The page with what the address says: where to go afterwards, the token of a link. */
static enum err
show(struct ctx *c)
{
	struct json_object *form = json_object_new_object();

	put(form, "to", req_query(&c->req, "to"));
	put(form, "token", req_query(&c->req, "token"));
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "form", form);
	put(c->model, "version", ASSAY_VERSION);
	return OK;
}

enum err
login_page(struct ctx *c)
{
	return show(c);
}

enum err
enter_page(struct ctx *c)
{
	return show(c);
}

/* What was typed, without the password, for the page that says what is wrong. */
static void
keep_form(struct ctx *c, const char *const names[], size_t n)
{
	c->form = mem_json(c->w.mem, json_object_new_object());
	for (size_t i = 0; i < n; i++)
		put(c->form, names[i], form_value(c, names[i]));
}

/* On to where the visitor wanted to go. */
static void
lead_on(struct ctx *c)
{
	const char *to = form_value(c, "to");

	c->location = to != NULL && session_is_page(to) ? to : "/admin";
	c->model = mem_json(c->w.mem, json_object_new_object());
}

enum err
login(struct ctx *c)
{
	static const char *const names[] = {"name", "to"};
	const char *name = form_value(c, "name");
	const char *password = form_value(c, "password");
	enum err e = session_check_origin(c);

	if (e != OK)
		return e;
	keep_form(c, names, sizeof names / sizeof names[0]);
	if (name == NULL || *name == '\0')
		return fail(&c->w, ERR_INVALID, "/name", "must not be empty");
	if (password == NULL || *password == '\0')
		return fail(&c->w, ERR_INVALID, "/password", "must not be empty");
	e = session_sign_in(c, name, password);
	if (e == OK)
		lead_on(c);
	return e;
}

enum err
enter(struct ctx *c)
{
	static const char *const names[] = {"token"};
	const char *token = form_value(c, "token");
	enum err e = session_check_origin(c);

	if (e != OK)
		return e;
	keep_form(c, names, sizeof names / sizeof names[0]);
	e = session_enter(c, token != NULL ? token : "");
	if (e == OK && c->location == NULL)
		lead_on(c);
	else if (e == OK)
		c->model = mem_json(c->w.mem, json_object_new_object());
	return e;
}

enum err
logout(struct ctx *c)
{
	enum err e = session_sign_out(c);

	c->location = "/admin/login";
	c->model = mem_json(c->w.mem, json_object_new_object());
	return e;
}
