/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of experiments over the API. These routes answer in the envelope, where the version
 * of the definition is the ETag; If-Match names the version that a change expects.
 */
#include "service/definition/experiment.h"

#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/experiment_list.h"
#include "service/definition/experiment_state.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/envelope.h"
#include "web/http/paging.h"

/* The member `request` of the body; NULL when there is none. */
static enum err
read_request(struct ctx *c, struct json_object **request)
{
	struct json_object *body;
	enum err e = body_json(c, &body);

	if (e == OK)
		*request = json_object_object_get(body, "request");
	return e;
}

/* Sets model and ETag. A refusal has the present version as its ETag, too. */
static enum err
answer_experiment(struct ctx *c, enum err e, const struct experiment_answer *a)
{
	c->model = a->definition;
	if (a->version != NULL)
		c->etag = mem_printf(c->w.mem, "\"%s\"", a->version);
	return e;
}

/* POST /v1/experiment/create */
enum err
experiment_post(struct ctx *c)
{
	struct experiment_answer a = {0};
	struct json_object *request;
	struct definition d;
	enum err e = read_request(c, &request);

	if (e == OK)
		e = experiment_input_read(&c->w, request, &d);
	if (e == OK)
		e = experiment_create(&c->w, &d, &a);
	return answer_experiment(c, e, &a);
}

/* GET /v1/experiment/get/:id */
enum err
experiment_show(struct ctx *c)
{
	struct experiment_answer a = {0};
	enum err e = experiment_get(&c->w, c->args[0], &a);

	if (e == ERR_NOT_FOUND) {
		envelope_failed(c, "no experiment available with the given experimentid");
		return OK;
	}
	if (answer_experiment(c, e, &a) == OK && req_has_already(&c->req, c->etag))
		c->status = 304;
	return e;
}

/* GET /v1/experiment/list */
enum err
experiments_get(struct ctx *c)
{
	struct paging page;
	struct json_object *list;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);
	/* In the envelope `status` tells the outcome, so what is wrong with the filter stands
	 * elsewhere. */
	struct experiment_filter filter = {
		.sort = req_query(&c->req, "sort"),
		.after = page.after,
		.limit = page.limit,
		.status = req_query(&c->req, "status"),
		.status_at = "query.status",
		.state = req_query(&c->req, "state"),
		.client = req_query(&c->req, "client"),
		.q = req_query(&c->req, "q"),
	};

	if (e == OK)
		e = experiment_list(&c->w, &filter, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", json_object_get(list));
	paging_next(c, next);
	return OK;
}

/* PATCH /v1/experiment/:id */
enum err
experiment_patch(struct ctx *c)
{
	struct experiment_target t = {.id = c->args[0]};
	struct experiment_answer a = {0};
	struct experiment_changes in;
	struct json_object *request;
	enum err e = body_if_match(c, &t.version);

	if (e == OK)
		e = read_request(c, &request);
	if (e == OK)
		e = experiment_changes_read(&c->w, request, &in);
	if (e == OK)
		e = experiment_change(&c->w, &t, &in, &a);
	return answer_experiment(c, e, &a);
}

/* DELETE /v1/experiment/:id */
enum err
experiment_delete(struct ctx *c)
{
	struct experiment_target t = {.id = c->args[0]};
	struct experiment_answer a = {0};
	enum err e = body_if_match(c, &t.version);

	if (e == OK)
		e = experiment_remove(&c->w, &t, &a);
	return answer_experiment(c, e, &a);
}

/* Stops, resumes or refreshes the experiment of the path. */
static enum err
move_experiment(struct ctx *c, enum move m)
{
	struct experiment_target t = {.id = c->args[0]};
	struct experiment_answer a = {0};
	enum err e = body_if_match(c, &t.version);

	if (e == OK)
		e = experiment_move(&c->w, &t, m, &a);
	return answer_experiment(c, e, &a);
}

/* POST /v1/experiment/:id/stop */
enum err
experiment_stop(struct ctx *c)
{
	return move_experiment(c, MOVE_STOP);
}

/* POST /v1/experiment/:id/resume */
enum err
experiment_resume(struct ctx *c)
{
	return move_experiment(c, MOVE_RESUME);
}

/* POST /v1/experiment/:id/refresh */
enum err
experiment_refresh(struct ctx *c)
{
	return move_experiment(c, MOVE_REFRESH);
}

/* POST /v1/experiment/:id/state. {state, default?}, inside `request` or not. */
enum err
experiment_state_post(struct ctx *c)
{
	struct experiment_target t = {.id = c->args[0]};
	struct experiment_answer a = {0};
	struct experiment_delivery in;
	struct json_object *body;
	enum err e = body_if_match(c, &t.version);

	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	struct json_object *request = json_object_object_get(body, "request");
	e = experiment_delivery_read(&c->w, request != NULL ? request : body, &in);
	if (e == OK)
		e = experiment_deliver(&c->w, &t, &in, &a);
	return answer_experiment(c, e, &a);
}
