/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layers: made, listed, and their slots given to experiments.
 */
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/definition.h"
#include "core/experiment/layer.h"
#include "core/experiment/member_names.h"
#include "core/subject/subject.h"
#include "base/text.h"
#include "handler/routes.h"
#include "service/definition/layer_slots.h"
#include "store/db/db.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "handler/audit.h"

enum { LIST_DEFAULT = 100, LIST_MOST = 1000, SALT = 16 };

static enum err
no_layer(struct ctx *c, enum err e)
{
	return e == ERR_NOT_FOUND ? fail_detail(&c->w, e, "there is no such layer") : e;
}

/* The members of the body that say what the layer is; description may be absent. */
static enum err
read_new(struct ctx *c, struct json_object *body, const char *out[3])
{
	static const char *const names[] = {"id", "unit", "description"};
	static const char *const known[] = {"id", "unit", "description",
		"slots", "free", "members", NULL}; /* the last three are answered */

	/* A form may send fields that are for the page. */
	if (c->account == NULL)
		(void)member_names_check(body, known, "", c->w.problems);
	for (size_t i = 0; i < 3; i++) {
		struct json_object *o = json_object_object_get(body, names[i]);
		const char *text = json_text(body, names[i]);
		bool nothing = o == NULL || (text != NULL && *text == '\0');
		const char *fault = nothing && i == 2 ? NULL
		    : i == 2 ? text_fault_lines(c->w.mem, o, DEFINITION_LONG_TEXT)
			     : text_fault_json(c->w.mem, o, DEFINITION_LONG_TEXT);
		out[i] = o == NULL ? "" : json_object_get_string(o);
		if (fault == NULL && i == 0)
			fault = definition_id_fault(out[i]);
		if (fault == NULL && i == 1 && strcmp(out[i], "user") != 0 &&
		    strcmp(out[i], "device") != 0 && strcmp(out[i], "session") != 0)
			fault = "must be user, device or session";
		if (fault != NULL)
			problem_add(
			    c->w.problems, mem_printf(c->w.mem, "/%s", names[i]), "%s", fault);
	}
	return problem_count(c->w.problems) == 0 ? OK : ERR_INVALID;
}

static enum err
add(struct ctx *c)
{
	char now[INSTANT_TEXT], salt[2 * SALT + 1];
	struct json_object *body;
	const char *given[3];
	struct db_rows *rows;
	enum err e = body_json(c, &body);

	if (e == OK)
		e = read_new(c, body, given);
	if (e != OK)
		return e;
	instant_format(c->w.now, now);
	hash_random_hex(salt, SALT);
	const char *params[] = {given[0], given[1], salt, given[2], now};
	e = db_query(c->w.db, c->w.mem, QUERY_layer_add, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail(&c->w, ERR_CONFLICT, "/id", "there is a layer of this id");
	if (e == OK)
		e = layer_slots_load(&c->w, given[0], &c->model);
	return e;
}

enum err
layer_add(struct ctx *c)
{
	enum err e = idempotency_run(c, add);

	if (e == OK)
		c->location = mem_printf(c->w.mem, "/v1/layer/%s",
		    json_object_get_string(json_object_object_get(c->model, "id")));
	return e;
}

enum err
layer_get(struct ctx *c)
{
	return no_layer(c, layer_slots_load(&c->w, c->args[0], &c->model));
}

enum err
layer_list(struct ctx *c)
{
	const char *limit = req_query(&c->req, "limit"), *next = NULL;
	struct json_object *list = json_object_new_array();
	int64_t most = LIST_DEFAULT;
	struct db_rows *rows;

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "layers", list);
	if (limit != NULL && !num_int(limit, 1, LIST_MOST, &most))
		return fail(&c->w, ERR_INVALID, "limit", "must be a whole number from 1 to %d",
		    LIST_MOST);
	const char *params[] = {NULL, req_query(&c->req, "after"),
		mem_printf(c->w.mem, "%d", (int)most)};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_layer_list, params, &rows);
	for (int i = 0; e == OK && i < db_count(rows); i++) {
		json_object_array_add(list, db_row_json(rows, i));
		if (i + 1 == (int)most)
			next = db_cell(rows, i, "id");
	}
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return e;
}

enum err
layer_drop(struct ctx *c)
{
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_layer_delete, &c->args[0], &rows);

	if (e != OK)
		return e;
	if (db_cell(rows, 0, "members") == NULL)
		return no_layer(c, ERR_NOT_FOUND);
	if (db_int(rows, 0, "count") > 0)
		return fail_detail(
		    &c->w, ERR_CONFLICT, "experiments are in it: %s", db_cell(rows, 0, "members"));
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "id", json_object_new_string(c->args[0]));
	json_object_object_add(c->model, "deleted", json_object_new_boolean(true));
	return OK;
}

/* Does to the experiment that the path names what the wish says, if it is in the layer `inside`
 * (NULL: wherever it is); the answer is the layer. */
static enum err
assign(struct ctx *c, struct json_object *wish, const char *inside)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	const char *params[] = {c->args[1],
		json_plain(wish), now, inside};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_layer_assign, params, &rows);
	if (e != OK)
		return layer_slots_lost(&c->w, e, wish, "");
	if (db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND,
		    inside == NULL ? "there is no such experiment"
				   : "there is no such experiment in this layer");
	return layer_get(c);
}

enum err
layer_assign(struct ctx *c)
{
	static const char *const known[] = {"id", "slots", "size", "experiment", NULL};
	struct json_object *body, *layer;
	enum err e = body_json(c, &body);

	if (e == OK)
		e = no_layer(c, layer_slots_load(&c->w, c->args[0], &layer));
	if (e != OK)
		return e;
	if (!json_object_is_type(body, json_type_object))
		return fail(&c->w, ERR_INVALID, "", "must be an object with slots or size");
	if (c->account == NULL && !member_names_check(body, known, "", c->w.problems))
		return ERR_INVALID;
	json_object_object_add(body, "id", json_object_new_string(c->args[0]));
	struct json_object *wish = layer_wish(body, "", c->w.problems);
	if (wish == NULL)
		return ERR_INVALID;
	e = layer_slots_look(&c->w, wish, c->args[1], "");
	return e == OK ? assign(c, wish, NULL) : e;
}

enum err
layer_free(struct ctx *c)
{
	return assign(c, mem_json(c->w.mem, json_object_new_object()), c->args[0]);
}
