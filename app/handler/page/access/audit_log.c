/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log, page by page, for people who ask who changed what.
 */
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/json_diff.h"
#include "handler/routes.h"
#include "service/audit.h"
#include "web/http/ctx.h"

enum { SHOWN = 25 };

/* A parameter of the query; NULL where it is missing or empty. */
static const char *
query_filter(struct ctx *c, const char *name)
{
	const char *text = req_query(&c->req, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

/* GET /admin/audit */
enum err
audit_log_page(struct ctx *c)
{
	const struct audit_page page = {.after = query_filter(c, "after"),
		.account = query_filter(c, "account"), .target = query_filter(c, "target"),
		    .limit = SHOWN};
	struct json_object *list;
	const char *next;
	enum err e = audit_list(&c->w, &page, &list, &next);

	c->model = mem_json(c->w.mem, json_object_new_object());
	if (e != OK) {
		json_object_object_add(c->model, "changes", json_object_new_array());
		return e;
	}
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *row = json_item(list, i);
		struct json_object *pair[2] = {json_object_object_get(row, "before"),
			json_object_object_get(row, "after")};
		const char *texts[2];
		json_diff_texts(c->w.mem, pair, texts);
		json_add_text(row, "was", texts[0]);
		json_add_text(row, "is", texts[1]);
	}
	json_object_object_add(c->model, "changes", json_object_get(list));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}
