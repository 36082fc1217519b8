/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms in which segmentations are defined and changed. A refused form is shown again as it was
 * typed.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/segmentation.h"
#include "view/segmentation_form.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

/* The form as it stands, and the address that it is sent to. */
static struct json_object *
make_segmentation_form(struct ctx *c, struct json_object *typed)
{
	struct json_object *sent = json_object_new_object();

	if (c->form != NULL) {
		json_object_object_add(
		    sent, "groups", json_object_new_int64((int64_t)form_rows(c, "groups")));
		json_object_object_add(
		    sent, "rules", json_object_new_int64((int64_t)form_rows(c, "rules")));
	}
	json_object_object_add(typed, "sent", sent);
	struct json_object *shown = segmentation_form_show(c->w.mem, typed, c->w.problems);

	json_object_object_add(shown, "action", json_object_new_string(c->args[0] == NULL
	    ? "/admin/segmentations"
	    : mem_printf(c->w.mem, "/admin/segmentation/%s/change", c->args[0])));
	return shown;
}

/* Answers the page with the form. */
static enum err
answer_segmentation_form(struct ctx *c, struct json_object *typed)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "form", json_object_get(make_segmentation_form(c, typed)));
	return OK;
}

/* GET /admin/segmentations/new */
enum err
segmentation_form_new(struct ctx *c)
{
	const char *type = req_query(&c->req, "type");
	struct json_object *typed = mem_json(c->w.mem, json_object_new_object());

	json_object_object_add(
	    typed, "type", json_object_new_string(type == NULL ? "random" : type));
	return answer_segmentation_form(c, typed);
}

/* GET /admin/segmentation/:id/edit */
enum err
segmentation_form_edit(struct ctx *c)
{
	enum err e = segmentation_get(&c->w, c->args[0], &c->model);

	if (e != OK)
		return e;
	if (strcmp(json_text(c->model, "type"), "experiment") == 0)
		return fail_detail(&c->w, ERR_CONFLICT, "it is an experiment: change that");
	struct json_object *version = json_object_object_get(c->model, "version");
	struct json_object *typed = segmentation_form_of(c->w.mem, c->model);
	json_object_object_add(typed, "version", json_object_new_string(mem_printf(
	    c->w.mem, "\"%lld\"", (long long)json_object_get_int64(version))));
	return answer_segmentation_form(c, typed);
}

/* Reads the form as it was typed, and as the JSON that an API client would send. */
static enum err
read_segmentation_form(struct ctx *c, struct json_object **typed, struct json_object **body)
{
	enum err e = form_json(c, typed);

	if (e != OK)
		return e;
	*body = segmentation_form_request(*typed, c->w.problems);
	return problem_count(c->w.problems) > 0 ? ERR_INVALID : OK;
}

/* Shows a refused form again. */
static enum err
show_refused(struct ctx *c, enum err e, struct json_object *typed)
{
	if (e != OK && c->form != NULL)
		c->form = make_segmentation_form(c, typed);
	return e;
}

/* POST /admin/segmentations */
enum err
segmentation_form_create(struct ctx *c)
{
	struct segmentation_definition in;
	struct json_object *typed = NULL, *body;
	enum err e = read_segmentation_form(c, &typed, &body);

	if (e == OK)
		e = segmentation_input_read(&c->w, body, false, &in);
	if (e == OK)
		e = segmentation_add(&c->w, &in, &c->model);
	if (e == OK)
		c->location = mem_printf(
		    c->w.mem, "/admin/segmentation/%s", json_text(c->model, "id"));
	return show_refused(c, e, typed);
}

/* Changes the segmentation of the path, over the version that the form names. */
static enum err
change_by_form(struct ctx *c, struct json_object *body)
{
	struct segmentation_change in;
	const char *version;
	enum err e = body_if_match(c, &version);

	if (e == OK)
		e = segmentation_change_read(&c->w, body, false, &in);
	if (e != OK)
		return e;
	in.version = version;
	return segmentation_change(&c->w, c->args[0], &in, &c->model);
}

/* POST /admin/segmentation/:id/change */
enum err
segmentation_form_change(struct ctx *c)
{
	struct json_object *typed = NULL, *body;
	enum err e = read_segmentation_form(c, &typed, &body);

	if (e == OK)
		e = change_by_form(c, body);
	if (e == OK)
		c->location = mem_printf(c->w.mem, "/admin/segmentation/%s", c->args[0]);
	return show_refused(c, e, typed);
}
