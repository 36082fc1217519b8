/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of what was changed, for those who ask who did it.
 */
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/json_diff.h"
#include "handler/routes.h"
#include "service/audit.h"
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
	const struct audit_page page = {.after = filter(c, "after"),
		.account = filter(c, "account"), .target = filter(c, "target"), .limit = SHOWN};
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
		put(row, "was", texts[0]);
		put(row, "is", texts[1]);
	}
	json_object_object_add(c->model, "changes", json_object_get(list));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}
