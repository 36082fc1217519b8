/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes and deletions of experiments. Each is a single statement that names the version that was
 * read, so that no one overwrites the change of another unseen. References to the experiment are
 * kept valid: a change also names the generation of definitions at which it looked for them.
 */
#include "service/definition/experiment.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/audience/reference_names.h"
#include "core/experiment/alternative_ids.h"
#include "core/experiment/bucket.h"
#include "core/experiment/definition_members.h"
#include "core/experiment/definition_merge.h"
#include "core/experiment/delivery.h"
#include "core/experiment/lifecycle.h"
#include "core/experiment/plan.h"
#include "service/change.h"
#include "service/definition/goal_check.h"
#include "service/definition/layer_slots.h"
#include "service/definition/references.h"
#include "service/definition/removal.h"
#include "service/definition/window.h"
#include "store/db/db.h"
#include "store/work.h"

enum err
experiment_changes_read(struct work *w, struct json_object *request, struct experiment_changes *out)
{
	const char *by = json_text(request, "updatedBy");

	if (!json_object_is_type(request, json_type_object))
		return fail(w, ERR_INVALID, "request", "Request should not be empty");
	definition_members_rename(request);
	*out = (struct experiment_changes){request, by != NULL ? by : "Experiment_PATCH_API"};
	return definition_members_check(request, w->problems) ? OK : ERR_INVALID;
}

/* A change on its way into the database. */
struct definition_change {
	const struct experiment_target *t;
	const struct experiment_changes *in;
	struct experiment_answer *out;

	/* Set anew by each try. */
	struct definition d;
	struct json_object *row;        /* the definition as it was read */
	struct json_object *before_ids; /* of its alternatives */
	bool started;                   /* somebody has taken part */
	const char *version;            /* that it must still have */
};

/* Whether the changes leave id and state alone; stating their present values is allowed. */
static bool
keeps_fixed(struct json_object *changes, struct json_object *row)
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

/*
 * Merges the changes into the definition and checks the result. An end that has passed may stay.
 */
static enum err
merge_changes(struct work *w, struct definition_change *c)
{
	const char *end = json_text(json_object_object_get(c->row, "expData"), "endDate");
	const char *old_end = end == NULL ? NULL : mem_dup(w->mem, end);

	if (!keeps_fixed(c->in->members, c->row))
		return fail(w, ERR_INVALID, "request",
		    "expId cannot be changed, and state has a route of its own");
	struct json_object *merged = definition_merge(w->mem, c->row, c->in->members);
	return definition_reread(merged, work_today(w), old_end, w->problems, &c->d) ? OK
										     : ERR_INVALID;
}

/*
 * A plan that decides is fixed by the first participant. The same one in other words is no change,
 * and stays as it was written.
 */
static enum err
check_plan(struct work *w, struct definition_change *c)
{
	struct json_object *was = json_object_object_get(c->row, "plan");
	struct problems *ignored = problem_new(w->mem);
	struct plan old, new;
	bool locked;
	enum err e = experiment_started(w, c->t->id, &c->started, &locked);

	if (e != OK)
		return e;
	if (was == NULL || !plan_read(was, "", ignored, &old))
		return OK;
	if (c->d.plan != NULL && plan_read(c->d.plan, "", ignored, &new) &&
	    plan_is_same(&old, &new)) {
		c->d.plan = was;
		return OK;
	}
	return !locked ? OK
	    : fail(w, ERR_CONFLICT, "/request/plan",
		  "is fixed since the first participant came: the verdict rests on it");
}

/* Runs the statement; no row when the version, the status or the generation has changed. */
static enum err
write_change(struct work *w, const struct definition_change *c,
    const struct references_change *change, struct db_rows **rows)
{
	const struct definition *d = &c->d;
	const char *now = work_now_text(w);

	const char *params[] = {c->t->id, c->version, now, d->name, d->description, c->in->by,
		json_plain(change->own), json_plain(d->data), d->start, d->end,
		json_plain(d->alternatives), d->default_name, json_plain(d->goals),
		mem_printf(w->mem, "%.17g", d->traffic), d->created_by,
		lifecycle_move(MOVE_MAP)->message,
		json_plain(json_object_object_get(c->row, "alternative_ids")),
		json_plain(mem_json(w->mem, bucket_allocation(d->alternatives))),
		references_uses(w, d->references), change->generation, json_plain(d->plan),
		json_plain(d->layer), change->renamed, d->visibility,
		c->started ? "true" : "false"};
	enum err e = db_query(w->db, w->mem, QUERY_experiment_change, params, rows);
	return layer_slots_lost(w, e, d->layer, "/request/layer");
}

/*
 * Adds warnings about enrolled subjects: they keep alternatives that were assigned by the former
 * weights (mixed), or are assigned anew because their alternative was removed.
 */
static enum err
add_warnings(struct work *w, const struct definition_change *c, bool mixed,
    struct json_object *answer)
{
	int64_t redrawn;
	enum err e = removal_count(w, &(struct removal){QUERY_enrolment_to_redraw, c->t->id,
		c->before_ids, c->d.alternatives}, &redrawn);

	if (e != OK)
		return e;
	if (mixed) {
		log_say(LOG_WARN, "weights_changed", "%s", c->t->id);
		experiment_add_warning(answer, "the weights were changed: "
		    "enrolled subjects keep the alternatives of the former weights");
	}
	if (redrawn > 0)
		experiment_add_warning(answer, mem_printf(w->mem,
		    "%lld enrolled subjects are in a removed alternative: each is assigned again "
		    "among the others at its next request", (long long)redrawn));
	experiment_warn_of_types(answer);
	return OK;
}

/* Stores the change at the generation of definitions that its references were checked at. */
static enum err
store_change(struct work *w, struct definition_change *c, struct db_rows **rows)
{
	struct references_change change = {.id = c->t->id, .at = "/request/alternatives"};
	struct json_object *alternatives = json_object_object_get(c->row, "alternatives");

	change.changed = reference_names_between(w->mem, alternatives, c->d.alternatives);
	enum err e = layer_slots_look(w, c->d.layer, c->t->id, "/request/layer");
	if (e == OK)
		e = references_check_now(w, c->d.references, &change.generation);
	change.own = c->d.criteria;
	if (e == OK)
		e = references_follow(w, &change);
	if (e == OK)
		e = write_change(w, c, &change, rows);
	if (e != OK || db_count(*rows) > 0)
		return e;
	/* With the version that was named, only another generation can have stopped the statement.
	 * The generation itself tells nothing: the statement may have raised it. */
	e = experiment_refuse(w, c->t, c->version, "change it", c->out);
	return e == ERR_CONFLICT && change.generation != NULL ? change_overtaken(w) : e;
}

/* The change behind experiment_change(). */
static enum err
change_experiment(struct work *w, void *arg, struct json_object **answer)
{
	struct definition_change *c = arg;
	struct db_rows *rows;
	enum err e = experiment_begin(w, c->t, c->out, &c->row, &c->version);

	if (e != OK)
		return e;
	/* Read before the merge, which takes over members of the row. */
	struct json_object *goals = json_object_object_get(c->row, "goals");
	c->before_ids = removal_ids(w, json_object_object_get(c->row, "alternatives"));
	e = merge_changes(w, c);
	if (e == OK)
		e = check_plan(w, c);
	if (e == OK)
		e = goal_check(w, c->d.goals, goals);
	if (e == OK && !alternative_ids_give(c->d.alternatives,
		json_object_object_get(c->row, "alternative_ids"), w->problems))
		e = ERR_INVALID;
	if (e == OK)
		e = store_change(w, c, &rows);
	if (e == OK)
		e = window_add(w, c->t->id, NULL, false);
	if (e == OK)
		e = experiment_get(w, c->t->id, c->out);
	if (e != OK)
		return e;
	*answer = c->out->definition;
	return add_warnings(w, c, *db_cell(rows, 0, "mixed") == 't', *answer);
}

enum err
experiment_change(struct work *w, const struct experiment_target *t,
    const struct experiment_changes *in, struct experiment_answer *out)
{
	struct definition_change c = {.t = t, .in = in, .out = out};

	*out = (struct experiment_answer){0};
	return change_run(w, change_experiment, &c, &out->definition);
}

/* The argument of delete_experiment(). */
struct removal_of_one {
	const struct experiment_target *t;
	struct experiment_answer *out;
};

/* The change behind experiment_remove(). The statement deletes only what nothing refers to. */
static enum err
delete_experiment(struct work *w, void *arg, struct json_object **answer)
{
	const struct removal_of_one *r = arg;
	const struct experiment_target *t = r->t;
	struct json_object *row;
	const char *version;
	bool gone, used = false;
	enum err e = experiment_begin(w, t, r->out, &row, &version);

	if (e == OK)
		e = references_drop(w,
		    &(struct references_drop){QUERY_experiment_delete, t->id, version}, &gone);
	if (e == OK && !gone)
		e = references_users(w, t->id, &used);
	if (e != OK)
		return e;
	if (!gone && used)
		return fail_detail(w, ERR_CONFLICT, "the experiment is in use");
	if (!gone)
		return experiment_refuse(w, t, version, "delete", r->out);
	r->out->version = NULL;
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "expId", json_object_new_string(t->id));
	json_object_object_add(*answer, "deleted", json_object_new_boolean(true));
	return OK;
}

enum err
experiment_remove(struct work *w, const struct experiment_target *t, struct experiment_answer *out)
{
	struct removal_of_one r = {t, out};

	*out = (struct experiment_answer){0};
	return change_run(w, delete_experiment, &r, &out->definition);
}
