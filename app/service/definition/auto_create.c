/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Experiments and alternatives that a program creates by naming them in an enrolment. Existing
 * alternatives and weights are never changed; two requests that add alternatives at the same time
 * both succeed, the later one over the version of the earlier.
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

/* An experiment that a program named, with these alternatives. */
struct named_experiment {
	const char *id;
	struct json_object *named;
	const struct experiment **out; /* as it is afterwards */
};

/* Adds an alternative of that name; weight NULL: none. */
static void
add_named(struct json_object *list, const char *name, struct json_object *weight)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(name));
	json_object_object_add(o, "weight", json_object_get(weight));
	json_object_array_add(list, o);
}

/* Checks that the name, which stands at the pointer at, may be added to the list. */
static enum err
check_alternative_name(struct work *w, const char *at, struct json_object *name,
    struct json_object *list)
{
	const char *fault = text_fault_json(w->problems, name, DELIVERY_NAME);

	if (fault == NULL && delivery_has(list, json_object_get_string(name)))
		fault = "is named twice";
	return fault == NULL ? OK : fail(w, ERR_INVALID, at, "%s", fault);
}

/*
 * Reads {name: weight or null, ..}. Weights must leave an alternative to assign; control and names
 * without a weight get 1.
 */
static enum err
read_weighted(struct work *w, struct json_object *given, struct json_object *list)
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
		enum err e = check_alternative_name(w, at, own, list);
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

/* Reads the names and weights of the body as alternatives of a definition. */
static enum err
read_named(struct work *w, struct json_object *given, struct json_object **out)
{
	struct json_object *list = mem_json(w->mem, json_object_new_array());

	*out = list;
	if (json_object_is_type(given, json_type_object))
		return read_weighted(w, given, list);
	if (!json_object_is_type(given, json_type_array))
		return fail(w, ERR_INVALID, "/alternatives",
		    "must be a list of names, or an object of name: weight");
	for (size_t i = 0; i < json_items(given); i++) {
		struct json_object *name = json_item(given, i);
		const char *at = mem_printf(w->mem, "/alternatives/%zu", i);
		enum err e = check_alternative_name(w, at, name, list);
		if (e != OK)
			return e;
		add_named(list, json_object_get_string(name), NULL);
	}
	return OK;
}

/* Creates the experiment unless it exists; *generation: that of the definitions then. */
static enum err
create_named(struct work *w, const char *id, struct json_object *named, int64_t *generation)
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
		return fail_detail(w, ERR_CONFLICT, "the id belongs to a segmentation");
	if (e == OK)
		*generation = db_int(rows, 0, "generation");
	return e;
}

/* The present generation of the definitions; what this worker knows may be a second old. */
static enum err
read_generation(struct work *w, int64_t *generation)
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

/*
 * Adds to the list the alternatives of named that it does not have, and weights to those that have
 * none. Where weights count, a new alternative without a weight gets 1. Whether anything was added.
 */
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

/*
 * Adds the named alternatives that the experiment does not have; *generation: that of the
 * definitions then.
 */
static enum err
add_named_alternatives(struct work *w, const struct named_experiment *m, int64_t *generation)
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
		return read_generation(w, generation);
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

/* Whether the experiment lacks any of the named alternatives or weights. */
static bool
lacks_named(const struct experiment *a, struct json_object *named)
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
read_again(struct work *w, const struct named_experiment *m, int64_t generation)
{
	const struct experiment_set *all;
	enum err e = experiment_set_get(w, generation, &all);

	return e == OK ? experiment_set_one(w, m->id, m->out) : e;
}

/* The change behind auto_create(). */
static enum err
create_or_extend(struct work *w, void *arg, struct json_object **answer)
{
	const struct named_experiment *m = arg;
	int64_t generation = 0;
	enum err e = experiment_set_one(w, m->id, m->out);

	(void)answer;
	if (e == ERR_NOT_FOUND) {
		e = create_named(w, m->id, m->named, &generation);
		if (e == OK)
			e = read_again(w, m, generation);
	}
	if (e != OK || !lacks_named(*m->out, m->named))
		return e;
	e = add_named_alternatives(w, m, &generation);
	if (e == OK)
		e = read_again(w, m, generation);
	return e == OK && lacks_named(*m->out, m->named) ? change_overtaken(w) : e;
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
	if (!may || (e == OK && !lacks_named(*out, named)) || (e != OK && e != ERR_NOT_FOUND))
		return e;
	return change_run_rest(w, create_or_extend, &(struct named_experiment){id, named, out});
}
