/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts values that criteria compare as dates or numbers but that are neither. The counting query
 * leaves these comparisons out of the conditions, since profiles with such values fail them.
 */
#include "service/definition/unreadable.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/criteria.h"
#include "store/db/db.h"

/* Profiles times fields that are looked at; takes some tenths of a second. */
enum { LOOKS = 20000 };

enum err
unreadable_find(struct db *db, void *mem, const struct criteria *c, struct json_object **out)
{
	struct criteria_params *params = mem_new(mem, struct criteria_params);
	struct buf *sql = buf_new(mem, 1024);
	struct json_object *fields = criteria_compared(mem, c);
	size_t n = json_items(fields);
	struct db_rows *rows;

	*out = NULL;
	if (n == 0)
		return OK;
	params->list[params->n++] = json_plain(fields);
	params->list[params->n++] = mem_printf(mem, "%zu", LOOKS / n);
	criteria_sql_uncompared(mem, c, sql, params);
	enum err e = db_query_built(db, mem,
	    &(struct db_built){QUERY_criteria_unreadable, sql->data, params->n, params->list},
	    &rows);
	if (e != OK)
		return e;
	struct json_object *row = mem_json(mem, db_row_json(rows, 0));
	struct json_object *found = json_object_object_get(row, "unreadable");
	*out = json_items(found) > 0 ? found : NULL;
	return OK;
}

const char *
unreadable_words(void *mem, struct json_object *item)
{
	long long n = json_object_get_int64(json_object_object_get(item, "values"));
	bool more = json_object_get_boolean(json_object_object_get(item, "at_least"));

	return mem_printf(mem, "%s%lld value%s of %s %s", more ? "at least " : "", n,
	    n == 1 ? "" : "s", json_object_get_string(json_object_object_get(item, "field")),
	    n == 1 ? "is no date or number" : "are no dates or numbers");
}
