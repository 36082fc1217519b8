/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on layers. A constraint of the database ensures that no slot has two owners;
 * before a write the owners are looked up all the same (layer_slots.h), so that a refusal can name
 * them.
 */
#include "service/definition/layer.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/experiment/definition.h"
#include "core/experiment/layer.h"
#include "core/experiment/member_names.h"
#include "service/change.h"
#include "service/definition/layer_slots.h"
#include "store/db/db.h"
#include "store/work.h"

enum { SALT = 16 };

/* Whether the word is a kind of subject by which a layer can divide. */
static bool
is_unit(const char *text)
{
	return strcmp(text, "user") == 0 || strcmp(text, "device") == 0 ||
	    strcmp(text, "session") == 0;
}

/* Reads a required text without line breaks; NULL after a problem. */
static const char *
read_layer_text(struct work *w, struct json_object *body, const char *member)
{
	const char *fault =
	    text_fault_json(w->mem, json_object_object_get(body, member), DEFINITION_LONG_TEXT);

	if (fault == NULL)
		return json_text(body, member);
	fail(w, ERR_INVALID, mem_printf(w->mem, "/%s", member), "%s", fault);
	return NULL;
}

/* Reads the optional description; "" for none. */
static const char *
read_layer_description(struct work *w, struct json_object *body)
{
	struct json_object *o = json_object_object_get(body, "description");
	const char *text = json_text(body, "description");

	if (o == NULL || (text != NULL && *text == '\0'))
		return "";
	const char *fault = text_fault_lines(w->mem, o, DEFINITION_LONG_TEXT);
	if (fault != NULL)
		fail(w, ERR_INVALID, "/description", "%s", fault);
	return text;
}

enum err
layer_input_read(struct work *w, struct json_object *body, bool strict, struct layer_input *out)
{
	/* The last three are only in answers; a client may send an answer back. */
	static const char *const names[] = {
		"id", "unit", "description", "slots", "free", "members", NULL};

	if (strict)
		(void)member_names_check(body, names, "", w->problems);
	out->id = read_layer_text(w, body, "id");
	if (out->id != NULL && definition_id_fault(out->id) != NULL)
		fail(w, ERR_INVALID, "/id", "%s", definition_id_fault(out->id));
	out->unit = read_layer_text(w, body, "unit");
	if (out->unit != NULL && !is_unit(out->unit))
		fail(w, ERR_INVALID, "/unit", "must be user, device or session");
	out->description = read_layer_description(w, body);
	return problem_count(w->problems) == 0 ? OK : ERR_INVALID;
}

/*
 * The change behind layer_add(). The salt makes the slots of layers independent of each other.
 */
static enum err
insert_layer(struct work *w, void *arg, struct json_object **answer)
{
	const struct layer_input *in = arg;
	char salt[2 * SALT + 1];
	const char *now = work_now_text(w);
	struct db_rows *rows;

	hash_random_hex(salt, SALT);
	const char *params[] = {in->id, in->unit, salt, in->description, now};
	enum err e = db_query(w->db, w->mem, QUERY_layer_add, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail(w, ERR_CONFLICT, "/id", "there is a layer of this id");
	return e == OK ? layer_get(w, in->id, answer) : e;
}

enum err
layer_add(struct work *w, const struct layer_input *in, struct json_object **answer)
{
	struct layer_input copy = *in;

	return change_run(w, insert_layer, &copy, answer);
}

enum err
layer_get(struct work *w, const char *id, struct json_object **answer)
{
	enum err e = layer_slots_load(w, id, answer);

	return e == ERR_NOT_FOUND ? fail_missing(w, "layer") : e;
}

enum err
layer_list(struct work *w, const char *after, int64_t limit, struct json_object **list,
    const char **next)
{
	const char *params[] = {NULL, after, mem_printf(w->mem, "%d", (int)limit)};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_layer_list, params, &rows);

	if (e != OK)
		return e;
	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(*list, db_row_json(rows, i));
	*next = db_count(rows) == limit ? db_cell(rows, (int)limit - 1, "id") : NULL;
	return OK;
}

/* The change behind layer_remove(). The statement deletes only a layer without experiments. */
static enum err
delete_layer(struct work *w, void *arg, struct json_object **answer)
{
	const char *id = arg;
	struct json_object *before;
	struct db_rows *rows;
	enum err e = layer_get(w, id, &before);

	if (e != OK)
		return e;
	change_before(w, before);
	e = db_query(w->db, w->mem, QUERY_layer_delete, &id, &rows);
	if (e != OK)
		return e;
	if (db_cell(rows, 0, "members") == NULL)
		return fail_missing(w, "layer");
	if (db_int(rows, 0, "count") > 0)
		return fail_detail(
		    w, ERR_CONFLICT, "it has experiments: %s", db_cell(rows, 0, "members"));
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "id", json_object_new_string(id));
	json_object_object_add(*answer, "deleted", json_object_new_boolean(true));
	return OK;
}

enum err
layer_remove(struct work *w, const char *id, struct json_object **answer)
{
	return change_run(w, delete_layer, mem_dup(w->mem, id), answer);
}

enum err
layer_assignment_read(struct work *w, struct json_object *body, bool strict,
    struct layer_assignment *out)
{
	static const char *const names[] = {"id", "slots", "size", "experiment", NULL};

	if (!json_object_is_type(body, json_type_object))
		return fail(w, ERR_INVALID, "", "must be an object with slots or size");
	if (strict && !member_names_check(body, names, "", w->problems))
		return ERR_INVALID;
	struct json_object *value = mem_json_copy(w->mem, body);
	json_object_object_add(value, "id", json_object_new_string(out->layer));
	out->wish = layer_request_read(value, "", w->problems);
	return out->wish == NULL ? ERR_INVALID : OK;
}

/*
 * Gives the experiment the requested slots, or none; inside: the layer that it must be in (NULL:
 * any).
 */
static enum err
place_experiment(struct work *w, const struct layer_assignment *in, const char *inside,
    struct json_object **answer)
{
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {in->experiment, json_plain(in->wish), now, inside};
	enum err e = db_query(w->db, w->mem, QUERY_layer_assign, params, &rows);
	if (e != OK)
		return layer_slots_lost(w, e, in->wish, "");
	if (db_count(rows) == 0)
		return fail_detail(w, ERR_NOT_FOUND, inside == NULL
		    ? "there is no such experiment"
		    : "there is no such experiment in this layer");
	return layer_get(w, in->layer, answer);
}

/*
 * The change behind layer_assign() and layer_free(). An empty wish gives the slots back, which the
 * experiment must have in this very layer; otherwise it may come from another one.
 */
static enum err
change_slots(struct work *w, void *arg, struct json_object **answer)
{
	const struct layer_assignment *in = arg;
	bool frees = json_member_count(in->wish) == 0;
	struct json_object *before;
	enum err e = layer_get(w, in->layer, &before);

	if (e != OK)
		return e;
	change_before(w, before);
	if (!frees)
		e = layer_slots_look(w, in->wish, in->experiment, "");
	return e == OK ? place_experiment(w, in, frees ? in->layer : NULL, answer) : e;
}

enum err
layer_assign(struct work *w, const struct layer_assignment *in, struct json_object **answer)
{
	struct layer_assignment copy = *in;

	return change_run(w, change_slots, &copy, answer);
}

enum err
layer_free(struct work *w, const char *layer, const char *experiment, struct json_object **answer)
{
	struct layer_assignment in = {
		layer, experiment, mem_json(w->mem, json_object_new_object())};

	return change_run(w, change_slots, &in, answer);
}
