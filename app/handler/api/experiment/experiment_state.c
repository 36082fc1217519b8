/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes to definitions: every one is a single statement over the version that was read, so two
 * people never overwrite each other unseen.
 */
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/experiment/definition_merge.h"
#include "core/experiment/bucket.h"
#include "core/experiment/definition.h"
#include "core/experiment/definition_members.h"
#include "core/experiment/delivery.h"
#include "core/experiment/lifecycle.h"
#include "core/experiment/alternative_ids.h"
#include "core/audience/reference_names.h"
#include "handler/api/experiment/experiment.h"
#include "service/definition/experiment.h"
#include "service/definition/goal_check.h"
#include "service/definition/references.h"
#include "service/definition/removal.h"
#include "handler/routes.h"
#include "service/definition/layer_slots.h"
#include "store/db/db.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

enum { TRIES = 8 };

/* What people have changed of the definition that was loaded: the ETag up to its point. */
static const char *
current_version(struct ctx *c)
{
	return experiment_version(&c->w, c->etag + 1);
}

/* Why a statement over a version touched nothing: there is no such thing, it has another
 * version, or (when neither) its status forbids it. */
static enum err
explain(struct ctx *c, const char *version, const char *doing)
{
	struct json_object *row;
	enum err e = experiment_load(c, c->args[0], &row);

	if (e == ERR_NOT_FOUND)
		return fail_detail(&c->w, e, "no experiment available with the given experimentid");
	if (e != OK)
		return e;
	if (version != NULL && strcmp(current_version(c), version) != 0)
		return fail_detail(
		    &c->w, ERR_PRECONDITION, "the definition has been changed: now %s", c->etag);
	const char *status = json_object_get_string(json_object_object_get(row, "status"));
	return fail_detail(&c->w, ERR_CONFLICT, "cannot %s: the status is %s", doing, status);
}

/* The definition as it is now. */
static enum err
answer(struct ctx *c)
{
	struct json_object *row;
	enum err e = experiment_load(c, c->args[0], &row);

	if (e != OK)
		return e;
	experiment_finish(row);
	c->model = row;
	return OK;
}

static enum err
move(struct ctx *c, enum move m)
{
	const struct move_info *info = lifecycle_move(m);
	const char *version;
	char now[INSTANT_TEXT];
	struct db_rows *rows;
	enum err e = body_if_match(c, &version);

	if (e != OK)
		return e;
	instant_format(c->w.now, now);
	/* While it was stopped nobody joined or left. */
	const char *params[] = {c->args[0], info->from, version, info->to, info->message, now,
		m == MOVE_REFRESH || m == MOVE_RESUME ? "true" : "false"};
	e = db_query(c->w.db, c->w.mem, QUERY_experiment_status, params, &rows);
	if (e != OK)
		return e;
	return db_count(rows) > 0 ? answer(c) : explain(c, version, info->name);
}

enum err
experiment_stop(struct ctx *c)
{
	return move(c, MOVE_STOP);
}

enum err
experiment_resume(struct ctx *c)
{
	return move(c, MOVE_RESUME);
}

enum err
experiment_refresh(struct ctx *c)
{
	return move(c, MOVE_REFRESH);
}

enum err
experiment_drop(struct ctx *c)
{
	const char *version;
	bool gone, used;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = references_drop(&c->w, &(struct references_drop){QUERY_experiment_delete,
		    c->args[0], version}, &gone);
	if (e == OK && !gone)
		e = references_users(&c->w, c->args[0], &used);
	if (e != OK)
		return e;
	if (!gone && used)
		return fail_detail(&c->w, ERR_CONFLICT, "the experiment is in use");
	if (!gone)
		return explain(c, version, "delete");
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "expId", json_object_new_string(c->args[0]));
	json_object_object_add(c->model, "deleted", json_object_new_boolean(true));
	return OK;
}

/* {state, default?}, inside `request` or not. */
static enum err
read_state(struct ctx *c, int *state, const char **standard)
{
	struct json_object *body, *row;
	enum err e = body_json(c, &body);

	if (e == OK)
		e = experiment_load(c, c->args[0], &row);
	if (e == ERR_NOT_FOUND)
		return fail_detail(&c->w, e, "no experiment available with the given experimentid");
	if (e != OK)
		return e;
	struct json_object *request = json_object_object_get(body, "request");
	struct json_object *o = request != NULL ? request : body;
	struct json_object *name = json_object_object_get(o, "default");
	if (!delivery_state(json_object_object_get(o, "state"), state))
		return fail(
		    &c->w, ERR_INVALID, "/state", "must be default, enabled or track (0, 1 or 3)");
	*standard =
	    json_object_is_type(name, json_type_string) ? json_object_get_string(name) : NULL;
	if (name != NULL && (*standard == NULL ||
	    !delivery_has(json_object_object_get(row, "alternatives"), *standard)))
		return fail(&c->w, ERR_INVALID, "/default", "is no alternative");
	return OK;
}

enum err
experiment_state(struct ctx *c)
{
	const char *version, *standard = NULL;
	char now[INSTANT_TEXT], text[16];
	struct db_rows *rows;
	int state = 0;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = read_state(c, &state, &standard);
	if (e != OK)
		return e;
	instant_format(c->w.now, now);
	snprintf(text, sizeof text, "%d", state);
	const char *params[] = {c->args[0], text, version, now, standard};
	e = db_query(c->w.db, c->w.mem, QUERY_experiment_state, params, &rows);
	if (e != OK)
		return e;
	return db_count(rows) > 0 ? answer(c) : explain(c, version, "change its state");
}

/* A changed definition on its way into the database. */
struct writing {
	struct definition d;
	struct json_object *alternatives; /* that it had */
	struct json_object *before;  /* their numbers */
	struct json_object *numbers; /* of the alternatives so far */
	const char *version;         /* the one that it was read at */
	const char *by;
};

static enum err
write_change(struct ctx *c, const struct writing *w, const struct references_change *change,
    struct db_rows **rows)
{
	const struct definition *d = &w->d;
	char now[INSTANT_TEXT];

	instant_format(c->w.now, now);
	const char *params[] = {c->args[0], w->version, now, d->name, d->description, w->by,
	    json_plain(change->own), json_plain(d->data), d->start, d->end,
	    json_plain(d->alternatives), d->default_name, json_plain(d->goals),
	    mem_printf(c->w.mem, "%.17g", d->traffic), d->created_by,
	    lifecycle_move(MOVE_MAP)->message, json_plain(w->numbers),
	    json_plain(mem_json(c->w.mem, bucket_allocation(d->alternatives))),
	    references_uses(&c->w, d->references), change->generation, json_plain(d->plan),
	    json_plain(d->layer), change->renamed};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_experiment_change, params, rows);
	return layer_slots_lost(&c->w, e, d->layer, "/request/layer");
}

/* The definition as it was changed to, with warnings: those who are enrolled were drawn by the
 * weights of then, and those whose alternative is gone will be drawn again. */
static enum err
answer_change(struct ctx *c, const struct writing *w, bool mixed)
{
	int64_t redrawn;
	struct json_object *warnings = mem_json(c->w.mem, json_object_new_array());
	enum err e = removal_count(&c->w, &(struct removal){QUERY_enrolment_to_redraw,
		c->args[0], w->before, w->d.alternatives}, &redrawn);

	if (e == OK)
		e = answer(c);
	if (e != OK)
		return e;
	if (mixed) {
		log_say(LOG_WARN, "weights_changed", "%s", c->args[0]);
		json_object_array_add(warnings, json_object_new_string("the weights were changed: "
			"who is enrolled stays, drawn by those of before"));
	}
	if (redrawn > 0)
		json_object_array_add(warnings, json_object_new_string(mem_printf(c->w.mem,
		    "%lld enrolled subjects are in a removed alternative: each is drawn again "
		    "among the others at the next request", (long long)redrawn)));
	if (json_items(warnings) > 0)
		json_object_object_add(c->model, "warnings", json_object_get(warnings));
	return OK;
}

/* What the criteria refer to is there when it is stored, and what refers to it goes on to do so. */
static enum err
store_change(struct ctx *c, const struct writing *w)
{
	struct references_change change = {.id = c->args[0], .at = "/request/alternatives"};
	struct db_rows *rows;
	bool done = false, moved = true;
	enum err e = OK;

	if (!alternative_ids_give(w->d.alternatives, w->numbers, c->w.problems))
		return ERR_INVALID;
	change.changed = reference_names_between(c->w.mem, w->alternatives, w->d.alternatives);
	e = layer_slots_look(&c->w, w->d.layer, c->args[0], "/request/layer");
	for (int left = TRIES; e == OK && !done && moved && left > 0; left--) {
		e = references_check_now(&c->w, w->d.references, &change.generation);
		change.own = w->d.criteria;
		if (e == OK)
			e = references_follow(&c->w, &change);
		if (e == OK)
			e = write_change(c, w, &change, &rows);
		done = e == OK && db_count(rows) > 0;
		if (e == OK && !done)
			e = references_moved(&c->w, change.generation, &moved);
	}
	if (e != OK)
		return e;
	if (done)
		return answer_change(c, w, *db_cell(rows, 0, "mixed") == 't');
	e = explain(c, w->version, "change it");
	return moved && e == ERR_CONFLICT
	    ? fail_detail(&c->w, ERR_UNAVAILABLE, "other definitions are being changed") : e;
}

/* Whether the changes leave what no change may touch, be it that they say what is there anyway. */
static bool
is_so_already(struct json_object *changes, struct json_object *row)
{
	struct json_object *id, *given;
	int state;

	if (json_object_object_get_ex(changes, "expId", &id) &&
	    !json_object_equal(id, json_object_object_get(row, "expId")))
		return false;
	return !json_object_object_get_ex(changes, "state", &given) ||
	    (delivery_state(given, &state) &&
	    state == json_object_get_int(json_object_object_get(row, "state")));
}

static enum err
read_change(struct ctx *c, struct json_object *changes, struct json_object *row,
    struct definition *d)
{
	struct json_object *end =
	    json_object_object_get(json_object_object_get(row, "expData"), "endDate");
	const char *old_end = end == NULL ? NULL : mem_dup(c->w.mem, json_object_get_string(end));

	if (!json_object_is_type(changes, json_type_object))
		return fail(&c->w, ERR_INVALID, "request", "Request should not be empty");
	definition_members_rename(changes);
	if (!is_so_already(changes, row))
		return fail(
		    &c->w, ERR_INVALID, "request", "expId stays, and state has a route of its own");
	if (!definition_members_check(changes, c->w.problems))
		return ERR_INVALID;
	return definition_reread(definition_merge(c->w.mem, row, changes), work_today(&c->w),
		   old_end, c->w.problems, d)
	    ? OK
	    : ERR_INVALID;
}

/* *read: the version that the changes were made over, once there is one. */
static enum err
change_once(struct ctx *c, struct json_object *changes, const char *version, const char **read)
{
	struct json_object *by = json_object_object_get(changes, "updatedBy");
	struct json_object *row;
	struct writing w = {.by = json_object_is_type(by, json_type_string)
		? json_object_get_string(by) : "Experiment_PATCH_API"};
	enum err e = experiment_load(c, c->args[0], &row);

	if (e == ERR_NOT_FOUND)
		return fail_detail(&c->w, e, "no experiment available with the given experimentid");
	if (e != OK)
		return e;
	*read = current_version(c);
	w.alternatives = json_object_object_get(row, "alternatives");
	w.before = removal_ids(&c->w, w.alternatives);
	e = read_change(c, changes, row, &w.d);
	if (e == OK)
		e = goal_check(&c->w, w.d.goals, json_object_object_get(row, "goals"));
	if (e != OK)
		return e;
	w.version = version != NULL ? version : *read;
	w.numbers = json_object_object_get(row, "alternative_ids");
	return store_change(c, &w);
}

/* Whether the definition is of another version by now, or gone; then the refusal e of a change says
 * nothing about the definition as it is. */
static bool
has_moved(struct ctx *c, enum err e, const char *read)
{
	struct json_object *row;
	const char *now;

	if (read == NULL || (e != ERR_INVALID && e != ERR_CONFLICT && e != ERR_PRECONDITION))
		return false;
	enum err found = experiment_find(&c->w, c->args[0], &row, &now);
	return found == ERR_NOT_FOUND ||
	    (found == OK && strcmp(experiment_version(&c->w, now), read) != 0);
}

enum err
experiment_patch(struct ctx *c)
{
	struct json_object *changes;
	const char *version, *read = NULL;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = experiment_request(c, &changes);
	if (e != OK)
		return e;
	e = change_once(c, changes, version, &read);
	/* Who named no version does not mind that somebody else wrote one meanwhile. */
	for (int left = TRIES; left > 0 && has_moved(c, e, read); left--) {
		ctx_forget(c);
		if (version != NULL)
			return fail_detail(
			    &c->w, ERR_PRECONDITION, "the definition has been changed");
		e = change_once(c, changes, NULL, &read);
	}
	return e;
}
