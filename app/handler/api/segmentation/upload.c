/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members over the API: upload, and the report on their rows as JSON or CSV.
 */
#include "service/subject/upload.h"

#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/ctx.h"

/* The number of the upload in the answer of upload_add(), as text. */
static const char *
job_of(struct json_object *taken)
{
	return json_object_get_string(json_object_object_get(taken, "job"));
}

/* POST /v1/segmentation/:id/upload */
enum err
upload_post(struct ctx *c)
{
	struct upload_input in;
	struct json_object *taken;

	if (!req_is_csv(&c->req))
		return fail_detail(&c->w, ERR_MEDIA_TYPE, "send text/csv");
	if (c->req.body == NULL)
		return fail_detail(&c->w, ERR_INVALID, "there is nothing in the body");
	enum err e = upload_input_read(&c->w, c->req.body, c->req.body_len, &in);
	if (e == OK)
		e = upload_add(&c->w, c->args[0], &in, &taken);
	if (e == OK)
		e = upload_report(&c->w, c->args[0], job_of(taken), &c->model);
	if (e != OK)
		return e;
	/* A large file is left to a job: the report is then not final. */
	if (!json_object_get_boolean(json_object_object_get(taken, "done"))) {
		c->status = 202;
		c->location = mem_printf(c->w.mem, "/v1/segmentation/%s/upload/%s", c->args[0],
		    job_of(taken));
	}
	return OK;
}

/* GET /v1/segmentation/:id/upload/:job */
enum err
upload_get(struct ctx *c)
{
	return upload_report(&c->w, c->args[0], c->args[1], &c->model);
}

/* GET /v1/segmentation/:id/upload/:job.csv */
enum err
upload_get_csv(struct ctx *c)
{
	struct db_rows *rows;
	enum err e = upload_rows(&c->w, c->args[0], c->args[1], &rows);

	if (e != OK)
		return e;
	ctx_csv(c, mem_printf(c->w.mem, "%s-upload-%s.csv", c->args[0], c->args[1]));
	upload_rows_csv(rows, c->text);
	return OK;
}
