/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The change that a definition of a file asks for, by the operations that people use. Rules and
 * criteria can be written once more: other definitions of the file may have renamed something in
 * them on the way, or may not have been there when they were written first.
 */
#include "cmd/definition_item.h"

#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "service/change.h"
#include "service/definition/experiment_state.h"
#include "service/definition/goal.h"
#include "service/definition/layer.h"
#include "service/definition/segmentation.h"

int64_t
definition_item_clock(void)
{
	int64_t now = instant_now();

	return now - now % INSTANT_MS; /* stored instants have milliseconds */
}

/* An experiment is created as on its first day, so that one that has begun can be imported. */
static int64_t
first_day(struct json_object *o)
{
	const char *start = json_text(json_object_object_get(o, "data"), "startDate");
	int64_t now = definition_item_clock(), at;

	if (start == NULL)
		return now;
	char *text = mem_printf(NULL, "%sT00:00:00Z", start);
	bool read = instant_parse(text, strlen(text), &at);
	talloc_free(text);
	return read && at < now ? at : now;
}

/*
 * The operations of each part. They get the members that differ, as a program would send them; all
 * members where nothing is stored. true: unknown members are refused.
 */
static enum err
import_goal(struct work *w, const struct definition_item *it, struct json_object **answer)
{
	struct goal_input in;
	enum err e = goal_input_read(w, it->changes, true, &in);

	if (e != OK)
		return e;
	return it->stored == NULL ? goal_add(w, &in, answer)
				  : goal_change(w, it->id, &in, answer);
}

static enum err
import_layer(struct work *w, const struct definition_item *it, struct json_object **answer)
{
	struct layer_input in;

	if (it->stored != NULL)
		return fail(
		    w, ERR_CONFLICT, "", "is there already, and a layer stays as it is");
	enum err e = layer_input_read(w, it->changes, true, &in);
	return e == OK ? layer_add(w, &in, answer) : e;
}

static enum err
import_segmentation(struct work *w, const struct definition_item *it, struct json_object **answer)
{
	struct segmentation_definition in;
	struct segmentation_change change;
	enum err e;

	if (it->stored == NULL) {
		e = segmentation_input_read(w, it->changes, true, &in);
		return e == OK ? segmentation_add(w, &in, answer) : e;
	}
	e = segmentation_change_read(w, it->changes, true, &change);
	return e == OK ? segmentation_change(w, it->id, &change, answer) : e;
}

static enum err
create_experiment(struct work *w, struct json_object *request, struct experiment_answer *a)
{
	struct definition d;

	work_set_now(w, first_day(request));
	enum err e = experiment_input_read(w, request, &d);
	if (e == OK)
		e = experiment_create(w, &d, a);
	/* The audit row, and a stop that follows, are of now. */
	work_set_now(w, definition_item_clock());
	if (e == OK && json_text(a->definition, "err") != NULL)
		return fail(w, ERR_CONFLICT, "", "somebody else creates it just now");
	return e;
}

/*
 * Changes the definition, then its state, which is no member of a change. `request` is empty where
 * the state alone differs; then the definition is not written.
 */
static enum err
change_stored_experiment(struct work *w, const struct experiment_target *t,
    struct json_object *request, struct json_object *state, struct experiment_answer *a)
{
	struct json_object *delivered = mem_json(w->mem, json_object_new_object());
	struct experiment_delivery delivery;
	struct experiment_changes changes;
	enum err e = OK;

	if (json_member_count(request) > 0)
		e = experiment_changes_read(w, request, &changes);
	if (e == OK && json_member_count(request) > 0)
		e = experiment_change(w, t, &changes, a);
	if (e != OK || state == NULL)
		return e;
	json_object_object_add(delivered, "state", json_object_get(state));
	e = experiment_delivery_read(w, delivered, &delivery);
	return e == OK ? experiment_deliver(w, t, &delivery, a) : e;
}

/* Creates or changes an experiment; state and status have operations of their own. */
static enum err
import_experiment(struct work *w, const struct definition_item *it, struct json_object **answer)
{
	struct json_object *request = mem_json_copy(w->mem, it->changes);
	struct json_object *state = json_object_object_get(it->changes, "state");
	struct experiment_target t = {.id = it->id};
	struct experiment_answer a = {0};
	bool is = json_object_get_boolean(json_object_object_get(it->stored, "stopped"));
	bool told = json_object_object_get_ex(it->o, "stopped", NULL); /* else it stays as it is */
	bool stop = json_object_get_boolean(json_object_object_get(it->o, "stopped"));
	enum err e;

	/* A new experiment is not stopped: it is, by an operation of its own, when it exists. */
	json_remove(request, "stopped");
	if (it->stored == NULL) {
		e = create_experiment(w, request, &a);
	} else {
		json_remove(request, "state");
		e = change_stored_experiment(w, &t, request, state, &a);
	}
	if (e == OK && told && stop != is)
		e = experiment_move(w, &t, stop ? MOVE_STOP : MOVE_RESUME, &a);
	*answer = a.definition;
	return e;
}

/* The member by which definitions of that part refer to others; NULL: they do not. */
static const char *
rules_member(size_t part)
{
	return part == DEFINITIONS_SEGMENTATIONS ? "groups"
	    : part == DEFINITIONS_EXPERIMENTS ? "criteria" : NULL;
}

/*
 * Remembers the rules or criteria that the file wants. They are taken from what is stored, which
 * has the numbers of groups, too.
 */
static void
remember_rules(struct definition_item *it, struct json_object *stored)
{
	const char *name = rules_member(it->part);

	it->rules = mem_json(it->mem, json_object_new_object());
	if (name != NULL && json_object_object_get_ex(it->o, name, NULL))
		json_object_object_add(
		    it->rules, name, json_object_get(json_object_object_get(stored, name)));
}

bool
definition_item_differs(struct definition_item *it, struct json_object *stored)
{
	it->stored = definitions_find(stored, it->part, it->id);
	it->changes = mem_json(it->mem, json_object_new_object());
	/* What the file leaves out stays as it is stored: only its members are compared. */
	json_object_object_foreach(json_members(it->o), name, value) {
		if (it->stored == NULL ||
		    !json_object_equal(value, json_object_object_get(it->stored, name)))
			json_object_object_add(it->changes, name, json_object_get(value));
	}
	remember_rules(it, it->stored);
	return it->stored == NULL || json_member_count(it->changes) > 0;
}

bool
definition_item_rules_differ(const struct definition_item *it, struct json_object *stored)
{
	struct json_object *now = definitions_find(stored, it->part, it->id);

	json_object_object_foreach(json_members(it->rules), name, value) {
		if (!json_object_equal(value, json_object_object_get(now, name)))
			return true;
	}
	return false;
}

enum err
definition_item_import(struct work *w, void *arg, struct json_object **answer)
{
	/* In the order of definitions_parts. */
	static enum err (*const parts[DEFINITIONS_PARTS])(struct work *w,
	    const struct definition_item *it, struct json_object **answer) = {
		import_goal, import_layer, import_segmentation, import_experiment};
	struct definition_item *it = arg;

	/* Its layer was taken from it first: the audit log compares with what was there before. */
	if (it->before != NULL)
		change_before(w, it->before);
	enum err e = parts[it->part](w, it, answer);
	/* From the answer: only there new groups have numbers. */
	const char *name = rules_member(it->part);
	if (e == OK && name != NULL && json_object_object_get_ex(it->changes, name, NULL))
		remember_rules(it, *answer);
	return e;
}

enum err
definition_item_import_rules(struct work *w, void *arg, struct json_object **answer)
{
	const struct definition_item *it = arg;
	struct experiment_target t = {.id = it->id};
	struct json_object *members = mem_json_copy(w->mem, it->rules);
	struct segmentation_change change;
	struct experiment_changes changes;
	struct experiment_answer a;
	enum err e = OK;

	if (it->part == DEFINITIONS_SEGMENTATIONS) {
		e = segmentation_change_read(w, members, true, &change);
		return e == OK ? segmentation_change(w, it->id, &change, answer) : e;
	}
	if (it->part != DEFINITIONS_EXPERIMENTS)
		return OK;
	e = experiment_changes_read(w, members, &changes);
	if (e == OK)
		e = experiment_change(w, &t, &changes, &a);
	if (e == OK)
		*answer = a.definition;
	return e;
}

enum err
definition_item_free_slots(struct work *w, struct definition_item *it)
{
	struct experiment_target t = {.id = it->id};
	struct json_object *members = mem_json(w->mem, json_object_new_object());
	struct experiment_changes changes;
	struct experiment_answer a;

	/* Experiments may swap slots: all give theirs back before any of them takes new ones. */
	it->before = NULL;
	if (it->stored == NULL || json_object_object_get(it->stored, "layer") == NULL ||
	    !json_object_object_get_ex(it->changes, "layer", NULL))
		return OK;
	enum err e = experiment_get(w, it->id, &a);
	if (e != OK)
		return e;
	it->before = a.definition;
	/* null takes it out of its layer; an absent member would change nothing. */
	json_object_object_add(members, "layer", NULL);
	e = experiment_changes_read(w, members, &changes);
	return e == OK ? experiment_change(w, &t, &changes, &a) : e;
}
