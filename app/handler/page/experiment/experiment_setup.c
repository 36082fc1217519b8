/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tab with the definition of an experiment: all of it, for those as well who cannot open the
 * form.
 */
#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/draft.h"
#include "handler/api/experiment/experiment.h"
#include "handler/routes.h"
#include "handler/page/experiment/experiment_tabs.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum { RANGES = 10 }; /* of slots that are named; the page of the layer has all */

static struct json_object *
get(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

static int
edge(struct json_object *range, size_t i)
{
	return json_object_get_int(json_item(range, i));
}

/* How many slots it has in its layer, and which. */
static struct json_object *
make_slots(struct ctx *c, struct json_object *layer)
{
	struct json_object *ranges = get(layer, "slots"), *out = json_object_new_object();
	struct buf *words = buf_new(c->w.mem, 64);
	size_t n = json_items(ranges);
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *range = json_item(ranges, i);
		count += edge(range, 1) - edge(range, 0) + 1;
		if (i < RANGES)
			buf_printf(words, "%s%d to %d", i == 0 ? "" : ", ", edge(range, 0),
			    edge(range, 1));
	}
	if (n > RANGES)
		buf_str(words, ", ..");
	json_object_object_add(out, "id", json_object_get(get(layer, "id")));
	json_object_object_add(out, "count", json_object_new_int(count));
	json_object_object_add(out, "words", json_object_new_string(words->data));
	return out;
}

/* Whether a status is one in which a state has an effect: not stopped, failed or over. */
static bool
is_going(const char *status)
{
	static const char *const going[] = {"SUBMITTED", "PROCESSING", "ACTIVE"};

	for (size_t i = 0; i < sizeof going / sizeof going[0]; i++)
		if (strcmp(status, going[i]) == 0)
			return true;
	return false;
}

/* Only what would change something is offered. */
static void
add_possible(struct ctx *c, struct json_object *definition)
{
	struct json_object *can = json_object_new_object();
	const char *state = json_text(definition, "state");
	const char *status = json_text(definition, "status");
	const char *start = json_text(get(definition, "expData"), "startDate");
	bool going = status != NULL && is_going(status);

	json_object_object_add(c->model, "can", can);
	json_object_object_add(c->model, "later",
	    json_object_new_boolean(start != NULL && strcmp(start, work_today(&c->w)) > 0));
	json_object_object_add(c->model, "going", json_object_new_boolean(going));
	json_object_object_add(can, "start", json_object_new_boolean(
	    going && state != NULL && strcmp(state, "enabled") != 0));
	json_object_object_add(can, "track", json_object_new_boolean(
	    going && state != NULL && strcmp(state, "track") != 0));
}

enum err
setup_page(struct ctx *c)
{
	enum err e = experiment_tabs_load(c, "setup");

	if (e != OK)
		return e;
	struct json_object *definition = get(c->model, "definition");
	add_possible(c, definition);
	struct json_object *ended = get(definition, "ended_at");
	struct json_object *layer = get(definition, "layer");
	json_object_object_add(
	    c->model, "typed", json_object_get(draft_of(c->w.mem, definition)));
	if (layer != NULL)
		json_object_object_add(c->model, "slots", make_slots(c, layer));
	/* What was never started bears the moment at which it was made. */
	if (ended != NULL && json_object_equal(ended, get(definition, "createdOn")))
		json_remove(definition, "ended_at");
	return OK;
}

/* A start of what is stopped would change nothing that anybody sees. */
enum err
setup_state(struct ctx *c)
{
	const char *state = form_value(c, "state");
	struct json_object *row;
	enum err e = experiment_load(c, c->args[0], &row);

	if (e == ERR_NOT_FOUND)
		return fail_detail(&c->w, e, "there is no such experiment");
	if (e != OK)
		return e;
	const char *status = json_text(row, "status");
	if (state != NULL && strcmp(state, "default") != 0 && !is_going(status))
		return fail_detail(&c->w, ERR_CONFLICT, "%s", strcmp(status, "STOPPED") == 0
		    ? "it is stopped: resume it first"
		    : "it is over or has failed, so this would change nothing");
	return experiment_state(c);
}

/* The alternatives, of which the one that the verdict calls the winner is chosen. */
static struct json_object *
make_choices(struct ctx *c, struct json_object *definition)
{
	struct json_object *list = json_object_new_array();
	struct json_object *alternatives = get(definition, "alternatives");
	const char *verdict = json_text(get(get(c->model, "results"), "verdict"), "text");

	for (size_t i = 0; i < json_items(alternatives); i++) {
		const char *name = json_text(json_item(alternatives, i), "name");
		struct json_object *o = json_object_new_object();
		bool won = verdict != NULL && name != NULL &&
		    strcmp(verdict, mem_printf(c->w.mem, "Winner: %s.", name)) == 0;
		json_object_object_add(
		    o, "name", name == NULL ? NULL : json_object_new_string(name));
		json_object_object_add(o, "selected", json_object_new_boolean(won));
		json_object_array_add(list, o);
	}
	return list;
}

enum err
setup_end(struct ctx *c)
{
	enum err e = tab_results(c);
	struct json_object *tab = json_object_new_object();

	if (e != OK) {
		json_object_put(tab);
		return e;
	}
	json_object_object_add(tab, "setup", json_object_new_boolean(true));
	json_object_object_add(c->model, "tab", tab);
	json_object_object_add(c->model, "version", json_object_new_string(c->etag));
	json_object_object_add(
	    c->model, "choices", make_choices(c, get(c->model, "definition")));
	return OK;
}

/* Which alternative everybody sees is never left to what was there before. */
enum err
setup_finish(struct ctx *c)
{
	struct json_object *typed, *input = mem_json(c->w.mem, json_object_new_object());
	enum err e = form_json(c, &typed);

	if (e != OK)
		return e;
	const char *standard = json_text(typed, "default");
	if (standard == NULL)
		return fail(&c->w, ERR_INVALID, "/default", "must be chosen");
	json_object_object_add(input, "state", json_object_new_string("default"));
	json_object_object_add(input, "default", json_object_new_string(standard));
	c->input = input;
	e = experiment_state(c);
	c->location = mem_printf(c->w.mem, "/admin/experiment/%s", c->args[0]);
	return e;
}
