/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of experiments as they are stored and shown, and their creation.
 *
 * A definition is stored only at the generation of definitions against which its references were
 * checked, and only over the version of the failed definition that it replaces. If either has
 * changed meanwhile, the creation runs again.
 */
#include "service/definition/experiment.h"

#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/reference_names.h"
#include "core/experiment/alternative_ids.h"
#include "core/experiment/bucket.h"
#include "core/experiment/definition_members.h"
#include "core/experiment/delivery.h"
#include "core/experiment/flag.h"
#include "core/experiment/lifecycle.h"
#include "service/change.h"
#include "service/definition/goal_check.h"
#include "service/definition/layer_slots.h"
#include "service/definition/references.h"
#include "service/definition/window.h"
#include "store/db/db.h"
#include "store/work.h"

enum { SALT = 16 };

enum err
experiment_find(struct work *w, const char *id, struct json_object **out, const char **version)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_experiment_get, &id, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return fail_detail(
		    w, ERR_NOT_FOUND, "no experiment available with the given experimentid");
	*version = db_cell(rows, 0, "version");
	*out = mem_json(w->mem, db_row_json(rows, 0));
	return OK;
}

enum err
experiment_started(struct work *w, const char *id, bool *started, bool *locked)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_experiment_started, &id, &rows);
	bool found = e == OK && db_count(rows) > 0;

	*started = found && *db_cell(rows, 0, "started") == 't';
	*locked = *started && *db_cell(rows, 0, "plan_valid") == 't';
	return e;
}

const char *
experiment_version(struct work *w, const char *version)
{
	return mem_dupn(w->mem, version, strspn(version, "0123456789"));
}

void
experiment_shape(struct json_object *row)
{
	/* Members that are internal. */
	static const char *const inner[] = {
	    "nr", "start", "version", "alternative_ids", "visibility_set"};
	int state = json_object_get_int(json_object_object_get(row, "state"));
	struct json_object *alternatives = json_object_object_get(row, "alternatives");

	for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
		json_remove(row, inner[i]);
	for (size_t i = 0; i < json_items(alternatives); i++)
		json_remove(json_item(alternatives, i), "id");
	json_object_object_add(row, "state", json_object_new_string(delivery_word(state)));
	json_object_object_add(row, "weighting",
	    json_object_new_string(delivery_weighting(alternatives)));
	json_add_text(row, "value_type", flag_type_word(flag_type(alternatives)));
}

void
experiment_add_warning(struct json_object *answer, const char *text)
{
	struct json_object *list = json_object_object_get(answer, "warnings");

	if (list == NULL) {
		list = json_object_new_array();
		json_object_object_add(answer, "warnings", list);
	}
	json_object_array_add(list, json_object_new_string(text));
}

void
experiment_warn_of_types(struct json_object *answer)
{
	const char *type = json_text(answer, "value_type");

	if (type != NULL && strcmp(type, flag_type_word(FLAG_MIXED)) == 0)
		experiment_add_warning(answer, "the payloads are of several types: an application "
		    "that asks for the flag by one type gets its default for the others");
}

enum err
experiment_get(struct work *w, const char *id, struct experiment_answer *out)
{
	enum err e = experiment_find(w, id, &out->definition, &out->version);

	if (e == OK)
		experiment_shape(out->definition);
	return e;
}

enum err
experiment_begin(struct work *w, const struct experiment_target *t, struct experiment_answer *out,
    struct json_object **row, const char **version)
{
	enum err e = experiment_find(w, t->id, row, &out->version);

	change_target(w, t->id);
	if (e != OK)
		return e;
	struct json_object *before = mem_json_copy(w->mem, *row);
	experiment_shape(before);
	change_before(w, before);
	change_over(w, (struct change_base){
		QUERY_experiment_get, t->id, out->version, t->version});
	*version = t->version != NULL ? t->version : experiment_version(w, out->version);
	return OK;
}

enum err
experiment_refuse(struct work *w, const struct experiment_target *t, const char *version,
    const char *doing, struct experiment_answer *out)
{
	struct json_object *row;
	enum err e = experiment_find(w, t->id, &row, &out->version);

	if (e != OK)
		return e;
	if (strcmp(experiment_version(w, out->version), version) != 0)
		return fail_detail(w, ERR_PRECONDITION,
		    "the definition has been changed: now \"%s\"", out->version);
	return fail_detail(
	    w, ERR_CONFLICT, "cannot %s: the status is %s", doing, json_text(row, "status"));
}

enum err
experiment_input_read(struct work *w, struct json_object *request, struct definition *out)
{
	definition_members_rename(request);
	bool known = definition_members_check(request, w->problems);

	return definition_read(request, work_today(w), w->problems, out) && known ? OK
										  : ERR_INVALID;
}

/* A new definition on its way into the database. */
struct creation {
	const struct definition *d;
	struct experiment_answer *out;

	/* Set anew by each try. */
	struct json_object *alternatives; /* with their ids */
	struct json_object *ids;
	bool taken;             /* the id, by an experiment that has not failed */
	const char *replaced;   /* version of the failed definition that it replaces, or NULL */
	const char *generation; /* of the definitions that it was checked against, or NULL */
	bool started;           /* somebody has taken part in what it replaces */
};

/*
 * Writes the definition; *created is false where an experiment of that id is there, or one of the
 * conditions of the statement does not hold any more.
 */
static enum err
insert_experiment(struct work *w, const struct creation *m, bool *created)
{
	const struct definition *d = m->d;
	const struct move_info *live = lifecycle_move(MOVE_MAP);
	const char *now = work_now_text(w);
	char salt[2 * SALT + 1];
	struct db_rows *rows;

	hash_random_hex(salt, SALT);
	const char *params[] = {d->id, d->name, d->description, d->created_by, now,
		json_plain(d->criteria), json_plain(d->data), d->start, d->end,
		mem_printf(w->mem, "%d", d->state), json_plain(m->alternatives), d->default_name,
		json_plain(d->goals), mem_printf(w->mem, "%.17g", d->traffic), salt,
		json_plain(m->ids),
		json_plain(mem_json(w->mem, bucket_allocation(m->alternatives))),
		references_uses(w, d->references), m->generation,
		d->live ? live->to : "SUBMITTED",
		d->live ? live->message : "Experiment successfully submitted", json_plain(d->plan),
		d->layer == NULL ? "{}" : json_plain(d->layer), m->replaced, d->visibility,
		m->started ? "true" : "false"};
	enum err e = db_query(w->db, w->mem, QUERY_experiment_add, params, &rows);
	if (e == ERR_INVALID)
		return fail(w, ERR_CONFLICT, "request.expid", "is the id of a segmentation");
	if (e == OK)
		*created = db_count(rows) > 0;
	if (e == OK && *created)
		e = window_add(w, d->id, NULL, m->replaced == NULL);
	return layer_slots_lost(w, e, d->layer, "/request/layer");
}

/* Whether an alternative names a former name (`was`). */
static bool
has_renamed(struct json_object *alternatives)
{
	for (size_t i = 0; i < json_items(alternatives); i++)
		if (json_object_object_get_ex(json_item(alternatives, i), "was", NULL))
			return true;
	return false;
}

/*
 * Takes the ids of the alternatives from the failed definition that is to be replaced, so that
 * subjects keep the alternatives whose names stay.
 */
static void
take_ids(struct work *w, struct creation *m, struct json_object *row, const char *version)
{
	struct json_object *before = mem_json_copy(w->mem, row);

	experiment_shape(before);
	change_before(w, before);
	m->replaced = experiment_version(w, version);
	if (!has_renamed(m->alternatives))
		m->ids = json_object_object_get(row, "alternative_ids");
}

/*
 * Prepares the replacement of a failed definition of that id, if there is one. As for a change,
 * definitions that refer to its alternatives must not lose them, and names that stay keep their
 * ids. Renaming is left to changes: a creation with `was` gets new ids.
 */
static enum err
check_replaced(struct work *w, struct creation *m)
{
	struct references_change change = {.id = m->d->id, .at = "/request/alternatives",
		.own = m->d->criteria, .generation = m->generation};
	struct json_object *row = NULL;
	const char *version;
	bool locked;
	enum err e = experiment_find(w, m->d->id, &row, &version);

	m->started = false;
	m->alternatives = mem_json_copy(w->mem, m->d->alternatives);
	m->ids = mem_json(w->mem, json_object_new_object());
	m->replaced = NULL;
	m->taken = false;
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	w->detail = NULL;
	if (e == OK && strcasecmp(json_text(row, "status"), "FAILED") == 0)
		take_ids(w, m, row, version);
	m->taken = e == OK && m->replaced == NULL;
	if (!alternative_ids_give(m->alternatives, m->ids, w->problems))
		return ERR_INVALID;
	if (m->replaced == NULL) {
		change_before(w, NULL);
		return OK;
	}
	change.changed = reference_names_between(
	    w->mem, json_object_object_get(row, "alternatives"), m->alternatives);
	e = experiment_started(w, m->d->id, &m->started, &locked);
	if (e == OK)
		e = references_follow(w, &change);
	m->generation = change.generation;
	return e;
}

/* The instant of a member as milliseconds since 1970; 0 where there is none. */
static int64_t
member_milliseconds(struct json_object *row, const char *name)
{
	const char *text = json_text(row, name);
	int64_t at = 0;

	if (text == NULL || !instant_parse(text, strlen(text), &at))
		return 0;
	return at / INSTANT_MS;
}

/* Adds the echo of the request and the times in milliseconds, as the API promises. */
static void
add_request_echo(struct json_object *row)
{
	static const char *const names[][2] = {{"expId", "expId"}, {"name", "expName"},
	    {"createdBy", "createdBy"}, {"description", "expDescription"}, {"criteria", "criteria"},
	    {"data", "expData"}};
	struct json_object *echo = json_object_new_object();

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(echo, names[i][0],
		    json_object_get(json_object_object_get(row, names[i][1])));
	json_object_object_add(row, "request", echo);
	json_object_object_add(row, "last_updated",
	    json_object_new_int64(member_milliseconds(row, "updatedOn")));
	json_object_object_add(row, "created_date",
	    json_object_new_int64(member_milliseconds(row, "createdOn")));
}

/*
 * The answer where the id is taken: nothing is stored, and clients of this API expect a success
 * that says so.
 */
static struct json_object *
make_exists_answer(struct work *w, struct json_object *row)
{
	struct json_object *message = json_object_new_object();
	struct json_object *o = mem_json(w->mem, json_object_new_object());

	json_object_object_add(message, "msg",
	    json_object_new_string("ExperimentId already exists."));
	json_object_object_add(o, "err", json_object_new_string("failed"));
	json_object_object_add(o, "errorMsg", message);
	json_object_object_add(o, "expResponse", json_object_get(row));
	return o;
}

/*
 * Answers the status as of the creation, even where a job has taken the definition up before it was
 * read again.
 */
static void
show_submitted(struct json_object *row)
{
	json_object_object_add(row, "status", json_object_new_string("SUBMITTED"));
	json_object_object_add(row, "status_msg",
	    json_object_new_string("Experiment successfully submitted"));
	json_object_object_add(row, "stats", json_object_new_object());
}

/* Reads the stored definition and makes the answer of it. */
static enum err
answer_creation(struct work *w, const struct creation *m, bool created,
    struct json_object **answer)
{
	enum err e = experiment_get(w, m->d->id, m->out);

	if (e != OK)
		return e;
	*answer = m->out->definition;
	add_request_echo(*answer);
	if (created) {
		show_submitted(*answer);
		experiment_warn_of_types(*answer);
		return OK;
	}
	change_nothing(w);
	*answer = make_exists_answer(w, *answer);
	return OK;
}

/* The change behind experiment_create(). */
static enum err
create_experiment_once(struct work *w, void *arg, struct json_object **answer)
{
	struct creation *m = arg;
	const struct definition *d = m->d;
	bool created = false, moved;
	enum err e = goal_check(w, d->goals, NULL);

	change_target(w, d->id);
	if (e == OK)
		e = layer_slots_look(w, d->layer, d->id, "/request/layer");
	if (e == OK)
		e = references_check_now(w, d->references, &m->generation);
	if (e == OK)
		e = check_replaced(w, m);
	/* Told by what was read: the statement would raise the generation all the same. */
	if (e == OK && m->taken)
		return answer_creation(w, m, false, answer);
	if (e == OK)
		e = insert_experiment(w, m, &created);
	if (e == OK && !created)
		e = references_moved(w, m->generation, &moved);
	if (e != OK)
		return e;
	/* The failed definition may have been changed or replaced meanwhile. */
	if (!created && (moved || m->replaced != NULL))
		return change_overtaken(w);
	return answer_creation(w, m, created, answer);
}

enum err
experiment_create(struct work *w, const struct definition *d, struct experiment_answer *out)
{
	struct creation m = {.d = d, .out = out};

	*out = (struct experiment_answer){0};
	return change_run(w, create_experiment_once, &m, &out->definition);
}
