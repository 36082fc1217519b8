/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Experiments and alternatives that are created because a program names them. This worker's copy of
 * the definitions may be a second old: what it lacks is read again before anything is written, and
 * an experiment is extended only over the version that was read.
 */
#include "service/definition/auto_create.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "core/experiment/decide.h"
#include "core/experiment/definition.h"
#include "core/experiment/delivery.h"
#include "core/experiment/alternative_ids.h"
#include "base/text.h"
#include "service/change.h"
#include "service/decision/experiment_set.h"
#include "service/definition/experiment.h"
#include "store/db/db.h"
#include "store/work.h"

enum { SALT = 16 };

/* What a program spoke of: an experiment, by its id, with these alternatives. */
struct mention {
	const char *id;
	struct json_object *named;
	const struct experiment **out; /* as it is afterwards */
};

static void
add_named(struct json_object *list, const char *name, struct json_object *weight)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(name));
	json_object_object_add(o, "weight", json_object_get(weight));
	json_object_array_add(list, o);
}

/* Whether the name at this place may be one more of the list. */
static enum err
check_name(struct work *w, const char *at, struct json_object *name, struct json_object *list)
{
	const char *fault = text_fault_json(w->problems, name, DELIVERY_NAME);

	if (fault == NULL && delivery_has(list, json_object_get_string(name)))
		fault = "is named twice";
	return fault == NULL ? OK : fail(w, ERR_INVALID, at, "%s", fault);
}

/* {name: weight or null, ..}: weights that leave somebody to be drawn. Control and others that are
 * named without a weight get 1. */
static enum err
read_weights(struct work *w, struct json_object *given, struct json_object *list)
{
	struct json_object *one = mem_json(w->mem, json_object_new_int(1));
	double sum = 0;

	if (json_member_count(given) > 0 &&
	    !json_object_object_get_ex(given, DELIVERY_CONTROL, NULL)) {
		add_named(list, DELIVERY_CONTROL, one);
		sum = 1;
	}
	json_object_object_foreach(json_members(given), name, weight) {
		const char *at = mem_printf(w->mem, "/alternatives/%s", name);
		struct json_object *own = mem_json(w->mem, json_object_new_string(name));
		enum err e = check_name(w, at, own, list);
		if (e != OK)
			return e;
		if (weight == NULL)
			weight = one;
		double share = json_object_get_double(weight);
		bool number = json_object_is_type(weight, json_type_int) ||
		    json_object_is_type(weight, json_type_double);
		if (!number || !isfinite(share) || share < 0 || share > DELIVERY_WEIGHT)
			return fail(w, ERR_INVALID, at, "must be a weight: a number, 0 or more");
		sum += share;
		add_named(list, name, weight);
	}
	if (json_member_count(given) > 0 && sum <= 0)
		return fail(w, ERR_INVALID, "/alternatives", "the weights must not all be 0");
	return OK;
}

/* The names and weights of the body as alternatives of a definition. */
static enum err
read_named(struct work *w, struct json_object *given, struct json_object **out)
{
	struct json_object *list = mem_json(w->mem, json_object_new_array());

	*out = list;
	if (json_object_is_type(given, json_type_object))
		return read_weights(w, given, list);
	if (!json_object_is_type(given, json_type_array))
		return fail(w, ERR_INVALID, "/alternatives",
		    "must be a list of names, or an object of name: weight");
	for (size_t i = 0; i < json_items(given); i++) {
		struct json_object *name = json_item(given, i);
		const char *at = mem_printf(w->mem, "/alternatives/%zu", i);
		enum err e = check_name(w, at, name, list);
		if (e != OK)
			return e;
		add_named(list, json_object_get_string(name), NULL);
	}
	return OK;
}

/* Makes the experiment if nobody has; *generation becomes that of the definitions. */
static enum err
make(struct work *w, const char *id, struct json_object *named, int64_t *generation)
{
	struct json_object *numbers = mem_json(w->mem, json_object_new_object());
	struct json_object *list = delivery_alternatives(named, "/alternatives", w->problems);
	const char *now = work_now_text(w);
	char salt[2 * SALT + 1];
	struct db_rows *rows;

	if (list == NULL || !alternative_ids_give(list, numbers, w->problems))
		return ERR_INVALID;
	hash_random_hex(salt, SALT);
	const char *params[] = {id, now, work_today(w), json_plain(list), salt,
		json_plain(numbers), json_plain(mem_json(w->mem, bucket_allocation(list)))};
	enum err e = db_query(w->db, w->mem, QUERY_experiment_auto_create, params, &rows);
	if (e == ERR_INVALID)
		return fail_detail(w, ERR_CONFLICT, "the id is a segmentation's");
	if (e == OK)
		*generation = db_int(rows, 0, "generation");
	return e;
}

/* What this worker knows of the definitions may be a second old; *generation becomes theirs. */
static enum err
now_current(struct work *w, int64_t *generation)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);

	if (e == OK)
		*generation = db_int(rows, 0, "definitions");
	return e;
}

/* Whether there is no such alternative (NULL), or it has no weight and is named with one. */
static bool
is_lacking(struct json_object *alternative, struct json_object *named)
{
	return alternative == NULL ||
	    (json_object_object_get(alternative, "weight") == NULL &&
		json_object_object_get(named, "weight") != NULL);
}

/* Adds what named has and the list has not: alternatives, and weights of those that have none.
 * Where weights count, one that is new without a weight gets 1. Whether there was anything. */
static bool
add_missing(struct json_object *list, struct json_object *named)
{
	bool weighted = strcmp(delivery_weighting(list), "on") == 0;
	bool any = false;

	for (size_t i = 0; i < json_items(named); i++) {
		struct json_object *o = json_item(named, i);
		struct json_object *weight = json_object_object_get(o, "weight");
		struct json_object *own = decide_named(list, json_text(o, "name"));
		if (!is_lacking(own, o))
			continue;
		any = true;
		if (own != NULL) {
			json_object_object_add(own, "weight", json_object_get(weight));
			continue;
		}
		if (weighted && weight == NULL)
			json_object_object_add(o, "weight", json_object_new_int(1));
		json_object_array_add(list, json_object_get(o));
	}
	return any;
}

/* Adds those of the mention that the experiment has not, and weights where it has none.
 * *generation becomes that of the definitions. */
static enum err
extend(struct work *w, const struct mention *m, int64_t *generation)
{
	struct json_object *row;
	const char *version;
	struct db_rows *rows;
	enum err e = experiment_find(w, m->id, &row, &version);

	if (e != OK)
		return e;
	change_over(w, (struct change_base){QUERY_experiment_get, m->id, version, NULL});
	struct json_object *list = json_object_object_get(row, "alternatives");
	struct json_object *numbers = json_object_object_get(row, "alternative_ids");
	if (!add_missing(list, mem_json_copy(w->mem, m->named)))
		return now_current(w, generation);
	list = delivery_alternatives(list, "/alternatives", w->problems);
	if (list == NULL || !alternative_ids_give(list, numbers, w->problems))
		return ERR_INVALID;
	const char *params[] = {m->id, experiment_version(w, version), json_plain(list),
		json_plain(numbers), json_plain(mem_json(w->mem, bucket_allocation(list)))};
	e = db_query(w->db, w->mem, QUERY_experiment_set_alternatives, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return change_overtaken(w);
	if (e == OK)
		*generation = db_int(rows, 0, "generation");
	return e;
}

static bool
lacks(const struct experiment *a, struct json_object *named)
{
	for (size_t i = 0; i < json_items(named); i++) {
		struct json_object *o = json_item(named, i);
		if (is_lacking(decide_named(a->alternatives, json_text(o, "name")), o))
			return true;
	}
	return false;
}

/* Reads the experiment from definitions of that generation or newer. */
static enum err
read_again(struct work *w, const struct mention *m, int64_t generation)
{
	const struct experiment_set *all;
	enum err e = experiment_set_get(w, generation, &all);

	return e == OK ? experiment_set_one(w, m->id, m->out) : e;
}

static enum err
create_or_extend(struct work *w, void *arg, struct json_object **answer)
{
	const struct mention *m = arg;
	int64_t generation = 0;
	enum err e = experiment_set_one(w, m->id, m->out);

	(void)answer;
	if (e == ERR_NOT_FOUND) {
		e = make(w, m->id, m->named, &generation);
		if (e == OK)
			e = read_again(w, m, generation);
	}
	if (e != OK || !lacks(*m->out, m->named))
		return e;
	e = extend(w, m, &generation);
	if (e == OK)
		e = read_again(w, m, generation);
	return e == OK && lacks(*m->out, m->named) ? change_overtaken(w) : e;
}

enum err
auto_create(
    struct work *w, const char *id, struct json_object *alternatives, const struct experiment **out)
{
	struct json_object *named = mem_json(w->mem, json_object_new_array());
	bool may = w->actor.trusted && w->conf->auto_create != 0;

	if (definition_id_fault(id) != NULL)
		return fail(w, ERR_INVALID, "/experiment", "%s", definition_id_fault(id));
	if (alternatives != NULL && !w->actor.trusted)
		return fail(w, ERR_FORBIDDEN, "/alternatives", "needs a server key");
	enum err e = alternatives == NULL ? OK : read_named(w, alternatives, &named);
	if (e == OK)
		e = experiment_set_one(w, id, out);
	if (!may || (e == OK && !lacks(*out, named)) || (e != OK && e != ERR_NOT_FOUND))
		return e;
	return change_run_rest(w, create_or_extend, &(struct mention){id, named, out});
}
