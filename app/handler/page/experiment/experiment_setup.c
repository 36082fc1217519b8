/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tab with the definition of an experiment, also for people who may not open the form; and the
 * pages on which its state is changed.
 */
#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "core/experiment/lifecycle.h"
#include "handler/routes.h"
#include "service/definition/experiment.h"
#include "service/definition/experiment_state.h"
#include "service/definition/results.h"
#include "view/experiment_form.h"
#include "view/experiment_tab.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum { RANGES = 10 }; /* of slots that are listed; the page of the layer has all */

/* Begins the page of the experiment of the path; *version: as a form names it. */
static enum err
load_setup(struct ctx *c, const char **version)
{
	struct experiment_answer a = {0};
	enum err e = experiment_get(&c->w, c->args[0], &a);

	if (e == ERR_NOT_FOUND)
		return fail_missing(&c->w, "experiment");
	if (e != OK)
		return e;
	c->model = experiment_tab_model(c->w.mem, a.definition, "setup");
	*version = mem_printf(c->w.mem, "\"%s\"", a.version);
	return OK;
}

/* A member, NULL where o is not an object. */
static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

/* First (0) or last (1) slot of a range. */
static int
slot_bound(struct json_object *range, size_t i)
{
	return json_object_get_int(json_item(range, i));
}

/* The number of slots in the layer, and the first ranges in words. */
static struct json_object *
make_slots(struct ctx *c, struct json_object *layer)
{
	struct json_object *ranges = member_of(layer, "slots"), *out = json_object_new_object();
	struct buf *words = buf_new(c->w.mem, 64);
	size_t n = json_items(ranges);
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *range = json_item(ranges, i);
		count += slot_bound(range, 1) - slot_bound(range, 0) + 1;
		if (i < RANGES)
			buf_printf(words, "%s%d to %d", i == 0 ? "" : ", ", slot_bound(range, 0),
			    slot_bound(range, 1));
	}
	if (n > RANGES)
		buf_str(words, ", ..");
	json_object_object_add(out, "id", json_object_get(member_of(layer, "id")));
	json_object_object_add(out, "count", json_object_new_int(count));
	json_object_object_add(out, "words", json_object_new_string(words->data));
	return out;
}

/* Offers only changes of state that have an effect. */
static void
add_possible(struct ctx *c, struct json_object *definition)
{
	struct json_object *can = json_object_new_object();
	const char *state = json_text(definition, "state");
	const char *status = json_text(definition, "status");
	const char *start = json_text(member_of(definition, "expData"), "startDate");
	/* A state has no effect in an experiment that is stopped or over. */
	bool going = status != NULL && lifecycle_is_going(status);

	json_object_object_add(c->model, "can", can);
	json_object_object_add(c->model, "later",
	    json_object_new_boolean(start != NULL && strcmp(start, work_today(&c->w)) > 0));
	json_object_object_add(c->model, "going", json_object_new_boolean(going));
	json_object_object_add(can, "start", json_object_new_boolean(
	    going && state != NULL && strcmp(state, "enabled") != 0));
	json_object_object_add(can, "track", json_object_new_boolean(
	    going && state != NULL && strcmp(state, "track") != 0));
}

/* GET /admin/experiment/:id/setup */
enum err
experiment_setup_page(struct ctx *c)
{
	const char *version;
	enum err e = load_setup(c, &version);

	if (e != OK)
		return e;
	struct json_object *definition = member_of(c->model, "definition");
	add_possible(c, definition);
	struct json_object *ended = member_of(definition, "ended_at");
	struct json_object *layer = member_of(definition, "layer");
	json_object_object_add(
	    c->model, "typed", json_object_get(experiment_form_of(c->w.mem, definition)));
	if (layer != NULL)
		json_object_object_add(c->model, "slots", make_slots(c, layer));
	/* An experiment that was never started has the time of its creation here. */
	if (ended != NULL && json_object_equal(ended, member_of(definition, "createdOn")))
		json_remove(definition, "ended_at");
	return OK;
}

/* Sets the state as the form says, over the version that it names. */
static enum err
deliver_form(struct ctx *c, const struct experiment_delivery *in)
{
	struct experiment_target t = {.id = c->args[0]};
	struct experiment_answer a = {0};
	enum err e = body_if_match(c, &t.version);

	if (e == OK)
		e = experiment_deliver(&c->w, &t, in, &a);
	c->model = a.definition;
	return e == ERR_NOT_FOUND ? fail_missing(&c->w, "experiment") : e;
}

/*
 * POST /admin/experiment/:id/state. A state without effect is refused, so that nobody believes a
 * stopped experiment to be running.
 */
enum err
experiment_state_form(struct ctx *c)
{
	struct experiment_delivery in;
	struct json_object *form;
	enum err e = form_json(c, &form);

	if (e == OK)
		e = experiment_delivery_read(&c->w, form, &in);
	in.effective = true;
	return e == OK ? deliver_form(c, &in) : e;
}

/* The alternatives, with the winner of the verdict selected. */
static struct json_object *
make_choices(struct ctx *c, struct json_object *definition)
{
	struct json_object *list = json_object_new_array();
	struct json_object *alternatives = member_of(definition, "alternatives");
	const char *winner = json_text(member_of(member_of(c->model, "results"), "verdict"),
	    "winner");

	for (size_t i = 0; i < json_items(alternatives); i++) {
		const char *name = json_text(json_item(alternatives, i), "name");
		struct json_object *o = json_object_new_object();
		bool won = winner != NULL && name != NULL && strcmp(winner, name) == 0;
		json_object_object_add(
		    o, "name", name == NULL ? NULL : json_object_new_string(name));
		json_object_object_add(o, "selected", json_object_new_boolean(won));
		json_object_array_add(list, o);
	}
	return list;
}

/* GET /admin/experiment/:id/end */
enum err
experiment_end_page(struct ctx *c)
{
	struct json_object *results;
	const char *version;
	enum err e = load_setup(c, &version);

	if (e == OK)
		e = results_read(&c->w, c->args[0], &results);
	if (e != OK)
		return e;
	json_object_object_add(c->model, "results", json_object_get(results));
	json_object_object_add(c->model, "version", json_object_new_string(version));
	json_object_object_add(
	    c->model, "choices", make_choices(c, member_of(c->model, "definition")));
	return OK;
}

/*
 * POST /admin/experiment/:id/end. The alternative for everyone must be chosen: the one of before is
 * never kept silently.
 */
enum err
experiment_end(struct ctx *c)
{
	struct json_object *form;
	enum err e = form_json(c, &form);

	if (e != OK)
		return e;
	/* Not refused where it has no effect: one may settle the winner of what is over, too. */
	struct experiment_delivery in = {STATE_DEFAULT, json_text(form, "default"), false};
	if (in.default_alternative == NULL)
		return fail(&c->w, ERR_INVALID, "/default", "must be chosen");
	e = deliver_form(c, &in);
	if (e == OK)
		c->location = mem_printf(c->w.mem, "/admin/experiment/%s", c->args[0]);
	return e;
}

/* GET /admin/experiment/:id/delete */
enum err
experiment_delete_page(struct ctx *c)
{
	const char *version;
	enum err e = load_setup(c, &version);

	if (e == OK)
		json_object_object_add(c->model, "version", json_object_new_string(version));
	return e;
}
