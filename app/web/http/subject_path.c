/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subjects in the address of a request: one that the path names, the query string that names one,
 * and the searches that make such a query string.
 */
#include "web/http/subject_path.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/problem.h"
#include "core/subject/subject.h"
#include "web/http/ctx.h"

enum err
subject_path_is_user(struct ctx *c, const char *id)
{
	const char *fault = id == NULL ? "is missing" : subject_fault(c->w.mem, id, strlen(id));

	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/user_id", "%s", fault);
	c->subject = subject_text(c->w.mem, SUBJECT_USER, id);
	return OK;
}

enum err
subject_path_user(struct ctx *c)
{
	return subject_path_is_user(c, c->args[0]);
}

const char *
subject_path_query(const struct ctx *c)
{
	struct buf *out = buf_new(c->w.mem, 64);

	buf_printf(out, "%s=", subject_field(subject_kind(c->subject)));
	buf_url(out, subject_id(c->subject));
	return out->data;
}

/* The search for subjects of a kind. The caller owns it; wrong: the problems as a tree. */
static struct json_object *
make_search(const struct ctx *c, enum subject_kind kind, struct json_object *wrong)
{
	static const char *const titles[SUBJECT__MAX] = {
		[SUBJECT_USER] = "User", [SUBJECT_DEVICE] = "Device",
		[SUBJECT_SESSION] = "Session"};
	struct json_object *search = json_object_new_object();
	const char *field = subject_field(kind), *value = req_query(&c->req, field);
	struct json_object *fault = json_object_object_get(wrong, field);

	json_add_text(search, "field", field);
	json_add_text(search, "title", titles[kind]);
	json_add_text(
	    search, "kind", mem_dupn(c->w.mem, field, strlen(field) - strlen("_id")));
	json_add_text(search, "value", value == NULL ? "" : value);
	json_object_object_add(search, "wrong",
	    fault == NULL ? json_object_new_boolean(false) : json_object_get(fault));
	return search;
}

struct json_object *
subject_path_searches(const struct ctx *c, const char *action, const char *verb)
{
	struct json_object *form = json_object_new_object(), *list = json_object_new_array();
	struct json_object *wrong = problem_tree(c->w.mem, c->w.problems);

	for (int kind = 0; kind < SUBJECT__MAX; kind++)
		json_object_array_add(list, make_search(c, (enum subject_kind)kind, wrong));
	json_object_put(wrong);
	json_add_text(form, "action", action);
	json_add_text(form, "verb", verb);
	json_object_object_add(form, "searches", list);
	return form;
}
