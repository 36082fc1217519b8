/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first page: what is running, and what is wrong.
 */
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "core/chart.h"
#include "core/delivery.h"
#include "handler/actives.h"
#include "handler/ready.h"
#include "handler/result.h"
#include "handler/routes.h"
#include "store/db.h"
#include "web/ctx.h"

enum { SHOWN = 20 };

static void
put(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, text == NULL ? NULL : json_object_new_string(text));
}

/* One line of what is running. */
static enum err
add_running(struct ctx *c, const struct active *a, struct json_object *list)
{
	struct json_object *results, *row;
	enum err e = result_of(c, a->id, &results);
	int64_t participants = 0;

	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	struct json_object *arms = json_object_object_get(results, "alternatives");
	for (size_t i = 0; i < json_object_array_length(arms); i++)
		participants += json_object_get_int64(json_object_object_get(
		    json_object_array_get_idx(arms, i), "participants"));
	row = json_object_new_object();
	put(row, "id", a->id);
	put(row, "name", a->name);
	put(row, "state", delivery_word(a->state));
	put(row, "kind", chart_kind(results));
	json_object_object_add(row, "participants", json_object_new_int64(participants));
	json_object_object_add(row, "verdict", json_object_get(json_object_object_get(
	    json_object_object_get(results, "verdict"), "text")));
	json_object_array_add(list, row);
	return OK;
}

static void
add_warnings(struct ctx *c, struct json_object *list)
{
	bool ready;
	struct json_object *state = ready_model(c, &ready);
	const char *cache = json_object_get_string(json_object_object_get(state, "cache"));

	if (!ready)
		json_object_array_add(list, json_object_new_string(
		    "The database cannot be used at the moment."));
	if (cache != NULL && strcmp(cache, "ok") != 0 && strcmp(cache, "off") != 0)
		json_object_array_add(list, json_object_new_string(
		    "The cache does not answer: everything works, only slower."));
}

enum err
overview(struct ctx *c)
{
	struct json_object *list = json_object_new_array(), *warnings = json_object_new_array();
	const struct actives *all;
	char now[INSTANT_TEXT], today[INSTANT_TEXT];
	struct db_rows *rows;

	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", list);
	json_object_object_add(c->model, "warnings", warnings);
	instant_format(c->now, now);
	instant_format(c->now - c->now % INSTANT_DAY, today);
	enum err e = db_query(c->db, c->mem, QUERY_overview_numbers,
	    (const char *const[]){now, today}, &rows);
	if (e == OK)
		e = actives_get(c, 0, &all);
	if (e != OK)
		return e;
	json_object_object_add(c->model, "numbers", db_row_json(rows, 0));
	size_t shown = 0;
	for (size_t i = all->n; e == OK && i > 0 && shown < SHOWN; i--) {
		if (all->list[i - 1].state == STATE_DEFAULT)
			continue;
		e = add_running(c, &all->list[i - 1], list);
		shown++;
	}
	add_warnings(c, warnings);
	return e;
}
