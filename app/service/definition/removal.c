/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts the subjects whose alternative or group a change of a definition removes.
 */
#include "service/definition/removal.h"

#include <stdbool.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

struct json_object *
removal_ids(struct work *w, struct json_object *list)
{
	struct json_object *ids = mem_json(w->mem, json_object_new_array());

	for (size_t i = 0; i < json_items(list); i++)
		json_object_array_add(ids, json_object_new_int64(json_object_get_int64(
		    json_object_object_get(json_item(list, i), "id"))));
	return ids;
}

/* Whether the list has an item of that number. */
static bool
has_number(struct json_object *list, struct json_object *id)
{
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *own = json_object_object_get(json_item(list, i), "id");
		if (json_object_get_int64(own) == json_object_get_int64(id))
			return true;
	}
	return false;
}

enum err
removal_count(struct work *w, const struct removal *r, int64_t *subjects)
{
	struct buf *removed = buf_new(w->mem, 64);
	struct db_rows *rows;
	bool any = false;

	*subjects = 0;
	pgtype_array_open(removed);
	for (size_t i = 0; i < json_items(r->ids); i++) {
		if (has_number(r->after, json_item(r->ids, i)))
			continue;
		any = true;
		pgtype_array_item(removed, json_object_get_string(json_item(r->ids, i)));
	}
	pgtype_array_close(removed);
	if (!any)
		return OK;
	enum err e =
	    db_query(w->db, w->mem, r->q, (const char *const[]){r->id, removed->data}, &rows);
	if (e == OK)
		*subjects = db_int(rows, 0, "subjects");
	return e;
}
