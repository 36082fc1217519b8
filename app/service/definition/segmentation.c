/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on segmentations. A definition is written only at the generation of definitions
 * that it was checked against, so that two changes at the same time cannot form a cycle of rules
 * together. Experiments are listed as segmentations, but changed and deleted as experiments only.
 */
#include "service/definition/segmentation.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/cycle.h"
#include "core/audience/reference_names.h"
#include "core/experiment/member_names.h"
#include "service/change.h"
#include "service/decision/segmentation_set.h"
#include "service/definition/references.h"
#include "service/definition/removal.h"
#include "store/db/db.h"
#include "store/work.h"

enum { SALT = 16 };

/* A definition that is to be written. */
struct segmentation_draft {
	const struct segmentation_definition *d;
	const char *version; /* that is replaced; NULL: it is new */
	int64_t generation;  /* of the definitions that it was checked against */
	struct json_object *changed; /* names of groups, see reference_names_between() */
	const char *renamed;         /* see references_follow() */
	bool written;
};

/* Whether the row is an experiment, shown as a segmentation. */
static bool
is_experiment(struct json_object *row)
{
	const char *type = json_text(row, "type");

	return type != NULL && strcmp(type, "experiment") == 0;
}

/* The version of the row as text. */
static const char *
version_of(struct work *w, struct json_object *row)
{
	return mem_printf(w->mem, "%lld",
	    (long long)json_object_get_int64(json_object_object_get(row, "version")));
}

/* Reads the stored row, which also has next_group. */
static enum err
load_segmentation(struct work *w, const char *id, struct json_object **row)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_segmentation_get, &id, &rows);

	if (e == OK && db_count(rows) == 0)
		return fail_missing(w, "segmentation");
	if (e == OK)
		*row = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

enum err
segmentation_get(struct work *w, const char *id, struct json_object **answer)
{
	enum err e = load_segmentation(w, id, answer);

	if (e == OK)
		json_remove(*answer, "next_group");
	return e;
}

/*
 * Checks that a body has known members only: those that are read, and those of answers, which a
 * client may send back.
 */
static bool
check_members(struct work *w, struct json_object *body)
{
	static const char *const names[] = {"id", "context", "type", "name", "description",
		"groups", "rule", "active", "overlap", "parameters", "created_at", "updated_at",
		NULL};
	static const char *const in_group[] = {"id", "name", "rule", "rule_text", NULL};
	bool good = member_names_check(body, names, "", w->problems);

	return member_names_check_all(json_object_object_get(body, "groups"), in_group, "/groups",
		   w->problems) && good;
}

enum err
segmentation_input_read(struct work *w, struct json_object *body, bool strict,
    struct segmentation_definition *out)
{
	bool known = !strict || check_members(w, body);

	return segmentation_read(body, 0, w->problems, out) && known ? OK : ERR_INVALID;
}

/* A cycle of rules, as text, with d in place of what is stored of it; NULL: none. */
static const char *
find_rule_cycle(struct work *w, const struct segmentation_set *all,
    const struct segmentation_definition *d)
{
	struct json_object *graph = mem_json(w->mem, json_object_new_object());

	for (size_t i = 0; i < all->n; i++) {
		const struct segmentation *s = &all->list[i];
		struct json_object *uses = json_object_new_array();
		json_object_object_add(graph, s->id, uses);
		for (size_t k = 0; k < s->n; k++) {
			if (s->groups[k].rule == NULL)
				continue;
			struct json_object *needs = rule_needs(w->mem, s->groups[k].rule);
			for (size_t j = 0; j < json_items(needs); j++)
				json_object_array_add(uses, json_object_get(json_item(needs, j)));
		}
	}
	json_object_object_add(graph, d->id, json_object_get(d->uses));
	return cycle_find(w->mem, graph, d->id);
}

/* Checks the draft against the newest definitions; write_draft() notices when they change. */
static enum err
check_draft(struct work *w, struct segmentation_draft *s)
{
	const struct segmentation_set *all;
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);

	if (e != OK)
		return e;
	s->generation = db_int(rows, 0, "definitions");
	e = segmentation_set_get(w, s->generation, &all);
	if (e == OK)
		e = references_check(w, all, s->d->references);
	if (e != OK)
		return e;
	const char *cycle =
	    change_has_together(w, NULL) ? NULL : find_rule_cycle(w, all, s->d);
	if (cycle != NULL)
		return fail(w, ERR_INVALID, "/groups", "the rules form a cycle: %s", cycle);
	struct references_change change = {.id = s->d->id, .at = "/groups", .changed = s->changed,
		.generation = db_cell(rows, 0, "definitions")};
	e = references_follow(w, &change);
	s->renamed = change.renamed;
	return e;
}

/*
 * Writes the draft. s->written is false when the id is taken, or the version is not the named one.
 */
static enum err
write_draft(struct work *w, struct segmentation_draft *s)
{
	const struct segmentation_definition *d = s->d;
	const char *overlap = d->overlap ? "true" : "false";
	const char *active = d->active ? "true" : "false";
	const char *next = mem_printf(w->mem, "%lld", (long long)d->next_group);
	const char *generation = mem_printf(w->mem, "%lld", (long long)s->generation);
	const char *uses = references_array(w, d->uses);
	const char *parameters = d->parameters == NULL ? "{}" : json_plain(d->parameters);
	const char *now = work_now_text(w);
	char salt[2 * SALT + 1];
	struct db_rows *rows;

	hash_random_hex(salt, SALT);
	const char *add[] = {d->id, d->context, segmentation_word(d->type), d->name,
		d->description, json_plain(d->groups), overlap, active, parameters,
		salt, next, uses, generation, now};
	const char *change[] = {d->id, s->version, d->context, d->name, d->description,
		json_plain(d->groups), overlap, active, parameters, next, uses,
		generation, now, s->renamed};
	enum err e = s->version == NULL
	    ? db_query(w->db, w->mem, QUERY_segmentation_add, add, &rows)
	    : db_query(w->db, w->mem, QUERY_segmentation_change, change, &rows);
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return change_overtaken(w);
	s->written = *db_cell(rows, 0, "made") == 't';
	return OK;
}

/* The change behind segmentation_add(). */
static enum err
insert_segmentation(struct work *w, void *arg, struct json_object **answer)
{
	struct segmentation_draft s = {.d = arg};
	enum err e = check_draft(w, &s);

	if (e == OK)
		e = write_draft(w, &s);
	if (e == OK && !s.written)
		return fail(
		    w, ERR_CONFLICT, "/id", "is taken by a segmentation or an experiment");
	return e == OK ? segmentation_get(w, s.d->id, answer) : e;
}

enum err
segmentation_add(
    struct work *w, const struct segmentation_definition *in, struct json_object **answer)
{
	struct segmentation_definition copy = *in;

	return change_run(w, insert_segmentation, &copy, answer);
}

enum err
segmentation_change_read(
    struct work *w, struct json_object *body, bool strict, struct segmentation_change *out)
{
	*out = (struct segmentation_change){.members = body};
	if (!json_object_is_type(body, json_type_object))
		return fail(w, ERR_INVALID, "", "must be an object");
	return !strict || check_members(w, body) ? OK : ERR_INVALID;
}

/* Merges the changes into the row: absent keeps, null clears. Id and type cannot be changed. */
static enum err
merge_members(struct work *w, struct json_object *row, struct json_object *changes)
{
	struct json_object *type = json_object_object_get(changes, "type"), *id;

	if (json_object_object_get_ex(changes, "id", &id) &&
	    !json_object_equal(id, json_object_object_get(row, "id")))
		return fail(w, ERR_INVALID, "/id", "cannot be changed");
	if (type != NULL && !json_object_equal(type, json_object_object_get(row, "type")))
		return fail(w, ERR_CONFLICT, "/type", "cannot be changed");
	json_object_object_foreach(json_members(changes), name, value) {
		json_object_object_add(row, name, json_object_get(value));
	}
	return OK;
}

/* Adds a warning when users are in a removed group; ids: the numbers of the groups before. */
static enum err
add_removal_warning(struct work *w, const struct segmentation_definition *d,
    struct json_object *ids, struct json_object *answer)
{
	const char *fate = d->type == SEGMENTATION_RANDOM
	    ? "each is assigned again among the others at the next request"
	    : "they are in no group now";
	int64_t members;
	enum err e = removal_count(w, &(struct removal){QUERY_membership_to_redraw, d->id, ids,
		d->groups}, &members);

	if (e != OK || members == 0)
		return e;
	struct json_object *warnings = json_object_new_array();
	json_object_array_add(warnings, json_object_new_string(mem_printf(w->mem,
	    "%lld users are in a removed group: %s", (long long)members, fate)));
	json_object_object_add(answer, "warnings", warnings);
	return OK;
}

/* The argument of change_definition(). */
struct segmentation_target {
	const char *id;
	const struct segmentation_change *in;
};

/* The change behind segmentation_change(). */
static enum err
change_definition(struct work *w, void *arg, struct json_object **answer)
{
	const struct segmentation_target *c = arg;
	struct segmentation_definition d;
	struct json_object *row;
	enum err e = load_segmentation(w, c->id, &row);

	if (e != OK)
		return e;
	if (is_experiment(row))
		return fail_detail(w, ERR_CONFLICT, "it is an experiment: change that");
	const char *read = version_of(w, row), *named = c->in->version;
	struct segmentation_draft s = {.d = &d, .version = named != NULL ? named : read};
	change_before(w, mem_json_copy(w->mem, row));
	change_target(w, c->id);
	change_over(w, (struct change_base){QUERY_segmentation_get, c->id, read, named});
	int64_t next = json_object_get_int64(json_object_object_get(row, "next_group"));
	struct json_object *groups =
	    mem_json(w->mem, json_object_get(json_object_object_get(row, "groups")));
	struct json_object *ids = removal_ids(w, groups);
	e = merge_members(w, row, c->in->members);
	if (e != OK)
		return e;
	if (!segmentation_read(row, next, w->problems, &d))
		return ERR_INVALID;
	s.changed = reference_names_between(w->mem, groups, d.groups);
	e = check_draft(w, &s);
	if (e == OK)
		e = write_draft(w, &s);
	if (e == OK && !s.written)
		return fail_detail(w, ERR_PRECONDITION, "the definition has been changed");
	if (e == OK)
		e = segmentation_get(w, c->id, answer);
	return e == OK ? add_removal_warning(w, &d, ids, *answer) : e;
}

enum err
segmentation_change(struct work *w, const char *id, const struct segmentation_change *in,
    struct json_object **answer)
{
	return change_run(w, change_definition, &(struct segmentation_target){id, in}, answer);
}

/* Why a segmentation could not be deleted. */
static enum err
explain_refusal(struct work *w, const struct references_drop *d)
{
	struct json_object *row;
	bool used;
	enum err e = load_segmentation(w, d->id, &row);

	if (e == OK)
		e = references_users(w, d->id, &used);
	if (e != OK)
		return e;
	if (is_experiment(row))
		return fail_detail(w, ERR_CONFLICT, "it is an experiment: delete that");
	if (used)
		return fail_detail(w, ERR_CONFLICT, "the segmentation is in use");
	if (d->version != NULL)
		return fail_detail(w, ERR_PRECONDITION,
		    "the definition has been changed: now \"%s\"", version_of(w, row));
	return ERR_UNAVAILABLE;
}

/* The change behind segmentation_remove(). */
static enum err
delete_segmentation(struct work *w, void *arg, struct json_object **answer)
{
	const struct references_drop *d = arg;
	struct json_object *row;
	bool gone;
	enum err e = load_segmentation(w, d->id, &row);

	if (e != OK)
		return e;
	change_before(w, row);
	e = references_drop(w, d, &gone);
	if (e != OK)
		return e;
	if (!gone)
		return explain_refusal(w, d);
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "id", json_object_new_string(d->id));
	json_object_object_add(*answer, "deleted", json_object_new_boolean(true));
	return OK;
}

enum err
segmentation_remove(
    struct work *w, const char *id, const char *version, struct json_object **answer)
{
	struct references_drop d = {QUERY_segmentation_delete, id, version};

	return change_run(w, delete_segmentation, &d, answer);
}

/* Whether the type can occur in a list. */
static bool
is_listed(const char *type)
{
	for (int i = 0; i < SEGMENTATION__MAX; i++)
		if (strcmp(segmentation_word((enum segmentation_type)i), type) == 0)
			return true;
	return strcmp(type, "experiment") == 0;
}

/* The rows as an array. */
static struct json_object *
rows_json(struct work *w, const struct db_rows *rows)
{
	struct json_object *list = mem_json(w->mem, json_object_new_array());

	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(list, db_row_json(rows, i));
	return list;
}

enum err
segmentation_list(struct work *w, const struct segmentation_filter *filter,
    struct json_object **list, const char **next)
{
	const char *params[] = {filter->after, filter->context, filter->type,
		mem_printf(w->mem, "%lld", (long long)filter->limit)};
	struct db_rows *rows;

	if (filter->type != NULL && !is_listed(filter->type))
		return fail(
		    w, ERR_INVALID, "type", "must be random, manual, rule or experiment");
	enum err e = db_query(w->db, w->mem, QUERY_segmentation_list, params, &rows);
	if (e != OK)
		return e;
	*list = rows_json(w, rows);
	*next = db_count(rows) == filter->limit
	    ? db_cell(rows, (int)filter->limit - 1, "id") : NULL;
	return OK;
}

enum err
segmentation_referrers(struct work *w, const char *id, struct json_object **list)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_segmentation_referrers, &id, &rows);

	if (e == OK)
		*list = rows_json(w, rows);
	return e;
}

enum err
segmentation_sizes(struct work *w, const char *id, int64_t most, struct json_object **list)
{
	const char *params[] = {id, mem_printf(w->mem, "%lld", (long long)most)};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_segmentation_sizes, params, &rows);

	if (e == OK)
		*list = rows_json(w, rows);
	return e;
}
