/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What everybody who is signed in may do to the own account.
 */
#include <string.h>

#include "base/mem.h"
#include "core/subject/passphrase.h"
#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/auth/password.h"
#include "web/auth/session.h"

/* What the page knows before anything is typed: whether there is a password to be asked for. */
static enum err
load(struct ctx *c)
{
	struct password_owner owner;
	enum err e = password_find(c, c->account->name, &owner);

	if (e != OK)
		return e;
	c->form = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    c->form, "has_password", json_object_new_boolean(owner.stored != NULL));
	c->model = mem_json(c->w.mem, json_object_new_object());
	return OK;
}

enum err
account_page(struct ctx *c)
{
	enum err e = load(c);

	if (e == OK)
		json_object_object_add(c->model, "form", json_object_get(c->form));
	return e;
}

enum err
account_password(struct ctx *c)
{
	const char *current = form_value(c, "current");
	const char *fresh = form_value(c, "password");
	const char *again = form_value(c, "again");
	enum err e = load(c);

	if (e != OK)
		return e;
	if (fresh == NULL)
		fresh = "";
	const char *fault = passphrase_fault(c->account->name, fresh);
	if (fault != NULL)
		fail(&c->w, ERR_INVALID, "/password", "%s", fault);
	if (again == NULL || strcmp(again, fresh) != 0)
		fail(&c->w, ERR_INVALID, "/again", "is not the same");
	if (problem_count(c->w.problems) > 0)
		return ERR_INVALID;
	e = session_set_password(c, current != NULL ? current : "", fresh);
	c->location = "/admin/account?changed=1";
	return e;
}

enum err
account_sign_out(struct ctx *c)
{
	c->location = "/admin/login";
	c->model = mem_json(c->w.mem, json_object_new_object());
	return session_end_all(c);
}
