/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pages that are put together from more than one answer.
 */
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "core/chart.h"
#include "core/delivery.h"
#include "handler/actives.h"
#include "handler/experiment.h"
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

/* What every tab of an experiment shows above. */
static enum err
load_tab(struct ctx *c, const char *tab)
{
	struct json_object *row, *which = json_object_new_object();
	enum err e = experiment_load(c, c->args[0], &row);

	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "tab", which);
	json_object_object_add(which, tab, json_object_new_boolean(true));
	if (e == ERR_NOT_FOUND)
		return fail_detail(c, e, "there is no such experiment");
	if (e != OK)
		return e;
	experiment_finish(row);
	json_object_object_add(c->model, "definition", json_object_get(row));
	json_object_object_add(
	    c->model, "name", json_object_get(json_object_object_get(row, "expName")));
	json_object_object_add(c->model, "description",
	    json_object_get(json_object_object_get(row, "expDescription")));
	json_object_object_add(
	    c->model, "status", json_object_get(json_object_object_get(row, "status")));
	json_object_object_add(
	    c->model, "state", json_object_get(json_object_object_get(row, "state")));
	return OK;
}

enum err
admin_results(struct ctx *c)
{
	struct json_object *results;
	enum err e = load_tab(c, "results");

	if (e == OK)
		e = result_of(c, c->args[0], &results);
	if (e != OK)
		return e;
	chart_shares(c->mem, results);
	put(c->model, "kind", chart_kind(results));
	json_object_object_add(c->model, "results", json_object_get(results));
	json_object_object_add(
	    c->model, "chart", json_object_get(chart_results(c->mem, results)));
	return OK;
}

enum err
admin_setup(struct ctx *c)
{
	return load_tab(c, "setup");
}
