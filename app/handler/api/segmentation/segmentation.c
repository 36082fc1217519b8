/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of segmentations. Each is saved only over the definitions that it was checked
 * against, so that two people cannot make a circle of rules together.
 */
#include "base/jsonutil.h"
#include "core/audience/segmentation.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/audience/cycle.h"
#include "core/experiment/definition.h"
#include "core/experiment/member_names.h"
#include "core/audience/reference_names.h"
#include "view/rule_words.h"
#include "service/definition/references.h"
#include "service/definition/removal.h"
#include "handler/routes.h"
#include "service/decision/segmentation_set.h"
#include "store/db/db.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "handler/audit.h"

enum { TRIES = 8, SALT = 16, LIST_DEFAULT = 100, LIST_MOST = 1000 };

/* A definition on its way into the database. */
struct saving {
	struct segmentation_definition d;
	const char *version; /* NULL: it is new */
	int64_t generation;  /* of the definitions that it was checked against */
	struct json_object *changed; /* names of groups, see reference_names_between() */
	const char *renamed;         /* see references_follow() */
	bool made;
};

static enum err
load(struct ctx *c, const char *id, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_segmentation_get, &id, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such segmentation");
	*out = mem_json(c->w.mem, db_row_json(rows, 0));
	c->etag = mem_printf(c->w.mem, "\"%s\"", db_cell(rows, 0, "version"));
	if (c->before == NULL)
		c->before = mem_json(c->w.mem, db_row_json(rows, 0));
	return OK;
}

/* Rules for people beside those for programs. */
static void
add_words(struct ctx *c, struct json_object *groups)
{
	for (size_t i = 0; i < json_items(groups); i++) {
		struct json_object *o = json_item(groups, i), *rule;
		if (json_object_object_get_ex(o, "rule", &rule))
			json_object_object_add(o, "rule_text",
			    json_object_new_string(rule_words(c->w.mem, rule)));
	}
}

static enum err
answer(struct ctx *c, const char *id)
{
	enum err e = load(c, id, &c->model);

	if (e != OK)
		return e;
	json_remove(c->model, "version");
	json_remove(c->model, "next_group");
	add_words(c, json_object_object_get(c->model, "groups"));
	return OK;
}

/* Of all that uses anything, with d in the place of what is stored of it. */
static const char *
find_circle(
    struct ctx *c, const struct segmentation_set *all, const struct segmentation_definition *d)
{
	struct json_object *graph = mem_json(c->w.mem, json_object_new_object());

	for (size_t i = 0; i < all->n; i++) {
		const struct segmentation *s = &all->list[i];
		struct json_object *uses = json_object_new_array();
		json_object_object_add(graph, s->id, uses);
		for (size_t k = 0; k < s->n; k++) {
			if (s->groups[k].rule == NULL)
				continue;
			struct json_object *needs = rule_needs(c->w.mem, s->groups[k].rule);
			for (size_t j = 0; j < json_items(needs); j++)
				json_object_array_add(uses, json_object_get(
				    json_item(needs, j)));
		}
	}
	json_object_object_add(graph, d->id, json_object_get(d->uses));
	return cycle_find(c->w.mem, graph, d->id);
}

/* Against the definitions of s->generation or newer; if newer, saving will notice. */
static enum err
check(struct ctx *c, struct saving *s)
{
	const struct segmentation_set *all;
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_cache_epoch, NULL, &rows);

	if (e != OK)
		return e;
	s->generation = db_int(rows, 0, "definitions");
	e = segmentation_set_get(&c->w, s->generation, &all);
	if (e == OK)
		e = references_check(&c->w, all, s->d.references);
	if (e != OK)
		return e;
	const char *circle = find_circle(c, all, &s->d);
	if (circle != NULL)
		return fail(&c->w, ERR_INVALID, "/groups", "the rules go in a circle: %s", circle);
	struct references_change change = {.id = s->d.id, .at = "/groups", .changed = s->changed,
		.generation = db_cell(rows, 0, "definitions")};
	e = references_follow(&c->w, &change);
	s->renamed = change.renamed;
	return e;
}

/* *done false: the definitions have changed, check again. */
static enum err
write(struct ctx *c, struct saving *s, bool *done)
{
	const struct segmentation_definition *d = &s->d;
	const char *overlap = d->overlap ? "true" : "false";
	const char *active = d->active ? "true" : "false";
	const char *next = mem_printf(c->w.mem, "%lld", (long long)d->next_group);
	const char *generation = mem_printf(c->w.mem, "%lld", (long long)s->generation);
	const char *uses = references_array(&c->w, d->uses);
	const char *parameters = d->parameters == NULL ? "{}" : json_plain(d->parameters);
	char now[INSTANT_TEXT], salt[2 * SALT + 1];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	hash_random_hex(salt, SALT);
	const char *add[] = {d->id, d->context, segmentation_word(d->type), d->name,
		d->description, json_plain(d->groups), overlap, active, parameters,
		salt, next, uses, generation, now};
	const char *change[] = {d->id, s->version, d->context, d->name, d->description,
		json_plain(d->groups), overlap, active, parameters, next, uses,
		generation, now, s->renamed};
	enum err e = s->version == NULL
	    ? db_query(c->w.db, c->w.mem, QUERY_segmentation_add, add, &rows)
	    : db_query(c->w.db, c->w.mem, QUERY_segmentation_change, change, &rows);
	if (e != OK)
		return e;
	*done = db_count(rows) > 0;
	s->made = *done && *db_cell(rows, 0, "made") == 't';
	return OK;
}

static enum err
save(struct ctx *c, struct saving *s)
{
	bool done = false;
	enum err e = OK;

	for (int tries = 0; e == OK && !done && tries < TRIES; tries++) {
		e = check(c, s);
		if (e == OK)
			e = write(c, s, &done);
	}
	return e == OK && !done ? ERR_UNAVAILABLE : e;
}

/* Whether the body of a create or a change has known members alone: those that are read and those
 * that are answered besides. A form may send fields that are for the page. */
static bool
check_members(struct ctx *c, struct json_object *body)
{
	static const char *const names[] = {"id", "context", "type", "name", "description",
		"groups", "rule", "active", "overlap", "parameters", "created_at", "updated_at",
		NULL};
	static const char *const in_group[] = {"id", "name", "rule", "rule_text", NULL};

	if (c->account != NULL)
		return true;
	bool good = member_names_check(body, names, "", c->w.problems);
	return member_names_check_all(json_object_object_get(body, "groups"), in_group, "/groups",
		   c->w.problems) && good;
}

static enum err
create(struct ctx *c)
{
	struct saving s = {0};
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e != OK)
		return e;
	bool known = check_members(c, body);
	if (!segmentation_read(body, 0, c->w.problems, &s.d) || !known)
		return ERR_INVALID;
	e = save(c, &s);
	if (e != OK)
		return e;
	if (!s.made)
		return fail(
		    &c->w, ERR_CONFLICT, "/id", "is taken by a segmentation or an experiment");
	e = answer(c, s.d.id);
	c->before = NULL;
	return e;
}

enum err
segmentation_create(struct ctx *c)
{
	enum err e = idempotency_run(c, create);

	if (e == OK)
		c->location = mem_printf(c->w.mem, "/v1/segmentation/%s",
		    json_object_get_string(json_object_object_get(c->model, "id")));
	return e;
}

enum err
segmentation_get(struct ctx *c)
{
	return answer(c, c->args[0]);
}

/* Absent keeps, null clears. */
static enum err
merge(struct ctx *c, struct json_object *row, struct json_object *changes)
{
	struct json_object *type = json_object_object_get(changes, "type"), *id;

	if (!json_object_is_type(changes, json_type_object))
		return fail(&c->w, ERR_INVALID, "", "must be an object");
	if (json_object_object_get_ex(changes, "id", &id) &&
	    !json_object_equal(id, json_object_object_get(row, "id")))
		return fail(&c->w, ERR_INVALID, "/id", "stays");
	if (type != NULL && !json_object_equal(type, json_object_object_get(row, "type")))
		return fail(&c->w, ERR_CONFLICT, "/type", "stays");
	if (!check_members(c, changes))
		return ERR_INVALID;
	json_object_object_foreach(json_members(changes), name, value) {
		json_object_object_add(row, name, json_object_get(value));
	}
	return OK;
}

/* The segmentation as it was changed to, with a warning for those whose group was removed. */
static enum err
answer_change(struct ctx *c, const struct saving *s, struct json_object *before)
{
	const char *fate = s->d.type == SEGMENTATION_RANDOM
	    ? "each is drawn again among the others at the next request" : "they are in none now";
	int64_t members;
	enum err e = removal_count(&c->w, &(struct removal){QUERY_membership_to_redraw,
		c->args[0], before, s->d.groups}, &members);

	if (e == OK)
		e = answer(c, c->args[0]);
	if (e != OK || members == 0)
		return e;
	struct json_object *warnings = json_object_new_array();
	json_object_array_add(warnings, json_object_new_string(mem_printf(c->w.mem,
	    "%lld users are in a removed group: %s", (long long)members, fate)));
	json_object_object_add(c->model, "warnings", warnings);
	return OK;
}

/* *read: the version that the changes were made over, once there is one. */
static enum err
change_once(struct ctx *c, struct json_object *changes, const char *version, const char **read)
{
	struct saving s = {0};
	struct json_object *row;
	enum err e = load(c, c->args[0], &row);

	if (e != OK)
		return e;
	*read = mem_dupn(c->w.mem, c->etag + 1, strlen(c->etag) - 2);
	if (strcmp(json_object_get_string(json_object_object_get(row, "type")), "experiment") == 0)
		return fail_detail(&c->w, ERR_CONFLICT, "it is an experiment: change that");
	s.version = version != NULL ? version : *read;
	int64_t next = json_object_get_int64(json_object_object_get(row, "next_group"));
	struct json_object *groups =
	    mem_json(c->w.mem, json_object_get(json_object_object_get(row, "groups")));
	struct json_object *before = removal_ids(&c->w, groups);
	e = merge(c, row, changes);
	if (e != OK)
		return e;
	if (!segmentation_read(row, next, c->w.problems, &s.d))
		return ERR_INVALID;
	s.changed = reference_names_between(c->w.mem, groups, s.d.groups);
	e = save(c, &s);
	if (e == OK && !s.made)
		return fail_detail(&c->w, ERR_PRECONDITION, "the definition has been changed");
	return e == OK ? answer_change(c, &s, before) : e;
}

/* Whether the definition is of another version by now, or gone; then the refusal e of a change says
 * nothing about the definition as it is. */
static bool
has_moved(struct ctx *c, enum err e, const char *read)
{
	struct db_rows *rows;

	if (read == NULL || (e != ERR_INVALID && e != ERR_CONFLICT && e != ERR_PRECONDITION))
		return false;
	return db_query(c->w.db, c->w.mem, QUERY_segmentation_get, c->args, &rows) == OK &&
	    (db_count(rows) == 0 || strcmp(db_cell(rows, 0, "version"), read) != 0);
}

enum err
segmentation_patch(struct ctx *c)
{
	struct json_object *changes;
	const char *version, *read = NULL;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = body_json(c, &changes);
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

/* Why it could not be deleted. */
static enum err
explain(struct ctx *c, const char *version)
{
	struct json_object *row;
	bool used;
	enum err e = load(c, c->args[0], &row);

	if (e == OK)
		e = references_users(&c->w, c->args[0], &used);
	if (e != OK)
		return e;
	if (strcmp(json_object_get_string(json_object_object_get(row, "type")), "experiment") == 0)
		return fail_detail(&c->w, ERR_CONFLICT, "it is an experiment: delete that");
	if (used)
		return fail_detail(&c->w, ERR_CONFLICT, "the segmentation is in use");
	if (version != NULL)
		return fail_detail(
		    &c->w, ERR_PRECONDITION, "the definition has been changed: now %s", c->etag);
	return ERR_UNAVAILABLE;
}

enum err
segmentation_drop(struct ctx *c)
{
	const char *version;
	bool gone;
	struct json_object *row;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = load(c, c->args[0], &row);
	c->etag = NULL;
	if (e == OK)
		e = references_drop(&c->w, &(struct references_drop){QUERY_segmentation_delete,
		    c->args[0], version}, &gone);
	if (e != OK)
		return e;
	if (!gone)
		return explain(c, version);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "id", json_object_new_string(c->args[0]));
	json_object_object_add(c->model, "deleted", json_object_new_boolean(true));
	return OK;
}

/* Whether there can be any of that type in the list. */
static bool
is_listed(const char *type)
{
	for (int i = 0; i < SEGMENTATION__MAX; i++)
		if (strcmp(segmentation_word((enum segmentation_type)i), type) == 0)
			return true;
	return strcmp(type, "experiment") == 0;
}

enum err
segmentation_list(struct ctx *c)
{
	const char *limit = req_query(&c->req, "limit"), *type = req_query(&c->req, "type");
	int64_t most = LIST_DEFAULT;
	struct db_rows *rows;

	if (limit != NULL && !num_int(limit, 1, LIST_MOST, &most))
		return fail(&c->w, ERR_INVALID, "limit", "must be a whole number from 1 to 1000");
	if (type != NULL && !is_listed(type))
		return fail(
		    &c->w, ERR_INVALID, "type", "must be random, manual, rule or experiment");
	const char *params[] = {req_query(&c->req, "after"), req_query(&c->req, "context"), type,
		mem_printf(c->w.mem, "%lld", (long long)most)};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_segmentation_list, params, &rows);
	if (e != OK)
		return e;
	struct json_object *list = json_object_new_array();
	int n = db_count(rows);
	for (int i = 0; i < n; i++)
		json_object_array_add(list, db_row_json(rows, i));
	const char *next = n == most ? db_cell(rows, n - 1, "id") : NULL;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "segmentations", list);
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}
