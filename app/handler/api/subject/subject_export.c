/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything stored about a subject, in pages, as JSON or NDJSON: for programs, which name a user
 * in the path, and for the pages, which name any subject in the query.
 */
#include <string.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/subject/subject_data.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"
#include "web/http/subject_input.h"
#include "web/http/subject_path.h"

/* Reads ?after=, a time. */
static enum err
read_export_position(struct ctx *c, struct subject_data_page *page)
{
	const char *text = req_query(&c->req, "after");
	const int64_t start = -INSTANT_DAY; /* nothing that is stored is older than 1970 */

	page->first = text == NULL;
	page->after = start;
	if (text != NULL && !instant_parse(text, strlen(text), &page->after))
		return fail(&c->w, ERR_INVALID, "after", "must be the `next` of the page before");
	/* PostgreSQL has no year 0. */
	if (page->after < start)
		page->after = start;
	return OK;
}

/* Whether the caller wants NDJSON: by ?format=ndjson or the Accept header. */
static enum err
wants_lines(struct ctx *c, bool *lines)
{
	const char *format = req_query(&c->req, "format");
	const char *accept = req_param(&c->req, "HTTP_ACCEPT");

	*lines = format != NULL ? strcmp(format, "ndjson") == 0
	                        : accept != NULL && strstr(accept, "ndjson") != NULL;
	if (format == NULL || *lines || strcmp(format, "json") == 0)
		return OK;
	return fail(&c->w, ERR_INVALID, "format", "must be json or ndjson");
}

/* Answers a record per line. */
static void
answer_lines(struct ctx *c, struct json_object *records)
{
	c->text = buf_new(c->w.mem, 65536);
	c->text_type = "application/x-ndjson; charset=utf-8";
	for (size_t i = 0; i < json_items(records); i++) {
		buf_str(c->text, json_plain(json_item(records, i)));
		buf_char(c->text, '\n');
	}
}

/* Answers one object with the records and the `next` page. */
static void
answer_json(struct ctx *c, struct json_object *records, const char *next)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	subject_data_name(c->model, c->subject);
	json_object_object_add(c->model, "records", json_object_get(records));
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
}

/*
 * Answers a page of the export. who: the subject in the query string of the next page, with &
 * behind it, or "".
 */
static enum err
answer_subject_export(struct ctx *c, const char *who)
{
	struct subject_data_page page = {.subject = c->subject, .limit = PAGING_MOST};
	struct json_object *records;
	const char *next;
	bool lines = false;
	enum err e = paging_int(c, "limit", (struct paging_bounds){1, PAGING_MOST}, &page.limit);

	if (e == OK)
		e = read_export_position(c, &page);
	if (e == OK)
		e = wants_lines(c, &lines);
	if (e == OK)
		e = subject_data_export(&c->w, &page, &records, &next);
	if (e != OK)
		return e;
	if (next != NULL)
		c->next = mem_printf(c->w.mem, "?%safter=%s&limit=%d%s", who, next,
		    (int)page.limit, lines ? "&format=ndjson" : "");
	if (lines)
		answer_lines(c, records);
	else
		answer_json(c, records, next);
	return OK;
}

/* GET /v1/user/:id/export */
enum err
user_export_get(struct ctx *c)
{
	enum err e = subject_path_user(c);

	return e == OK ? answer_subject_export(c, "") : e;
}

/* GET /admin/person/export */
enum err
person_export(struct ctx *c)
{
	enum err e = visitor_named(c);

	return e == OK ? answer_subject_export(c, mem_printf(c->w.mem, "%s&",
	    subject_path_query(c))) : e;
}
