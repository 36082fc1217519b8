/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members on the pages: the form, and the report on the rows.
 */
#include <math.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/segmentation.h"
#include "service/subject/upload.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum { BYTES_MOST = 2 << 20, UPLOADS = 10, ROWS = 50 /* of a kind in the report */ };

/* A member of o. */
static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

/* GET /admin/segmentation/:id/upload */
enum err
segmentation_upload_page(struct ctx *c)
{
	struct json_object *list;
	enum err e = segmentation_get(&c->w, c->args[0], &c->model);

	if (e == OK)
		e = upload_list(&c->w, c->args[0], UPLOADS, &list);
	if (e == OK)
		json_object_object_add(c->model, "uploads", json_object_get(list));
	return e;
}

/* The chosen file, else the pasted text. */
static const char *
find_rows(struct ctx *c, size_t *len)
{
	const char *file = form_file(c, "file", len);
	const char *text = file == NULL ? form_value(c, "text") : NULL;

	if (text != NULL)
		*len = strlen(text);
	return file != NULL ? file : text;
}

/* Reads the rows that were sent; problems stand at the field of the file. */
static enum err
read_upload(struct ctx *c, struct upload_input *out)
{
	struct json_object *form;
	size_t n = 0;
	enum err e = form_json(c, &form);

	if (e != OK)
		return e;
	const char *rows = find_rows(c, &n);
	if (rows == NULL || n == 0)
		return fail(&c->w, ERR_INVALID, "/file", "choose a file, or paste its rows");
	if (n > BYTES_MOST)
		return fail(&c->w, ERR_TOO_LARGE, "/file",
		    "is larger than 2 MiB: `assay import members` takes any size");
	e = upload_input_read(&c->w, rows, n, out);
	return e == OK ? OK : fail(&c->w, e, "/file", "%s", c->w.detail);
}

/* POST /admin/segmentation/:id/upload */
enum err
segmentation_upload_form(struct ctx *c)
{
	struct upload_input in;
	enum err e = read_upload(c, &in);

	if (e == OK)
		e = upload_add(&c->w, c->args[0], &in, &c->model);
	if (e == OK)
		c->location = mem_printf(c->w.mem, "/admin/segmentation/%s/upload/%s",
		    c->args[0], json_object_get_string(member_of(c->model, "job")));
	return e;
}

/* Leaves the first rows of a kind; `counted` is the number of all of them. */
static void
cut_report(struct json_object *model, const char *name, const char *counted)
{
	struct json_object *list = member_of(model, name);
	size_t n = json_items(list);

	json_object_object_add(model, counted, json_object_new_int64((int64_t)n));
	if (n > ROWS)
		json_object_array_del_idx(list, ROWS, n - ROWS);
}

/* GET /admin/segmentation/:id/upload/:job */
enum err
segmentation_report_page(struct ctx *c)
{
	enum err e = upload_report(&c->w, c->args[0], c->args[1], &c->model);

	if (e != OK)
		return e;
	double progress = json_object_get_double(member_of(c->model, "progress"));
	cut_report(c->model, "changed", "moved");
	cut_report(c->model, "failed", "refused");
	json_object_object_add(
	    c->model, "percent", json_object_new_int64((int64_t)floor(progress * 100)));
	return OK;
}
