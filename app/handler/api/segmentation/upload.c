/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of members over HTTP: taken, and what has become of their rows as JSON or CSV.
 */
#include "service/subject/upload.h"

#include <string.h>

#include "base/buf.h"
#include "base/csv/csv.h"
#include "base/mem.h"
#include "base/num.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum err
upload_post(struct ctx *c)
{
	struct upload_bytes given = {c->req.body, c->req.body_len};
	struct upload_taken taken;

	if (!req_is_csv(&c->req))
		return fail_detail(&c->w, ERR_MEDIA_TYPE, "send text/csv");
	if (c->req.body == NULL)
		return fail_detail(&c->w, ERR_INVALID, "there is nothing in the body");
	enum err e = upload_take(&c->w, c->args[0], given, &taken);
	if (e != OK)
		return e;
	c->model = taken.report;
	if (taken.left_to_jobs) {
		c->status = 202;
		c->location = mem_printf(
		    c->w.mem, "/v1/segmentation/%s/upload/%s", c->args[0], taken.job);
	}
	return OK;
}

static enum err
answer_csv(struct ctx *c, const char *job)
{
	static const char *const names[] = {"outcome", "user", "previous", "reason"};
	struct db_rows *rows;
	enum err e = upload_rows(&c->w, c->args[0], job, &rows);

	if (e != OK)
		return e;
	ctx_csv(c, mem_printf(c->w.mem, "%s-upload-%s.csv", c->args[0], job));
	buf_str(c->text, "row,outcome,user,previous,reason\r\n");
	for (int i = 0; i < db_count(rows); i++) {
		buf_str(c->text, db_cell(rows, i, "row"));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
			buf_char(c->text, ',');
			const char *cell = db_cell(rows, i, names[k]);
			csv_text(c->text, cell == NULL ? "" : cell);
		}
		buf_str(c->text, "\r\n");
	}
	return OK;
}

/* :job is a number, or a number and .csv. */
enum err
upload_get(struct ctx *c)
{
	static const char suffix[] = ".csv";
	size_t n = strlen(c->args[1]), cut = sizeof suffix - 1;
	bool csv = n > cut && strcmp(c->args[1] + n - cut, suffix) == 0;
	const char *job = mem_dupn(c->w.mem, c->args[1], csv ? n - cut : n);
	int64_t nr;

	if (!num_int(job, 1, INT64_MAX, &nr))
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such upload");
	return csv ? answer_csv(c, job) : upload_report(&c->w, c->args[0], job, &c->model);
}
