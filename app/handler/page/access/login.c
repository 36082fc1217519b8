/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sign-in by password or one-time link, and sign-out. These forms have no CSRF token, because there
 * is no session yet; the origin of the request is checked instead.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/access/sign_in.h"
#include "web/auth/password.h"
#include "web/auth/session.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* The page with what the address says: the page to go to afterwards, the token of a link. */
static enum err
show_sign_in(struct ctx *c)
{
	struct json_object *form = json_object_new_object();

	json_add_text(form, "to", req_query(&c->req, "to"));
	json_add_text(form, "token", req_query(&c->req, "token"));
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "form", form);
	json_add_text(c->model, "version", ASSAY_VERSION);
	return OK;
}

/* GET /admin/login */
enum err
login_page(struct ctx *c)
{
	return show_sign_in(c);
}

/* GET /admin/enter */
enum err
enter_page(struct ctx *c)
{
	return show_sign_in(c);
}

/* Keeps what was typed, without the password, for the page that says what is wrong. */
static void
keep_form(struct ctx *c, const char *const names[], size_t n)
{
	c->form = mem_json(c->w.mem, json_object_new_object());
	for (size_t i = 0; i < n; i++)
		json_add_text(c->form, names[i], form_value(c, names[i]));
}

/* Sets the cookie of the new session and redirects. Only paths of pages are followed. */
static void
lead_on(struct ctx *c, struct json_object *answer, const char *to)
{
	session_ended(c);
	session_set_cookie(c, json_text(json_object_object_get(answer, "once"), "session"));
	c->location = to != NULL && session_is_page(to) ? to : "/admin";
	c->model = mem_json(c->w.mem, json_object_new_object());
}

/* Checks the password and opens a session. */
static enum err
sign_in(struct ctx *c, const char *name, const char *password)
{
	struct password_owner owner;
	struct json_object *answer;
	enum err e = password_find(c, name, &owner);

	if (e != OK)
		return e;
	e = password_check(c, name, &owner, password);
	if (e == ERR_INVALID)
		return fail(&c->w, e, "/name", "name or password is wrong");
	if (e != OK)
		return e;
	struct sign_in_input in = {owner.id, owner.fresh, session_digest(c)};
	e = sign_in_open(&c->w, &in, &answer);
	if (e != OK)
		return e;
	log_say(LOG_INFO, "sign_in", "%s", name);
	lead_on(c, answer, form_value(c, "to"));
	return OK;
}

/* POST /admin/login */
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
	return sign_in(c, name, password);
}

/*
 * POST /admin/enter. An account without a password goes to its own page, which asks for one: the
 * link cannot be used again.
 */
enum err
enter(struct ctx *c)
{
	static const char *const names[] = {"token"};
	const char *token = form_value(c, "token");
	struct json_object *answer;
	enum err e = session_check_origin(c);

	if (e != OK)
		return e;
	keep_form(c, names, sizeof names / sizeof names[0]);
	/* A link works once, so a repeated request cannot get the same answer. */
	c->w.intent.idempotency_key = NULL;
	e = sign_in_by_link(&c->w, token != NULL ? token : "", session_digest(c), &answer);
	if (e != OK)
		return e;
	log_say(LOG_INFO, "sign_in_link", "%s", json_text(answer, "name"));
	bool has_password =
	    json_object_get_boolean(json_object_object_get(answer, "has_password"));
	lead_on(c, answer, has_password ? form_value(c, "to") : "/admin/account");
	return OK;
}

/* POST /admin/logout */
enum err
logout(struct ctx *c)
{
	enum err e = sign_out(&c->w, c->w.actor.session);

	session_ended(c);
	session_set_cookie(c, NULL);
	c->location = "/admin/login";
	c->model = mem_json(c->w.mem, json_object_new_object());
	return e;
}
