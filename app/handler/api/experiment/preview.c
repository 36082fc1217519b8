/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom criteria would match, before anything is made of them.
 */
#include "handler/api/experiment/preview.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/criteria.h"
#include "handler/routes.h"
#include "service/definition/unreadable.h"
#include "store/db/db.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

/* What could not be compared; a count for which there is no time left is left out. */
static enum err
add_unreadable(struct ctx *c, const struct criteria *read, struct json_object *out)
{
	struct json_object *found;
	enum err e = unreadable_find(c->w.db, c->w.mem, read, &found);

	if (e == OK && found != NULL)
		json_object_object_add(out, "unreadable", json_object_get(found));
	return e == ERR_UNAVAILABLE ? OK : e;
}

void
preview_say(struct ctx *c, struct json_object *found)
{
	struct json_object *list = json_object_object_get(found, "unreadable");
	struct json_object *words = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++)
		json_object_array_add(words, json_object_new_string(
		    unreadable_words(c->w.mem, json_item(list, i))));
	json_object_object_add(found, "unreadable", words);
}

enum err
preview_of(struct ctx *c, struct json_object *criteria, const char *at, struct json_object **out)
{
	struct criteria_params *params = mem_new(c->w.mem, struct criteria_params);
	struct buf *sql = buf_new(c->w.mem, 1024);
	struct db_rows *rows;
	const struct criteria *read = criteria_read(c->w.mem, criteria, at, c->w.problems);

	if (read == NULL)
		return ERR_INVALID;
	if (read->live)
		return fail(&c->w, ERR_INVALID, at,
		    "is decided live, subject by subject: there is no audience to count");
	criteria_sql(c->w.mem, read, sql, params);
	enum err e = db_query_built(c->w.db, c->w.mem,
	    &(struct db_built){QUERY_criteria_preview, sql->data, params->n, params->list}, &rows);
	if (e != OK)
		return e;
	*out = mem_json(c->w.mem, db_row_json(rows, 0));
	return add_unreadable(c, read, *out);
}

bool
preview_is_live(struct ctx *c, struct json_object *criteria)
{
	const struct criteria *read = criteria_read(c->w.mem, criteria, "", problem_new(c->w.mem));

	return read != NULL && read->live;
}

enum err
experiment_preview(struct ctx *c)
{
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e != OK)
		return e;
	struct json_object *request = json_object_object_get(body, "request");
	struct json_object *o =
	    json_object_object_get(request != NULL ? request : body, "criteria");
	return preview_of(c, o, request != NULL ? "/request/criteria" : "/criteria", &c->model);
}
