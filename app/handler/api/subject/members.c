/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of segmentations over the API: lists as JSON, and the export of a context as CSV.
 */
#include "base/mem.h"
#include "handler/routes.h"
#include "service/subject/members_export.h"
#include "service/subject/membership_list.h"
#include "store/db/db.h"
#include "view/group_export.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"

enum { CELLS = 200000 /* per page of CSV at most */ };

/* GET /v1/segmentation/:id/members */
enum err
members_list(struct ctx *c)
{
	struct json_object *list;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);

	if (e != OK)
		return e;
	struct membership_filter filter = {
		c->args[0], req_query(&c->req, "group"), page.after, page.limit};
	e = membership_list(&c->w, &filter, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "members", json_object_get(list));
	paging_next(c, next);
	return OK;
}

/* Answers the rows as CSV; `more` of the first row tells whether another page follows. */
static void
answer_members_csv(struct ctx *c, const struct group_export *r, const struct db_rows *rows)
{
	int n = db_count(rows);

	ctx_csv(c, "groups.csv");
	group_export_head(r, c->text);
	for (int i = 0; i < n; i++)
		group_export_csv(r, db_cell(rows, i, "user_id"), db_cell(rows, i, "columns"),
		    db_cell(rows, i, "groups"), c->text);
	if (n > 0 && *db_cell(rows, 0, "more") == 't')
		c->next = req_with(c, "after", db_cell(rows, n - 1, "user_id"));
}

/* GET /v1/segmentation/export.csv */
enum err
members_export(struct ctx *c)
{
	const char *context = req_query(&c->req, "context");
	struct members_export x;
	struct paging page;
	struct db_rows *rows;
	enum err e = paging_read(c, PAGING_MOST, &page);

	if (e == OK)
		e = members_export_open(&c->w, context == NULL ? "global" : context, &x);
	if (e != OK)
		return e;
	struct group_export *r = group_export_new(c->w.mem, x.columns);
	if (page.limit * (int64_t)r->n > CELLS)
		page.limit = CELLS / (int64_t)r->n + 1;
	e = members_export_page(&c->w, &x, page.after, page.limit, &rows);
	if (e == OK)
		answer_members_csv(c, r, rows);
	return e;
}
