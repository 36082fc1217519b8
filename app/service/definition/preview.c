/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Previews of criteria: how many stored profiles match, before a definition is made.
 */
#include "service/definition/preview.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/criteria.h"
#include "service/definition/unreadable.h"
#include "store/db/db.h"
#include "store/work.h"

/*
 * Adds the values that could not be compared. Their count is left out when it takes too long.
 */
static enum err
add_unreadable(struct work *w, const struct criteria *read, struct json_object *out)
{
	struct json_object *found;
	enum err e = unreadable_find(w->db, w->mem, read, &found);

	if (e == OK && found != NULL)
		json_object_object_add(out, "unreadable", json_object_get(found));
	return e == ERR_UNAVAILABLE ? OK : e;
}

enum err
preview_count(
    struct work *w, struct json_object *criteria, const char *at, struct json_object **out)
{
	struct criteria_params *params = mem_new(w->mem, struct criteria_params);
	struct buf *sql = buf_new(w->mem, 1024);
	struct db_rows *rows;
	const struct criteria *read = criteria_read(w->mem, criteria, at, w->problems);

	if (read == NULL)
		return ERR_INVALID;
	if (read->live)
		return fail(w, ERR_INVALID, at,
		    "is decided live, subject by subject: there is no audience to count");
	criteria_sql(w->mem, read, sql, params);
	enum err e = db_query_built(w->db, w->mem,
	    &(struct db_built){QUERY_criteria_preview, sql->data, params->n, params->list}, &rows);
	if (e != OK)
		return e;
	*out = mem_json(w->mem, db_row_json(rows, 0));
	return add_unreadable(w, read, *out);
}

bool
preview_is_live(struct work *w, struct json_object *criteria)
{
	const struct criteria *read = criteria_read(w->mem, criteria, "", problem_new(w->mem));

	return read != NULL && read->live;
}

void
preview_put_words(struct work *w, struct json_object *found)
{
	struct json_object *list = json_object_object_get(found, "unreadable");
	struct json_object *words = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++)
		json_object_array_add(words, json_object_new_string(
		    unreadable_words(w->mem, json_item(list, i))));
	json_object_object_add(found, "unreadable", words);
}
