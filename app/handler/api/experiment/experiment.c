/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of experiments are made and read here.
 */
#include "handler/api/experiment/experiment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/bucket.h"
#include "core/experiment/definition.h"
#include "core/experiment/definition_members.h"
#include "core/experiment/delivery.h"
#include "core/experiment/lifecycle.h"
#include "core/experiment/alternative_ids.h"
#include "core/audience/reference_names.h"
#include "service/definition/experiment.h"
#include "service/definition/goal_check.h"
#include "service/definition/references.h"
#include "handler/routes.h"
#include "service/definition/layer_slots.h"
#include "store/db/db.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/envelope.h"
#include "handler/audit.h"

enum { SALT = 16, TRIES = 8 };

enum err
experiment_request(struct ctx *c, struct json_object **request)
{
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e == OK)
		*request = json_object_object_get(body, "request");
	return e;
}

void
experiment_finish(struct json_object *row)
{
	int state = json_object_get_int(json_object_object_get(row, "state"));
	struct json_object *alternatives = json_object_object_get(row, "alternatives");

	json_remove(row, "version");
	json_remove(row, "alternative_ids");
	for (size_t i = 0; i < json_items(alternatives); i++)
		json_remove(json_item(alternatives, i), "id");
	json_object_object_add(row, "state", json_object_new_string(delivery_word(state)));
	json_object_object_add(row, "weighting",
	    json_object_new_string(delivery_weighting(alternatives)));
}

enum err
experiment_load(struct ctx *c, const char *id, struct json_object **out)
{
	const char *version;
	enum err e = experiment_find(&c->w, id, out, &version);

	if (e != OK)
		return e;
	c->etag = mem_printf(c->w.mem, "\"%s\"", version);
	if (c->before == NULL) {
		c->before = mem_json_copy(c->w.mem, *out);
		experiment_finish(c->before);
	}
	return OK;
}

static int64_t
milliseconds(struct json_object *row, const char *name)
{
	const char *text = json_object_get_string(json_object_object_get(row, name));
	int64_t at = 0;

	if (text == NULL || !instant_parse(text, strlen(text), &at))
		return 0;
	return at / INSTANT_MS;
}

void
experiment_echo(struct ctx *c, struct json_object *row)
{
	static const char *const names[][2] = {{"expId", "expId"}, {"name", "expName"},
	    {"createdBy", "createdBy"}, {"description", "expDescription"}, {"criteria", "criteria"},
	    {"data", "expData"}};
	struct json_object *echo = json_object_new_object();

	(void)c;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(echo, names[i][0],
		    json_object_get(json_object_object_get(row, names[i][1])));
	json_object_object_add(row, "request", echo);
	json_object_object_add(row, "last_updated",
	    json_object_new_int64(milliseconds(row, "updatedOn")));
	json_object_object_add(row, "created_date",
	    json_object_new_int64(milliseconds(row, "createdOn")));
}

/* A new definition on its way into the database. */
struct making {
	const struct definition *d;
	struct json_object *alternatives; /* with their numbers */
	struct json_object *numbers;
	const char *replaced;   /* version of the failed one in whose place it comes, or NULL */
	const char *generation; /* of the definitions that it was checked against, or NULL */
	bool made;
};

static enum err
insert(struct ctx *c, struct making *m)
{
	const struct definition *d = m->d;
	const struct move_info *live = lifecycle_move(MOVE_MAP);
	char now[INSTANT_TEXT], salt[2 * SALT + 1], state[16];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	hash_random_hex(salt, SALT);
	snprintf(state, sizeof state, "%d", d->state);
	const char *params[] = {d->id, d->name, d->description, d->created_by, now,
		json_plain(d->criteria), json_plain(d->data), d->start, d->end, state,
		json_plain(m->alternatives), d->default_name, json_plain(d->goals),
		mem_printf(c->w.mem, "%.17g", d->traffic), salt, json_plain(m->numbers),
		json_plain(mem_json(c->w.mem, bucket_allocation(m->alternatives))),
		references_uses(&c->w, d->references), m->generation,
		d->live ? live->to : "SUBMITTED",
		d->live ? live->message : "Experiment successfully submitted", json_plain(d->plan),
		d->layer == NULL ? "{}" : json_plain(d->layer), m->replaced};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_experiment_add, params, &rows);
	if (e == ERR_INVALID)
		return fail(&c->w, ERR_CONFLICT, "request.expid", "is the id of a segmentation");
	if (e == OK)
		m->made = db_count(rows) > 0;
	return layer_slots_lost(&c->w, e, d->layer, "/request/layer");
}

static bool
has_renamed(struct json_object *alternatives)
{
	for (size_t i = 0; i < json_items(alternatives); i++)
		if (json_object_object_get_ex(json_item(alternatives, i), "was", NULL))
			return true;
	return false;
}

/* A failed definition of that id is replaced. What names its alternatives goes on to do so, as when
 * it is changed, and a name that stays keeps the number that its subjects carry. To be renamed is
 * for changes alone: here there is nothing that could be. */
static enum err
check_replaced(struct ctx *c, struct making *m)
{
	struct references_change change = {.id = m->d->id, .at = "/request/alternatives",
		.own = m->d->criteria, .generation = m->generation};
	struct json_object *row;
	const char *version;
	enum err e = experiment_find(&c->w, m->d->id, &row, &version);

	m->alternatives = mem_json_copy(c->w.mem, m->d->alternatives);
	m->numbers = mem_json(c->w.mem, json_object_new_object());
	m->replaced = NULL;
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	bool failed = e == OK && strcasecmp(json_text(row, "status"), "FAILED") == 0;
	if (failed) {
		m->replaced = experiment_version(&c->w, version);
		if (!has_renamed(m->alternatives))
			m->numbers = json_object_object_get(row, "alternative_ids");
	}
	if (!alternative_ids_give(m->alternatives, m->numbers, c->w.problems))
		return ERR_INVALID;
	if (!failed)
		return OK;
	change.changed = reference_names_between(
	    c->w.mem, json_object_object_get(row, "alternatives"), m->alternatives);
	e = references_follow(&c->w, &change);
	m->generation = change.generation;
	return e;
}

/* What the criteria refer to is there when it is stored. */
static enum err
check_and_insert(struct ctx *c, struct making *m)
{
	bool moved = true;
	enum err e = OK;

	for (int tries = 0; e == OK && !m->made && moved && tries < TRIES; tries++) {
		e = references_check_now(&c->w, m->d->references, &m->generation);
		if (e == OK)
			e = check_replaced(c, m);
		if (e == OK)
			e = insert(c, m);
		if (e == OK && !m->made)
			e = references_moved(&c->w, m->generation, &moved);
		/* The failed one has been changed, or replaced, meanwhile. */
		moved |= m->replaced != NULL;
	}
	return e;
}

/* Same id again: nothing is stored, and the answer is a success that says so. */
static void
answer_existing(struct ctx *c, struct json_object *row)
{
	struct json_object *message = json_object_new_object();
	struct json_object *result = mem_json(c->w.mem, json_object_new_object());

	json_object_object_add(message, "msg",
	    json_object_new_string("ExperimentId already exists."));
	json_object_object_add(result, "err", json_object_new_string("failed"));
	json_object_object_add(result, "errorMsg", message);
	json_object_object_add(result, "expResponse", json_object_get(row));
	c->model = result;
}

/* What was made was submitted, even when the job has taken it up before it was read. */
static void
answer_made(struct ctx *c, struct json_object *row)
{
	json_object_object_add(row, "status", json_object_new_string("SUBMITTED"));
	json_object_object_add(row, "status_msg",
	    json_object_new_string("Experiment successfully submitted"));
	json_object_object_add(row, "stats", json_object_new_object());
	c->model = row;
	c->before = NULL;
}

static enum err
create(struct ctx *c)
{
	struct json_object *request, *row;
	struct definition d;
	struct making m = {.d = &d};
	enum err e = experiment_request(c, &request);

	if (e != OK)
		return e;
	definition_members_rename(request);
	bool known = definition_members_check(request, c->w.problems);
	if (!definition_read(request, work_today(&c->w), c->w.problems, &d) || !known)
		return ERR_INVALID;
	e = goal_check(&c->w, d.goals, NULL);
	if (e == OK)
		e = layer_slots_look(&c->w, d.layer, d.id, "/request/layer");
	if (e == OK)
		e = check_and_insert(c, &m);
	if (e == OK)
		e = experiment_load(c, d.id, &row);
	if (e != OK)
		return e;
	experiment_finish(row);
	experiment_echo(c, row);
	if (m.made)
		answer_made(c, row);
	else
		answer_existing(c, row);
	return OK;
}

enum err
experiment_create(struct ctx *c)
{
	return idempotency_run(c, create);
}

enum err
experiment_get(struct ctx *c)
{
	struct json_object *row = NULL;
	enum err e = experiment_load(c, c->args[0], &row);

	if (e == ERR_NOT_FOUND) {
		envelope_failed(c, "no experiment available with the given experimentid");
		return OK;
	}
	if (e != OK)
		return e;
	experiment_finish(row);
	c->model = row;
	if (req_has_already(&c->req, c->etag))
		c->status = 304;
	return OK;
}
