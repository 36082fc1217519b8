/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exports of group memberships, page by page. Pages are read from indexes in the order of users, so
 * an export of any size needs the memory of one page.
 */
#include "service/subject/members_export.h"

#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/work.h"

/* Whether the column is an experiment and not a segmentation. */
static bool
is_experiment_column(struct json_object *column)
{
	return json_object_get_boolean(json_object_object_get(column, "experiment"));
}

/* Appends a number to an array literal under way. */
static void
add_item(struct buf *array, const char *text)
{
	buf_printf(array, "%c%s", array->len == 0 ? '{' : ',', text);
}

/* Ends the array literal and returns its text. */
static const char *
close_array(struct buf *array)
{
	buf_str(array, array->len == 0 ? "{}" : "}");
	return array->data;
}

void
members_export_number(void *mem, struct members_export *x)
{
	struct buf *numbers[2], *places[2];

	for (int k = 0; k < 2; k++) {
		numbers[k] = buf_new(mem, 64);
		places[k] = buf_new(mem, 64);
	}
	for (size_t i = 0; i < json_items(x->columns); i++) {
		struct json_object *column = json_item(x->columns, i);
		int k = is_experiment_column(column);
		add_item(numbers[k], json_text(column, "nr"));
		add_item(places[k], mem_printf(mem, "%zu", i + 1));
	}
	for (int k = 0; k < 2; k++) {
		x->numbers[k] = close_array(numbers[k]);
		x->places[k] = close_array(places[k]);
	}
}

enum err
members_export_open(struct work *w, const char *context, struct members_export *out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_group_export_columns, &context, &rows);

	if (e != OK)
		return e;
	out->columns = mem_json(w->mem, json_object_new_array());
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(out->columns, db_row_json(rows, i));
	out->everybody = strcmp(context, "global") == 0 ? "true" : "false";
	members_export_number(w->mem, out);
	return OK;
}

void
members_export_params(void *mem, const struct members_export *x, const char *after, int64_t limit,
    const char *params[MEMBERS_EXPORT_PARAMS])
{
	params[0] = x->numbers[0];
	params[1] = x->places[0];
	params[2] = x->numbers[1];
	params[3] = x->places[1];
	params[4] = x->everybody;
	params[5] = mem_printf(mem, "u:%s", after != NULL ? after : "");
	params[6] = mem_printf(mem, "%lld", (long long)limit);
}

enum err
members_export_page(struct work *w, const struct members_export *x, const char *after,
    int64_t limit, struct db_rows **rows)
{
	const char *params[MEMBERS_EXPORT_PARAMS];

	members_export_params(w->mem, x, after, limit, params);
	return db_query(w->db, w->mem, QUERY_group_export_page, params, rows);
}
