/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of what was changed, for those who ask who did it.
 */
#include "base/mem.h"
#include "base/num.h"
#include "view/json_diff.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum { SHOWN = 25 };

static void
put(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, text == NULL ? NULL : json_object_new_string(text));
}

static const char *
filter(struct ctx *c, const char *name)
{
	const char *text = req_query(&c->req, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

enum err
changes_list(struct ctx *c)
{
	const char *after = filter(c, "after");
	struct json_object *list = json_object_new_array();
	struct db_rows *rows;
	int64_t number;

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "changes", list);
	if (after != NULL && !num_int(after, 1, INT64_MAX, &number))
		return fail(&c->w, ERR_INVALID, "after", "must be a whole number");
	const char *params[] = {after, filter(c, "account"), filter(c, "target"),
		mem_printf(c->w.mem, "%d", SHOWN)};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_audit_list, params, &rows);
	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++) {
		struct json_object *row = db_row_json(rows, i);
		struct json_object *pair[2] = {json_object_object_get(row, "before"),
			json_object_object_get(row, "after")};
		const char *texts[2];
		json_diff_texts(c->w.mem, pair, texts);
		put(row, "was", texts[0]);
		put(row, "is", texts[1]);
		json_object_array_add(list, row);
	}
	if (db_count(rows) == SHOWN)
		c->next = req_with(c, "after", db_cell(rows, SHOWN - 1, "nr"));
	return OK;
}
