/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of programs: who has one, when it was used last, a new one, and the end of one.
 */
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/subject/key.h"
#include "core/subject/tag.h"
#include "base/text.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/auth/auth.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* ?all=1 lists those, too, that are of no use any more. */
enum err
keys_list(struct ctx *c)
{
	struct json_object *list = json_object_new_array();
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "keys", list);
	enum err e =
	    db_query(c->w.db, c->w.mem, QUERY_key_list, (const char *const[]){now}, &rows);
	for (int i = 0; e == OK && i < db_count(rows); i++) {
		bool valid = strcmp(db_cell(rows, i, "state"), "valid") == 0;
		if (!valid && req_query(&c->req, "all") == NULL)
			continue;
		struct json_object *row = db_row_json(rows, i);
		json_object_object_add(row, "valid", json_object_new_boolean(valid));
		json_object_array_add(list, row);
	}
	return e;
}

static const char *
value(struct ctx *c, const char *name)
{
	const char *text = form_value(c, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

/* What is wrong is noted. */
static struct auth_narrow
read_narrow(struct ctx *c)
{
	const char *attributes = value(c, "attributes");
	unsigned kinds = key_subjects(c->w.mem, value(c, "subjects"));
	struct auth_narrow n = {
		.subjects = key_subjects_text(c->w.mem, kinds),
		.is_signed = value(c, "signed") != NULL,
		.attributes = attributes == NULL || strcmp(attributes, "yes") == 0,
		.rate = value(c, "rate"),
		.new_rate = value(c, "new_rate"),
	};

	if (kinds == 0)
		fail(&c->w, ERR_INVALID, "/subjects", "must be some of user,device,session");
	if (attributes != NULL && !key_is_choice(attributes))
		fail(&c->w, ERR_INVALID, "/attributes", "must be yes or no");
	if (key_rate_fault(n.rate) != NULL)
		fail(&c->w, ERR_INVALID, "/rate", "%s", key_rate_fault(n.rate));
	if (key_rate_fault(n.new_rate) != NULL)
		fail(&c->w, ERR_INVALID, "/new_rate", "%s", key_rate_fault(n.new_rate));
	return n;
}

/* Whether the form asks for less than all. */
static bool
narrows(struct ctx *c)
{
	const char *attributes = value(c, "attributes");

	return value(c, "subjects") != NULL || value(c, "signed") != NULL ||
	    value(c, "rate") != NULL || value(c, "new_rate") != NULL ||
	    (attributes != NULL && strcmp(attributes, "yes") != 0);
}

/* What the form asks for; all that is wrong with it is noted. */
static enum err
read_wish(struct ctx *c, struct auth_wish *out)
{
	const char *days = value(c, "days");
	struct json_object *origins = key_origins(c->w.mem, value(c, "origins"));

	*out = (struct auth_wish){value(c, "class"), value(c, "name"),
		json_object_to_json_string(origins), 0, value(c, "tags"), read_narrow(c)};
	if (out->kind == NULL || !key_is_class(out->kind))
		fail(&c->w, ERR_INVALID, "/class", "must be client, server or admin");
	const char *fault = out->name == NULL
	    ? "must not be empty" : text_fault(c->w.mem, out->name, strlen(out->name), KEY_NAME);
	if (fault != NULL)
		fail(&c->w, ERR_INVALID, "/name", "%s", fault);
	if (origins == NULL)
		fail(&c->w, ERR_INVALID, "/origins",
		    "must be like https://www.example.org, without a path");
	if (days != NULL && !num_int(days, 1, KEY_DAYS, &out->days))
		fail(&c->w, ERR_INVALID, "/days", "must be a whole number from 1 to %d", KEY_DAYS);
	if (out->tags != NULL && !tag_key_is(out->tags))
		fail(&c->w, ERR_INVALID, "/tags", "must be 1 to 255 of A-Z a-z 0-9 . - _");
	if (out->kind != NULL && strcmp(out->kind, "client") != 0 && narrows(c))
		fail(&c->w, ERR_INVALID, "/class",
		    "must be client, for only client keys are narrowed");
	return problem_count(c->w.problems) > 0 ? ERR_INVALID : OK;
}

/* For the audit log; never the secret. */
static void
add_narrow(struct ctx *c, const struct auth_narrow *n)
{
	json_object_object_add(c->model, "subjects", json_object_new_string(n->subjects));
	json_object_object_add(c->model, "signed", json_object_new_boolean(n->is_signed));
	json_object_object_add(c->model, "attributes", json_object_new_boolean(n->attributes));
	json_object_object_add(
	    c->model, "rate", n->rate == NULL ? NULL : json_object_new_string(n->rate));
	json_object_object_add(c->model, "new_rate",
	    n->new_rate == NULL ? NULL : json_object_new_string(n->new_rate));
}

/* The key is in no database and no log: the answer to this form is the only place. */
enum err
keys_create(struct ctx *c)
{
	struct json_object *form, *once;
	struct auth_wish wish;
	struct auth_made made;
	enum err e = form_json(c, &form);

	if (e == OK)
		e = read_wish(c, &wish);
	if (e == OK)
		e = auth_create_key(c->w.db, c->w.mem, &wish, &made);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	once = json_object_new_object();
	json_object_object_add(c->model, "once", once);
	json_object_object_add(once, "key", json_object_new_string(made.text));
	if (wish.narrow.is_signed)
		json_object_object_add(once, "signing", json_object_new_string(made.signing));
	json_object_object_add(c->model, "id", json_object_new_string(made.id));
	json_object_object_add(c->model, "class", json_object_new_string(wish.kind));
	json_object_object_add(c->model, "label", json_object_new_string(wish.name));
	if (strcmp(wish.kind, "client") == 0)
		add_narrow(c, &wish.narrow);
	c->status = 200;
	return OK;
}

enum err
keys_ask(struct ctx *c)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	const char *params[] = {c->args[0], now};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_key_summary, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such key");
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "key", db_row_json(rows, 0));
	return OK;
}

enum err
keys_revoke(struct ctx *c)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	const char *params[] = {c->args[0], now};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_key_revoke, params, &rows);
	if (e == OK && db_affected(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such key");
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "state", json_object_new_string("revoked"));
	c->location = "/admin/keys";
	return e;
}

static enum err
load(struct ctx *c, struct json_object **row)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	enum err e = db_query(c->w.db, c->w.mem, QUERY_key_get,
	    (const char *const[]){c->args[0], now}, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such key");
	if (e == OK)
		*row = mem_json(c->w.mem, db_row_json(rows, 0));
	return e;
}

/* Adds a member to o that is the object {of: true}. */
static void
choose(struct json_object *o, const char *name, const char *of)
{
	struct json_object *chosen = json_object_new_object();

	json_object_object_add(chosen, of, json_object_new_boolean(true));
	json_object_object_add(o, name, chosen);
}

static bool
is_true(struct json_object *row, const char *name)
{
	return json_object_get_boolean(json_object_object_get(row, name));
}

/* The kinds of an array as a text; "" for all of them, as the form has it. */
static const char *
kinds_text(struct ctx *c, struct json_object *list)
{
	const char *text = "";
	size_t n = json_object_is_type(list, json_type_array) ? json_items(list) : 0;

	for (size_t i = 0; i < n; i++)
		text = mem_printf(c->w.mem, "%s%s%s", text, i > 0 ? "," : "",
		    json_object_get_string(json_item(list, i)));
	return key_subjects(c->w.mem, text) == key_subjects(c->w.mem, NULL) ? "" : text;
}

/* A page about one key, with a form where there is something to change. */
enum err
keys_page(struct ctx *c)
{
	struct json_object *row;
	enum err e = load(c, &row);

	if (e != OK)
		return e;
	struct json_object *form = json_object_new_object();
	struct json_object *chosen = json_object_new_object();
	bool client =
	    strcmp(json_object_get_string(json_object_object_get(row, "kind")), "client") == 0;
	json_object_object_add(form, "subjects", json_object_new_string(
	    kinds_text(c, json_object_object_get(row, "subjects"))));
	json_object_object_add(
	    form, "rate", json_object_get(json_object_object_get(row, "rate")));
	json_object_object_add(
	    form, "new_rate", json_object_get(json_object_object_get(row, "new_rate")));
	if (is_true(row, "signed"))
		choose(chosen, "signed", "1");
	if (!is_true(row, "attributes"))
		choose(chosen, "attributes", "no");
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "key", json_object_get(row));
	json_object_object_add(c->model, "form", form);
	json_object_object_add(c->model, "chosen", chosen);
	json_object_object_add(c->model, "client", json_object_new_boolean(client));
	json_object_object_add(c->model, "open", json_object_new_boolean(client &&
	    strcmp(json_object_get_string(json_object_object_get(row, "state")), "revoked") != 0));
	return OK;
}

/* A key that was not signed, or asks for a new secret, gets one: it is shown once. */
enum err
keys_change(struct ctx *c)
{
	struct json_object *form, *row, *once;
	char signing[AUTH_SIGNING];
	struct db_rows *rows;
	enum err e = form_json(c, &form);

	if (e == OK)
		e = load(c, &row);
	if (e != OK)
		return e;
	struct auth_narrow n = read_narrow(c);
	if (problem_count(c->w.problems) > 0)
		return ERR_INVALID;
	bool fresh = n.is_signed && (!is_true(row, "signed") || value(c, "renew") != NULL);
	auth_make_signing(signing);
	const char *params[] = {c->args[0], n.subjects, n.is_signed ? "true" : "false",
		fresh ? signing : NULL, n.attributes ? "true" : "false", n.rate, n.new_rate};
	e = db_query(c->w.db, c->w.mem, QUERY_key_change, params, &rows);
	if (e != OK)
		return e;
	if (db_affected(rows) == 0)
		return fail_detail(
		    &c->w, ERR_CONFLICT, "only a client key that is not revoked can be narrowed");
	c->before = row;
	c->model = mem_json(c->w.mem, json_object_new_object());
	add_narrow(c, &n);
	c->location = mem_printf(c->w.mem, "/admin/keys/%s", c->args[0]);
	if (!fresh)
		return OK;
	once = json_object_new_object();
	json_object_object_add(once, "signing", json_object_new_string(signing));
	json_object_object_add(c->model, "once", once);
	json_object_object_add(c->model, "id", json_object_new_string(c->args[0]));
	c->location = NULL;
	c->status = 200;
	return OK;
}
