/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * References between definitions: rules and criteria name segmentations, groups, experiments and
 * alternatives. What they name must exist when they are saved, and cannot be deleted while it is
 * named; renamed groups and alternatives are renamed in what refers to them.
 *
 * Every check holds at one generation of the definitions, which the statement that saves must name.
 */
#include "service/definition/references.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/decide.h"
#include "core/audience/reference_names.h"
#include "service/change.h"
#include "service/decision/segmentation_set.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

/* What references are checked against. */
struct checker {
	struct work *w;
	const struct segmentation_set *all;
	struct json_object *experiments; /* id: alternatives */
};

const char *
references_array(struct work *w, struct json_object *ids)
{
	struct buf *out = buf_new(w->mem, 64);

	pgtype_array_open(out);
	for (size_t i = 0; i < json_items(ids); i++)
		pgtype_array_item(
		    out, json_object_get_string(json_item(ids, i)));
	pgtype_array_close(out);
	return out->data;
}

/* The ids that the references name, as a JSON array. */
static struct json_object *
reference_ids(struct work *w, struct json_object *references)
{
	struct json_object *ids = mem_json(w->mem, json_object_new_array());

	for (size_t i = 0; i < json_items(references); i++)
		json_object_array_add(ids, json_object_get(json_object_object_get(
		    json_item(references, i), "id")));
	return ids;
}

const char *
references_uses(struct work *w, struct json_object *references)
{
	return references_array(w, reference_ids(w, references));
}

/*
 * Loads the alternatives of the experiments that are referred to. A reference to a group may mean
 * an experiment, too.
 */
static enum err
load_experiments(struct checker *k, struct json_object *references)
{
	struct json_object *ids = reference_ids(k->w, references);
	struct db_rows *rows;

	k->experiments = mem_json(k->w->mem, json_object_new_object());
	if (json_items(ids) == 0)
		return OK;
	const char *list = references_array(k->w, ids);
	enum err e = db_query(k->w->db, k->w->mem, QUERY_experiment_alternatives, &list, &rows);
	for (int i = 0; e == OK && i < db_count(rows); i++) {
		struct json_object *row = mem_json(k->w->mem, db_row_json(rows, i));
		json_object_object_add(k->experiments, db_cell(rows, i, "id"),
		    json_object_get(json_object_object_get(row, "alternatives")));
	}
	return e;
}

static bool
has_group(const struct segmentation *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->groups[i].name, name) == 0)
			return true;
	return false;
}

/*
 * Checks a name that a reference compares with, or each of a list of them: that it is a group of s,
 * or else one of the alternatives. Values that are not strings match no name and are allowed.
 */
static bool
check_wanted(struct checker *k, const struct segmentation *s, struct json_object *alternatives,
    struct json_object *name, const char *at)
{
	if (json_object_is_type(name, json_type_array)) {
		bool good = true;
		for (size_t i = 0; i < json_items(name); i++)
			good &= check_wanted(
			    k, s, alternatives, json_item(name, i), at);
		return good;
	}
	if (!json_object_is_type(name, json_type_string))
		return true;
	const char *text = json_object_get_string(name);
	if (s != NULL ? has_group(s, text) : decide_named(alternatives, text) != NULL)
		return true;
	problem_add(k->w->problems, at, "there is no group `%s`", text);
	return false;
}

/* Checks one reference; false after reporting a problem. */
static bool
check_reference(struct checker *k, struct json_object *ref)
{
	const char *id = json_object_get_string(json_object_object_get(ref, "id"));
	const char *at = json_object_get_string(json_object_object_get(ref, "at"));
	const char *target = json_object_get_string(json_object_object_get(ref, "target"));
	struct json_object *wanted = json_object_object_get(ref, "wanted");
	struct json_object *alternatives = json_object_object_get(k->experiments, id);
	const struct segmentation *s = segmentation_set_find(k->all, id);

	if (s != NULL && strcmp(target, "segmentation") == 0)
		return check_wanted(k, s, NULL, wanted, at);
	if (alternatives != NULL)
		return check_wanted(k, NULL, alternatives, wanted, at);
	problem_add(k->w->problems, at, "there is no %s `%s`", target, id);
	return false;
}

enum err
references_check(struct work *w, const struct segmentation_set *all, struct json_object *references)
{
	struct checker k = {.w = w, .all = all};
	bool good = true;

	if (change_has_together(w, NULL))
		return OK;
	enum err e = load_experiments(&k, references);

	for (size_t i = 0; e == OK && i < json_items(references); i++)
		good &= check_reference(&k, json_item(references, i));
	return e != OK || good ? e : ERR_INVALID;
}

enum err
references_check_now(struct work *w, struct json_object *references, const char **generation)
{
	const struct segmentation_set *all;
	struct db_rows *rows;

	*generation = NULL;
	if (references == NULL || json_items(references) == 0)
		return OK;
	enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);
	if (e != OK)
		return e;
	*generation = db_cell(rows, 0, "definitions");
	e = segmentation_set_get(w, db_int(rows, 0, "definitions"), &all);
	return e == OK ? references_check(w, all, references) : e;
}

enum err
references_moved(struct work *w, const char *generation, bool *moved)
{
	struct db_rows *rows;

	*moved = false;
	if (generation == NULL)
		return OK;
	enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);
	if (e == OK)
		*moved = strcmp(generation, db_cell(rows, 0, "definitions")) != 0;
	return e;
}

enum err
references_drop(struct work *w, const struct references_drop *d, bool *gone)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);

	*gone = false;
	if (e != OK)
		return e;
	const char *params[] = {d->id, d->version, db_cell(rows, 0, "definitions")};
	e = db_query(w->db, w->mem, d->q, params, &rows);
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return change_overtaken(w);
	*gone = *db_cell(rows, 0, "gone") == 't';
	return OK;
}

enum err
references_users(struct work *w, const char *id, bool *any)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_segmentation_referrers, &id, &rows);

	*any = e == OK && db_count(rows) > 0;
	for (int i = 0; *any && i < db_count(rows); i++)
		problem_add(w->problems, "/id", "is used by %s", db_cell(rows, i, "id"));
	return e;
}

/*
 * Reports a problem for each removed name that the definition uses, unless it is yet to be written.
 */
static void
tell_removed(struct work *w, const struct references_change *change, const char *kind,
    const char *id, struct json_object *removed)
{
	if (change_has_together(w, id))
		return;
	json_object_object_foreach(json_members(removed), name, none) {
		(void)none;
		problem_add(w->problems, change->at, "`%s` is named by the %s %s", name, kind, id);
	}
}

/*
 * Renames in a definition what the change renames, and collects in n->removed what it uses of the
 * removed names.
 */
static void
follow_names(struct reference_names *n, const char *kind, struct json_object *definition)
{
	n->renamed = false;
	n->removed = json_object_new_object();
	if (strcmp(kind, "experiment") == 0) {
		reference_names_criteria(n, definition);
		return;
	}
	for (size_t i = 0; i < json_items(definition); i++)
		reference_names_rule(
		    n, json_object_object_get(json_item(definition, i), "rule"));
}

/* {segmentation: {}, experiment: {}}, to be filled with the changed definitions by number. */
static struct json_object *
make_renamed(struct work *w)
{
	struct json_object *all = mem_json(w->mem, json_object_new_object());

	json_object_object_add(all, "segmentation", json_object_new_object());
	json_object_object_add(all, "experiment", json_object_new_object());
	return all;
}

/* Goes through all definitions that refer to the changed one. */
static enum err
follow_references(struct work *w, struct references_change *change)
{
	struct reference_names n = {.id = change->id, .changed = change->changed};
	struct json_object *all = make_renamed(w);
	size_t before = problem_count(w->problems);
	struct db_rows *rows;
	enum err e = db_query(
	    w->db, w->mem, QUERY_reference_definitions, &change->id, &rows);

	for (int i = 0; e == OK && i < db_count(rows); i++) {
		const char *kind = db_cell(rows, i, "kind");
		struct json_object *row = mem_json(w->mem, db_row_json(rows, i));
		struct json_object *definition = json_object_object_get(row, "definition");
		follow_names(&n, kind, definition);
		tell_removed(w, change, kind, db_cell(rows, i, "id"), mem_json(w->mem, n.removed));
		if (n.renamed)
			json_object_object_add(json_object_object_get(all, kind),
			    db_cell(rows, i, "nr"), json_object_get(definition));
	}
	if (e != OK)
		return e;
	/* A copy: after a retry, swapped names must not be swapped again. */
	change->own = mem_json_copy(w->mem, change->own);
	follow_names(&n, "experiment", change->own);
	tell_removed(w, change, "experiment", change->id, mem_json(w->mem, n.removed));
	change->renamed = json_plain(all);
	return problem_count(w->problems) == before ? OK
	    : fail_detail(w, ERR_CONFLICT, "what the change removes is in use");
}

enum err
references_follow(struct work *w, struct references_change *change)
{
	struct db_rows *rows;

	if (json_member_count(change->changed) == 0)
		return OK;
	if (change->generation == NULL) {
		enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);
		if (e != OK)
			return e;
		change->generation = db_cell(rows, 0, "definitions");
	}
	return follow_references(w, change);
}

enum err
references_choices(struct work *w, int64_t most, struct json_object **out)
{
	const char *limit = mem_printf(w->mem, "%lld", (long long)most);
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_experiment_form_choices, &limit, &rows);

	if (e == OK)
		*out = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}
