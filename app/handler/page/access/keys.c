/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of API keys. Secrets are shown once, on the answer to the form that made them.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/subject/key.h"
#include "handler/routes.h"
#include "service/access/key.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* Whether the key can be used. */
static bool
is_valid(struct json_object *key)
{
	const char *state = json_text(key, "state");

	return state != NULL && strcmp(state, "valid") == 0;
}

/* GET /admin/keys. ?all=1 also lists keys that have ended. */
enum err
keys_page(struct ctx *c)
{
	struct json_object *shown = json_object_new_array(), *list;
	enum err e = key_list(&c->w, &list);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "keys", shown);
	for (size_t i = 0; e == OK && i < json_items(list); i++) {
		struct json_object *row = json_item(list, i);
		if (!is_valid(row) && req_query(&c->req, "all") == NULL)
			continue;
		json_object_object_add(row, "valid", json_object_new_boolean(is_valid(row)));
		json_object_array_add(shown, json_object_get(row));
	}
	return e;
}

/*
 * POST /admin/keys. The key is in no table and no log: this answer is the only place. A repeated
 * request is told that it was shown.
 */
enum err
key_page_create(struct ctx *c)
{
	struct json_object *form;
	struct key_input in;
	enum err e = form_json(c, &form);

	if (e != OK)
		return e;
	/* Keys with a scope are made by the command only. */
	json_remove(form, "scope");
	e = key_input_read(&c->w, form, &in);
	if (e == OK)
		e = key_create(&c->w, &in, &c->model);
	if (e != OK)
		return e;
	c->status = 200;
	if (json_object_object_get(c->model, "once") == NULL)
		json_object_object_add(c->model, "shown", json_object_new_boolean(true));
	return OK;
}

/* GET /admin/keys/:id/revoke */
enum err
key_revoke_page(struct ctx *c)
{
	struct json_object *row;
	enum err e = key_get(&c->w, c->args[0], &row);

	if (e != OK)
		return e;
	json_object_object_add(row, "valid", json_object_new_boolean(is_valid(row)));
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "key", json_object_get(row));
	return OK;
}

/* POST /admin/keys/:id/revoke */
enum err
key_page_revoke(struct ctx *c)
{
	c->location = "/admin/keys";
	return key_revoke(&c->w, c->args[0], &c->model);
}

/* Adds a member that is the object {of: true}, by which a template marks a choice. */
static void
add_chosen(struct json_object *o, const char *name, const char *of)
{
	struct json_object *chosen = json_object_new_object();

	json_object_object_add(chosen, of, json_object_new_boolean(true));
	json_object_object_add(o, name, chosen);
}

/* Whether a member is true. */
static bool
is_true(struct json_object *row, const char *name)
{
	return json_object_get_boolean(json_object_object_get(row, name));
}

/* The kinds of an array as text; "" for all of them, as in the form. */
static const char *
kinds_text(struct ctx *c, struct json_object *list)
{
	const char *text = "";
	size_t n = json_items(list);

	for (size_t i = 0; i < n; i++)
		text = mem_printf(c->w.mem, "%s%s%s", text, i > 0 ? "," : "",
		    json_object_get_string(json_item(list, i)));
	return key_subjects(c->w.mem, text) == key_subjects(c->w.mem, NULL) ? "" : text;
}

/* GET /admin/keys/:id. The form is shown for client keys that are not revoked. */
enum err
key_page(struct ctx *c)
{
	struct json_object *row;
	enum err e = key_get(&c->w, c->args[0], &row);

	if (e != OK)
		return e;
	struct json_object *form = json_object_new_object();
	struct json_object *chosen = json_object_new_object();
	bool client = strcmp(json_text(row, "kind"), "client") == 0;
	json_object_object_add(form, "subjects", json_object_new_string(
	    kinds_text(c, json_object_object_get(row, "subjects"))));
	json_object_object_add(
	    form, "rate", json_object_get(json_object_object_get(row, "rate")));
	json_object_object_add(
	    form, "new_rate", json_object_get(json_object_object_get(row, "new_rate")));
	if (is_true(row, "signed"))
		add_chosen(chosen, "signed", "1");
	if (!is_true(row, "attributes"))
		add_chosen(chosen, "attributes", "no");
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "key", json_object_get(row));
	json_object_object_add(c->model, "form", form);
	json_object_object_add(c->model, "chosen", chosen);
	json_object_object_add(c->model, "client", json_object_new_boolean(client));
	json_object_object_add(c->model, "open", json_object_new_boolean(client &&
	    strcmp(json_text(row, "state"), "revoked") != 0));
	return OK;
}

/* POST /admin/keys/:id/change. A new signing secret is shown once. */
enum err
key_page_change(struct ctx *c)
{
	struct json_object *form;
	struct key_limits limits;
	enum err e = form_json(c, &form);

	if (e == OK)
		e = key_limits_read(&c->w, form, &limits);
	if (e == OK)
		e = key_change(&c->w, c->args[0], &limits, json_text(form, "renew") != NULL,
		    &c->model);
	if (e != OK)
		return e;
	if (json_object_object_get(c->model, "once") != NULL)
		c->status = 200;
	else
		c->location = mem_printf(c->w.mem, "/admin/keys/%s", c->args[0]);
	return OK;
}
