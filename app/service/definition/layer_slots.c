/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The owners of the slots of a layer. The database keeps owners apart; this file finds out who is
 * in the way, for the message of a refusal.
 */
#include "service/definition/layer_slots.h"

#include "base/mem.h"
#include "core/experiment/layer.h"
#include "store/db/db.h"
#include "store/work.h"

enum err
layer_slots_load(struct work *w, const char *id, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_layer_list,
	    (const char *const[]){id, NULL, "1"}, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	*out = mem_json(w->mem, db_row_json(rows, 0));
	return OK;
}

enum err
layer_slots_look(struct work *w, struct json_object *wish, const char *experiment, const char *at)
{
	struct json_object *id = json_object_object_get(wish, "id");
	struct json_object *layer;

	if (id == NULL)
		return OK;
	enum err e = layer_slots_load(w, json_object_get_string(id), &layer);
	if (e == ERR_NOT_FOUND)
		return fail(w, ERR_INVALID, at, "there is no such layer");
	if (e != OK)
		return e;
	return layer_request_is_free(wish, json_object_object_get(layer, "members"), experiment, at,
		   w->problems) ? OK : ERR_CONFLICT;
}

enum err
layer_slots_lost(struct work *w, enum err e, struct json_object *wish, const char *at)
{
	if (e != ERR_CONFLICT || json_object_object_get(wish, "id") == NULL)
		return e;
	return fail(w, e, at, "the layer was changed at the same time: try again");
}
