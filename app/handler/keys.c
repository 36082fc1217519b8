/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of programs: who has one, when it was used last, a new one, and the end of one.
 */
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/key.h"
#include "core/tag.h"
#include "core/text.h"
#include "handler/routes.h"
#include "store/db.h"
#include "web/auth.h"
#include "web/ctx.h"
#include "web/form.h"

/* ?all=1 lists those, too, that are of no use any more. */
enum err
keys_list(struct ctx *c)
{
	struct json_object *list = json_object_new_array();
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->now, now);
	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "keys", list);
	enum err e =
	    db_query(c->db, c->mem, QUERY_key_list, (const char *const[]){now}, &rows);
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

/* What the form asks for; all that is wrong with it is noted. */
static enum err
read_wish(struct ctx *c, struct auth_wish *out)
{
	const char *days = value(c, "days");
	struct json_object *origins = key_origins(c->mem, value(c, "origins"));

	*out = (struct auth_wish){value(c, "class"), value(c, "name"),
		json_object_to_json_string(origins), 0, value(c, "tags")};
	if (out->kind == NULL || !key_is_class(out->kind))
		fail(c, ERR_INVALID, "/class", "must be client, server or admin");
	const char *fault = out->name == NULL
	    ? "must not be empty" : text_fault(c->mem, out->name, strlen(out->name), KEY_NAME);
	if (fault != NULL)
		fail(c, ERR_INVALID, "/name", "%s", fault);
	if (origins == NULL)
		fail(c, ERR_INVALID, "/origins",
		    "must be like https://www.example.org, without a path");
	if (days != NULL && !num_int(days, 1, KEY_DAYS, &out->days))
		fail(c, ERR_INVALID, "/days", "must be a whole number from 1 to %d", KEY_DAYS);
	if (out->tags != NULL && !tag_key_is(out->tags))
		fail(c, ERR_INVALID, "/tags", "must be 1 to 255 of A-Z a-z 0-9 . - _");
	return problem_count(c->problems) > 0 ? ERR_INVALID : OK;
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
		e = auth_create_key(c->db, c->mem, &wish, &made);
	if (e != OK)
		return e;
	c->model = mem_json(c->mem, json_object_new_object());
	once = json_object_new_object();
	json_object_object_add(c->model, "once", once);
	json_object_object_add(once, "key", json_object_new_string(made.text));
	json_object_object_add(c->model, "id", json_object_new_string(made.id));
	json_object_object_add(c->model, "class", json_object_new_string(wish.kind));
	json_object_object_add(c->model, "label", json_object_new_string(wish.name));
	c->status = 200;
	return OK;
}

enum err
keys_ask(struct ctx *c)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->now, now);
	const char *params[] = {c->args[0], now};
	enum err e = db_query(c->db, c->mem, QUERY_key_one, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_detail(c, ERR_NOT_FOUND, "there is no such key");
	if (e != OK)
		return e;
	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "key", db_row_json(rows, 0));
	return OK;
}

enum err
keys_revoke(struct ctx *c)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->now, now);
	const char *params[] = {c->args[0], now};
	enum err e = db_query(c->db, c->mem, QUERY_key_revoke, params, &rows);
	if (e == OK && db_affected(rows) == 0)
		return fail_detail(c, ERR_NOT_FOUND, "there is no such key");
	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "state", json_object_new_string("revoked"));
	c->location = "/admin/keys";
	return e;
}
