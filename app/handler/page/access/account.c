/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of one's own account: change of password, and sign-out from all sessions.
 */
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/access/password_change.h"
#include "service/access/sign_in.h"
#include "web/auth/password.h"
#include "web/auth/session.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* The page before anything is typed: it asks for the current password if there is one. */
static void
begin_account_page(struct ctx *c, const struct password_owner *owner)
{
	c->form = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    c->form, "has_password", json_object_new_boolean(owner->stored != NULL));
	c->model = mem_json(c->w.mem, json_object_new_object());
}

/* GET /admin/account */
enum err
account_page(struct ctx *c)
{
	struct password_owner owner;
	enum err e = password_find(c, c->account->name, &owner);

	if (e != OK)
		return e;
	begin_account_page(c, &owner);
	json_object_object_add(c->model, "form", json_object_get(c->form));
	return OK;
}

/* Reads the form. Nothing that was typed is shown again. */
static enum err
read_password(struct ctx *c, const struct password_owner *owner, struct password_input *in)
{
	struct json_object *typed;
	enum err e = form_json(c, &typed);

	begin_account_page(c, owner);
	return e == OK ? password_input_read(&c->w, typed, in) : e;
}

/* Checks the current password, where there is one. */
static enum err
check_current(struct ctx *c, struct password_owner *owner, const char *current)
{
	enum err e = owner->stored == NULL
	    ? OK : password_check(c, c->account->name, owner, current);

	return e == ERR_INVALID ? fail(&c->w, e, "/current", "is not your password") : e;
}

/* POST /admin/account/password */
enum err
account_password(struct ctx *c)
{
	struct password_owner owner;
	struct password_input in;
	const char *hashed;
	enum err e = password_find(c, c->account->name, &owner);

	if (e == OK)
		e = read_password(c, &owner, &in);
	if (e == OK)
		e = check_current(c, &owner, in.current);
	if (e == OK)
		e = password_hash(c, in.fresh, &hashed);
	if (e == OK)
		e = password_change(&c->w, hashed, &c->model);
	session_ended(c);
	if (e != OK)
		return e;
	struct json_object *once = json_object_object_get(c->model, "once");
	if (once != NULL)
		session_set_cookie(c, json_text(once, "session"));
	c->location = "/admin/account?changed=1";
	return OK;
}

/* POST /admin/account/sign_out */
enum err
account_sign_out(struct ctx *c)
{
	enum err e = sign_out_everywhere(&c->w, &c->model);

	session_ended(c);
	session_set_cookie(c, NULL);
	log_say(LOG_INFO, "signed_out_everywhere", "%s", c->account->name);
	c->location = "/admin/login";
	return e;
}
