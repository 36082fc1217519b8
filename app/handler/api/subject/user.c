/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user did, what is held about a user, and the end of both.
 */
#include "base/mem.h"
#include "base/num.h"
#include "core/subject/profile.h"
#include "service/subject/subject_data.h"
#include "web/http/subject_path.h"
#include "handler/routes.h"
#include "web/http/ctx.h"

/* ?days=N; 0 when it is not there. */
static enum err
read_days(struct ctx *c, int64_t *days)
{
	const char *text = req_query(&c->req, "days");

	*days = 0;
	if (text == NULL || num_int(text, 1, PROFILE_DAYS_MOST, days))
		return OK;
	return fail(
	    &c->w, ERR_INVALID, "days", "must be a whole number from 1 to %d", PROFILE_DAYS_MOST);
}

enum err
user_profile(struct ctx *c)
{
	struct json_object *row;
	int64_t days;
	enum err e = subject_path_user(c);

	if (e == OK)
		e = read_days(c, &days);
	if (e != OK)
		return e;
	if (days == 0)
		return subject_data_week(&c->w, c->subject, &c->model);
	e = subject_data_views(&c->w, c->subject, days, &row);
	if (e == OK)
		c->model = profile_window(c->w.mem, c->args[0], row, days, c->w.now);
	return e;
}

enum err
user_experiments(struct ctx *c)
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

enum err
user_erase(struct ctx *c)
{
	enum err e = subject_path_user(c);

	return e == OK ? subject_data_erase(&c->w, c->subject, &c->model) : e;
}
