/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms in which segmentations are defined. What they say goes to the very handlers that programs
 * call; what these refuse comes back as it was typed.
 */
#include <string.h>

#include "base/mem.h"
#include "view/draft_segmentation.h"
#include "handler/routes.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* The form as it stands, and where it is answered. */
static struct json_object *
show(struct ctx *c, struct json_object *typed)
{
	struct json_object *sent = json_object_new_object();

	if (c->form != NULL) {
		json_object_object_add(
		    sent, "groups", json_object_new_int64((int64_t)form_rows(c, "groups")));
		json_object_object_add(
		    sent, "rules", json_object_new_int64((int64_t)form_rows(c, "rules")));
	}
	json_object_object_add(typed, "sent", sent);
	struct json_object *shown = draft_segments_show(c->w.mem, typed, c->w.problems);

	json_object_object_add(shown, "action", json_object_new_string(c->args[0] == NULL
	    ? "/admin/segmentations"
	    : mem_printf(c->w.mem, "/admin/segmentation/%s/change", c->args[0])));
	return shown;
}

static enum err
answer_form(struct ctx *c, struct json_object *typed)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "form", json_object_get(show(c, typed)));
	return OK;
}

enum err
segment_form_new(struct ctx *c)
{
	const char *type = req_query(&c->req, "type");
	struct json_object *typed = mem_json(c->w.mem, json_object_new_object());

	json_object_object_add(
	    typed, "type", json_object_new_string(type == NULL ? "random" : type));
	return answer_form(c, typed);
}

enum err
segment_form_edit(struct ctx *c)
{
	enum err e = segmentation_get(c);

	if (e != OK)
		return e;
	struct json_object *type = json_object_object_get(c->model, "type");
	if (strcmp(json_object_get_string(type), "experiment") == 0)
		return fail_detail(&c->w, ERR_CONFLICT, "it is an experiment: change that");
	struct json_object *typed = draft_segments_of(c->w.mem, c->model);
	json_object_object_add(typed, "version", json_object_new_string(c->etag));
	c->etag = NULL;
	return answer_form(c, typed);
}

/* What was typed goes to run as if a program had sent it; when that fails, it is shown again. */
static enum err
pass_on(struct ctx *c, handler_fn *run)
{
	struct json_object *typed;
	enum err e = form_json(c, &typed);

	if (e == OK)
		c->input = draft_segments_request(typed, c->w.problems);
	if (e == OK && problem_count(c->w.problems) > 0)
		e = ERR_INVALID;
	if (e == OK)
		e = run(c);
	if (e != OK && c->form != NULL)
		c->form = show(c, typed);
	return e;
}

enum err
segment_form_make(struct ctx *c)
{
	return pass_on(c, segmentation_create);
}

enum err
segment_form_change(struct ctx *c)
{
	enum err e = pass_on(c, segmentation_patch);

	c->etag = NULL;
	if (e == OK)
		c->location = mem_printf(c->w.mem, "/admin/segmentation/%s", c->args[0]);
	return e;
}
