/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Users over the API: their activity, enrolments and erasure.
 */
#include "base/mem.h"
#include "core/subject/profile.h"
#include "handler/routes.h"
#include "service/subject/subject_data.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"
#include "web/http/subject_path.h"

/* GET /v1/user/:id */
enum err
user_get(struct ctx *c)
{
	struct json_object *row;
	int64_t days = 0;
	enum err e = subject_path_user(c);

	if (e == OK)
		e = paging_int(c, "days", (struct paging_bounds){1, PROFILE_DAYS_MOST}, &days);
	if (e != OK)
		return e;
	if (days == 0)
		return subject_data_week(&c->w, c->subject, &c->model);
	e = subject_data_views(&c->w, c->subject, days, &row);
	if (e == OK)
		c->model = profile_window(c->w.mem, c->args[0], row, days, c->w.now);
	return e;
}

/* GET /v1/user/:id/experiments */
enum err
user_experiments_get(struct ctx *c)
{
	struct json_object *list;
	enum err e = subject_path_user(c);

	if (e == OK)
		e = subject_data_enrolments(&c->w, c->subject, &list);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", json_object_get(list));
	return OK;
}

/* DELETE /v1/user/:id */
enum err
user_delete(struct ctx *c)
{
	enum err e = subject_path_user(c);

	return e == OK ? subject_data_erase(&c->w, c->subject, &c->model) : e;
}
