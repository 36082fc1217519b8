/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who has which slots of a layer. The database keeps them apart; here is said who is in the way.
 */
#include "handler/slots.h"

#include "base/mem.h"
#include "core/layer.h"
#include "store/db.h"
#include "web/ctx.h"

enum err
slots_load(struct ctx *c, const char *id, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(c->db, c->mem, QUERY_layer_list,
	    (const char *const[]){id, NULL, "1"}, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	*out = mem_json(c->mem, db_row_json(rows, 0));
	return OK;
}

enum err
slots_look(struct ctx *c, struct json_object *wish, const char *experiment, const char *at)
{
	struct json_object *id = json_object_object_get(wish, "id");
	struct json_object *layer;

	if (id == NULL)
		return OK;
	enum err e = slots_load(c, json_object_get_string(id), &layer);
	if (e == ERR_NOT_FOUND)
		return fail(c, ERR_INVALID, at, "there is no such layer");
	if (e != OK)
		return e;
	return layer_can_have(wish, json_object_object_get(layer, "members"), experiment, at,
		   c->problems) ? OK : ERR_CONFLICT;
}

enum err
slots_lost(struct ctx *c, enum err e, struct json_object *wish, const char *at)
{
	if (e != ERR_CONFLICT || json_object_object_get(wish, "id") == NULL)
		return e;
	return fail(c, e, at, "somebody else changed the layer at the same moment");
}
