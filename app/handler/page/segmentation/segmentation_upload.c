/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members from the pages: the form, and what became of the rows.
 */
#include <math.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/segmentation.h"
#include "service/subject/upload.h"
#include "store/db/db.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum { BYTES_MOST = 2 << 20, UPLOADS = 10, ROWS = 50 /* of a kind in the report */ };

static struct json_object *
get(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

enum err
segment_upload_page(struct ctx *c)
{
	const char *params[] = {c->args[0], mem_printf(c->w.mem, "%d", UPLOADS)};
	struct json_object *list = json_object_new_array();
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_upload_list, params, &rows);

	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(list, db_row_json(rows, i));
	if (e == OK)
		e = segmentation_get(&c->w, c->args[0], &c->model);
	if (e != OK) {
		json_object_put(list);
		return e;
	}
	json_object_object_add(c->model, "uploads", list);
	return OK;
}

/* The chosen file, else what was pasted. */
static const char *
find_rows(struct ctx *c, size_t *len)
{
	const char *file = form_file(c, "file", len);
	const char *text = file == NULL ? form_value(c, "text") : NULL;

	if (text != NULL)
		*len = strlen(text);
	return file != NULL ? file : text;
}

static enum err
take(struct ctx *c)
{
	struct json_object *typed;
	struct upload_taken taken;
	size_t n = 0;
	enum err e = form_json(c, &typed);

	if (e != OK)
		return e;
	const char *rows = find_rows(c, &n);
	if (rows == NULL || n == 0)
		return fail(&c->w, ERR_INVALID, "/file", "choose a file, or paste its rows");
	if (n > BYTES_MOST)
		return fail(&c->w, ERR_TOO_LARGE, "/file",
		    "is larger than 2 MiB: `assay import members` takes any size");
	e = upload_take(&c->w, c->args[0], (struct upload_bytes){rows, n}, &taken);
	if (e == OK)
		c->model = taken.report;
	if (e == OK && taken.left_to_jobs)
		c->status = 202;
	if (e == ERR_INVALID && problem_count(c->w.problems) == 0)
		problem_add(c->w.problems, "/file", "%s", c->w.detail);
	return e;
}

enum err
segment_upload(struct ctx *c)
{
	enum err e = take(c);

	if (e != OK)
		return e;
	c->location = mem_printf(c->w.mem, "/admin/segmentation/%s/upload/%s", c->args[0],
	    json_object_get_string(get(c->model, "job")));
	/* The audit log keeps numbers and nobody's id, which could not be erased there. */
	json_remove(c->model, "changed");
	json_remove(c->model, "failed");
	return OK;
}

/* The first rows of a kind, and how many there are. */
static void
cut(struct json_object *model, const char *name, const char *counted)
{
	struct json_object *list = get(model, name);
	size_t n = json_items(list);

	json_object_object_add(model, counted, json_object_new_int64((int64_t)n));
	if (n > ROWS)
		json_object_array_del_idx(list, ROWS, n - ROWS);
}

enum err
segment_report(struct ctx *c)
{
	enum err e = upload_get(c);

	if (e != OK || c->text != NULL)
		return e;
	double progress = json_object_get_double(get(c->model, "progress"));
	cut(c->model, "changed", "moved");
	cut(c->model, "failed", "refused");
	json_object_object_add(
	    c->model, "percent", json_object_new_int64((int64_t)floor(progress * 100)));
	return OK;
}
